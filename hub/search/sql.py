"""Pieces of SQL that are put together, and how a statement of the search is asked."""

from dataclasses import dataclass

from django.db import connection

# The planner takes a look into a vector for as cheap as adding two numbers, and compiling and calling helpers for
# cheaper than they are. Without room to note every row that matches, of a million, whole pages would be looked through.
_PLAN = "SET enable_seqscan = off; SET jit = off; SET max_parallel_workers_per_gather = 0; SET work_mem = '64MB'"
_PLAN_AS_USUAL = (
    "RESET enable_seqscan; RESET jit; RESET max_parallel_workers_per_gather; RESET work_mem"
)


@dataclass
class Sql:
    """A piece of SQL with its parameters."""

    text: str
    params: list

    def __and__(self, other):
        return Sql(f"({self.text}) AND ({other.text})", [*self.params, *other.params])


def any_of(pieces) -> Sql:
    pieces = list(pieces)
    text = " OR ".join(f"({piece.text})" for piece in pieces) or "FALSE"
    return Sql(text, [param for piece in pieces for param in piece.params])


def all_of(pieces) -> Sql:
    pieces = list(pieces)
    text = " AND ".join(f"({piece.text})" for piece in pieces) or "TRUE"
    return Sql(text, [param for piece in pieces for param in piece.params])


def fetched(sql, params) -> list[tuple]:
    """The rows of a statement that the planner may not answer by reading every vector, nor by compiling first.

    In one round trip: settings, statement, settings.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{_PLAN}; {sql}; {_PLAN_AS_USUAL}", params)
        for _setting in range(_PLAN.count("SET")):
            cursor.nextset()
        return cursor.fetchall()
