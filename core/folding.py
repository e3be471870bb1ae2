"""One spelling for searching: what people type and what records say, folded alike.

`fold("Montréal") == "montreal"`, `fold("مَرَّاكُش") == "مراكش"`, `fold("Łódź") == "lodz"`. The index
and the query both go through it; nothing that people read ever does.

The same function exists in Postgres as `fold(text)`, written by `function_sql()` from the tables
below, so that the two cannot drift apart (tests/core/test_folding.py compares them). It uses no
extension and no collation, so it answers alike on every server.

The order matters, and is this:

1. NFKC: presentation forms and width variants become plain letters; a decomposed alef and hamza
   become one.
2. Alef with madda, hamza or wasla is alef; alef maksura is yeh; teh marbuta is heh (as Lucene's
   ArabicNormalizer does). It works on composed letters, so it comes before any decomposition.
3. Arabic vowel signs, Quranic marks, tatweel and invisible format characters go.
4. NFD, then only U+0300-036F goes: the accents of Latin, Greek and Cyrillic. Stripping every
   combining mark would merge ؤ with و and ئ with ي, which are different letters, and break Indic
   vowels.
5. NFC, then the full case folding of Unicode (https://www.unicode.org/Public/UCD/latest/ucd/CaseFolding.txt).
6. Letters that have no decomposition (ø, ł, æ ...), apostrophes and dashes get their everyday
   spelling, and runs of white space become one space.
"""

import functools
import re
import unicodedata

from django.db.models import Func, TextField

_ARABIC_LETTERS = {"آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه"}
_DROPPED_RANGES = [
    *[("\u064b", "\u065f"), ("\u0670", "\u0670"), ("\u06d6", "\u06ed")],  # Arabic signs and marks
    ("\u0640", "\u0640"),  # tatweel
    *[("\u00ad", "\u00ad"), ("\u061c", "\u061c"), ("\u200b", "\u200f"), ("\u202a", "\u202e")],
    *[("\u2060", "\u2064"), ("\u2066", "\u2069"), ("\ufeff", "\ufeff")],  # these seven: invisible
]
_ACCENTS = "\u0300-\u036f"
_EVERYDAY_LETTERS = dict(zip("øłđðıħŧŋĸəɛɔɓɗƙƴ", "olddihtnkeeobdky", strict=True))
_EVERYDAY_PAIRS = {"æ": "ae", "œ": "oe", "þ": "th"}
_EVERYDAY_SIGNS = dict.fromkeys("`‘’‚‛ʹʻʼʽʾʿˈ′‵", "'") | dict.fromkeys("‐‑‒–—―−", "-")
# NFKC has already made a plain space of every other white space character.
_WHITE_SPACE = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\u1680\u2028\u2029"

_accents = re.compile(f"[{_ACCENTS}]+")
_white_space = re.compile(f"[{_WHITE_SPACE}]+")


def fold(text: str) -> str:
    """The text as the search compares it. Folding twice changes nothing.

    NUL, which Postgres cannot store, goes.
    """
    if text.isascii():
        folded = text.lower().replace("\0", "").replace("`", "'")
    else:
        plain = unicodedata.normalize("NFKC", text).translate(_before_accents())
        bare = _accents.sub("", unicodedata.normalize("NFD", plain))
        folded = unicodedata.normalize("NFC", bare).casefold().translate(_after_case())
    return _white_space.sub(" ", folded).strip(" ")


class Fold(Func):
    """The SQL `fold(text)` of an expression; a migration that stores it depends on core 0002."""

    function = "fold"
    arity = 1
    output_field = TextField()


