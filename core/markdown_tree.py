"""Markdown that people wrote as a tree of plain values, for what is not HTML (PDF)."""

import unicodedata
from urllib.parse import urlsplit

from markdown_it.tree import SyntaxTreeNode

from core.markdown import SCHEMES, parse

DEEPEST = 8  # whatever is nested deeper is set flat, as no page shows more
_INLINE = {"strong": "strong", "em": "em", "s": "s"}
_BLOCKS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "quote",
    "table": "table",
    "tr": "tr",
    "th": "th",
    "td": "td",
}


def to_tree(text: str) -> list[dict]:
    """The blocks of a text, each `{"is": kind, "dir": "ltr", "rtl" or "", "of": [...]}`.

    The leaves are `{"is": "text", "text": "..."}`; nothing in the tree is markup of any language.
    """
    return _blocks(SyntaxTreeNode(parse(text)).children, 0)


def direction(text: str) -> str:
    """The direction of a text, by its first letter: "ltr" or "rtl"; empty where it has none."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    return ""


def _blocks(nodes, depth):
    return [block for node in nodes for block in _block(node, depth)]


def _block(node, depth):
    if node.type == "inline":
        return _inlines(node.children, depth)
    if node.type in ("fence", "code_block"):
        return [{"is": "code", "dir": "ltr", "text": node.content.rstrip("\n")}]
    if node.type == "hr":
        return [{"is": "rule"}]
    if node.type in ("thead", "tbody") or depth >= DEEPEST:
        return _blocks(node.children, depth)
    if node.type == "heading":
        return [_with({"is": "heading", "level": int(node.tag[1:])}, node, depth)]
    return [_with({"is": _BLOCKS.get(node.type, "p")}, node, depth)]


def _with(block, node, depth):
    block["of"] = _blocks(node.children, depth + 1)
    block["dir"] = direction(_words(node))
    if block["is"] == "ol":
        block["start"] = int(node.attrs.get("start", 1))
    return block


def _inlines(nodes, depth):
    return [each for node in nodes for each in _inline(node, depth)]


def _inline(node, depth):
    if node.type == "text":
        return [{"is": "text", "text": node.content}]
    if node.type == "code_inline":
        return [{"is": "mono", "text": node.content}]
    if node.type == "softbreak":
        return [{"is": "text", "text": " "}]
    if node.type == "hardbreak":
        return [{"is": "br"}]
    children = _inlines(node.children, depth + 1)
    if depth >= DEEPEST:
        return children
    if node.type == "link" and urlsplit(node.attrs["href"]).scheme in SCHEMES:
        return [{"is": "link", "url": node.attrs["href"], "of": children}]
    if node.type in _INLINE:
        return [{"is": _INLINE[node.type], "of": children}]
    return children


def _words(node):
    if node.type in ("text", "code_inline", "fence", "code_block"):
        return node.content
    return "".join(_words(child) for child in node.children or [])
