"""What the demo's library has none of, put there by the actions that its pages call.

`make` runs inside the portal (see Things.fill) and says under which names addresses.py knows these things.
"""

import json
import sys
from datetime import timedelta

from django.utils import timezone

from hub.actions import (
    access,
    adaptations,
    contributions,
    lists,
    publishing,
    reviewing,
    searches,
    sign_off,
)
from hub.emails.searches import token
from hub.models import Contribution, Record, RecordCity, RecordRelation, SearchLog, SearchRow
from members.models import City, User
from tests.hub import contributing

OURS, SHORT, FOR_A_GROUP, NEWER = "SCN-P-0001", "SCN-P-0007", "SCN-C-0002", "SCN-P-0004"
NO_WORDS = {"kept": "", "changed": "", "outcome": ""}
NO_FACTS = {
    "cost_amount": None,
    "cost_currency": "",
    "start_date": None,
    "end_date": None,
    "result": None,
}


class Shelf:
    """The people and the records of the demo, and what they do with each other."""

    def __init__(self):
        emails = {user.email.partition("@")[0]: user for user in User.objects.all()}
        self.author, self.focal = emails["member.aarhus"], emails["focal.aarhus"]
        self.staff, self.dakar, self.tunis = (
            emails[name] for name in ("staff", "member.dakar", "member.tunis")
        )
        self.cities = {city.slug: city for city in City.objects.all()}

    def record(self, code):
        return Record.objects.get(code=code)

    def records(self):
        """One told in short, one that belongs to a city, and what replaces it."""
        Record.objects.filter(code=SHORT).update(visibility="teaser")
        for code in (OURS, FOR_A_GROUP):
            RecordCity.objects.create(record=self.record(code), city=self.cities["aarhus"])
        RecordRelation.objects.create(
            source=self.record(NEWER), target=self.record(OURS), kind="supersedes"
        )
        SearchRow.objects.refresh()
        return {"group_record": self.record(FOR_A_GROUP).pk, "evaluated": self.record(OURS).pk}

    def contributions(self):
        """One published and one begun before that, one at the focal point, one being written."""
        aarhus, author = self.cities["aarhus"], self.author
        changes = [self._change(title) for title in ("Buses at night", "Night buses, once more")]
        for each in changes:
            sent = contributions.send(each, by=author)
            if (
                sent.status == Contribution.Status.CITY_REVIEW
            ):  # other pages may have ended the post
                sign_off.sign_off(each, by=self.focal)
            reviewing.take(each, by=self.staff)
        publishing.publish(
            contributing.reload(changes[0]), onto=changes[0].base_revision, by=self.staff
        )
        contributions.send(contributing.ready(author, aarhus), by=author)
        draft = contributing.ready(author, aarhus)
        return {
            "draft_text": str(draft.uid),
            "clashing": changes[1].pk,
        }

    def _change(self, title):
        made = contributions.propose(
            self.record(OURS), city=self.cities["aarhus"], language="en", by=self.author
        )
        story = {"texts.en.title": title, "texts.en.summary": f"{title}.", "codes.country": ["DK"]}
        return contributing.write(made, self.author, story)

    def adaptations(self):
        """Two cities in the tree, one of them with an account of it."""
        words = {"kept": "Les repas.", "changed": "Le vendredi.", "outcome": "Moins de querelles."}
        running = {"status": "running", "start_date": timezone.now().date()} | words
        self._adapt("dakar", running, by=self.dakar)
        self._adapt("tunis", {"status": "considering"} | NO_WORDS, by=self.tunis)
        return {}

    def _adapt(self, slug, facts, by):
        facts = NO_FACTS | facts
        adaptations.adapt(self.record(OURS), self.cities[slug], language="fr", facts=facts, by=by)

    def overdue(self):
        """Nobody has said for long that it still holds."""
        due = timezone.now().date() - timedelta(days=200)
        Record.objects.filter(code=OURS).update(review_due=due)
        return {}

    def access(self):
        """Somebody asks, somebody else may read."""
        record, until = self.record(FOR_A_GROUP), timezone.now().date() + timedelta(days=30)
        asked = access.ask(record, reason="We begin the same in spring.", by=self.tunis)
        access.grant_directly(
            record, grantee=self.dakar, reason="They visit us.", until=until, by=self.staff
        )
        return {"request": str(asked.uid), "asked_to_read": asked.pk}

    def reading(self):
        """A kept search, a list, and words that found nothing."""
        kept = searches.keep("theme=youth", name="Youth", by=self.dakar)
        mine = lists.begin(title="Briefing", by=self.dakar)
        lists.add(mine, self.record(OURS), note="Read this first.", by=self.dakar)
        SearchLog.objects.note("youth curfew", filters="", language="en", results=0)
        return {
            "kept_search": token(kept),
            "list": str(mine.uid),
            "words": SearchLog.objects.get().pk,
        }


def make():
    """One of each."""
    shelf = Shelf()
    parts = [
        shelf.records, shelf.contributions, shelf.overdue, shelf.adaptations, shelf.access, shelf.reading,
    ]  # fmt: skip
    sys.stdout.write(json.dumps({name: made for part in parts for name, made in part().items()}))