def function_sql() -> str:
    """The statement that creates `fold(text)` in Postgres (15 or later, UTF-8).

    It is written from the same tables as the Python above. When these change, a new migration runs
    it again, and what is stored folded has to be stored anew.
    """
    dropped = "".join(_spread(_DROPPED_RANGES))
    common, rare = _case_tables()
    everyday = _EVERYDAY_LETTERS | _EVERYDAY_SIGNS
    # A common capital goes to its everyday letter at once: Ø -> o.
    letters = {capital: everyday.get(small, small) for capital, small in common.items()} | everyday
    arabic_from = _literal("".join(_ARABIC_LETTERS) + dropped)
    arabic_to = _literal("".join(_ARABIC_LETTERS.values()))
    rare_from, rare_to = _literal("".join(rare)), _literal("".join(rare.values()))
    letters_from, letters_to = _literal("".join(letters)), _literal("".join(letters.values()))
    return f"""
CREATE OR REPLACE FUNCTION fold(source text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $fold$
DECLARE
    x text := source;
BEGIN
    IF pg_catalog.octet_length(x) = pg_catalog.char_length(x) THEN
        x := pg_catalog.translate(pg_catalog.lower(x COLLATE "C"), '`', '''');
    ELSE
        x := pg_catalog.translate(pg_catalog.normalize(x, 'NFKC'), {arabic_from}, {arabic_to});
        x := pg_catalog.normalize(x, 'NFD');
        x := pg_catalog.regexp_replace(x COLLATE "C", {_literal(f"[{_ACCENTS}]+")}, '', 'g');
        x := pg_catalog.lower(pg_catalog.normalize(x, 'NFC') COLLATE "C");
        IF (x COLLATE "C") ~ {_literal("[" + "".join(rare) + "]")} THEN
            x := pg_catalog.translate(x, {rare_from}, {rare_to});
        END IF;
        x := pg_catalog.translate(x, {letters_from}, {letters_to});
        x := {_pairs_sql()};
    END IF;
    x := pg_catalog.regexp_replace(x COLLATE "C", {_literal(f"[{_WHITE_SPACE}]+")}, ' ', 'g');
    RETURN pg_catalog.btrim(x, ' ');
END
$fold$
"""


@functools.cache
def _before_accents():
    return str.maketrans(_ARABIC_LETTERS | dict.fromkeys([*_spread(_DROPPED_RANGES), "\0"], ""))


@functools.cache
def _after_case():
    return str.maketrans(_EVERYDAY_LETTERS | _EVERYDAY_PAIRS | _EVERYDAY_SIGNS)


def _spread(ranges):
    """Every character of some ranges, both ends included."""
    return [chr(code) for first, last in ranges for code in range(ord(first), ord(last) + 1)]


def _case_tables():
    """Capitals beyond ASCII that can reach step 5, with their small letters: common and rare.

    Two tables because Postgres' translate() walks its list for every character: three hundred
    letters cost little, a thousand do not, and almost no text has a letter of the second table.
    """
    common, rare = {}, {}
    for letter in map(chr, [*range(0x80, 0xD800), *range(0xE000, 0x20000)]):
        small = letter.casefold()
        if small != letter and len(small) == 1 and _survives(letter):
            is_common = letter < "\u0590"  # Latin, Greek, Cyrillic, Armenian
            (common if is_common else rare)[letter] = small
    return common, rare


def _survives(letter):
    """Whether steps 1 to 4 leave the letter as it is."""
    bare = _accents.sub("", unicodedata.normalize("NFD", unicodedata.normalize("NFKC", letter)))
    return unicodedata.normalize("NFC", bare) == letter


def _pairs_sql():
    """Letters that become two; only the sharp s, small and capital, does so by Unicode itself."""
    sql = "x"
    for letter, pair in {"ß": "ss", "ẞ": "ss", **_EVERYDAY_PAIRS}.items():
        sql = f"pg_catalog.replace({sql}, {_literal(letter)}, {_literal(pair)})"
    return sql


def _literal(text):
    """A Postgres string, written in ASCII so that no editor or terminal can change it."""
    return "E'" + "".join(_escaped(letter) for letter in text) + "'"


def _escaped(letter):
    if " " <= letter <= "~" and letter not in "'\\":
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
