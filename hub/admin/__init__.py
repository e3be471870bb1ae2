from hub.admin.evaluations import EvaluationAdmin
from hub.admin.records import RecordAdmin

__all__ = ["EvaluationAdmin", "RecordAdmin"]
