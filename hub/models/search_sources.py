"""Records read with all that the search says of them, in one statement for many.

What comes back are records as prefetch_related would leave them. A change of a record is in the search before its
page answers, and ten statements built one by one would be most of what that takes.
"""

from django.db import connections, router

from core.models import Term
from hub.models.evaluations import Evaluation, EvaluationRating
from hub.models.files import FileText, RecordFile
from hub.models.links import RecordCity, RecordLink
from hub.models.read_together import all_made, hold, made, tie
from hub.models.records import Record
from hub.models.texts import RecordText
from members.models import Body, City

_TOGETHER = 200
# A term brings all that are broader, as a record of a city is one of its country and region too.
_READ = """
SELECT hub_record.*,
    (SELECT coalesce(json_agg(t), '[]') FROM hub_recordtext AS t WHERE t.record_id = hub_record.id) AS read_texts,
    (SELECT coalesce(json_agg(l), '[]') FROM hub_recordlink AS l WHERE l.record_id = hub_record.id) AS read_links,
    (SELECT coalesce(json_agg(g.body_id), '[]') FROM hub_record_groups AS g
        WHERE g.record_id = hub_record.id) AS read_groups,
    (SELECT coalesce(json_agg(c.term_id), '[]') FROM hub_record_terms AS c
        WHERE c.record_id = hub_record.id) AS read_codes,
    (SELECT coalesce(json_agg(p), '[]') FROM hub_recordcity AS p WHERE p.record_id = hub_record.id) AS read_places,
    (SELECT coalesce(json_agg(c), '[]') FROM hub_recordcity AS p JOIN members_city AS c ON c.id = p.city_id
        WHERE p.record_id = hub_record.id) AS read_cities,
    (SELECT coalesce(json_agg(t), '[]') FROM core_term AS t WHERE t.id IN (
        WITH RECURSIVE wider (id) AS (
            SELECT term_id FROM hub_record_terms WHERE record_id = hub_record.id
            UNION SELECT c.country_id FROM hub_recordcity AS p JOIN members_city AS c ON c.id = p.city_id
                WHERE p.record_id = hub_record.id
            UNION SELECT n.broader_id FROM wider JOIN core_term AS n USING (id) WHERE n.broader_id IS NOT NULL)
        SELECT id FROM wider)) AS read_terms,
    (SELECT coalesce(json_agg(f), '[]') FROM hub_recordfile AS f WHERE f.record_id = hub_record.id) AS read_files,
    (SELECT coalesce(json_agg(w), '[]') FROM hub_recordfile AS f JOIN hub_filetext AS w ON w.file_id = f.id
        WHERE f.record_id = hub_record.id) AS read_words,
    (SELECT coalesce(json_agg(e), '[]') FROM hub_evaluation AS e
        WHERE e.record_id = hub_record.id) AS read_evaluations,
    (SELECT coalesce(json_agg(r), '[]') FROM hub_evaluation AS e JOIN hub_evaluationrating AS r
        ON r.evaluation_id = e.id WHERE e.record_id = hub_record.id) AS read_ratings,
    (SELECT coalesce(json_agg(s.readers), '[]') FROM hub_searchrow AS s
        WHERE s.record_id = hub_record.id) AS read_readers
FROM hub_record WHERE id = ANY(%s) ORDER BY id
"""
_LOCK = "SELECT id FROM hub_record WHERE id = ANY(%s) ORDER BY id FOR UPDATE"


def in_batches(records=(), *, lock=False):
    """Lists of these records (of all, without any) in the order of their keys; with `lock` locked before they are read.

    Each has `has_rows_for`: for which readers there are search rows of it now.
    """
    known = sorted({record.pk for record in records}) or list(
        Record.objects.order_by("pk").values_list("pk", flat=True)
    )
    for start in range(0, len(known), _TOGETHER):
        keys = known[start : start + _TOGETHER]
        if lock:
            with connections[router.db_for_write(Record)].cursor() as cursor:
                cursor.execute(_LOCK, [keys])
        yield [_complete(record) for record in Record.objects.raw(_READ, [keys])]


def _complete(record):
    read = record.__dict__
    terms = {row["id"]: made(Term, row) for row in read.pop("read_terms")}
    for term in terms.values():
        tie(term, "broader", terms.get(term.broader_id))
    cities = {row["id"]: made(City, row) for row in read.pop("read_cities")}
    for city in cities.values():
        tie(city, "country", terms[city.country_id])
    places = all_made(RecordCity, read.pop("read_places"))
    for place in places:
        tie(place, "city", cities[place.city_id])
    hold(record, "texts", RecordText, all_made(RecordText, read.pop("read_texts")))
    hold(record, "links", RecordLink, all_made(RecordLink, read.pop("read_links")))
    hold(record, "groups", Body, [made(Body, {"id": pk}) for pk in read.pop("read_groups")])
    hold(record, "terms", Term, [terms[pk] for pk in read.pop("read_codes")])
    hold(record, "cities", RecordCity, places)
    _hold_files(record, read)
    _hold_evaluations(record, read)
    record.has_rows_for = read.pop("read_readers")
    return record


def _hold_files(record, read):
    words = {row["file_id"]: made(FileText, row) for row in read.pop("read_words")}
    files = all_made(RecordFile, read.pop("read_files"))
    for file in files:
        tie(file, "text", words.get(file.pk))
    hold(record, "files", RecordFile, files)


def _hold_evaluations(record, read):
    ratings = all_made(EvaluationRating, read.pop("read_ratings"))
    evaluations = all_made(Evaluation, read.pop("read_evaluations"))
    for evaluation in evaluations:
        own = [rating for rating in ratings if rating.evaluation_id == evaluation.pk]
        hold(evaluation, "ratings", EvaluationRating, own)
    hold(record, "evaluations", Evaluation, evaluations)
