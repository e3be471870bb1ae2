"""Rows that say who may read them."""

import pytest

from hub.models import Record
from hub.models.visibility import ReadableQuerySet


def test_rows_that_do_not_say_with_whom_they_are_shared_are_never_asked_for():
    class Forgetful(ReadableQuerySet):
        """Says nothing of groups and grants."""

    with pytest.raises(TypeError, match="shared_with"):
        Forgetful(Record)
