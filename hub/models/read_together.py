"""Instances with their relations out of one statement: what comes back is as prefetch_related would leave it.

Worth it only where the time counts, as for the search: ten querysets built one by one would be most of what it takes.
"""

from functools import cache
from typing import Any

from django.db.models import QuerySet


def all_made(model, rows):
    return [made(model, row) for row in rows]


def made(model, row):
    """An instance out of a row as JSON has it; days in it are text, and what the row does not have is deferred."""
    names = [name for name in columns(model) if name in row]
    return model.from_db(None, names, [row[name] for name in names])


@cache
def columns(model) -> list[str]:
    """The columns of a model's table, in the order of its fields."""
    return [field.attname for field in model._meta.concrete_fields]


# Django has no public way to put into these two places what was read in another way.
def tie(instance, name, other):
    """Give a foreign key the instance it points at."""
    instance._state.fields_cache[name] = other  # noqa: SLF001


def hold(instance, name, model, rows):
    """Give a relation its rows, where prefetch_related keeps them."""
    held: Any = QuerySet(model)
    held._result_cache, held._prefetch_done = rows, True  # noqa: SLF001
    instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = held
