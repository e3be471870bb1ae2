"""How the pages write dates, ages, languages and what people typed."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import normalize_newlines
from django.utils.translation import get_language_info, gettext, ngettext

register = template.Library()

# Day, month, year: the one order that readers in all three languages use.
_DAY = "j F Y"


@register.filter
def day(when: date | datetime | None) -> str:
    """11 November 2026, readable by machines too. Nothing for no date."""
    if not when:
        return ""
    if isinstance(when, datetime):
        when = when.astimezone(timezone.get_default_timezone()).date()
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), date_format(when, _DAY))


@register.filter
def moment(when: datetime | None) -> str:
    """11 November 2026, 14:32 UTC. Nothing for no moment."""
    if not when:
        return ""
    when = when.astimezone(timezone.get_default_timezone())
    words = gettext("%(day)s, %(time)s UTC") % {
        "day": date_format(when, _DAY),
        "time": date_format(when, "H:i"),
    }
    return format_html('<time datetime="{}">{}</time>', when.isoformat(timespec="minutes"), words)


@register.filter
def waited(since: datetime | date | None) -> str:
    """How long something has waited, in one unit: 40 minutes, 26 hours, 9 days."""
    if not since:
        return ""
    if not isinstance(since, datetime):
        days = (timezone.localdate() - since).days
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    minutes = max(0, int((timezone.now() - since).total_seconds() // 60))
    hours, days = minutes // 60, minutes // 1440
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def paragraphs(text: str | None) -> SafeString:
    """What a person typed, escaped; each paragraph keeps the direction of its own script."""
    parts = [part for part in normalize_newlines(text or "").split("\n\n") if part.strip()]
    return format_html_join(
        "\n", '<p dir="auto">{}</p>', ((linebreaksbr(part.strip()),) for part in parts)
    )


@register.simple_tag
@cache
def lang_attrs(code: str | None) -> str:
    """`lang` and `dir` for a text in a language that may not be the page's. Nothing for no code."""
    if not code:
        return ""
    return format_html('lang="{}" dir="{}"', code, "rtl" if _is_rtl(code) else "ltr")


@register.filter
@cache
def language_name(code: str) -> str:
    """The language's name in itself: Français. The code where Django does not know it."""
    try:
        name = get_language_info(code)["name_local"]
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


@register.filter
def languages(texts: Iterable[Any]) -> SafeString:
    """The languages of some texts, each by its own name and in its own direction: English, Français."""
    return _named(tuple(text.language for text in texts), gettext(", "))


@cache
def _named(codes, comma):
    each = ((lang_attrs(code), language_name(code)) for code in codes)
    return format_html_join(comma, "<span {}>{}</span>", each)


@register.simple_tag
def first_input(field: Any) -> str:
    """The id a line of the error summary leads to: the field's, or its first choice's."""
    if field.use_fieldset and field.auto_id:
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.simple_tag
def page_numbers(page: Page) -> list[int | str]:
    """The numbers of the pagination around this page, with "…" for those left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


def _is_rtl(code: str) -> bool:
    return code.split("-")[0] in {language.split("-")[0] for language in settings.LANGUAGES_BIDI}
