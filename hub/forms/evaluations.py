"""What somebody found when they looked at a record, and what its city answers."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.forms.words import WordsField
from hub.models import EvaluationRating

Rating = EvaluationRating.Rating
LONGEST_REASONS = 2000


class EvaluationForm(forms.Form):
    """Six ratings, each with its reasons, in the language of the page.

    `speakers` are (value, label) of those for whom this visitor may write; `criteria` are the terms.
    """

    speaker = forms.ChoiceField(label=_("Who evaluates?"), widget=forms.RadioSelect)
    evaluator = forms.CharField(
        label=_("Name that readers see"),
        required=False,
        max_length=200,
        help_text=_(
            "Only if somebody should stand there by name; else readers see the city, or “an outside expert”."
        ),
    )
    method = WordsField(
        label=_("How did you find out?"),
        rows=3,
        max_length=2000,
        required=True,
        help_text=_("A visit, talks, documents: what your judgement rests on."),
    )
    overall_comment = WordsField(label=_("On the whole"))

    def __init__(self, data=None, *, speakers, criteria, evaluation=None, language):
        super().__init__(data, initial=_initial(evaluation, language))
        self.criteria = criteria
        cast(forms.ChoiceField, self.fields["speaker"]).choices = speakers
        if len(speakers) == 1:
            self.fields["speaker"].initial = speakers[0][0]
            self.fields["speaker"].widget = forms.HiddenInput()
        for criterion in criteria:
            self.fields[f"rating_{criterion.pk}"] = forms.ChoiceField(
                label=criterion.label,
                help_text=criterion.definition,
                choices=[(rating, EvaluationRating.words(criterion, rating)) for rating in Rating],
                widget=forms.RadioSelect,
            )
            self.fields[f"reasons_{criterion.pk}"] = WordsField(
                label=_("%(criterion)s: your reasons") % {"criterion": criterion.label},
                rows=3,
                max_length=LONGEST_REASONS,
                required=True,
                error_messages={"required": _("Say in a sentence why you rate it so.")},
                help_text=_("Not needed where there is not enough information."),
            )

    def clean(self):
        """Nobody has to give reasons for not knowing."""
        facts = super().clean() or {}
        for criterion in self.criteria:
            reasons = f"reasons_{criterion.pk}"
            if facts.get(f"rating_{criterion.pk}") == Rating.NOT_ENOUGH and self.has_error(
                reasons, "required"
            ):
                del self.errors[reasons]
                facts[reasons] = ""
        return facts

    def parts(self):
        """The fields of each criterion, side by side."""
        return [
            (self[f"rating_{criterion.pk}"], self[f"reasons_{criterion.pk}"])
            for criterion in self.criteria
        ]

    def ratings(self) -> dict:
        """{key of the criterion: (rating, reasons)}, as hub.actions.evaluations.send wants it."""
        facts = self.cleaned_data
        return {
            criterion.pk: (facts[f"rating_{criterion.pk}"], facts[f"reasons_{criterion.pk}"])
            for criterion in self.criteria
        }


class ReplyForm(forms.Form):
    """What the city answers."""

    text = WordsField(
        label=_("Your city’s reply"),
        rows=6,
        required=True,
        help_text=_("Whoever reads the evaluation reads this below it, with its date."),
    )


def _initial(evaluation, language):
    if evaluation is None:
        return {}
    initial = {
        "evaluator": evaluation.evaluator,
        "method": getattr(evaluation, f"method_{language}"),
        "overall_comment": getattr(evaluation, f"overall_comment_{language}"),
    }
    for rating in evaluation.ratings.all():
        initial[f"rating_{rating.criterion_id}"] = rating.rating
        initial[f"reasons_{rating.criterion_id}"] = getattr(rating, f"assessment_{language}")
    return initial
