"""The parts of a record card that are lists of things: links, contacts, relations, evaluations, evidence, files."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hub.actions.card_values import LANGUAGE_CODES, Values
from hub.models import (
    Evaluation,
    EvaluationRating,
    Record,
    RecordLink,
    RecordRelation,
    RecordText,
    Visibility,
)

EVIDENCE = list(Record.AXES)
# A text, and what is known of it as a translation.
WHOLE_TEXT = ["status", "source_revision", "title", "summary", "keywords", *RecordText.BODY]
EVALUATION = [
    "evaluator_kind", "evaluator", "city", "method", "date", "record_revision", "overall_comment",
    "reply", "replied_at", "published", "decided_at", "shown_to_city_at", "ratings",
]  # fmt: skip
_ONE_A_CITY = gettext_noop(
    "Only one evaluation by a city may wait for a decision, and this card has another."
)
FILE = ["name", "title", "language", "licence", "visibility", "transcript", "content", "sha256"]

is_web_page = URLValidator(schemes=["http", "https"])
# The form that the DOI handbook gives: a registrant's prefix, a slash, and anything without a blank.
is_doi = RegexValidator(re.compile(r"^10\.\d{4,9}/\S+\Z"))


class Parts(Values):
    """Reads the things inside a card; `card` is what was given, `known` what it may point at."""

    def __init__(self, row, card, known):
        super().__init__(row)
        self.card, self.known = card, known

    def known_one(self, where, given, among):
        if isinstance(given, str) and given in among:
            return among[given]
        self.wrong(where, _("“%(given)s” is not known here.") % {"given": given})
        return None

    def term(self, where, given, vocabulary):
        known = self.known.terms.get((vocabulary, given)) if isinstance(given, str) else None
        return self.known_one(where, given, {given: known} if known else {})

    def checked(self, where, given, check, message, *, most):
        """The text of a field that may be empty; else `check` must let it pass."""
        text = self.text(where, given.get(where.rpartition(".")[2], ""), most=most)
        try:
            if text:
                check(text)
        except ValidationError:
            self.wrong(where, message)
        return text

    def day_in(self, where, given, name):
        return self.day(f"{where}.{name}", given[name])[0] if name in given else None

    def moment_in(self, where, given, name):
        return self.moment(f"{where}.{name}", given[name]) if name in given else None

    def whole_day(self, where, given):
        return self.day(where, given)[0]

    def links(self, name):
        return [self._link(where, item) for where, item in self.items(name, self.card[name])]

    def _link(self, where, given):
        self.only(given, f"{where}.", ["kind", "title", "url", "doi", "accessed_on", "language"])
        return {
            "kind": self.choice(f"{where}.kind", given.get("kind"), RecordLink.Kind.values),
            "title": self.text(f"{where}.title", given.get("title", ""), most=300, needed=True),
            "url": self.checked(
                f"{where}.url", given, is_web_page, _("This is no address of a web page."), most=500
            ),
            "doi": self.checked(f"{where}.doi", given, is_doi, _("This is no DOI."), most=200),
            "accessed_on": self.day_in(where, given, "accessed_on"),
            "language": self.choice(
                f"{where}.language", given.get("language", ""), ["", *LANGUAGE_CODES]
            ),
        }

    def contacts(self, name):
        return [self._contact(where, item) for where, item in self.items(name, self.card[name])]

    def _contact(self, where, given):
        self.only(given, f"{where}.", ["name", "function", "email"])
        return {
            "name": self.text(f"{where}.name", given.get("name", ""), most=200, needed=True),
            "function": self.text(f"{where}.function", given.get("function", ""), most=200),
            "email": self.checked(
                f"{where}.email", given, validate_email, _("This is no e-mail address."), most=254
            ),
        }

    def relations(self, name):
        """How it stands to other records, which have to be in the library or come earlier in the file."""
        found: list[dict] = []
        for where, item in self.items(name, self.card[name]):
            relation = self._relation(where, item)
            if (relation["kind"], relation["target"]) in [(r["kind"], r["target"]) for r in found]:
                self.wrong(f"{where}.target", _("This relation is here already."))
            found.append(relation)
        return found

    def _relation(self, where, given):
        self.only(given, f"{where}.", ["kind", "target", "note"])
        target = self.text(f"{where}.target", given.get("target", ""), most=20, needed=True)
        if target and target == self.card.get("code"):
            self.wrong(f"{where}.target", _("A record has no relation to itself."))
        elif target and target not in self.known.codes:
            self.wrong(f"{where}.target", _("“%(given)s” is not known here.") % {"given": target})
        kinds = RecordRelation.Kind.values
        return {
            "kind": self.choice(f"{where}.kind", given.get("kind"), kinds),
            "target": target,
            "note": self.text(f"{where}.note", given.get("note", ""), most=300),
        }

    def evaluations(self, name):
        """What was found of it; of each city one at most that waits for a decision."""
        found, waiting = [], set()
        for where, item in self.items(name, self.card[name]):
            known = len(self.problems)
            evaluation = self._evaluation(where, item)
            if len(self.problems) == known and evaluation["city"] and _waits(evaluation):
                if evaluation["city"] in waiting:
                    self.wrong(f"{where}.city", _(_ONE_A_CITY))
                waiting.add(evaluation["city"])
            found.append(evaluation)
        return found

    def _evaluation(self, where, given):
        self.only(given, f"{where}.", EVALUATION)
        kinds = Evaluation.Evaluator.values
        city = given.get("city")
        ratings = self.named(f"{where}.ratings", given.get("ratings", {}))
        return {
            "evaluator_kind": self.choice(
                f"{where}.evaluator_kind", given.get("evaluator_kind"), kinds
            ),
            "evaluator": self.text(f"{where}.evaluator", given.get("evaluator", ""), most=200),
            "city": self.known_one(f"{where}.city", city, self.known.cities) if city else None,
            "method": self.words(f"{where}.method", given.get("method", {})),
            "date": self.day_in(where, given, "date"),
            "record_revision": self.number(
                f"{where}.record_revision", given.get("record_revision", 1)
            ),
            "overall_comment": self.words(
                f"{where}.overall_comment", given.get("overall_comment", {})
            ),
            "reply": self.words(f"{where}.reply", given.get("reply", {})),
            "replied_at": self.moment_in(where, given, "replied_at"),
            "published": self.boolean(f"{where}.published", given.get("published", True)),
            "decided_at": self.moment_in(where, given, "decided_at"),
            "shown_to_city_at": self.moment_in(where, given, "shown_to_city_at"),
            "ratings": [
                self._rating(f"{where}.ratings.{code}", code, rating)
                for code, rating in ratings.items()
            ],
        }

    def _rating(self, where, criterion, given):
        given = self.named(where, given)
        self.only(given, f"{where}.", ["rating", "assessment"])
        return {
            "criterion": self.term(where, criterion, "criterion"),
            "rating": self.choice(
                f"{where}.rating", given.get("rating"), EvaluationRating.Rating.values
            ),
            "assessment": self.words(f"{where}.assessment", given.get("assessment", {})),
        }

    def evidence(self, name):
        """Of each kind (day, version or None)."""
        given = self.named(name, self.card[name])
        self.only(given, f"{name}.", EVIDENCE)
        return {
            part: self._axis(f"{name}.{part}", given[part]) for part in EVIDENCE if part in given
        }

    def _axis(self, where, given):
        if not isinstance(given, dict):
            return self.whole_day(where, given), None
        self.only(given, f"{where}.", ["on", "revision"])
        revision = given.get("revision")
        return self.day_in(where, given, "on"), revision and self.number(
            f"{where}.revision", revision
        )

    def files(self, name):
        return [self._file(where, item) for where, item in self.items(name, self.card[name])]

    def _file(self, where, given):
        self.only(given, f"{where}.", FILE)
        licence = given.get("licence", "")
        return {
            "name": self.text(f"{where}.name", given.get("name", ""), most=120, needed=True),
            "title": self.text(f"{where}.title", given.get("title", ""), most=200, needed=True),
            "language": self.choice(
                f"{where}.language", given.get("language", ""), ["", *LANGUAGE_CODES]
            ),
            "licence": self.term(f"{where}.licence", licence, "licence") if licence else None,
            "visibility": self.choice(
                f"{where}.visibility", given.get("visibility", "members"), Visibility.values
            ),
            "transcript": self.text(f"{where}.transcript", given.get("transcript", "")),
            "sha256": self.text(f"{where}.sha256", given.get("sha256", "")),
            "content": self.text(f"{where}.content", given.get("content", "")),
        }


def _waits(evaluation):
    facts = {name: evaluation[name] for name in ("published", "decided_at")}
    return Evaluation(**facts).is_waiting()
