"""Who may read many records at once: what it would do, in numbers, before it is done."""

import hashlib

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import jobs
from core.staff import StaffAdmin
from hub import rules
from hub.actions.audience import change_audience_of
from hub.models import Record, Visibility
from hub.models.readers import effect
from members.models import Body

MOST_AT_ONCE = 200  # more are done by a worker, with a page that shows how far it is
MOST_CHOSEN = 20_000


class ManyAudienceForm(forms.Form):
    """The records that were chosen and their new audience; the page of numbers sends the same again."""

    records = forms.CharField(widget=forms.HiddenInput)
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may read the records"), choices=Visibility.choices
    )
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Groups that may read them"),
        queryset=Body.objects.order_by("code"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only where they are for a group."),
    )

    def clean_records(self):
        keys = self.cleaned_data["records"].split(",")
        if not all(key.isdecimal() and len(key) < 10 for key in keys) or len(keys) > MOST_CHOSEN:
            raise ValidationError(_("Choose the records in the list again."))
        return [int(key) for key in keys]

    def clean(self):
        facts = super().clean() or {}
        if facts.get("visibility") == Visibility.GROUP and not facts.get("groups"):
            self.add_error("groups", _("Choose at least one group."))
        return facts


class WithManyAudiences(StaffAdmin):
    """The records' list can change who may read those that are chosen."""

    actions = ["choose_audience"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.many_audiences)
        return [path("audience/", view, name="hub_record_audiences"), *super().get_urls()]

    @admin.action(description=gettext_lazy("Change who may read them"))
    def choose_audience(self, request, queryset):
        """The chosen records, or all that match the filter, as they are now: later ones do not slip in."""
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_CHOSEN + 1])
        if len(keys) > MOST_CHOSEN:
            messages.error(request, _("Choose at most %(most)d records.") % {"most": MOST_CHOSEN})
            return None
        form = ManyAudienceForm(initial={"records": ",".join(map(str, keys))})
        return self._many_page(request, "audiences", form, chosen=len(keys))

    def many_audiences(self, request):
        """First the numbers; then, where somebody new is let in only with a tick, the change."""
        if not rules.may_edit(request.user):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:hub_record_changelist")
        form = ManyAudienceForm(request.POST)
        if not form.is_valid():
            return self._many_page(request, "audiences", form)
        wanted = {name: form.cleaned_data[name] for name in ("visibility", "groups")}
        found = effect(Record.objects.filter(pk__in=form.cleaned_data["records"]), **wanted)
        if not found.records:
            messages.info(request, _("These records have this audience already."))
            return redirect("admin:hub_record_changelist")
        if self._is_agreed(request, found):
            return self._change(request, form.cleaned_data["records"], wanted)
        return self._many_page(
            request, "audiences_confirm", form, effect=found, seen=_digest(found)
        )

    def _is_agreed(self, request, found):
        """The numbers that were shown still hold, and whoever lets somebody in has said so."""
        seen = request.POST.get("seen")
        if seen and seen != _digest(found):
            messages.warning(
                request, _("The records changed meanwhile. Look at the numbers again.")
            )
        elif seen and found.widens and "sure" not in request.POST:
            messages.warning(request, _("Tick that you want more people to read this."))
        return seen == _digest(found) and (not found.widens or "sure" in request.POST)

    def _change(self, request, keys, wanted):
        if len(keys) > MOST_AT_ONCE:
            params = {
                "records": keys,
                "visibility": wanted["visibility"],
                "groups": [body.pk for body in wanted["groups"]],
            }
            job = jobs.start("change_audience", owner=request.user, params=params)
            return redirect("core:job", uid=job.uid)
        number = change_audience_of(keys, **wanted, by=request.user)
        messages.success(
            request,
            ngettext(
                "%(number)d record has a new audience, everywhere, from now on.",
                "%(number)d records have a new audience, everywhere, from now on.",
                number,
            )
            % {"number": number},
        )
        return redirect("admin:hub_record_changelist")

    def _many_page(self, request, name, form, **context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Who may read them"),
            "form": form,
        }
        return TemplateResponse(request, f"admin/hub/record/{name}.html", context)


def _digest(found):
    return hashlib.sha256(found.fingerprint.encode()).hexdigest()
