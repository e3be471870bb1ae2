"""Records read with all that the search says of them, in one statement for many.

What comes back are records as prefetch_related would leave them. A change of a record is in the search before its
page answers, and ten statements built one by one would be most of what that takes.
"""

from django.db import connections, router

from core.models import Term
from core.vocabularies import terms_at
from hub.models.evaluations import Evaluation, EvaluationRating
from hub.models.files import FileText, RecordFile
from hub.models.links import RecordCity, RecordLink
from hub.models.read_together import all_made, hold, made, tie
from hub.models.records import Record
from hub.models.texts import RecordText
from members.models import Body, City

_TOGETHER = 200
# What a record says stands in many tables; a function of the database brings it together (migration 0009).
_READ = """
SELECT (source).*, texts, links, groups, codes, places, files, evaluations, written, vocabulary
FROM hub_search_read(%s, %s)
"""


def in_batches(records=(), *, to_write=False):
    """Lists of these records (of all, without any) in the order of their keys.

    Those whose rows are `to_write` are locked before they are read. Each has `written`: for which readers there are
    search rows of it now, and their digests.
    """
    known = sorted({record.pk for record in records}) or list(
        Record.objects.order_by("pk").values_list("pk", flat=True)
    )
    for start in range(0, len(known), _TOGETHER):
        yield _read(known[start : start + _TOGETHER], to_write=to_write)


def _read(keys, *, to_write):
    """These records as they are; what they were before a lock was had is not looked at."""
    with connections[router.db_for_write(Record)].cursor() as cursor:
        cursor.execute(_READ, [keys, to_write])
        # The description of a cursor makes much of fifty columns of which only the names are wanted.
        result = cursor.pgresult
        names = [result.fname(number).decode() for number in range(result.nfields)]
        return [_complete(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _complete(read):
    record = made(Record, read)
    terms = terms_at(read["vocabulary"])
    hold(record, "texts", RecordText, all_made(RecordText, read["texts"]))
    hold(record, "links", RecordLink, all_made(RecordLink, read["links"]))
    hold(record, "groups", Body, [made(Body, {"id": pk}) for pk in read["groups"]])
    hold(record, "terms", Term, [terms[pk] for pk in read["codes"]])
    hold(record, "cities", RecordCity, [_place(each, terms) for each in read["places"]])
    hold(record, "files", RecordFile, [_file(each) for each in read["files"]])
    evaluations = [_evaluation(each) for each in read["evaluations"]]
    hold(record, "evaluations", Evaluation, evaluations)
    record.written = {for_: bytes.fromhex(said) for for_, said in read["written"].items()}
    return record


def _place(read, terms):
    place, city = made(RecordCity, read["place"]), made(City, read["city"])
    tie(city, "country", terms[city.country_id])
    tie(place, "city", city)
    return place


def _file(read):
    file = made(RecordFile, read["file"])
    tie(file, "text", made(FileText, read["text"]) if read["text"] else None)
    return file


def _evaluation(read):
    evaluation = made(Evaluation, read["evaluation"])
    hold(evaluation, "ratings", EvaluationRating, all_made(EvaluationRating, read["ratings"]))
    return evaluation
