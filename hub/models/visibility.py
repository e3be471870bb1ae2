"""Who may read a record, its files and its search rows: one rule, asked in one place."""

from abc import ABC, abstractmethod

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.standing import standing


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everyone")
    TEASER = "teaser", _("everyone in short, members in full")
    MEMBERS = "members", _("members")
    GROUP = "group", _("a group")
    STAFF = "staff", _("network staff")


# From the fewest readers to the most: a move to the right widens the audience.
WIDER = [
    Visibility.STAFF,
    Visibility.GROUP,
    Visibility.MEMBERS,
    Visibility.TEASER,
    Visibility.PUBLIC,
]


class ReadableQuerySet(models.QuerySet, ABC):
    """Rows that say who may read them: `visibility`, `status` and `embargo_until`, and groups."""

    def visible_to(self, user):
        """What this visitor may open now; staff also see drafts, the archive and what is embargoed.

        Of a record "in short" a stranger reads title and summary only: `readable_in_full` leaves those out.
        """
        return self._open_to(user, in_full=False)

    def readable_in_full(self, user):
        """What this visitor may read to the end, with its files."""
        return self._open_to(user, in_full=True)

    @abstractmethod
    def shared_with(self, user):
        """The condition that a row for a group is for this member: by one of its groups, or by a grant."""

    def _open_to(self, user, *, in_full):
        who = standing(user)
        if who.kind == "staff":
            return self.all()
        return self.filter(
            not_embargoed(),
            audience(who, self.shared_with(user), in_full=in_full),
            status="published",
        )


def not_embargoed() -> Q:
    """The condition that nothing holds a row back until a later day."""
    return Q(embargo_until__isnull=True) | Q(embargo_until__lte=timezone.now())


def audience(who, shared, *, in_full=False):
    """The condition that `visibility` lets this standing in; `shared` says which rows for a group are open to it.

    With `in_full` a stranger is not let into what is open to strangers only in short.
    """
    if who.kind == "staff":
        return Q()
    if who.is_inside:
        open_to_members = [Visibility.PUBLIC, Visibility.TEASER, Visibility.MEMBERS]
        return Q(visibility__in=open_to_members) | (Q(visibility=Visibility.GROUP) & shared)
    return Q(
        visibility__in=[Visibility.PUBLIC] if in_full else [Visibility.PUBLIC, Visibility.TEASER]
    )


def widens(before, after) -> bool:
    """Whether a change of visibility lets somebody in who was out before."""
    return WIDER.index(Visibility(after)) > WIDER.index(Visibility(before))
