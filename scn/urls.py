"""Every address of the portal. English stands unprefixed; French and Arabic under /fr/ and /ar/."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, include, path

from hub.feeds import RecordSitemap
from scn import views
from scn.sitemaps import PageSitemap

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

SITEMAPS = {"pages": PageSitemap, "records": RecordSitemap}

# What machines ask for has one address, whatever the language.
urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("csp-report/", views.csp_report, name="csp_report"),
    path("sitemap.xml", login_not_required(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("contact/", views.contact, name="contact"),
    path("credits/", views.credits, name="credits"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("theme/", views.theme, name="theme"),
    path("too-large/", views.too_large, name="too_large"),
    path("me/", views.me, name="me"),
    path("", include("members.urls")),
    path("hub/", include("hub.urls")),
    path("", include("core.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)

if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/mail/", include("outbox.urls")), prefix_default_language=False
    )

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken
