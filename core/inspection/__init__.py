"""What is inside a file somebody sent: its kind, and whether opening it could do harm."""

import filetype

from core.inspection import office, pdf, pictures, text

_EXAMINERS = {"pdf": pdf.examine, "jpg": pictures.examine, "png": pictures.examine} | dict.fromkeys(
    office.MAIN_PARTS, office.examine
)


def recognise(file) -> str | None:
    """The kind of a file ("pdf", "docx", "txt" ...) by its content; None for one that is not taken anywhere."""
    file.seek(0)
    head = file.read(8192)
    if head.startswith(b"PK"):
        return office.recognise(file)
    guess = filetype.guess(head)
    if guess:
        return guess.extension if guess.extension in _EXAMINERS else None
    return "txt" if text.is_plain(file) else None


def examine(file, kind: str) -> None:
    """Look through the whole file. Raises ValidationError, with a sentence for whoever sent it, for one that is

    damaged, hides something, or does something when it is opened.
    """
    if kind in _EXAMINERS:
        _EXAMINERS[kind](file, kind)
    file.seek(0)
