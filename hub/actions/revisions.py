"""Versions of a record: each is kept whole, and nobody changes it afterwards."""

from hub.actions.card_dump import dump
from hub.models import Revision


def keep(record, *, by=None, contribution=None) -> Revision:
    """The record as it stands is kept under its number. What is kept already stays as it was.

    Called before a record changes, so that nothing is lost of one that came by import, and after.
    """
    known = Revision.objects.filter(record=record, number=record.revision).first()
    return known or Revision.objects.create(
        record=record,
        number=record.revision,
        card=dump(record, with_files=False),
        at=record.updated_at,
        by=by,
        contribution=contribution,
    )
