"""Organisers write Markdown; what reaches the page is a short list of elements, whatever they wrote."""

from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_PARSER: Final = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
_TAGS: Final = {
    "p", "br", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "a", "code", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# The page has its own h1 and h2: an organiser's headings begin below them.
_LOWERED: Final = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}


@lru_cache(maxsize=512)
def html(text: str) -> Markup:
    """Safe HTML of a Markdown text: no pictures, no scripts, links to http, https, mailto and tel only."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        token.tag = _LOWERED.get(token.tag, token.tag)
    made = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(  # noqa: S704 - nh3 has just cleaned it
        nh3.clean(
            made,
            tags=_TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener",
        )
    )
