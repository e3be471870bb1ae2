"""What changed between two texts, word by word, as somebody would mark it with a pen."""

import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

# Blanks, single marks, and whatever stands between them; never a cut inside an Arabic word with its vowel signs.
_MARKS = r".,;:!?()\[\]{}\"“”«»،؛؟…"
_WORDS = re.compile(rf"\s+|[{_MARKS}]|[^\s{_MARKS}]+")
# Comparing takes as long as the product of both lengths; beyond this a passage counts as rewritten.
_MOST = 4_000_000


class Piece(NamedTuple):
    """A run of text: `kind` is same, taken (only before) or added (only after)."""

    kind: str
    text: str


def words(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order; joined without the added ones they are `before`.

    Lines are matched first, then the words of the lines that differ, so that long texts stay quick.
    """
    pieces = []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, i1, i2, j1, j2 in _matched(old, new):
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
        else:
            pieces += _in_passage("".join(old[i1:i2]), "".join(new[j1:j2]))
    return _joined(pieces)


def _in_passage(before, after):
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > _MOST:
        return [Piece("taken", before), Piece("added", after)]
    pieces = []
    for tag, i1, i2, j1, j2 in _matched(old, new):
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
        else:
            pieces += [
                Piece("taken", "".join(old[i1:i2])),
                Piece("added", "".join(new[j1:j2])),
            ]
    return pieces


def _matched(old, new):
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _joined(pieces):
    """Neighbours of one kind as one piece, without empty ones. A lone blank between changes belongs to both."""
    pieces = _over_blanks([piece for piece in pieces if piece.text])
    return [
        Piece(kind, "".join(piece.text for piece in run))
        for kind, run in groupby(pieces, key=lambda piece: piece.kind)
    ]


def _over_blanks(pieces):
    """Two changed words with only a blank between them read as one change: taken all, then added all."""
    result: list[Piece] = []
    taken = added = ""
    for number, (kind, text) in enumerate(pieces):
        follows = number + 1 < len(pieces) and pieces[number + 1].kind != "same"
        is_bridge = kind == "same" and text == " " and (taken or added) and follows
        if kind == "taken" or is_bridge:
            taken += text
        if kind == "added" or is_bridge:
            added += text
        if kind == "same" and not is_bridge:
            result += [Piece("taken", taken), Piece("added", added), Piece("same", text)]
            taken = added = ""
    result += [Piece("taken", taken), Piece("added", added)]
    return [piece for piece in result if piece.text]
