from hub.admin.access import AccessGrantAdmin, AccessRequestAdmin
from hub.admin.adaptations import AdaptationAdmin
from hub.admin.contributions import ContributionAdmin
from hub.admin.evaluations import EvaluationAdmin
from hub.admin.files import RecordFileAdmin
from hub.admin.records import RecordAdmin
from hub.admin.searches import SearchLogAdmin

__all__ = [
    "AccessGrantAdmin",
    "AccessRequestAdmin",
    "AdaptationAdmin",
    "ContributionAdmin",
    "EvaluationAdmin",
    "RecordAdmin",
    "RecordFileAdmin",
    "SearchLogAdmin",
]
