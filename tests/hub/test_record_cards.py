import pytest
from django.contrib.auth.models import AnonymousUser

from hub.models import Adaptation, Record
from hub.models.record_cards import read_cards
from hub.views.cards import cut
from tests import factories

pytestmark = pytest.mark.django_db


def _said(record):
    return {
        "texts": [(text.language, text.title, text.summary) for text in record.readable_texts()],
        "cities": [(str(place), str(place.city.country), place.role) for place in record.cities.all()],
        "adapted_in": record.adapted_in,
        "evidence": record.evidence(),
        "unconfirmed": record.unconfirmed_since,
    }  # fmt: skip


def test_one_statement_reads_what_the_querysets_read(shelve, ana, django_assert_num_queries):
    source = shelve("SCN-P-0001", texts={"en": {"title": "Buses"}, "fr": {"title": "Les bus"}})
    shelve("SCN-P-0002")
    for name, role in [("Port One", "partner"), ("Port Two", "owner")]:
        source.cities.create(city=factories.city(name), role=role)
    for number, (status, is_hidden) in enumerate(
        [("running", False), ("piloting", False), ("considering", False), ("running", True)]
    ):
        Adaptation.objects.create(
            source=source,
            city=factories.city(f"Taker {number}"),
            status=status,
            is_hidden=is_hidden,
        )
    keys = list(Record.objects.values_list("pk", flat=True))
    known = Record.objects.with_card().in_bulk(keys)

    read_cards(ana, keys)  # also asks who she is
    with django_assert_num_queries(1):
        read = read_cards(ana, keys)
        said = {pk: _said(record) for pk, record in read.items()}

    assert said == {pk: _said(record) for pk, record in known.items()}
    assert read[source.pk].adapted_in == 2


def test_nobody_gets_a_card_of_what_they_may_not_open(shelve, ana):
    keys = [
        shelve(f"SCN-P-{number:04d}", visibility=visibility).pk
        for number, visibility in enumerate(["public", "teaser", "members", "group", "staff"])
    ]

    assert sorted(read_cards(AnonymousUser(), keys)) == keys[:2]
    assert sorted(read_cards(ana, keys)) == keys[:3]
    assert sorted(read_cards(factories.staff(), keys)) == keys
    assert read_cards(ana, []) == {}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Buses at night", "Buses at night"),
        ("Buses at night, and what the drivers say", "Buses at night …"),
        ("Busesatnightandwhatthedrivers", "Busesatnightandw …"),
        ("حافلات الليل وما يقول السائقون", "حافلات الليل …"),
    ],
)
def test_a_long_summary_is_cut_between_words(text, kept):
    assert cut(text, 16) == kept
