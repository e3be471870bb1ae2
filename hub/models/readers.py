"""What a change of audience would do, in numbers, before it is done."""

from dataclasses import dataclass, field
from functools import cached_property

from hub.models.files import RecordFile
from hub.models.reading import ReadingList
from hub.models.visibility import WIDER, Visibility, widens
from members.models.bodies import BodyMember
from members.models.cities import CityMembership
from members.models.people import Person, Post

_STRANGERS = {Visibility.PUBLIC: 2, Visibility.TEASER: 1}


@dataclass(frozen=True)
class Change:
    """Records that go from one audience to another, and whom that lets in or shuts out."""

    before: str
    after: str
    codes: list[str]
    members_in: int
    members_out: int
    strangers: int  # more than before above zero, fewer below

    @property
    def widens(self):
        return self.members_in > 0 or self.strangers > 0 or widens(self.before, self.after)

    @property
    def before_label(self):
        return Visibility(self.before).label

    @property
    def after_label(self):
        return Visibility(self.after).label


@dataclass
class Effect:
    """All that a change of audience of several records would do."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    # Drafts, archived or embargoed: it holds for them once they are on the shelf.
    off_shelf: int = 0
    files_opened: int = 0
    lists_touched: int = 0

    @property
    def records(self):
        return sum(len(change.codes) for change in self.changes)

    @property
    def widens(self):
        return any(change.widens for change in self.changes)

    @property
    def fingerprint(self):
        """Differs as soon as any of the records reads differently than when this was shown."""
        return "|".join(
            sorted(f"{change.before}:{','.join(sorted(change.codes))}" for change in self.changes)
        )


class Readers:
    """Who reads what, counted once for as many records as it takes."""

    @cached_property
    def members(self):
        """The keys of the people whose post in a member city lets them in today."""
        posts = Post.objects.live().filter(
            person__status=Person.Status.ACTIVE,
            person__user__is_active=True,
            city__memberships__status=CityMembership.Status.ACTIVE,
        )
        return frozenset(posts.values_list("person", flat=True))

    @cached_property
    def of_group(self):
        """The same, for each group."""
        places = BodyMember.objects.live().values_list("body", "person")
        groups: dict[int, set[int]] = {}
        for body, person in places:
            groups.setdefault(body, set()).add(person)
        return {body: frozenset(people & self.members) for body, people in groups.items()}

    def among_members(self, visibility, groups):
        """The people inside the network who read what has this visibility; staff read all and are not counted."""
        if visibility == Visibility.STAFF:
            return frozenset()
        if visibility == Visibility.GROUP:
            return frozenset().union(*(self.of_group.get(body, frozenset()) for body in groups))
        return self.members


def is_for(record, visibility, groups) -> bool:
    """Whether the record has this audience already; its groups count only where it is for a group."""
    if record.visibility != visibility:
        return False
    return visibility != Visibility.GROUP or _keys(record.groups.all()) == _keys(groups)


def effect(records, *, visibility, groups) -> Effect:
    """What giving these records this visibility (and these groups, where it is for a group) would do."""
    found, moved = Effect(), {}
    for record in records.prefetch_related("groups").order_by("code"):
        if is_for(record, visibility, groups):
            found.unchanged += 1
        else:
            audience = (record.visibility, _keys(record.groups.all()))
            moved.setdefault(audience, []).append(record)
    readers = Readers()
    for (before, before_groups), those in moved.items():
        now = readers.among_members(before, before_groups)
        then = readers.among_members(visibility, _keys(groups))
        found.changes.append(
            Change(
                before=before,
                after=visibility,
                codes=[record.code for record in those],
                members_in=len(then - now),
                members_out=len(now - then),
                strangers=_STRANGERS.get(visibility, 0) - _STRANGERS.get(before, 0),
            )
        )
    touched = [record for those in moved.values() for record in those]
    found.off_shelf = sum(not record.is_on_shelf for record in touched)
    found.files_opened = _files_opened({r.pk: r.visibility for r in touched}, visibility)
    found.lists_touched = ReadingList.objects.filter(items__record__in=touched).distinct().count()
    return found


def _keys(groups):
    return frozenset(group.pk for group in groups)


def _files_opened(before_of, visibility):
    """How many files are read by more people than before; a file is never wider than its record."""
    files = RecordFile.objects.filter(record__in=before_of).values_list("record", "visibility")
    return sum(
        widens(_narrower(before_of[record], own), _narrower(visibility, own))
        for record, own in files
    )


def _narrower(one, other):
    return min(one, other, key=lambda each: WIDER.index(Visibility(each)))
