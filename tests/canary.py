"""Canaries: a word that is nowhere else in every place that not everybody may read, and who may read it.

Each place holds two words, the canary and its shadow. A sweep may type the canary into a search; the shadow is
never typed, so that a page which only says back what was typed is told from one that shows what it must not.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.utils import timezone

from core import journal
from core.models import Job
from hub.actions import revisions
from hub.models import (
    AccessGrant,
    AccessRequest,
    Adaptation,
    Comment,
    Contribution,
    Evaluation,
    EvaluationRating,
    FileText,
    ReadingList,
    Record,
    RecordCity,
    RecordContact,
    RecordFile,
    RecordLink,
    RecordRelation,
    RecordText,
    SavedSearch,
    SearchLog,
    SearchRow,
)
from hub.search.learning import learn
from tests import factories, world

STAFF = {"STF"}
GROUP = STAFF | {"LOC", "LSC", "GRA"}
INSIDE = GROUP | {"MOC", "MSC"}
OUTSIDE = {"ANON", "PEN", "SUS", "RVA"}
EVERYBODY = INSIDE | OUTSIDE
CITY_A = STAFF | {"MSC", "LSC"}
_LETTERS = dict(zip("0123456789abcdef", "bcdfghjklmnpqrst", strict=True))
# Places where the words of a vocabulary stand for whoever fills in a form, whatever record has them.
_FORMS = {"hub:contribution_edit", "hub:contribute", "hub:propose"}
# What the secret link of a letter opens; the link is the key.
_BY_LINK = {"hub:stop_letters"}


@dataclass(frozen=True)
class Canary:
    """A word, its shadow, where it was put, who may read it, and the record it belongs to."""

    where: str
    word: str
    shadow: str
    readers: frozenset
    code: str = ""
    is_shown: bool = True  # False for what only a search or staff's admin knows
    elsewhere: frozenset = frozenset()  # names of addresses where it may stand for everybody


@dataclass
class Planted:
    """The world with its canaries, and the things that addresses name."""

    people: dict
    canaries: list[Canary] = field(default_factory=list)
    things: dict = field(default_factory=dict)
    records: dict = field(default_factory=dict)

    def plant(self, where, readers, *, code="", is_shown=True, elsewhere=()) -> str:
        """Two new words to put in a place."""
        canary = Canary(
            where,
            _word(where),
            _word(f"{where} shadow"),
            frozenset(readers),
            code,
            is_shown,
            frozenset(elsewhere),
        )
        self.canaries.append(canary)
        return f"{canary.word} {canary.shadow}"

    def keep(self, name, thing):
        self.things.setdefault(name, []).append(thing)
        return thing


def _word(seed):
    """Fourteen letters without a vowel: no word of any language, no kin of another canary."""
    return "z" + "".join(_LETTERS[digit] for digit in sha256(seed.encode()).hexdigest()[:13])


def build() -> Planted:
    """The small world of the access tests with canaries in all its restricted places."""
    everybody = world.build()
    people = {kind: everybody.people[kind] for kind in EVERYBODY - {"GRA"}}
    planted = Planted(people=people | {"GRA": everybody.grantee})
    planted.records["public"] = _public(planted, everybody)
    for name, readers, fields in [
        ("members", INSIDE, {"visibility": "members"}),
        ("group", GROUP, {"visibility": "group"}),
        ("staff", STAFF, {"visibility": "staff"}),
        ("draft", STAFF, {"visibility": "public", "status": "draft"}),
        ("archived", STAFF, {"visibility": "public", "status": "archived"}),
        ("embargoed", STAFF, {"visibility": "public", "embargo_until": _in(days=9)}),
        ("teaser", INSIDE, {"visibility": "teaser"}),
    ]:
        planted.records[name] = _restricted(planted, everybody, name, readers, fields)
    _beside_records(planted, everybody)
    Record.objects.filter(published_at__isnull=False).update(published_at=_in(hours=-2))
    SearchRow.objects.refresh()
    learn()
    return planted


def _in(**span):
    return timezone.now() + timedelta(**span)


def _public(planted, everybody):
    """A record that everybody reads, with what not everybody reads around it."""
    record = factories.record("SCN-P-7000", visibility="public", title="Night buses")
    RecordCity.objects.create(record=record, city=everybody.a)
    at_risk = planted.plant("city at risk", STAFF)
    RecordCity.objects.create(
        record=record, city=factories.city(at_risk, risk_flag=True), role="partner"
    )
    RecordContact.objects.create(record=record, name=planted.plant("contact of public", INSIDE))
    for visibility, readers in [("members", INSIDE), ("teaser", INSIDE), ("staff", STAFF)]:
        _file(planted, f"public, {visibility} file", readers, record=record, visibility=visibility)
    _file(
        planted,
        "unscanned",
        STAFF,
        is_shown=False,
        record=record,
        visibility="public",
        scan="waiting",
    )
    _evaluation(planted, record, "unpublished evaluation", STAFF, published=False)
    old = planted.plant("older version", CITY_A, code=record.code)
    record.texts.update(description=old)
    revisions.keep(record)
    record.texts.update(description="Nothing of it is left.")
    record.revision = 2
    record.save()
    revisions.keep(record)
    return record


def _restricted(planted, everybody, name, readers, fields):
    """A record with canaries in all its parts."""
    number = 7001 + len(planted.records)
    record = factories.record(f"SCN-P-{number}", **fields)
    seen_in_short = EVERYBODY if name == "teaser" else readers

    def put(where, who=readers, **more):
        return planted.plant(f"{name}: {where}", who, code=record.code, **more)

    for language in ("en", "fr", "ar"):
        RecordText.objects.update_or_create(
            record=record,
            language=language,
            defaults={
                "title": put(f"title {language}", seen_in_short),
                "summary": put(f"summary {language}", seen_in_short),
                "description": put(f"description {language}"),
                "transferability": put(f"transferability {language}"),
                "keywords": put(f"keywords {language}", is_shown=False),
            },
        )
    record.lead_organization = put("led by")
    record.save()
    if name == "group":
        record.groups.add(everybody.body)
        planted.things["granted"] = record
    RecordCity.objects.create(record=record, city=everybody.a)
    label = put("code", elsewhere=_FORMS)
    term = factories.term("target_audience", f"canary-{name}", label_en=label, label_fr=label)
    record.terms.add(term, factories.term("theme", "youth"), factories.term("country", "DK"))
    RecordLink.objects.create(record=record, kind="useful", title=put("link"))
    RecordContact.objects.create(record=record, name=put("contact"))
    _file(planted, f"{name}: file", readers, record=record, visibility=record.visibility)
    _evaluation(planted, record, f"{name}: evaluation", readers, code=record.code)
    Adaptation.objects.create(
        source=record,
        city=factories.city(f"Adapter of {name}"),
        status="running",
        outcome_en=put("adaptation"),
    )
    public = planted.records["public"]
    Adaptation.objects.create(
        source=public, city=factories.city(f"Taker of {name}"), status="running", result=record
    )
    RecordRelation.objects.create(
        source=record, kind="adapts", target=public, note=put("relation", is_shown=False)
    )
    return record


def _file(planted, where, readers, *, is_shown=True, **fields):
    content = planted.plant(f"{where}: content", readers, is_shown=is_shown)
    file = RecordFile(
        title=planted.plant(f"{where}: title", readers, is_shown=is_shown),
        content_type="text/plain",
        size=len(content),
        sha256="0" * 64,
        **fields,
    )
    name = planted.plant(f"{where}: name", readers, is_shown=False).replace(" ", "-")
    file.file.save(f"{name}.txt", ContentFile(content.encode()))
    FileText.objects.create(
        file=file, words=planted.plant(f"{where}: words inside", readers, is_shown=False)
    )
    return planted.keep("files", file)


def _evaluation(planted, record, where, readers, code="", published=True):
    evaluation = Evaluation.objects.create(
        record=record,
        evaluator_kind="peer",
        published=published,
        reply_en=planted.plant(f"{where}: reply", readers, code=code, is_shown=published),
        overall_comment_en=planted.plant(f"{where}: whole", readers, code=code, is_shown=published),
    )
    EvaluationRating.objects.create(
        evaluation=evaluation,
        criterion=factories.term("criterion", "quality"),
        rating="3",
        assessment_en=planted.plant(f"{where}: reasons", readers, code=code, is_shown=published),
    )
    return planted.keep("evaluations", evaluation)


def _beside_records(planted, everybody):
    """Contributions, requests, lists, searches, the journal."""
    people, plant = planted.people, planted.plant
    group = planted.records["group"]
    contribution = planted.keep(
        "contributions",
        Contribution.objects.create(
            city=everybody.a,
            created_by=people["MSC"],
            card={
                "kind": "practice",
                "texts": {
                    "en": {
                        "title": plant("draft card: title", CITY_A),
                        "description": plant("draft card: text", CITY_A),
                    }
                },
            },
        ),
    )
    planted.keep(
        "comments",
        Comment.objects.create(
            contribution=contribution, by=people["STF"], text=plant("comment", CITY_A)
        ),
    )
    _file(planted, "file of a contribution", CITY_A, contribution=contribution)
    focal = STAFF | {"LSC"}
    planted.keep(
        "requests",
        AccessRequest.objects.create(
            record=group, by=people["MOC"], reason=plant("reason of a request", focal)
        ),
    )
    planted.keep(
        "requests",
        AccessRequest.objects.create(
            record=group,
            by=people["MOC"],
            status="declined",
            decided_at=timezone.now(),
            reason="A plan",
            answer=plant("answer to a request", focal | {"MOC"}, is_shown=False),
        ),
    )
    planted.keep(
        "grants",
        AccessGrant.objects.create(
            record=group,
            grantee=people["GRA"],
            grantor=people["STF"],
            reason=plant("reason of a grant", focal, is_shown=False),
            until=_in(days=30).date(),
        ),
    )
    planted.keep(
        "jobs",
        Job.objects.create(
            owner=people["STF"],
            kind="import_records",
            status="done",
            result={"counts": {plant("result of a job", STAFF): 1}},
        ),
    )
    _lists(planted)
    for kind in INSIDE:
        planted.keep(
            "searches",
            SavedSearch.objects.create(
                user=people[kind],
                name=plant(f"saved search of {kind}", {kind}, elsewhere=_BY_LINK),
                query=f"q={'' if kind == 'STF' else 'z'}",
                frequency="each",
                told_until=_in(days=-3),
            ),
        )
        SavedSearch.objects.create(
            user=people[kind], name="All", query="", frequency="each", told_until=_in(days=-3)
        )
    journal.record("changed", group, by=people["STF"], why=plant("journal", STAFF, is_shown=False))
    SearchLog.objects.create(
        on=timezone.now().date(),
        query=plant("search log", STAFF, is_shown=False),
        language="en",
        results=0,
    )


def _lists(planted):
    """A list for oneself, and one for all members that holds records not all of them may read."""
    owner = planted.people["MSC"]
    own = ReadingList.objects.create(
        owner=owner,
        title=planted.plant("own list", STAFF | {"MSC"}),
        about=planted.plant("own list: about", STAFF | {"MSC"}),
    )
    shared = ReadingList.objects.create(owner=owner, title="For all", audience="members")
    for record in planted.records.values():
        note = planted.plant(f"note on {record.code}", STAFF | {"MSC"}, is_shown=False)
        own.items.create(record=record, note=note)
        shared.items.create(record=record)
    planted.things["lists"] = [own, shared]
