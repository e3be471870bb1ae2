"""A public record in the words of schema.org (https://schema.org/CreativeWork)."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import override

from hub.models import Record, Visibility
from hub.views.citations import PUBLISHER, address, citation

_TYPES = {
    Record.Kind.RESEARCH: "ScholarlyArticle",
    Record.Kind.POLICY: "Report",
    Record.Kind.CASE_STUDY: "Article",
    Record.Kind.POSITION_PAPER: "Report",
    Record.Kind.IMPACT_STORY: "Article",
    Record.Kind.EVENT_REPORT: "Report",
    Record.Kind.EVALUATION: "Report",
    Record.Kind.LESSON: "Article",
    Record.Kind.PRACTICE: "Article",
}


def linked_data(record, text) -> dict:
    """What everybody may know of the record; of one "in short" its title and summary, and that the rest is not free."""
    stranger = AnonymousUser()
    cited = citation(record, text, stranger)
    is_whole = record.visibility == Visibility.PUBLIC
    said = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(record.kind, "CreativeWork"),
        "@id": address(record),
        "url": address(record),
        "identifier": record.code,
        "headline": text.title,
        "name": text.title,
        "abstract": text.summary,
        "inLanguage": text.language,
        "genre": cited.genre,
        "version": record.revision,
        "dateCreated": record.created_at.date().isoformat(),
        "datePublished": record.published_at.date().isoformat(),
        "dateModified": record.updated_at.date().isoformat(),
        "author": [{"@type": "Organization", "name": name} for name in cited.who],
        "publisher": {"@type": "Organization", "name": PUBLISHER, "url": _home()},
        "isPartOf": {
            "@type": "CollectionPage",
            "name": f"{PUBLISHER}: library",
            "url": settings.SITE_ORIGIN + reverse("hub:library"),
        },
        "isAccessibleForFree": is_whole,
        "about": _labels(record, "theme"),
        "spatialCoverage": _labels(record, "country"),
        "workTranslation": _translations(record, text),
    }
    if is_whole:
        said |= {
            "license": _licence(record),
            "keywords": text.keywords,
            "audience": [
                {"@type": "Audience", "audienceType": label}
                for label in _labels(record, "target_audience")
            ],
        }
    return {name: value for name, value in said.items() if value not in ("", [], None)}


def _labels(record, vocabulary):
    return [term.label for term in record.terms.all() if term.vocabulary == vocabulary]


def _licence(record):
    if not record.licence:
        return None
    return record.licence.data.get("url") or record.licence.exact_match or record.licence.label


def _translations(record, text):
    found = []
    for other in record.readable_texts():
        if other.language != text.language:
            with override(other.language):
                url = settings.SITE_ORIGIN + reverse("hub:record", args=[record.code])
            found.append({"inLanguage": other.language, "name": other.title, "url": url})
    return found


def _home():
    with override("en"):
        return settings.SITE_ORIGIN + reverse("home")
