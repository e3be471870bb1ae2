"""What a city says when it takes up another city's record."""

from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hub.forms.words import ShortField, WordsField
from hub.models import Adaptation, Record
from hub.models.records import is_currency


class OwnRecordField(forms.ModelChoiceField):
    """One of the city's own records, by code and title."""

    def label_from_instance(self, record):
        return f"{record.code} · {record.text() or record.code}"


class DayField(forms.DateField):
    """A day, as the browser's own calendar writes it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})

    def __init__(self, **options):
        super().__init__(input_formats=["%Y-%m-%d"], **options)


class AdaptationForm(forms.Form):
    """How far the city is, what it kept and changed, what came of it, in the language of the page."""

    status = forms.ChoiceField(
        label=_("How far are you?"),
        choices=lambda: [(status, capfirst(status.label)) for status in Adaptation.Status],
        widget=forms.RadioSelect,
    )
    kept = WordsField(
        label=_("What did you keep?"),
        help_text=_("Or what would you keep? A few sentences are enough."),
    )
    changed = WordsField(
        label=_("What did you change?"),
        help_text=_("And why: this is what helps the next city most."),
    )
    outcome = WordsField(
        label=_("What came of it?"), help_text=_("What did not work is as useful as what did.")
    )
    cost_amount = forms.DecimalField(
        label=_("What did it cost?"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("A rough figure is enough."),
    )
    cost_currency = ShortField(
        label=_("Currency"),
        required=False,
        max_length=3,
        help_text=_("Three letters, for example EUR."),
        attrs={"autocomplete": "off"},
    )
    start_date = DayField(label=_("From"), required=False)
    end_date = DayField(label=_("Until"), required=False)
    result = OwnRecordField(
        queryset=Record.objects.none(),
        to_field_name="code",
        label=_("Your own record of it"),
        required=False,
        help_text=_("If your city has written about it in the library."),
    )
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data=None, *, adaptation, own_records, language):
        super().__init__(data, initial=_initial(adaptation, language))
        self.adaptation = adaptation
        cast(OwnRecordField, self.fields["result"]).queryset = own_records
        if not own_records:
            del self.fields["result"]

    def clean_cost_currency(self):
        currency = self.cleaned_data["cost_currency"].upper()
        if currency:
            is_currency(currency)
        return currency

    def clean_seen(self):
        """A colleague may have saved something else meanwhile; what was typed here stays to be compared."""
        is_other = "seen" in self.changed_data and self.changed_data != ["seen"]
        if self.adaptation and is_other:
            raise ValidationError(
                _(
                    "A colleague changed this since you opened it. Open the page again in another window, compare,"
                    " and save once more from there."
                )
            )
        return self.cleaned_data["seen"]

    def clean(self):
        facts = super().clean() or {}
        if facts.get("cost_amount") is not None and not facts.get("cost_currency"):
            self._refuse("cost_currency", _("Say in which currency."))
        if facts.get("cost_currency") and facts.get("cost_amount") is None:
            self._refuse("cost_amount", _("Say how much, or leave the currency empty."))
        start, end = facts.get("start_date"), facts.get("end_date")
        if start and end and end < start:
            self._refuse("end_date", _("It cannot end before it began."))
        return facts

    def facts(self) -> dict:
        """What hub.actions.adaptations.adapt wants to know."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {"result": self.adaptation.result if self.adaptation else None} | facts

    def _refuse(self, name, message):
        if name not in self.errors:
            self.add_error(name, message)


def _initial(adaptation, language):
    if adaptation is None:
        return {"status": Adaptation.Status.CONSIDERING}
    facts = {
        name: getattr(adaptation, name)
        for name in ("status", "cost_amount", "cost_currency", "start_date", "end_date")
    }
    words = {
        name: getattr(adaptation, f"{name}_{language}") for name in ("kept", "changed", "outcome")
    }
    return facts | words | {
        "result": adaptation.result and adaptation.result.code,
        "seen": adaptation.updated_at.isoformat(),
    }  # fmt: skip
