from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.translation import get_language, gettext, override

THEMES = ("system", "light", "dark")


def site(request) -> dict:
    """What the frame of every page needs: menu, languages, theme, and whether this is a demo."""
    return {
        "DEMO": settings.DEMO,
        "SITE_ORIGIN": settings.SITE_ORIGIN,
        "STAFF_EMAIL": settings.STAFF_EMAIL,
        "STAFF_MFA_REQUIRED": settings.STAFF_MFA_REQUIRED,
        "canonical": settings.SITE_ORIGIN + request.path,
        "languages": languages(request),
        "menu": menu(request),
        "theme": theme(request),
        "themes": [
            {"code": "system", "label": gettext("System")},
            {"code": "light", "label": gettext("Light")},
            {"code": "dark", "label": gettext("Dark")},
        ],
    }


def theme(request) -> str:
    """The look the reader chose: light, dark, or whatever the device says."""
    chosen = request.COOKIES.get("theme")
    return chosen if chosen in THEMES else "system"


def languages(request) -> list[dict]:
    """The same page in each language; the home page where this address leads nowhere."""
    current = get_language()
    return [
        {
            "code": code,
            "name": name,
            "dir": "rtl" if code in settings.LANGUAGES_BIDI else "ltr",
            "url": _in_language(request, code),
            "current": code == current,
        }
        for code, name in settings.LANGUAGES
    ]


def menu(request) -> list[dict]:
    """The main sections, with the one this page belongs to marked."""
    sections = [
        (gettext("Library"), reverse("hub:library")),
        (gettext("About"), reverse("about")),
        (gettext("Contact"), reverse("contact")),
    ]
    return [
        {"label": label, "url": url, "current": request.path.startswith(url)}
        for label, url in sections
    ]


def _in_language(request, code: str) -> str:
    if getattr(request, "resolver_match", None):
        return translate_url(request.get_full_path(), code)
    with override(code):
        return reverse("home")
