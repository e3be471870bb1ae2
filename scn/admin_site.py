"""The staff's front door and start page."""

import csv
from functools import update_wrapper

from allauth.account.decorators import secure_admin_login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.staff import StaffAdmin, StaffSite, cell
from members import rules
from members.models import MembershipApplication, Post
from outbox.models import Message
from scn import waiting
from scn.charts import bars

_APPS = ["members", "hub", "outbox", "core"]


class StaffAdminSite(StaffSite):
    """Django's admin: in through allauth's login, for network staff alone, with what waits on its first page."""

    site_title = gettext_lazy("Strong Cities Network staff")
    site_header = gettext_lazy("Strong Cities Network, staff")
    index_title = gettext_lazy("Waiting for me")
    index_template = "admin/index.html"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only pages that know regions and the journal: what allauth and Django bring stays outside."""
        if admin_class and issubclass(admin_class, StaffAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request, app_label=None):
        """What staff do most comes first: apps in this order, their lists in the order they were made."""
        apps = super().get_app_list(request, app_label)
        order = [model._meta.object_name for model in self._registry]
        for app in apps:
            app["models"].sort(key=lambda model: order.index(model["object_name"]))
        return sorted(apps, key=lambda app: _APPS.index(app["app_label"]))

    def has_permission(self, request):
        return rules.is_staff(request.user)

    def narrowed(self, user, queryset):
        """Letters know no regions: staff who have some see those to the people and the applicants there."""
        hubs = rules.standing(user).hubs
        if hubs is None or queryset.model is not Message:
            return queryset
        members = Post.objects.filter(person__user=OuterRef("user"), city__hub__in=hubs)
        applicants = MembershipApplication.objects.filter(
            email__iexact=OuterRef("to"), confirmed_at__isnull=False, hub__in=hubs
        )
        return queryset.filter(Exists(members) | Exists(applicants))

    def admin_view(self, view, cacheable=False):
        """Somebody logged in who is not staff is refused; only strangers are sent to log in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def get_urls(self):
        # Django's shortcut to "the page of any object" would tell which numbers exist.
        urls = [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]
        figures = path(
            "applications-by-region.csv",
            self.admin_view(self.applications_by_region),
            name="applications_by_region",
        )
        return [figures, *urls]

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        return _front_door(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_change_password")

    def index(self, request, extra_context=None):
        """What waits for this member of staff, and what came in lately; of their own region alone."""
        figures = waiting.applications_by_hub(self, request)
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "subtitle": None,
            "waiting": waiting.rows(self, request),
            "now": timezone.now(),
            "figures": figures,
            "total": sum(figure["count"] for figure in figures),
            "days": waiting.LATELY_DAYS,
            "chart": bars(
                [(figure["label"], figure["count"]) for figure in figures], rtl=get_language_bidi()
            ),
        }
        return TemplateResponse(request, self.index_template, context)

    @method_decorator(require_GET)
    def applications_by_region(self, request):
        """The figures of the chart, for a spreadsheet (UTF-8 with a mark that Excel understands)."""
        response = HttpResponse(
            "\ufeff",
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="applications-by-region.csv"'},
        )
        writer = csv.writer(response)
        writer.writerow([_("Region"), _("Applications"), _("The 90 days before")])
        for figure in waiting.applications_by_hub(self, request):
            writer.writerow([cell(figure["label"]), figure["count"], figure["before"]])
        return response


@secure_admin_login
def _front_door(request):
    """Staff who are in already go on to the start page; allauth has sent everybody else away."""
    return HttpResponseRedirect(reverse("admin:index"))
