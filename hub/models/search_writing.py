"""How search rows come into their table: only what has changed is written.

A vector that is not set anew is not made, stored or measured again. With those of the languages that a change leaves
alone a save would take a third longer.
"""

import json
from datetime import UTC
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple

from core.words import arabic_stem, says_nothing
from members.models.people import LANGUAGES

# How Postgres stems each language. Arabic comes stemmed (core.words).
CONFIGS = {"en": "pg_catalog.english", "fr": "pg_catalog.french", "ar": "pg_catalog.simple"}
# Another after each change of how vectors are made (here, in core.words, or in the database): rows that were written
# in another way are written anew when their record changes, and all by `manage.py rebuild_search`.
_WAY = b"1"
COPIED = [
    "status",
    "visibility",
    "groups",
    "embargo_until",
    "facets",
    "counted",
    "shown_at",
    "evidence",
]
VECTORS = {code: f"fts_{code}" for code, _name in LANGUAGES}
# Of the words of one language: title, summary, codes, body, files (migration 0007).
_VECTOR = "hub_search_vector(%s, %s, %s, %s, %s, %s)"
_NO_WORDS: list[str | None] = [None] * 5
_DIGEST = 5
# In one statement the counts are brought up to date once, their rows locked in one order (migration 0004), so that
# two writers never wait for each other.
_TOGETHER = "WITH {written} INSERT INTO hub_recordtolearn VALUES {noted} ON CONFLICT DO NOTHING"


class RowToWrite(NamedTuple):
    """A row as it should stand in the table, its words in each language, and the digests it stands there with.

    `before` is None for a row that does not stand there yet, and empty where all of it is to be written.
    """

    row: Any
    versions: list[list[str] | None]
    before: bytes | None


def digests_of(copied, versions) -> bytes:
    """What a row says, in five bytes for the values of COPIED and five for the words of each language (or None).

    The words are folded but not stemmed: how they are written is learnt too.
    """
    said = [json.dumps(copied, default=_plain)]
    said += ["" if words is None else "\n".join(words) for words in versions]
    return b"".join(blake2b(part.encode(), digest_size=_DIGEST, key=_WAY).digest() for part in said)


def _plain(value):
    return value.hex() if isinstance(value, bytes) else value.astimezone(UTC).isoformat()


def writing(rows: list[RowToWrite]) -> tuple[str, list]:
    """The statement that brings rows into the table, and what it takes; none, if all stand there as they should.

    Records of which something is written are noted: their words are to be learnt.
    """
    changed = [each for each in rows if each.row.digests != each.before]
    if not changed:
        return "", []
    statements, values = zip(*[_statement(*each) for each in changed], strict=True)
    written = ", ".join(f"row_{number} AS ({sql})" for number, sql in enumerate(statements))
    keys = sorted({each.row.record_id for each in changed})
    noted = ", ".join(["(%s)"] * len(keys))
    return _TOGETHER.format(written=written, noted=noted), [*chain(*values), *keys]


def _statement(row, versions, before):
    set_here = [("digests", "%s", [row.digests]), *_changed(row, versions, before or b"")]
    columns, made, given = zip(*set_here, strict=True)
    key, values = [row.record_id, row.readers], list(chain(*given))
    if before is None:
        names, places = ", ".join(["record_id", "readers", *columns]), ", ".join(["%s, %s", *made])
        return f"INSERT INTO hub_searchrow ({names}) VALUES ({places})", [*key, *values]  # noqa: S608 (names of our own)
    changes = ", ".join(f"{column} = {value}" for column, value in zip(columns, made, strict=True))
    sql = f"UPDATE hub_searchrow SET {changes} WHERE record_id = %s AND readers = %s"  # noqa: S608
    return sql, [*values, *key]


def _changed(row, versions, before):
    """Each column whose part of the digests is another than before: its name, how it is made, and of what."""
    parts = [row.digests[start : start + _DIGEST] for start in range(0, len(row.digests), _DIGEST)]
    stood = [before[start : start + _DIGEST] for start in range(0, len(row.digests), _DIGEST)]
    has_changed = [part != old for part, old in zip(parts, stood, strict=True)]
    if has_changed[0]:
        yield from ((name, "%s", [getattr(row, name)]) for name in COPIED)
    for (code, _name), words, is_other in zip(LANGUAGES, versions, has_changed[1:], strict=True):
        if is_other:
            said = _NO_WORDS if words is None else [stemmed(code, part) for part in words]
            yield VECTORS[code], _VECTOR, [CONFIGS[code], *said]


def stemmed(language, words) -> str:
    """Folded words as the vector of a language takes them."""
    if language != "ar":
        return words
    return " ".join(arabic_stem(word) for word in words.split() if not says_nothing(word))
