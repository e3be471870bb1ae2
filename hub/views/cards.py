"""What a list says of a record to one visitor, in that visitor's language."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.templatetags.ui import languages
from hub import rules
from hub.models import Record, RecordFile, RecordText
from hub.templatetags.library import badges

_SUMMARY = 240  # letters
_MONTH = "F Y"
_EXACTLY = {"year": "Y", "month": _MONTH}


@dataclass
class Card:
    """One record as it stands in a list."""

    record: Record
    text: RecordText
    place: str
    in_full: bool
    url: str = ""
    keep_url: str = ""
    kind: str = ""
    when: str = ""
    summary: str = ""
    badges: list[tuple] | None = None
    themes: str = ""
    languages: str = ""
    # What is known of it, each with whether it is more than "not yet".
    evidence: list[tuple[str, bool]] | None = None
    # Why it is here: the language that matched where it is not the reader's, the file, and words around.
    other_language: str = ""
    where: str = ""
    file: RecordFile | None = None
    snippet: str = ""


def hit_cards(found, user):
    """A card for each hit of a search, with where its words were found."""
    words = [
        (capfirst(name), _("%(name)s: not yet") % {"name": capfirst(name)})
        for name in Record.AXES.values()
    ]
    # Addresses are made out of one of each kind: asked for one by one they take as long as a fifth of the list.
    url, keep_url = (reverse(name, args=["CODE"]) for name in ("hub:record", "hub:keep_record"))
    return [
        Card(
            record=hit.record,
            url=url.replace("CODE", hit.record.code),
            keep_url=keep_url.replace("CODE", hit.record.code),
            text=hit.text,
            place=place(hit.record, user, hit.terms),
            in_full=rules.may_read_in_full(user, hit.record),
            kind=str(capfirst(Record.Kind(hit.record.kind).label)),
            when=_when(hit.record),
            summary=cut(hit.text.summary, _SUMMARY),
            badges=badges(hit.record),
            languages=languages(hit.record.readable_texts()),
            themes=listed(term.label for term in hit.terms if term.vocabulary == "theme"),
            evidence=_evidence(hit.record, words),
            other_language=hit.language if _is_elsewhere(hit) else "",
            where=hit.field,
            file=hit.file,
            snippet=hit.snippet,
        )
        for hit in found.hits
        if hit.text
    ]


def cards(records, user, *, terms_of):
    """A card for each record that has a text; `terms_of` maps a record's key to its terms."""
    return [
        Card(
            record=record,
            text=record.text(),
            place=place(record, user, terms_of.get(record.pk, [])),
            in_full=rules.may_read_in_full(user, record),
        )
        for record in records
        if record.text()
    ]


def place(record, user, terms) -> str:
    """Where it happened, as far as this visitor may know: its cities, else who led it, else the countries."""
    countries = [term.label for term in terms if term.vocabulary == "country"]
    if not rules.may_read_in_full(user, record):
        return listed(countries)
    cities = named_cities(record, user)
    if len(cities) == 1:
        return _("%(city)s, %(country)s") % {"city": cities[0], "country": cities[0].country}
    if cities:
        return listed(str(city) for city in cities)
    return leader(record) or listed(countries)


def leader(record) -> str:
    """Who led it; a city that does not exist is always said to be fictional."""
    if record.lead_organization and record.is_fictional:
        return _("%(city)s (fictional city)") % {"city": record.lead_organization}
    return record.lead_organization


def named_cities(record, user):
    return [link.city for link in record.cities.all() if rules.may_name(user, link.city)]


def cut(text, most) -> str:
    """The first words of a text, as many as there is room for."""
    if len(text) <= most:
        return text
    kept = text[:most]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,;:.–-") + " …"


def listed(words) -> str:
    """Several words with the comma of the reader's language between them."""
    return _(", ").join(words)


def _when(record):
    """The month in which it appeared or changed last; of an event the day it began, as exactly as that is known."""
    if record.kind == Record.Kind.EVENT_REPORT and record.start_date:
        return date_format(record.start_date, _EXACTLY.get(record.start_precision, "DATE_FORMAT"))
    if not record.published_at:
        return _("Not published")
    if record.updated_at.date() > record.published_at.date():
        return _("Updated %(when)s") % {"when": date_format(record.updated_at, _MONTH)}
    return _("Published %(when)s") % {"when": date_format(record.published_at, _MONTH)}


def _evidence(record, words):
    """The kinds of evidence it has; and, unless it is told from the public record, those it does not have yet."""
    said = [(_("Told from the public record"), True)] if record.from_public_record else []
    for (has, has_not), (_name, day) in zip(words, record.evidence(), strict=True):
        if day:
            said.append((has, True))
        elif not record.from_public_record:
            said.append((has_not, False))
    return said


def _is_elsewhere(hit):
    """Whether the words stand in a version that is not in the reader's language; codes have none."""
    return hit.field not in ("", "codes") and hit.language != get_language()
