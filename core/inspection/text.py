"""Plain text: UTF-8, nothing a machine would run, nothing a browser would take for a page."""

import codecs
import re

_BLOCK = 1024 * 1024
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(
    rb"\s*(?:<!doctype|<\?xml|<!--|<html|<head|<body|<script|<svg|<iframe|<img|<a\s|\{\\rtf|%!ps)",
    re.IGNORECASE,
)


def is_plain(file) -> bool:
    """Whether the whole file is UTF-8 text without control characters, and no markup."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    head = file.read(_BLOCK)
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        return False
    block = head
    try:
        while block:
            if _CONTROLS.search(block):
                return False
            decoder.decode(block)
            block = file.read(_BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
