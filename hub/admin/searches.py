from collections import Counter

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.folding import fold
from core.models import Term
from core.staff import StaffAdmin
from hub.actions import searches
from hub.models import SearchLog
from hub.search import near
from members.models import City
from members.models.people import LANGUAGES

_PAGE = 50
_NEAREST = 10
_MOST_CITIES = 8
_SHORTEST = 4  # letters of a word that may name a theme


@admin.register(SearchLog)
class SearchLogAdmin(StaffAdmin):
    """Searched and not found: what the library lacks, most asked first, and who could write it."""

    may_add = False
    may_change = False
    list_display = ["query", "results", "times", "on"]
    search_fields = ["query"]
    ordering = ["-on", "-pk"]
    fields = ["query", "filters", "language", "results", "times", "on", "settled_at"]

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("<int:pk>/words/", guarded(self.words), name="hub_searchlog_words"),
            path("<int:pk>/settle/", guarded(self.settle), name="hub_searchlog_settle"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        """One row for the same words, whenever and however often they were typed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        settled = request.GET.get("settled") == "yes"
        rows = self.get_queryset(request).not_found(settled=settled)
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "page": Paginator(rows, _PAGE).get_page(request.GET.get("page")),
            "settled": settled,
        }
        return TemplateResponse(request, "admin/hub/searchlog/change_list.html", context)

    def words(self, request, pk):
        """One of them: when it was looked for, what comes nearest, and the cities that may know."""
        row = self._row(request, pk)
        nearest = near(request.user, row.query, _NEAREST)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who could write this?"),
            "opts": self.opts,
            "row": row,
            "asked": SearchLog.objects.filter(query=row.query).order_by("-on", "language", "pk"),
            "nearest": nearest,
            "cities": _cities(row.query, nearest),
        }
        return TemplateResponse(request, "admin/hub/searchlog/words.html", context)

    def settle(self, request, pk):
        return require_POST(self._settle)(request, pk)

    def _settle(self, request, pk):
        row = self._row(request, pk)
        if searches.settle(row.query, by=request.user):
            messages.success(request, _("Settled: “%(words)s” leaves the list.") % {"words": row})
        return redirect(reverse("admin:hub_searchlog_changelist"))

    def _row(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)


def _cities(words, nearest) -> list[dict]:
    """Member cities behind the records that come nearest, then those that care for a theme the words name."""
    records: Counter = Counter()
    for hit in nearest:
        records.update(place.city for place in hit.record.cities.all())
    themes = _themes(words)
    caring = City.objects.members().filter(themes__in=themes).order_by("slug")
    lines = [{"city": city, "records": n} for city, n in records.most_common()]
    lines += [{"city": city, "themes": themes} for city in caring if city not in records]
    return lines[:_MOST_CITIES]


def _themes(words):
    """The themes that one of these words stands in, in any language."""
    looked_for = [word for word in words.split() if len(word) >= _SHORTEST]
    return [
        theme
        for theme in Term.objects.of(Term.Vocabulary.THEME)
        if any(
            word in fold(getattr(theme, f"label_{code}"))
            for word in looked_for
            for code, _name in LANGUAGES
        )
    ]
