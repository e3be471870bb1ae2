from hub.models.evaluations import Evaluation, EvaluationRating
from hub.models.files import RecordFile
from hub.models.records import Record, RecordCity, RecordLink, RecordText
from hub.models.search import SearchRow
from hub.models.visibility import Visibility

__all__ = [
    "Evaluation",
    "EvaluationRating",
    "Record",
    "RecordCity",
    "RecordFile",
    "RecordLink",
    "RecordText",
    "SearchRow",
    "Visibility",
]
