"""State: one field, one table of moves, one function that makes them."""

from django.db import models
from django.utils.translation import gettext as _


class IllegalMove(Exception):
    """Somebody asked for a step that this thing's present state does not allow. Answered 409."""

    def __init__(self, thing, target):
        self.thing, self.target = thing, target
        super().__init__(
            _("This is “%(status)s” now, so it cannot become “%(target)s”.")
            % {
                "status": thing.get_status_display(),
                "target": thing.Status(target).label,
            }
        )


class HasStatus(models.Model):
    """A thing whose `status` changes only along its MOVES.

    A subclass has `Status` (TextChoices), `MOVES` (a dict from a status to the set of statuses that
    may follow it) and a `status` field.
    """

    MOVES: dict[str, set[str]] = {}

    class Meta:
        abstract = True

    def may_move_to(self, status: str) -> bool:
        return status in self.MOVES.get(self.status, set())

    def move_to(self, status: str) -> None:
        """Set the status, or raise IllegalMove. The caller holds the row's lock and saves."""
        if not self.may_move_to(status):
            raise IllegalMove(self, status)
        self.status = status
