"""Letters about what is new in the searches that members keep."""

from django.conf import settings
from django.urls import reverse

from core import tokens
from hub.models import SavedSearch
from outbox import mail

PURPOSE = "search-letters"
MOST_TITLES = 20
_HERE = "hub.emails.searches"


def new_in_search(saved, records):
    """The titles of what is new, with links; never the same news twice."""
    language = saved.user.person.language if hasattr(saved.user, "person") else saved.user.language
    shown = records[:MOST_TITLES]
    mail.queue(
        "hub/emails/new_in_search.txt",
        to=saved.user.email,
        key=f"search:{saved.uid}:{saved.told_until.isoformat()}",
        language=language,
        params={
            "search": saved.name,
            "count": len(records),
            "more": len(records) - len(shown),
            "records": [_line(record, language) for record in shown],
        },
        links={
            "button": [f"{_HERE}.results_link", str(saved.uid)],
            "searches": [f"{_HERE}.searches_link"],
            "stop": [f"{_HERE}.stop_link", str(saved.uid)],
        }
        | {f"record_{record.pk}": [f"{_HERE}.record_link", record.code] for record in shown},
        kind="bulk",
        user=saved.user,
    )


def token(saved) -> str:
    """What the link to stop these letters holds; it opens nothing else and does not run out."""
    return tokens.make(PURPOSE, saved.uid)


# --- Links, called by the outbox under the reader's language


def record_link(code: str) -> str:
    return settings.SITE_ORIGIN + reverse("hub:record", args=[code])


def results_link(uid: str) -> str:
    """The search itself, newest first; the list of searches where it is gone."""
    saved = SavedSearch.objects.filter(uid=uid).first()
    if saved is None:
        return searches_link()
    query = "&".join(part for part in [saved.query, "sort=newest"] if part)
    return f"{settings.SITE_ORIGIN}{reverse('hub:library')}?{query}"


def searches_link() -> str:
    return settings.SITE_ORIGIN + reverse("hub:searches")


def stop_link(uid: str) -> str:
    """A page with a button that stops these letters, without signing in."""
    return settings.SITE_ORIGIN + reverse("hub:stop_letters", args=[tokens.make(PURPOSE, uid)])


def _line(record, language):
    text = record.text_for(language)
    return {"title": text.title if text else record.code, "code": record.code}
