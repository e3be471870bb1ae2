"""Which record stands how in which language: what to translate next."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from core.staff import StaffAdmin
from hub.models import Record, TextState
from members.models.people import LANGUAGES

_A_PAGE = 50


class WithTranslations(StaffAdmin):
    """The records' list has a page of records against languages."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.translations)
        own = path("translations/", view, name="hub_record_translations")
        return [own, *super().get_urls()]

    def translations(self, request):
        """A row for each record that is not archived, a column for each language; `?stale=fr` and the like narrow."""
        records = self.get_queryset(request).exclude(status=Record.Status.ARCHIVED)
        chosen = _chosen(request)
        if chosen:
            records = records.in_text_state(*chosen)
        page = Paginator(records.order_by("code"), _A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Translations"),
            "languages": [code for code, _name in LANGUAGES],
            "states": TextState,
            "chosen": chosen,
            "page": page,
        }
        return TemplateResponse(request, "admin/hub/record/translations.html", context)


def _chosen(request):
    """What the address asks for, as (language, TextState); None for everything."""
    codes = dict(LANGUAGES)
    found = [(request.GET.get(state), state) for state in TextState if state in request.GET]
    return next(((code, state) for code, state in found if code in codes), None)
