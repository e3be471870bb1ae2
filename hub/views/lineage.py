"""Where a record comes from, who adapted it, and how it stands to others, as far as the reader may know."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hub import rules
from hub.actions import adaptations as actions
from hub.forms.adaptations import AdaptationForm
from hub.models import Adaptation, Record, RecordRelation
from hub.views.cards import leader, listed, named_cities
from members.models import City
from members.rules import standing


@dataclass
class Node:
    """One place in the tree: a city that adapted something, or the record something came from.

    Where no city may be named, the record's title stands for it.
    """

    name: str
    record: Record | None = None
    country: str = ""
    adaptation: Adaptation | None = None
    in_full: bool = False
    is_this: bool = False
    children: list["Node"] = field(default_factory=list)


@dataclass
class Lineage:
    """The tree around one record, and how many cities took the record up or think of it."""

    root: Node
    adapted: int
    considering: int

    @property
    def is_worth_drawing(self):
        return bool(self.root.children)


def lineage_of(record, user) -> Lineage:
    """The tree around a record that this visitor reads in full, in a number of queries that does not grow."""
    adaptations = list(Adaptation.objects.around(record))
    tree = _Tree(record, user, adaptations)
    here = [each for each in adaptations if each.source_id == record.pk]
    considering = sum(each.status == Adaptation.Status.CONSIDERING for each in here)
    return Lineage(tree.grown(), len(here) - considering, considering)


class _Tree:
    """The tree as one visitor may see it. What hangs on a record the visitor cannot read does not exist.

    Members read what cities wrote, and meet cities that chose to be unlisted without their name. Everybody else
    sees the cities that are listed publicly, and none of what they wrote, which no staff have looked at.
    """

    def __init__(self, record, user, adaptations):
        self.record, self.user = record, user
        self.is_inside = standing(user).is_inside
        known = [each for each in adaptations if self.is_inside or rules.knows(user, each.city)]
        keys = {each.source_id for each in known} | {each.result_id for each in known}
        readable = Record.objects.readable_in_full(user).filter(pk__in=keys - {None})
        self.records = {each.pk: each for each in readable.with_card()} | {record.pk: record}
        self.led_to, self.came_from = defaultdict(list), defaultdict(list)
        for each in known:
            self.led_to[each.source_id].append(each)
            if each.result_id:
                self.came_from[each.result_id].append(each)

    def grown(self) -> Node:
        """The top of the tree: what it all came from, with the way down to this record and beyond."""
        path = self._way_up()
        seen = {self.record.pk} | {each.source_id for each in path}
        node = self._adaptation(path[0]) if path else self._origin(self.record)
        node.is_this, node.record = True, self.record
        node.children = self._below(self.record.pk, seen)
        for step, above in zip_longest(path, path[1:]):
            source = self.records[step.source_id]
            parent = self._adaptation(above) if above else self._origin(source)
            parent.record, parent.children = source, [node]
            node = parent
        return node

    def _way_up(self):
        """The adaptations from this record to the one it all came from, the nearest first."""
        path, key, seen = [], self.record.pk, {self.record.pk}
        while step := self._step_up(key, seen):
            path.append(step)
            key = step.source_id
            seen.add(key)
        return path

    def _step_up(self, key, seen):
        return next(
            (
                each
                for each in self.came_from[key]
                if each.source_id in self.records and each.source_id not in seen
            ),
            None,
        )

    def _below(self, key, seen):
        nodes = []
        for each in self.led_to[key]:
            node = self._adaptation(each)
            if each.result_id in self.records and each.result_id not in seen:
                seen.add(each.result_id)
                node.record = self.records[each.result_id]
                node.children = self._below(each.result_id, seen)
            nodes.append(node)
        return nodes

    def _adaptation(self, adaptation):
        known = rules.knows(self.user, adaptation.city)
        return Node(
            name=str(adaptation.city) if known else _("A member city"),
            country=str(adaptation.city.country) if known else "",
            adaptation=adaptation,
            in_full=self.is_inside,
        )

    def _origin(self, record):
        cities = listed(str(city) for city in named_cities(record, self.user))
        return Node(name=cities or leader(record))


def relations_of(record, user) -> list:
    """[(relation, other record)]: how this record stands to others, as far as the visitor may read them."""
    ends = [(each, each.seen_from(record)[1]) for each in RecordRelation.objects.of(record)]
    readable = Record.objects.visible_to(user).published().filter(pk__in={key for _, key in ends})
    found = {other.pk: other for other in readable.prefetch_related("texts")}
    return [(relation, found[key]) for relation, key in ends if key in found]


def in_words(relations, record) -> list:
    """[(words, [records])]: what the relations say on the record's page, each record once under a word."""
    groups = defaultdict(list)
    for relation, other in relations:
        words, _key = relation.seen_from(record)
        if other not in groups[words]:
            groups[words].append(other)
    return list(groups.items())


def replaced_by(relations, record) -> list:
    """The records that took this one's place."""
    supersedes = RecordRelation.Kind.SUPERSEDES
    newer = [
        other
        for relation, other in relations
        if relation.kind == supersedes and relation.target_id == record.pk
    ]
    return sorted(newer, key=lambda other: other.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def adapt(request, code):
    """A member says for a city of theirs how far it is with this record, or changes what was said."""
    record = readable(request, code)
    if not rules.may_adapt(request.user, record):
        raise PermissionDenied
    cities = list(
        City.objects.filter(pk__in=rules.adapting_cities(request.user, record)).order_by("slug")
    )
    city = next((each for each in cities if each.slug == request.GET.get("city")), cities[0])
    adaptation = (
        Adaptation.objects.filter(source=record, city=city).select_related("result").first()
    )
    form = AdaptationForm(
        request.POST or None,
        adaptation=adaptation,
        own_records=_own_records(request.user, city, record),
        language=get_language(),
    )
    if request.method == "POST" and form.is_valid():
        actions.adapt(record, city, language=get_language(), facts=form.facts(), by=request.user)
        messages.success(
            request, _("This stands on the record’s page now. Your colleagues can change it too.")
        )
        return redirect("hub:record", record.code)
    context = {
        "record": record,
        "text": record.text(),
        "form": form,
        "city": city,
        "cities": cities,
        "adaptation": adaptation,
    }
    return render(request, "hub/adapt.html", context)


def readable(request, code):
    """The record, for somebody who reads it to the end; for everybody else there is no such page."""
    return get_object_or_404(Record.objects.readable_in_full(request.user).with_card(), code=code)


def _own_records(user, city, record):
    return (
        Record.objects.readable_in_full(user)
        .filter(cities__city=city)
        .exclude(pk=record.pk)
        .order_by("code")
        .prefetch_related("texts")
    )
