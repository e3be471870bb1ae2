"""How a record was rated, by whom, and what its city says to that."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.models import Term
from hub import rules
from hub.actions import evaluations as actions
from hub.forms.evaluations import EvaluationForm, ReplyForm
from hub.models.owners import cities_of
from hub.views.lineage import readable
from members.models import City
from members.rules import standing

_EXPERT = "expert"


def evaluations_of(record, user):
    """What the record's page says of its evaluations, the latest first."""
    return [told(each, record, user) for each in record.evaluations.published().with_ratings()]


def told(evaluation, record, user):
    """One evaluation as this visitor reads it."""
    evaluation.record = record
    return {
        "evaluation": evaluation,
        "by": _who(evaluation, user),
        "mean": evaluation.mean(),
        "is_behind": evaluation.record_revision < record.revision,
        "may_reply": rules.may_reply(user, evaluation),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def evaluate(request, code):
    """A member for a city, or an outside expert, says what they found; staff decide whether it is published."""
    record = readable(request, code)
    if not rules.may_evaluate(request.user, record):
        raise PermissionDenied
    speakers = _speakers(request.user, record)
    waiting = _waiting(record, request.user, speakers)
    form = EvaluationForm(
        request.POST or None,
        speakers=[(value, label) for value, label, _city in speakers],
        criteria=list(Term.objects.of("criterion").current()),
        evaluation=waiting,
        language=get_language(),
    )
    if request.method == "POST" and form.is_valid():
        cities = {value: city for value, _label, city in speakers}
        actions.send(
            record,
            city=cities[form.cleaned_data["speaker"]],
            language=get_language(),
            facts=form.cleaned_data,
            ratings=form.ratings(),
            by=request.user,
        )
        messages.success(
            request, _("Thank you. Network staff read it and then publish it on the record’s page.")
        )
        return redirect("hub:record", record.code)
    context = {"record": record, "text": record.text(), "form": form, "waiting": waiting}
    return render(request, "hub/evaluate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request, code, pk):
    """The focal point of the city that owns the record reads an evaluation and answers it."""
    record = readable(request, code)
    cities = standing(request.user).cities
    evaluation = get_object_or_404(record.evaluations.open_to_reply(cities).with_ratings(), pk=pk)
    evaluation.record = record
    if not rules.may_reply(request.user, evaluation):
        raise PermissionDenied
    language = get_language()
    form = ReplyForm(
        request.POST or None, initial={"text": getattr(evaluation, f"reply_{language}")}
    )
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        actions.reply(evaluation, text=text, language=language, by=request.user)
        messages.success(request, _reply_words(evaluation))
        return redirect("hub:record", record.code)
    context = {"record": record, "text": record.text(), "form": form}
    return render(
        request, "hub/reply.html", context | {"told": told(evaluation, record, request.user)}
    )


def _reply_words(evaluation):
    if evaluation.published:
        return _("Your city’s reply stands under the evaluation now.")
    return _("Your city’s reply is kept and appears together with the evaluation.")


def _who(evaluation, user) -> str:
    """Who evaluated, as this visitor may know."""
    if evaluation.evaluator:
        return evaluation.evaluator
    if evaluation.city is None:
        return ""
    if rules.knows(user, evaluation.city):
        return str(evaluation.city)
    return _("A member city")


def _speakers(user, record):
    """[(value, label, city)]: for whom this visitor may write."""
    owners = record.owner_cities()
    speakers: list[tuple[str, str, City | None]] = [
        (
            city.slug,
            (
                _("%(city)s, which owns the record")
                if city.pk in owners
                else _("%(city)s, as a peer")
            )
            % {"city": city},
            city,
        )
        for city in cities_of(user)
    ]
    if standing(user).reviews:
        speakers.append((_EXPERT, _("I do, as an outside expert"), None))
    return speakers


def _waiting(record, user, speakers):
    """What was sent for the first of them and still waits: it is changed, not sent twice."""
    city = speakers[0][2]
    who = {"city": city} if city else {"city": None, "created_by": user}
    return record.evaluations.waiting().filter(**who).prefetch_related("ratings").first()
