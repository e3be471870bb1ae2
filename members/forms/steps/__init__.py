"""The steps of becoming a Strong City, one form each."""

from members.forms.steps.city import CityForm
from members.forms.steps.pledge import PledgeForm
from members.forms.steps.post import PostForm
from members.forms.steps.step import StepForm
from members.forms.steps.themes import ThemesForm

FORMS: dict[str, type[StepForm]] = {
    form.step: form for form in (CityForm, PostForm, ThemesForm, PledgeForm)
}

__all__ = ["FORMS", "CityForm"]
