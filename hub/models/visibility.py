"""Who may read a record, its files and its search rows: one rule, asked in one place."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.standing import standing


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everyone")
    MEMBERS = "members", _("members")
    GROUP = "group", _("a group")
    STAFF = "staff", _("network staff")


# From the fewest readers to the most: a move to the right widens the audience.
WIDER = [Visibility.STAFF, Visibility.GROUP, Visibility.MEMBERS, Visibility.PUBLIC]


class ReadableQuerySet(models.QuerySet):
    """Rows that say who may read them: `visibility`, `status` and `embargo_until`, and groups."""

    def visible_to(self, user):
        """What this visitor may open now; staff also see drafts, the archive and what is embargoed."""
        who = standing(user)
        if who.kind == "staff":
            return self.all()
        return self.filter(
            Q(embargo_until__isnull=True) | Q(embargo_until__lte=timezone.now()),
            audience(who, self.in_groups(who.groups)),
            status="published",
        )

    def in_groups(self, groups):
        """The rows shared with at least one of these groups, as a condition."""
        raise NotImplementedError


def audience(who, in_groups):
    """The condition that `visibility` lets this standing in; `in_groups` says which rows its groups share."""
    if who.kind == "staff":
        return Q()
    if who.is_inside:
        open_to_members = Q(visibility__in=[Visibility.PUBLIC, Visibility.MEMBERS])
        return open_to_members | Q(in_groups, visibility=Visibility.GROUP)
    return Q(visibility=Visibility.PUBLIC)


def widens(before, after) -> bool:
    """Whether a change of visibility lets somebody in who was out before."""
    return WIDER.index(Visibility(after)) > WIDER.index(Visibility(before))
