"""How fields look, whoever wrote the form."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation


class _Form(forms.Form):
    name = forms.CharField(label="Name", help_text="In any script.")
    email = forms.EmailField(
        label="E-mail", required=False, widget=forms.EmailInput({"placeholder": "x"})
    )
    sign = forms.ChoiceField(
        label="Sign?", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="Agreed")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_field_has_label_help_and_the_direction_of_its_script():
    field = _Form()["name"].as_field_group()

    assert '<label for="id_name">Name</label>' in field
    assert '<div class="help" id="id_name_helptext">In any script.</div>' in field
    assert 'dir="auto"' in field
    assert 'aria-describedby="id_name_helptext"' in field


def test_address_runs_from_left_to_right_in_arabic_too_and_shows_no_placeholder():
    with translation.override("ar"):
        field = _Form()["email"].as_field_group()

    assert 'dir="ltr"' in field
    assert "placeholder" not in field


def test_field_that_may_stay_empty_says_so():
    assert "(optional)" in _Form()["email"].as_field_group()
    assert "(optional)" not in _Form()["name"].as_field_group()


def test_error_stands_beside_its_field_and_in_the_summary():
    form = _Form({"email": "a@example.org"})

    field = form["name"].as_field_group()
    summary = render_to_string("_error_summary.html", {"form": form})

    assert 'class="field wrong"' in field
    assert 'id="id_name_error"' in field
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert "3 answers need another look" in summary
    assert '<a href="#id_name">Name</a>' in summary
    assert '<a href="#id_sign_0">Sign?</a>' in summary
    assert "autofocus" in summary


def test_no_summary_without_errors():
    assert render_to_string("_error_summary.html", {"form": _Form()}).strip() == ""


@pytest.mark.parametrize(
    ("name", "start"),
    [("sign", "<fieldset"), ("agree", "<div"), ("secret", '<input type="hidden"')],
)
def test_choices_are_a_group_and_a_tick_is_one_line(name, start):
    assert _Form()[name].as_field_group().strip().startswith(start)


def test_form_shows_each_field_once():
    page = str(_Form())

    assert [page.count(f'name="{name}"') for name in ("name", "email", "agree", "secret")] == [
        1,
        1,
        1,
        1,
    ]
    assert page.count('name="sign"') == 2
