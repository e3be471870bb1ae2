"""What people look for, counted by day: the words and how much was found, never by whom."""

import re

from django.utils.translation import get_language

from core.folding import fold
from hub.models import SearchLog

_MACHINES = re.compile(r"bot|crawl|spider|slurp|preview|fetch|monitor|curl|wget|python|java/", re.I)
# What may name a person: an e-mail address, a telephone, case or passport number.
_PERSONAL = re.compile(r"\S*@\S*|\+?\d(?:[\s().:/-]?\d){5,}")


def note(request, form, found) -> None:
    """Count a search that somebody typed. Pages further on, machines and pages loaded ahead do not count.

    Nor does another order, or a filter put on it: that is no new search, unless nothing is left of it.
    """
    words, results = storable(form.q), 0 if found.is_partial else found.total
    if not words or form.page > 1 or form.asked_sort or (form.filters and results):
        return
    if _is_typed(request):
        SearchLog.objects.note(
            words, filters=form.filters, language=get_language(), results=results
        )


def storable(typed) -> str:
    """The words as the log keeps them: folded, without what may name a person, of a paragraph the beginning."""
    kept = " ".join(_PERSONAL.sub(" ", fold(typed)).split())
    return kept[: SearchLog._meta.get_field("query").max_length].rstrip()


def _is_typed(request) -> bool:
    headers = request.headers
    if request.method != "GET" or request.htmx.history_restore_request:
        return False
    if "prefetch" in headers.get("Sec-Purpose", "") + headers.get("Purpose", ""):
        return False
    return bool(headers.get("User-Agent")) and not _MACHINES.search(headers["User-Agent"])
