"""What a record card may say, and reading one with every fault named (the shape: hub/data/README.md)."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from core.models import Term
from hub.actions.card_values import LANGUAGE_CODES, Values
from hub.models import Evaluation, EvaluationRating, Record, RecordLink, RecordText, Visibility
from hub.models.records import is_code
from members.models import Body, City

CODED = [
    "theme", "area", "practice_type", "point_of_intervention", "target_audience", "scale",
    "time_scale",
    "cost_band", "evidence_level", "delivery_channel", "population_band", "sdg_target", "country",
    "region", "language",
]  # fmt: skip
EVIDENCE = ["self_declared", "city_endorsed", "staff_checked", "peer_reviewed"]


@dataclass
class Known:
    """What cards may point at, read once for a whole file."""

    terms: dict = field(default_factory=dict)
    bodies: dict = field(default_factory=dict)
    cities: dict = field(default_factory=dict)

    @classmethod
    def load(cls):
        return cls(
            terms={(term.vocabulary, term.code): term for term in Term.objects.all()},
            bodies={body.code: body for body in Body.objects.all()},
            cities={city.slug: city for city in City.objects.all()},
        )


class CardReader(Values):
    """Reads one card; `values` holds what it said, `problems` what was wrong with it."""

    def __init__(self, row, card, known):
        super().__init__(row)
        self.card, self.known = card, known
        self.values = self._read()

    def _read(self):
        if not isinstance(self.card, dict):
            self.wrong("", _("This is no record."))
            return {}
        self.only(self.card, "", _FIELDS)
        values = {name: read(self, name) for name, read in _FIELDS.items() if name in self.card}
        self._together(values)
        return values

    def _together(self, values):
        """What no field can say alone."""
        texts = values.get("texts") or {}
        original = values.get("original_language", "en")
        if not texts:
            self.wrong("texts", _("A record needs a text in at least one language."))
        elif original not in texts:
            self.wrong(
                "texts",
                _("There is no text in the original language (%(code)s).") % {"code": original},
            )
        if values.get("visibility") == Visibility.GROUP and not values.get("groups"):
            self.wrong("groups", _("Say which groups may read it."))

    def known_one(self, where, given, among):
        if isinstance(given, str) and given in among:
            return among[given]
        self.wrong(where, _("“%(given)s” is not known here.") % {"given": given})
        return None

    def term(self, where, given, vocabulary):
        terms = {code: term for (of, code), term in self.known.terms.items() if of == vocabulary}
        return self.known_one(where, given, terms)

    # --- the fields that hold more than one value

    def groups(self, name):
        given = self.card[name]
        if not isinstance(given, list):
            self.wrong(name, _("This must be a list."))
            return []
        found = [
            self.known_one(f"{name}.{n}", code, self.known.bodies)
            for n, code in enumerate(given, 1)
        ]
        return [body for body in found if body]

    def codes(self, name):
        found = []
        for vocabulary, codes in self.named(name, self.card[name]).items():
            where = f"{name}.{vocabulary}"
            if not self.choice(where, vocabulary, CODED):
                continue
            if not isinstance(codes, list):
                self.wrong(where, _("This must be a list."))
                continue
            found += [self.term(where, code, vocabulary) for code in codes]
        return [term for term in found if term]

    def cities(self, name):
        found = []
        for where, item in self.items(name, self.card[name]):
            self.only(item, f"{where}.", ["slug", "role"])
            city = self.known_one(f"{where}.slug", item.get("slug"), self.known.cities)
            role = self.choice(f"{where}.role", item.get("role", "owner"), ["owner", "partner"])
            found.append((city, role))
        return found

    def texts(self, name):
        found = {}
        for language, text in self.named(name, self.card[name]).items():
            where = f"{name}.{language}"
            if self.choice(where, language, LANGUAGE_CODES):
                found[language] = self._text(where, self.named(where, text))
        return found

    def _text(self, where, given):
        self.only(
            given, f"{where}.", ["status", "source_revision", "title", "summary", *RecordText.BODY]
        )
        read = {
            "status": self.choice(
                f"{where}.status", given.get("status", "reviewed"), RecordText.Status.values
            ),
            "source_revision": self.number(
                f"{where}.source_revision", given.get("source_revision", 1)
            ),
            "title": self.text(f"{where}.title", given.get("title", ""), most=300, needed=True),
            "summary": self.text(f"{where}.summary", given.get("summary", ""), most=600),
        }
        return read | {
            part: self.text(f"{where}.{part}", given.get(part, "")) for part in RecordText.BODY
        }

    def links(self, name):
        return [self._link(where, item) for where, item in self.items(name, self.card[name])]

    def _link(self, where, given):
        self.only(given, f"{where}.", ["kind", "title", "url", "language"])
        url = self.text(f"{where}.url", given.get("url", ""), most=500)
        if url:
            try:
                URLValidator(schemes=["http", "https"])(url)
            except ValidationError:
                self.wrong(f"{where}.url", _("This is no address of a web page."))
        return {
            "kind": self.choice(f"{where}.kind", given.get("kind"), RecordLink.Kind.values),
            "title": self.text(f"{where}.title", given.get("title", ""), most=300, needed=True),
            "url": url,
            "language": self.choice(
                f"{where}.language", given.get("language", ""), ["", *LANGUAGE_CODES]
            ),
        }

    def evaluations(self, name):
        return [self._evaluation(where, item) for where, item in self.items(name, self.card[name])]

    def _evaluation(self, where, given):
        allowed = [
            "evaluator_kind",
            "evaluator",
            "method",
            "date",
            "record_revision",
            "reply",
            "published",
            "ratings",
        ]
        self.only(given, f"{where}.", allowed)
        kinds = Evaluation.Evaluator.values
        ratings = self.named(f"{where}.ratings", given.get("ratings", {}))
        return {
            "evaluator_kind": self.choice(
                f"{where}.evaluator_kind", given.get("evaluator_kind"), kinds
            ),
            "evaluator": self.text(f"{where}.evaluator", given.get("evaluator", ""), most=200),
            "method": self.words(f"{where}.method", given.get("method", {})),
            "date": self.day(f"{where}.date", given["date"])[0] if "date" in given else None,
            "record_revision": self.number(
                f"{where}.record_revision", given.get("record_revision", 1)
            ),
            "reply": self.words(f"{where}.reply", given.get("reply", {})),
            "published": self.boolean(f"{where}.published", given.get("published", True)),
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
        given = self.named(name, self.card[name])
        self.only(given, f"{name}.", EVIDENCE)
        return {
            part: self.day(f"{name}.{part}", given[part])[0] for part in EVIDENCE if part in given
        }

    def files(self, name):
        return [self._file(where, item) for where, item in self.items(name, self.card[name])]

    def _file(self, where, given):
        self.only(
            given,
            f"{where}.",
            ["name", "title", "language", "licence", "visibility", "content", "sha256"],
        )
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
            "sha256": self.text(f"{where}.sha256", given.get("sha256", "")),
            "content": self.text(f"{where}.content", given.get("content", "")),
        }

    def code(self, name):
        code = self.text(name, self.card[name], most=20, needed=True)
        try:
            is_code(code)
        except ValidationError as error:
            if code:
                self.wrong(name, str(error.message))
        return code


def _choice(choices):
    return lambda reader, name: reader.choice(name, reader.card[name], choices)


def _plain(kind, **options):
    return lambda reader, name: getattr(reader, kind)(name, reader.card[name], **options)


# Every field of a card, with how it is read.
_FIELDS = {
    "code": CardReader.code,
    "kind": _choice(Record.Kind.values),
    "status": _choice(Record.Status.values),
    "visibility": _choice(Visibility.values),
    "groups": CardReader.groups,
    "embargo_until": _plain("moment"),
    "original_language": _choice(LANGUAGE_CODES),
    "is_fictional": _plain("boolean"),
    "from_public_record": _plain("boolean"),
    "codes": CardReader.codes,
    "start_date": _plain("day"),
    "end_date": _plain("day"),
    "lead_organization": _plain("text", most=200),
    "internet_dependence": _choice(["", "none", "low", "high"]),
    "licence": lambda reader, name: reader.term(name, reader.card[name], "licence"),
    "cities": CardReader.cities,
    "texts": CardReader.texts,
    "links": CardReader.links,
    "evaluations": CardReader.evaluations,
    "evidence": CardReader.evidence,
    "files": CardReader.files,
    "revision": _plain("number"),
    "text_revision": _plain("number"),
    "created_at": _plain("moment"),
    "updated_at": _plain("moment"),
    "published_at": _plain("moment"),
}
