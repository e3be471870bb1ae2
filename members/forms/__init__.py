from members.forms.answers import LetterForm, RefusalForm, ReplyForm
from members.forms.steps import FORMS, CityForm

__all__ = ["FORMS", "CityForm", "LetterForm", "RefusalForm", "ReplyForm"]
