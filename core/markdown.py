"""Markdown that people wrote, as HTML that cannot hurt: parsed without HTML, then held to a list of tags."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

BLOCKS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "table"}
# What holds words of its own. A list with dir="auto" would not look into its items: they have directions too.
OF_WORDS = {"p", "h2", "h3", "h4", "table"}
TAGS = BLOCKS | {
    "a", "br", "code", "del", "em", "hr", "pre", "s", "strong", "tbody", "td", "th", "thead", "tr",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}} | {
    tag: {"dir"} | ({"start"} if tag == "ol" else set()) for tag in BLOCKS
}
SCHEMES = {"https", "http", "mailto"}
REL = "noopener nofollow ugc"

_parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": False})
_parser.enable(["table", "strikethrough", "linkify"]).disable("image")


def to_html(text: str) -> SafeString:
    """The text as safe HTML. Headings begin at h2.

    Paragraphs take their direction from their own words, lists theirs from the language of the text around them, so
    that bullets stand on the side where its lines begin.
    """
    tokens = parse(text)
    for token in tokens:
        if token.tag.startswith("h") and token.tag[1:].isdigit():
            token.tag = f"h{min(4, max(2, int(token.tag[1:]) + 1))}"
        if token.tag in OF_WORDS and token.nesting == 1:
            token.attrSet("dir", "auto")
    html = _parser.renderer.render(tokens, _parser.options, {})
    # S308: the allowlist is what makes it safe.
    return mark_safe(clean(html))


def parse(text: str | None) -> list[Token]:
    """The tokens of a text, without HTML or pictures."""
    return _parser.parse(text or "")


def clean(html: str) -> str:
    """Only the tags, attributes and link schemes on the list; cleaning twice changes nothing."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=REL,
        strip_comments=True,
    )
