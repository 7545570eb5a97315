"""Organisers' Markdown becomes a short list of elements."""

import pytest

from events.catalogue.markdown import html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/pixel.png)",
        '<a href="https://example.org" style="color:red" onclick="x()">x</a>',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text: str) -> None:
    made = html(text)
    assert "<script" not in made
    assert "<img" not in made
    assert "href" not in made or 'href="https://' in made
    assert "<a " not in made or "onclick" not in made


def test_headings_begin_below_the_pages_own() -> None:
    assert html("# Loud\n\n## Less\n\n##### Small") == "<h3>Loud</h3>\n<h3>Less</h3>\n<h4>Small</h4>\n"


def test_paragraphs_emphasis_lists_and_links_stay() -> None:
    made = html("One *word* and **two**.\n\n- a [link](https://example.org/)")
    assert "<em>word</em>" in made
    assert "<li>a" in made
    assert 'href="https://example.org/" rel="noopener"' in made
