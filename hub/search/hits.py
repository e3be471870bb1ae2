"""A result: which version to show, where the words stand, and a few words around them."""

import re
from dataclasses import dataclass

from core.words import is_kin
from hub.models import Record, RecordFile, RecordText
from hub.models.record_cards import read_cards

_FIELDS = {"a": "title", "b": "summary", "c": "body", "d": "file"}
_AROUND = 120
_WORD = re.compile(r"\w+")


@dataclass
class Hit:
    """One record found: `text` in `language` is what to show, `field` where the words stand ("" without words)."""

    record: Record
    text: RecordText | None
    language: str
    field: str
    terms: list
    score: float = 0.0
    file: RecordFile | None = None
    snippet: str = ""


def make_hits(user, rows, codes, words, language) -> list[Hit]:
    """The results for rows of the search, with their cards; what the visitor may not read is left out."""
    records = read_cards(user, [row[1] for row in rows])
    hits = [
        _hit(
            records[pk],
            places,
            score,
            [codes.terms[n] for n in facets if n in codes.terms],
            language,
        )
        for _, pk, _, score, facets, places, _ in rows
        if pk in records
    ]
    _look_into_bodies([hit for hit in hits if hit.field == "body"], words)
    _look_into_files(user, [hit for hit in hits if hit.field == "file"], words)
    return hits


def _hit(record, places, score, terms, language):
    """Where the words stand in the reader's language, else in the version where they stand most prominently."""
    found = {place[:2]: place[2:] for place in places.split()}
    texts = {text.language: text for text in record.readable_texts()}
    own = [code for code in (language, record.original_language) if code in texts]
    chosen = min(
        found, key=lambda code: (code not in texts, code != language, found[code]), default=""
    )
    text = texts.get(chosen) or (texts[own[0]] if own else record.text_for(language))
    return Hit(
        record=record,
        text=text,
        language=text.language if text else "",
        field=_FIELDS.get(found.get(chosen, "")[:1], ""),
        terms=[term for term in terms if term.vocabulary in ("theme", "country")],
        score=score,
    )


def _look_into_bodies(hits, words):
    """The first words around in the long texts; where they stand in none, it was a code that matched."""
    bodies = RecordText.objects.in_bulk([hit.text.pk for hit in hits])
    for hit in hits:
        said = (getattr(bodies[hit.text.pk], name) for name in RecordText.BODY)
        hit.snippet = next(filter(None, (around(text, words) for text in said)), "")
        if not hit.snippet:
            hit.field = "codes"


def _look_into_files(user, hits, words):
    """Which of the files it was, among those this visitor may open."""
    if not hits:
        return
    files = RecordFile.objects.visible_to(user).filter(record__in=[hit.record for hit in hits])
    by_record: dict[int, list[RecordFile]] = {}
    for file in files.select_related("text").order_by("pk"):
        by_record.setdefault(file.record_id, []).append(file)
    for hit in hits:
        for file in by_record.get(hit.record.pk, []):
            found = getattr(file, "text", None)
            snippet = around(
                "\n".join([file.title, file.transcript, found.words if found else ""]), words
            )
            if snippet:
                hit.file, hit.snippet = file, snippet
                break


def around(text: str, words: list[str]) -> str:
    """The text around the first of the words in it, cut at words; "" where none stands there."""
    wanted = tuple(words)
    for found in _WORD.finditer(text):
        if is_kin(found[0], wanted):
            start = text.rfind(" ", 0, max(found.start() - _AROUND // 2, 0)) + 1
            end = text.find(" ", found.end() + _AROUND)
            end = len(text) if end < 0 else end
            cut = " ".join(text[start:end].split())
            return ("… " if start else "") + cut + (" …" if end < len(text) else "")
    return ""
