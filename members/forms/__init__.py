from members.forms.answers import LetterForm, RefusalForm, ReplyForm
from members.forms.places import place_choices
from members.forms.steps import FORMS, OTHER, CityForm, PledgeForm, PostForm, StepForm, ThemesForm

__all__ = [
    "FORMS",
    "OTHER",
    "CityForm",
    "LetterForm",
    "PledgeForm",
    "PostForm",
    "RefusalForm",
    "ReplyForm",
    "StepForm",
    "ThemesForm",
    "place_choices",
]
