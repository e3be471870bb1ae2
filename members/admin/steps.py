"""Buttons of a page: each is one action, asked for once, refused with 409 when it comes too late."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, update_wrapper
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from core import journal
from core.lifecycle import IllegalMove
from core.staff import StaffAdmin


class StepForm(forms.Form):
    """What a step needs to know; it is given the thing and the reader, to offer what fits them."""

    def __init__(self, *args, thing, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.thing, self.user = thing, user


@dataclass(frozen=True)
class Step:
    """One thing staff do with a record.

    `act(thing, by=user, **facts)` is an action of the app, `facts` what `form` cleaned. `may(user, thing)` is the
    rule (else 403), `fits(thing)` whether its state allows the step now (else no button). A `direct` step is a
    button on the page itself; any other has a page that asks once. `sensitive` asks who you are again.
    """

    name: str
    label: Any
    act: Callable
    may: Callable
    fits: Callable
    done: Any
    question: Any = ""
    explanation: Any = ""
    form: type[StepForm] = StepForm
    direct: bool = False
    danger: bool = False
    primary: bool = False
    sensitive: bool = False
    context: Callable = field(default=lambda thing: {})


class WithSteps(StaffAdmin):
    """A ModelAdmin whose pages have such buttons."""

    steps: list[Step] = []
    step_template = "admin/members/step.html"

    def get_urls(self):
        own = [
            path(f"<int:pk>/{step.name}/", self._guarded(step), name=self._url_name(step))
            for step in self.steps
        ]
        return own + super().get_urls()

    def verbs(self, request, obj):
        """The buttons that rule and state allow this reader now."""
        return [
            {
                "name": step.name,
                "label": step.label,
                "url": self._url(step, obj),
                "direct": step.direct,
                "danger": step.danger,
                "primary": step.primary,
            }
            for step in self.steps
            if step.may(request.user, obj) and step.fits(obj)
        ]

    def step_view(self, request, pk, step):
        thing = self.get_object(request, str(pk))
        if not step.may(request.user, thing):
            raise PermissionDenied
        if step.direct and request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        answer = reauthentication_required(self._answer) if step.sensitive else self._answer
        return answer(request, thing, step)

    def after_step(self, thing):
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[thing.pk]
        )

    def _answer(self, request, thing, step):
        form = step.form(request.POST or None, thing=thing, user=request.user)
        if request.method == "POST" and (form.is_valid() or not form.fields):
            self._take(request, thing, step, form.cleaned_data if form.fields else {})
            messages.success(request, step.done)
            return redirect(self.after_step(thing))
        if not step.fits(thing):
            messages.warning(request, _("This is no longer possible: somebody was faster."))
            return redirect(self.after_step(thing))
        return self._page(request, thing, step, form)

    def _take(self, request, thing, step, facts):
        """Do it; a refusal is written down outside of what was rolled back, and answered 409."""
        try:
            step.act(thing, by=request.user, **facts)
        except IllegalMove:
            journal.record(
                "refused",
                thing,
                by=request.user,
                step=step.name,
                status=getattr(thing, "status", ""),
            )
            raise

    def _page(self, request, thing, step, form):
        context = {
            **self.admin_site.each_context(request),
            "title": step.question or step.label,
            "subtitle": None,
            "opts": self.opts,
            "original": thing,
            "step": step,
            "form": form,
            "back": self.after_step(thing),
            **step.context(thing),
        }
        return TemplateResponse(request, self.step_template, context)

    def _guarded(self, step):
        view = partial(self.step_view, step=step)
        update_wrapper(view, self.step_view)
        return self.admin_site.admin_view(view)

    def _url_name(self, step):
        return f"{self.opts.app_label}_{self.opts.model_name}_{step.name}"

    def _url(self, step, thing):
        return reverse(f"admin:{self._url_name(step)}", args=[thing.pk])


class AsksSuperusersAgain(StaffAdmin):
    """A page that says who may do what: its form is taken from those who have just said again who they are."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = super().changeform_view
        if request.method == "POST" and request.user.is_superuser:
            view = reauthentication_required(view)
        return view(request, object_id, form_url, extra_context)
