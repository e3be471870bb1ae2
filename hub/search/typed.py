"""What people type: words, "phrases", -not, or."""

import re
from dataclasses import dataclass

from core.folding import fold
from core.words import compounds, is_arabic, says_nothing, words

MOST_WORDS = 1_000
# Who types operators types short: in a longer text "or", quotes and dashes are just how people write.
LONGEST_WITH_OR, LONGEST_WITH_SIGNS = 8, 12
_ALWAYS_OR = {"OR", "OU"}
_OR = {"or", "ou", fold("أو")}
_TOKEN = re.compile(r'(-?)"([^"]*)"?|(\S+)')
_CODE = re.compile(r"[^\W_]*(?:-[^\W_]+)*-\d+")


@dataclass(frozen=True)
class Word:
    """One word to look for, or some that must stand side by side, or what to leave out."""

    words: tuple[str, ...]
    joined: str = ""
    excluded: bool = False
    is_phrase: bool = False
    is_quoted: bool = False


@dataclass
class Typed:
    """What was typed: alternatives (parted by `or`) of words, and what no record may have.

    A small `or` parts words only where no other small word makes a sentence of them: `is_sentence_like` says that
    it may, as in "flow over a wing or a body".
    """

    alternatives: list[list[Word]]
    excluded: list[Word]
    is_sentence_like: bool = False

    @property
    def has_or(self):
        return len(self.alternatives) > 1

    @property
    def wanted(self):
        return [word for alternative in self.alternatives for word in alternative]


def parse(text) -> Typed:
    """Read what was typed. Nothing is ever wrong: what has no meaning is a word or is left out."""
    tokens = _TOKEN.findall(text.replace("\0", " "))
    size = len(words(text))
    takes_or, takes_signs = size <= LONGEST_WITH_OR, size <= LONGEST_WITH_SIGNS
    always = _ALWAYS_OR if not text.isupper() else set()
    typed, count = Typed([[]], []), 0
    for minus, phrase, token in tokens:
        if token in always or (takes_or and fold(token) in _OR):
            typed.alternatives.append([])
            typed.is_sentence_like |= token not in always
            continue
        found = list(_words(minus, phrase, token, takes_signs))
        count += len(found)
        if count > MOST_WORDS:
            break
        typed.excluded += [word for word in found if word.excluded]
        typed.alternatives[-1] += [word for word in found if not word.excluded]
    typed.alternatives = [words for words in typed.alternatives if words] or [[]]
    return typed


def wanted_words(text) -> list[str]:
    """The folded words a reader hopes to see: what the results mark."""
    wanted = [each for word in parse(text).wanted for each in word.words]
    return list(dict.fromkeys(word for word in wanted if len(word) > 1))


def _words(minus, phrase, token, takes_signs):
    if phrase:
        found = tuple(words(phrase))
        if not found:
            return
        if takes_signs:
            yield Word(found, excluded=bool(minus), is_phrase=True, is_quoted=True)
        else:
            yield from (Word((word,)) for word in found)
        return
    bare = token.lstrip("-")
    found = tuple(words(bare))
    if not found:
        return
    if takes_signs and token != bare:
        yield Word(found, excluded=True, is_phrase=len(found) > 1)
    elif takes_signs and len(found) > 1 and _CODE.fullmatch(fold(bare)):
        yield Word(found, is_phrase=True)
    else:
        joined = "".join(compounds(bare)[:1])
        yield from (Word((word,), joined=joined) for word in found)


def is_empty_arabic(word: Word) -> bool:
    """Whether a word is one of those Arabic texts are full of, which the vectors leave out."""
    return all(is_arabic(each) and says_nothing(each) for each in word.words)
