import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.models import Record, RecordRelation
from tests import factories


@pytest.fixture
def pair(db):
    return (
        factories.record("SCN-P-0001", title="Evening bus"),
        factories.record("SCN-P-0002", title="Night bus"),
    )


def _relate(source, kind, target):
    return RecordRelation.objects.create(source=source, kind=kind, target=target)


def _page(client, record, user=None):
    client.logout()
    if user:
        client.force_login(user)
    return client.get(reverse("hub:record", args=[record.code])).content.decode()


@pytest.mark.parametrize(
    ("kind", "there", "back"),
    [
        ("adapts", "Adapts", "Is adapted by"),
        ("supersedes", "Takes the place of", "Is replaced by"),
        ("evaluates", "Evaluates", "Is evaluated by"),
        ("output_of", "Came out of", "Led to"),
        ("part_of", "Is part of", "Has as a part"),
    ],
)
def test_a_relation_reads_right_from_both_ends(client, pair, ana, kind, there, back):
    source, target = pair
    _relate(source, kind, target)

    here, other = _page(client, source, ana), _page(client, target, ana)

    assert f"<dt>{there}</dt>" in here
    assert here.index(there) < here.index("Night bus")
    assert f"<dt>{back}</dt>" in other
    assert "Evening bus" in other


def test_a_record_that_was_replaced_says_so_first(client, pair, ana):
    _relate(pair[1], "supersedes", pair[0])

    old, new = _page(client, pair[0], ana), _page(client, pair[1], ana)

    assert old.index("A newer record takes the place of this one.") < old.index("Night bus")
    assert "A newer record" not in new


@pytest.mark.parametrize("fields", [{"visibility": "staff"}, {"status": "draft"}])
def test_what_one_may_not_read_is_not_mentioned(client, pair, ana, fields):
    _relate(pair[1], "supersedes", pair[0])
    _relate(pair[0], "part_of", pair[1])
    Record.objects.filter(pk=pair[1].pk).update(**fields)

    page = _page(client, pair[0], ana)

    assert "Night bus" not in page
    assert pair[1].code not in page
    assert "A newer record" not in page
    assert "How it stands to other records" not in page


def test_strangers_of_a_record_in_short_see_no_relations(client, pair):
    Record.objects.update(visibility="teaser")
    _relate(pair[0], "part_of", pair[1])

    assert "Night bus" not in _page(client, pair[0])


def test_the_same_record_stands_once_under_a_word(client, pair, ana):
    _relate(pair[0], "adapts", pair[1])
    _relate(pair[0], "part_of", pair[1])

    page = _page(client, pair[0], ana)

    assert page.count(f'href="/hub/{pair[1].code}/"') == 2


def test_the_page_asks_the_database_as_often_for_30_as_for_1(client, pair, ana):
    counts = []
    _relate(pair[0], "part_of", pair[1])
    _page(client, pair[0], ana)
    for more in (0, 29):
        for number in range(more):
            _relate(factories.record(f"SCN-P-02{number:02d}"), "part_of", pair[0])
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("hub:record", args=[pair[0].code]))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_staff_relate_records_on_the_records_page(client, pair, staff):
    client.force_login(staff)

    page = client.get(reverse("admin:hub_record_change", args=[pair[0].pk])).content.decode()

    assert 'name="relations-TOTAL_FORMS"' in page
