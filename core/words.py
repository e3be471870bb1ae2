"""The words of a text, as the search keeps and compares them.

`words("L’école, à Montréal")` is `["l", "ecole", "a", "montreal"]`. English and French are stemmed by Postgres; for
Arabic this is our own, as Postgres' stemmer takes more off a bare word than off the same word with an article.
"""

import re
import unicodedata
from functools import lru_cache

from core.folding import fold

LONGEST_WORD = 60
_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SIGNS = dict.fromkeys([*range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6EE), 0x640, 0xAD])
_ARABIC = re.compile("[\u0621-\u064a]")

# The article, alone or joined to what stands before it; longest first.
_ARTICLES = ("وبال", "وكال", "وال", "فال", "بال", "كال", "ولل", "فلل", "ال", "لل")
_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
# Particles written as one with the word behind them.
PARTICLES = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل")
# Words that say nothing, folded; Postgres brings no such list for Arabic.
_EMPTY_ARABIC = frozenset(
    """
    في من الي عن علي مع ان انها انه انهم او ام ثم قد لقد كما لا لم لن ما ماذا متي اين كيف هل هو هي هم هن نحن انت انا
    هذا هذه هذان هؤلاء ذلك تلك اولئك الذي التي الذين اللذين اللتين اللاتي كان كانت كانوا يكون تكون ليس ليست كل بعض
    غير سوي بين عند عندما لدي لديه لديها لديهم لدينا حتي منذ خلال حول دون بدون تحت فوق قبل بعد امام خلف ضد نحو اذا
    اذ لو لولا لكن لكي كي فان وان بان لان فقد وقد وهو وهي وهم فهو فهي ولا وما ولم ولن به بها بهم له لها لهم لنا لكم
    فيه فيها فيهم منه منها منهم عنه عنها عنهم عليه عليها عليهم اليه اليها اليهم معه معها معهم وفي ومن والي وعن وعلي
    ومع اي ايه ايضا انما بل حيث حين كذلك هنا هناك هنالك مما فيما كلما مثل ذات ذو قال يا نعم كلا جدا الا اما ومنها
    """.split()  # noqa: SIM905 (so many words read better without quotes)
)


# Texts are made of the same words over and over: what each comes to is remembered.
_remembered = lru_cache(maxsize=30_000)


def words(text: str) -> list[str]:
    """The folded words of a text in their order; marks, underscores and hyphens part them."""
    return [word for token in text.split() for word in _words_of(token)]


def spelled_words(text: str) -> dict[str, str]:
    """Each folded word of a text with the way it is written there, in small letters and without vowel signs."""
    spelled: dict[str, str] = {}
    for token in dict.fromkeys(text.split()):
        spelled.update(_spelled_of(token))
    return spelled


def compounds(text: str) -> list[str]:
    """What is written with hyphens, written as one word: "co-operation" is cooperation."""
    tokens = [token for token in text.split() if not token.isalpha()]
    return [word for token in tokens for word in _compounds_of(token)]


def folded(text: str, most: int | None = None) -> str:
    """The words of a text (`most` of them), and its compounds as one word each, apart by spaces: what is searched."""
    return " ".join([*words(text), *compounds(text)][:most])


@_remembered
def _words_of(token):
    return tuple(word[:LONGEST_WORD] for word in _WORD.findall(fold(token).translate(_DIGITS)))


@_remembered
def _spelled_of(token):
    plain = unicodedata.normalize("NFC", token.lower().translate(_SIGNS))
    written, folded = _WORD.findall(plain), _words_of(token)
    if len(written) != len(folded):  # a letter in it folds to several words, or to none
        written = folded
    return tuple(zip(folded, (word[:LONGEST_WORD] for word in written), strict=True))


@_remembered
def _compounds_of(token):
    return tuple(found.replace("-", "")[:LONGEST_WORD] for found in _COMPOUND.findall(fold(token)))


def is_arabic(word: str) -> bool:
    """Whether a folded word is written in Arabic letters."""
    return bool(_ARABIC.search(word))


def says_nothing(word: str) -> bool:
    """Whether a folded Arabic word is one that stands in every text."""
    return word in _EMPTY_ARABIC


@_remembered
def arabic_stem(word: str) -> str:
    """A folded Arabic word without article and ending; any other word as it is.

    Light stemming after L. Larkey, L. Ballesteros and M. Connell, "Light Stemming for Arabic Information Retrieval"
    (2007), without the conjunction: whether a و is one can only be told where a word is looked for (arabic_forms).
    """
    if not is_arabic(word):
        return word
    stem = next(
        (word[len(a) :] for a in _ARTICLES if word.startswith(a) and len(word) - len(a) > 1), word
    )
    for ending in _ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) > 1:
            return stem[: -len(ending)]
    # The alef of "a meeting" after a preposition or a verb: اجتماعا.
    return stem[:-1] if stem.endswith("ا") and len(stem) > 4 else stem


def arabic_forms(word: str) -> list[str]:
    """The stems under which a word may stand in a text: its own first, then with and without joined particles."""
    stem = arabic_stem(word)
    if not is_arabic(word):
        return [stem]
    bare = [
        arabic_stem(word[len(particle) :])
        for particle in PARTICLES
        if word.startswith(particle) and len(word) - len(particle) > 2
    ]
    joined = [particle + base for base in [stem, *bare] for particle in PARTICLES]
    return list(dict.fromkeys([stem, *bare, *joined]))


@lru_cache(maxsize=20_000)
def is_kin(written: str, wanted: tuple[str, ...]) -> bool:
    """Whether a word, as it is written, is kin to one of some folded words."""
    return any(are_kin(fold(written), word) for word in wanted)


def are_kin(word: str, wanted: str) -> bool:
    """Whether two folded words share their stem, near enough for a mark: mediation, mediators."""
    return any(_share_stem(a, b) for a in _bare(word) for b in _bare(wanted))


def _bare(word):
    """The word, and for Arabic also without an article or a joined particle."""
    yield word
    for prefix in (*_ARTICLES, *PARTICLES):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            yield word[len(prefix) :]


def _share_stem(a, b):
    if a == b:
        return True
    shared = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    return shared >= 4 and shared >= 0.65 * max(len(a), len(b))
