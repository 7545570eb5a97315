"""Texts with places to fill in: safe whatever a guest is called, readable without HTML."""

from flask import Flask

from events.messages import texts
from events.messages.texts import Places

CLAIRE = Places("Claire", "4 · Lotus", "https://tickets.example.org/t/abc_-1")


def test_places_are_filled_in_wherever_they_stand(house: Flask) -> None:
    made = texts.html("Hello **{name}**, table {table}: [your page]({link}), or {link}", CLAIRE)
    assert "<strong>Claire</strong>, table 4 · Lotus" in made
    assert made.count('href="https://tickets.example.org/t/abc_-1"') == 2
    assert ">your page</a>" in made
    assert "invalid" not in made


def test_a_name_is_never_read_as_html_or_markdown(house: Flask) -> None:
    evil = Places("<img src=x onerror=alert(1)> [free](https://evil.example) **x** {link}", "", CLAIRE.link)
    made = texts.html("Hello {name}", evil)
    assert "<img" not in made
    assert "<a" not in made
    assert "<strong>" not in made
    assert "&lt;img src=x onerror=alert(1)&gt; [free](https://evil.example) **x** {link}" in made


def test_what_an_organiser_writes_is_cleaned(house: Flask) -> None:
    made = texts.html("<script>x</script> [no](javascript:alert(1)) ![p](https://t.example/pixel.gif)", CLAIRE)
    assert "<script" not in made
    assert 'href="javascript' not in made
    assert "<img" not in made


def test_plain_text_writes_links_out_and_keeps_its_lines(house: Flask) -> None:
    text = "## News\n\n**Bold** and *fine* {name}\n\n- one\n- [two]({link})\n\n{link} 3 * 4 * 5"
    assert texts.plain(text, CLAIRE) == (
        "News\n\nBold and fine Claire\n\n- one\n- two: https://tickets.example.org/t/abc_-1\n\n"
        "https://tickets.example.org/t/abc_-1 3 * 4 * 5"
    )


def test_what_is_not_known_has_words_of_its_own(house: Flask) -> None:
    assert texts.line("{name}, {table}", Places("", "", "")) == "dear guest, not chosen yet"


def test_misspelt_places_are_named() -> None:
    assert texts.unknown_places("{name} {nmae} {1} {lien} { } {link}") == ["lien", "nmae"]
