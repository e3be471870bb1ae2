"""The library that the search is measured in: made-up records, a member who reads them, words of known frequency."""

import time
from io import StringIO

SHARES = {"rare": 0.001, "medium": 0.045, "broad": 0.30}


def grow_to(size, figures, *, first=False):
    """Records up to `size`; the words whose share of the records is rare, medium and broad."""
    from django.core.management import call_command
    from django.db import connection

    from core import vocabularies
    from hub.models import Record
    from tests import factories

    if first:
        vocabularies.load()
        for number, country in enumerate(["DK", "LB", "FR", "MA", "KE"]):
            factories.city(
                f"Town {number}", country=country, listing="public", slug=f"town-{number}"
            )
    start = time.perf_counter()
    call_command("make_records", size - Record.objects.count(), stdout=StringIO())
    figures.tell(f"make_records_{size}", [time.perf_counter() - start], unit="s", digits=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE hub_searchrow")
    return {name: word_of(share) for name, share in SHARES.items()}


def word_of(share):
    """The English word that stands nearest to this share of all the records in English."""
    from hub.models import SearchLexeme, SearchRow

    rows = SearchRow.objects.count()
    lexemes = SearchLexeme.objects.filter(language="en").values_list("lexeme", "staff")
    return min(lexemes, key=lambda lexeme: abs(lexeme[1] - share * rows))[0]


def member():
    from members.models import User
    from tests import factories

    user = User.objects.filter(email="bench@example.org").first()
    if user:
        return user
    return factories.member(factories.city("Home", slug="home"), email="bench@example.org")


def look_for(user, word):
    from hub.search import Wanted, search

    return search(user, Wanted(word))
