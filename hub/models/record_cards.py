"""Records with all that a card in a list says of them, in one statement: the library's page shows twenty at a time."""

from django.db import connection

from core.vocabularies import terms_at
from hub.models.adaptations import Adaptation
from hub.models.links import RecordCity
from hub.models.read_together import all_made, columns, hold, made, tie
from hub.models.records import Record
from hub.models.texts import RecordText
from hub.models.visible_sql import visible_sql
from members.models import City

_CARDS = """
SELECT {columns},
    (SELECT count(*) FROM hub_adaptation AS a
        WHERE a.source_id = hub_record.id AND NOT a.is_hidden AND a.status <> %s) AS adapted_in,
    (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT id, record_id, language, status, source_revision, title, summary
        FROM hub_recordtext WHERE record_id = hub_record.id) AS t) AS texts,
    (SELECT coalesce(json_agg(json_build_array(to_json(p), to_json(c)) ORDER BY p.role, p.id), '[]')
        FROM hub_recordcity AS p JOIN LATERAL (
            SELECT id, slug, official_name, name_en, name_fr, name_ar, listing, risk_flag, country_id
            FROM members_city WHERE id = p.city_id) AS c ON TRUE
        WHERE p.record_id = hub_record.id) AS places,
    (SELECT token FROM core_vocabularystate) AS vocabulary
FROM hub_record WHERE id = ANY(%s) AND id IN ({readable})
"""


def read_cards(user, keys) -> dict[int, Record]:
    """The records among these keys that the visitor may open, by key, as `with_card` reads them.

    Of texts and cities only what a card says is there; the rest is deferred.
    """
    if not keys:
        return {}
    readable, params = visible_sql(Record, user, "pk")
    names = columns(Record)
    # The columns are those of the model, the condition is made by the ORM.
    sql = _CARDS.format(
        columns=", ".join(f"hub_record.{name}" for name in names), readable=readable
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [Adaptation.Status.CONSIDERING, keys, *params])
        records = [_with_parts(names, row) for row in cursor.fetchall()]
    return {record.pk: record for record in records}


def _with_parts(names, row):
    record = Record.from_db(None, names, row[: len(names)])
    record.adapted_in, texts, places, vocabulary = row[len(names) :]  # type: ignore[attr-defined]
    terms = terms_at(vocabulary)
    hold(record, "texts", RecordText, all_made(RecordText, texts))
    hold(record, "cities", RecordCity, [_place(place, city, terms) for place, city in places])
    return record


def _place(place, city, terms):
    place, city = made(RecordCity, place), made(City, city)
    tie(city, "country", terms[city.country_id])
    tie(place, "city", city)
    return place
