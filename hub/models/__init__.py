from hub.models.access import AccessGrant, AccessRequest
from hub.models.adaptations import Adaptation
from hub.models.contributions import Comment, Contribution, Revision, Section
from hub.models.evaluations import Evaluation, EvaluationRating
from hub.models.files import FileText, RecordFile
from hub.models.links import RecordCity, RecordContact, RecordLink, RecordRelation
from hub.models.reading import ReadingList, ReadingListItem
from hub.models.records import Record
from hub.models.search import SearchCount, SearchRow
from hub.models.search_words import RecordToLearn, SearchLexeme, SearchWord
from hub.models.searches import SavedSearch, SearchLog
from hub.models.texts import RecordText, TextState
from hub.models.visibility import Visibility

__all__ = [
    "AccessGrant",
    "AccessRequest",
    "Adaptation",
    "Comment",
    "Contribution",
    "Evaluation",
    "EvaluationRating",
    "FileText",
    "ReadingList",
    "ReadingListItem",
    "Record",
    "RecordCity",
    "RecordContact",
    "RecordFile",
    "RecordLink",
    "RecordRelation",
    "RecordText",
    "RecordToLearn",
    "Revision",
    "SavedSearch",
    "SearchCount",
    "SearchLexeme",
    "SearchLog",
    "SearchRow",
    "SearchWord",
    "Section",
    "TextState",
    "Visibility",
]
