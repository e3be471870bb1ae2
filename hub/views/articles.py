"""A record as its reader is told of it, on the page and on paper: the same facts in the same order."""

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hub.models import RecordText
from hub.views.cards import leader, listed, named_cities

# Coded facts in their order: vocabulary and what it is called there.
_CODED = [
    ("country", gettext_lazy("Country")),
    ("theme", gettext_lazy("Themes")),
    ("area", gettext_lazy("Areas")),
    ("target_audience", gettext_lazy("For whom")),
    ("practice_type", gettext_lazy("Type")),
    ("point_of_intervention", gettext_lazy("Point of intervention")),
    ("scale", gettext_lazy("Scale")),
    ("time_scale", gettext_lazy("Time scale")),
    ("population_band", gettext_lazy("City size")),
    ("sector", gettext_lazy("Needs a mandate for")),
    ("delivery_channel", gettext_lazy("Channels")),
    ("cost_band", gettext_lazy("Cost")),
    ("evidence_level", gettext_lazy("Level of evidence")),
    ("sdg_target", gettext_lazy("SDG targets")),
]


def facts(record, text, terms, user):
    """The facts beside the article as {"label", "value"}, without those that nobody gave."""
    said = [*_where_and_when(record, user), *_coded(record, terms), *_plain(record, text)]
    return [{"label": str(label), "value": value} for label, value in said if value]


def _where_and_when(record, user):
    cities = named_cities(record, user)
    yield (
        ngettext("City", "Cities", max(1, len(cities))),
        listed(str(city) for city in cities),
    )
    yield _("Led by"), leader(record)
    is_over = record.end_date or record.kind == record.Kind.EVENT_REPORT
    yield (_("From") if is_over else _("Since")), began(record)
    if record.end_date:
        yield _("Until"), date_format(record.end_date)
    elif record.is_ongoing:
        yield _("Until"), _("still going on")


def _coded(record, terms):
    for vocabulary, label in _CODED:
        labels = [term.label for term in terms if term.vocabulary == vocabulary]
        if vocabulary == "cost_band" and record.cost_amount is not None:
            labels.insert(0, _cost(record))
        yield label, listed(labels)


def _plain(record, text):
    if record.staff_fte is not None:
        yield _("Staff, in full-time posts"), number_format(record.staff_fte.normalize())
    yield _("Paid for by"), listed(record.funders)
    if record.internet_dependence:
        yield _("Needs the internet"), _capped(record.get_internet_dependence_display())
    if record.conflict_affected is not None:
        yield _("Done amid conflict"), _("Yes") if record.conflict_affected else _("No")
    yield _("Keywords"), text.keywords if text else ""
    yield _("Licence"), record.licence.label if record.licence else ""


def began(record) -> str:
    """When it began, as exactly as that is known."""
    if not record.start_date:
        return ""
    formats = {"year": "Y", "month": "F Y"}
    return date_format(record.start_date, formats.get(record.start_precision))


def _cost(record):
    whole = record.cost_amount == record.cost_amount.to_integral_value()
    amount = number_format(
        record.cost_amount, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=True
    )
    return f"{amount} {record.cost_currency}".strip()


def _capped(words):
    return words[:1].upper() + words[1:]


def sections(text):
    """The long texts that were written, each with its heading and an anchor."""
    if text is None:
        return []
    return [
        {"anchor": name.replace("_", "-"), "heading": heading, "body": getattr(text, name)}
        for name, heading in RecordText.BODY.items()
        if getattr(text, name)
    ]
