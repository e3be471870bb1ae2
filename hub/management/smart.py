"""Test collections in the SMART format: documents, queries, and which document answers which query.

Documents and queries start with `.I` and a number, followed by fields: `.T` title, `.W` words, `.K` keywords; what
else there is (`.A` authors, `.B` source, `.X` citations ...) says nothing about the subject and is left out. A line of
the judgements is `query document`, `query document grade`, `query document 0 0.0` (as in CISI), or TREC's
`query 0 document grade`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

_FIELD = re.compile(r"\.([A-Z])(?:\s+(.*))?")
_NAMES = {
    "docs": ["docs*", "*.all", "*.all.*", "*.ALL"],
    "queries": ["queries*", "query*", "*.qry", "*.QRY"],
    "qrels": ["qrels*", "*qrel*", "*.rel", "*.REL"],
}


class BadCollectionError(Exception):
    """A folder that holds no collection; the message says what is missing."""


@dataclass
class Entry:
    """A document or a query."""

    number: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def title(self):
        return self.fields.get("T", "")

    @property
    def words(self):
        return self.fields.get("W", "")

    @property
    def keywords(self):
        return self.fields.get("K", "")


@dataclass
class Collection:
    """Documents, queries, and for each query that was judged its relevant documents with their grades."""

    documents: dict[str, Entry]
    queries: dict[str, Entry]
    judged: dict[str, dict[str, float]]


def read(folder: Path) -> Collection:
    """The collection in a folder: files named docs, queries and qrels, or as collections name theirs."""
    documents = {entry.number: entry for entry in _entries(_file(folder, "docs"))}
    queries = {entry.number: entry for entry in _entries(_file(folder, "queries"))}
    judgements = list(_judgements(_file(folder, "qrels")))
    # In some collections the judgements count the queries instead of naming them.
    by_place = {str(place): number for place, number in enumerate(queries, 1)}
    asked = {query for query, _, _ in judgements}
    if not asked <= queries.keys() and asked <= by_place.keys():
        judgements = [(by_place[query], doc, grade) for query, doc, grade in judgements]
    judged: dict[str, dict[str, float]] = {}
    for query, document, grade in judgements:
        if query in queries and document in documents and grade > 0:
            judged.setdefault(query, {})[document] = grade
    if not judged:
        raise BadCollectionError(
            f"No judgement in {folder} names a query and a document that are there."
        )
    return Collection(documents, queries, judged)


def _file(folder, kind):
    for pattern in _NAMES[kind]:
        if found := sorted(path for path in folder.glob(pattern) if path.is_file()):
            return found[0]
    raise BadCollectionError(f"There is no file {kind} in {folder}.")


def _text(file):
    content = file.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _entries(file):
    entry, name = None, ""
    for line in _text(file).replace("\0", " ").splitlines():
        start = _FIELD.fullmatch(line.rstrip())
        if start and start[1] == "I":
            if entry:
                yield entry
            entry, name = Entry(_plain((start[2] or "").strip())), ""
        elif entry and start:
            name = start[1]
            entry.fields[name] = f"{entry.fields.get(name, '')} {start[2] or ''}".strip()
        elif entry and name:
            entry.fields[name] = f"{entry.fields[name]} {line.strip()}".strip()
        elif entry and not entry.number:
            entry.number = _plain(line.strip())
    if entry:
        yield entry


def _judgements(file):
    rows = [line.split() for line in _text(file).splitlines() if len(line.split()) >= 2]
    is_trec = all(len(row) == 4 and row[1] in ("0", "Q0") for row in rows)
    graded = [row for row in rows if len(row) == 3 and _number(row[2]) > 0]
    for row in rows:
        if is_trec:
            yield _plain(row[0]), _plain(row[2]), _number(row[3])
        elif len(row) == 3 and graded:
            yield _plain(row[0]), _plain(row[1]), _number(row[2])
        else:
            yield _plain(row[0]), _plain(row[1]), 1.0


def _number(text):
    try:
        return float(text)
    except ValueError:
        return 0.0


def _plain(number):
    """1, 01 and 001 are one document."""
    return str(int(number)) if number.isdecimal() else number
