"""What a record card may say, and reading one with every fault named (the shape: hub/data/README.md)."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.models import Media, Term
from hub.actions.card_parts import WHOLE_TEXT, Parts
from hub.actions.card_values import LANGUAGE_CODES
from hub.models import Record, RecordText, Visibility
from hub.models.records import is_code, is_currency
from members.models import Body, City

CODED = [
    "theme", "area", "practice_type", "point_of_intervention", "target_audience", "scale",
    "time_scale", "cost_band", "evidence_level", "delivery_channel", "population_band", "sdg_target",
    "sector", "country", "region", "language",
]  # fmt: skip


@dataclass
class Known:
    """What cards may point at, read once for a whole file."""

    terms: dict = field(default_factory=dict)
    bodies: dict = field(default_factory=dict)
    cities: dict = field(default_factory=dict)
    codes: set = field(default_factory=set)
    media: dict = field(default_factory=dict)

    @classmethod
    def load(cls):
        return cls(
            terms={(term.vocabulary, term.code): term for term in Term.objects.all()},
            bodies={body.code: body for body in Body.objects.all()},
            cities={city.slug: city for city in City.objects.all()},
            codes=set(Record.objects.values_list("code", flat=True)),
            media={str(media.uid): media for media in Media.objects.all()},
        )


class CardReader(Parts):
    """Reads one card; `values` holds what it said, `problems` what was wrong with it."""

    def __init__(self, row, card, known):
        super().__init__(row, card, known)
        self.values = self._read()

    def _read(self):
        if not isinstance(self.card, dict):
            self.wrong("", _("This is no record."))
            return {}
        self.only(self.card, "", _FIELDS)
        values = {
            name: NOTHING[name] if self.card[name] is None and name in NOTHING else read(self, name)
            for name, read in _FIELDS.items()
            if name in self.card and not (self.card[name] is None and name in _LEFT)
        }
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

        if values.get("cost_amount") is not None and not values.get("cost_currency"):
            self.wrong("cost_currency", _("Say in which currency the cost is."))

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
            if city and city in [each for each, _role in found]:
                self.wrong(f"{where}.slug", _("This city is here already."))
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
        self.only(given, f"{where}.", WHOLE_TEXT)
        read = {
            "status": self.choice(
                f"{where}.status", given.get("status", "reviewed"), RecordText.Status.values
            ),
            "source_revision": self.number(
                f"{where}.source_revision", given.get("source_revision", 1)
            ),
            "title": self.text(f"{where}.title", given.get("title", ""), most=300, needed=True),
            "summary": self.text(f"{where}.summary", given.get("summary", ""), most=600),
            "keywords": self.text(f"{where}.keywords", given.get("keywords", ""), most=300),
        }
        return read | {
            part: self.text(f"{where}.{part}", given.get(part, "")) for part in RecordText.BODY
        }

    def code(self, name):
        code = self.text(name, self.card[name], most=20, needed=True)
        try:
            is_code(code)
        except ValidationError as error:
            if code:
                self.wrong(name, str(error.message))
        return code

    def currency(self, name):
        given = self.text(name, self.card[name])
        try:
            is_currency(given or "EUR")
        except ValidationError as error:
            self.wrong(name, str(error.message))
        return given

    def cover(self, name):
        return self.known_one(name, self.card[name], self.known.media)


def _choice(choices):
    return lambda reader, name: reader.choice(name, reader.card[name], choices)


def _plain(kind, **options):
    return lambda reader, name: getattr(reader, kind)(name, reader.card[name], **options)


# What a field is once it says null: such a field can be taken away.
NOTHING = {
    "embargo_until": None,
    "start_date": (None, "month"),
    "end_date": (None, "day"),
    "conflict_affected": None,
    "cost_amount": None,
    "staff_fte": None,
    "cover": None,
    "licence": None,
    "last_confirmed_on": None,
}
# What null leaves as it is: on the shelf no record is without a day by which somebody confirms it.
_LEFT = {"review_due"}
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
    "is_ongoing": _plain("boolean"),
    "lead_organization": _plain("text", most=200),
    "internet_dependence": _choice(["", "none", "low", "high"]),
    "conflict_affected": _plain("boolean"),
    "cost_amount": _plain("amount"),
    "cost_currency": CardReader.currency,
    "staff_fte": _plain("amount", most=9999),
    "funders": _plain("strings", most=200),
    "cover": CardReader.cover,
    "licence": lambda reader, name: reader.term(name, reader.card[name], "licence"),
    "cities": CardReader.cities,
    "texts": CardReader.texts,
    "links": CardReader.links,
    "contacts": CardReader.contacts,
    "relations": CardReader.relations,
    "evaluations": CardReader.evaluations,
    "evidence": CardReader.evidence,
    "files": CardReader.files,
    "revision": _plain("number"),
    "text_revision": _plain("number"),
    "created_at": _plain("moment"),
    "updated_at": _plain("moment"),
    "published_at": _plain("moment"),
    "last_confirmed_on": _plain("whole_day"),
    "review_due": _plain("whole_day"),
}
