"""Help with spelling: which known words could a mistyped one have meant?

Words are found by their skeleton (the consonants, near enough as they are heard) and then compared
letter by letter. Both work on folded text (core.folding) and need nothing of the database but
equality.
"""

import re

# Letters that many languages write for one sound. Vowels and half-vowels are what people spell most
# differently.
_SOUNDS = [
    *[("sch", "s"), ("tch", "c"), ("ch", "c"), ("sh", "s"), ("ph", "f"), ("gh", "g"), ("kh", "k")],
    *[("th", "t"), ("dj", "j"), ("ck", "k"), ("qu", "k"), ("x", "ks")],
]
_LETTERS = str.maketrans("cqzvw", "kksff")
_WEAK = re.compile("[aeiouyhjаеиоуыэюяьъйіїαεηιουωاويىءؤئ' -]")
_DOUBLED = re.compile(r"(.)\1+")
_ALPHABETS = [
    "abdfgklmnprst",
    "абвгдзклмнпрстфхцчш",
    "بتثجحخدذرزسشصضطظعغفقكلمنه",
    "αβγδζθκλμνξπρστφχψ",
]
_LONGEST = 12


def skeleton(word: str) -> str:
    """What stays of a folded word without vowels, doubled letters and habits; at most 12 letters.

    `skeleton("kolkatta") == skeleton("calcutta") == "klkt"`. A vowel in front stays, as "a".
    """
    heard = word
    for written, sound in _SOUNDS:
        heard = heard.replace(written, sound)
    heard = heard.translate(_LETTERS)
    bones = _WEAK.sub("", heard)
    if heard and heard[0] in "aeiouy":
        bones = "a" + bones
    return _DOUBLED.sub(r"\1", bones)[:_LONGEST]


def near_skeletons(bones: str) -> set[str]:
    """The skeleton and all that are one slip away: a letter too few, too many, wrong or swapped."""
    splits = [(bones[:i], bones[i:]) for i in range(len(bones) + 1)]
    letters = next((alphabet for alphabet in _ALPHABETS if set(alphabet) & set(bones)), "")
    near = {bones}
    near.update(left + right[1:] for left, right in splits if right)
    near.update(left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1)
    near.update(left + letter + right[1:] for left, right in splits if right for letter in letters)
    near.update(left + letter + right for left, right in splits for letter in letters)
    return near - {""}


def distance(one: str, other: str, *, at_most: int) -> int:
    """How many slips lie between two words; `at_most + 1` as soon as there are more.

    A slip is a letter left out, added, exchanged, or swapped with its neighbour: optimal string
    alignment (F. Damerau, 1964, https://doi.org/10.1145/363958.363994).
    """
    if abs(len(one) - len(other)) > at_most:
        return at_most + 1
    one, other = _without_ends(one, other)
    above, row = [], list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        two_above, above, row = above, row, [i]
        for j, match in enumerate(other, 1):
            slips = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != match))
            if i > 1 and j > 1 and letter == other[j - 2] and match == one[i - 2]:
                slips = min(slips, two_above[j - 2] + 1)
            row.append(slips)
        if min(row) > at_most:
            return at_most + 1
    return min(row[-1], at_most + 1)


def _without_ends(one, other):
    """Both words without the letters they begin and end with alike, which no slip touches."""
    shortest = min(len(one), len(other))
    start = next((i for i in range(shortest) if one[i] != other[i]), shortest)
    one, other = one[start:], other[start:]
    shortest -= start
    end = next((i for i in range(shortest) if one[-1 - i] != other[-1 - i]), shortest)
    return one[: len(one) - end], other[: len(other) - end]
