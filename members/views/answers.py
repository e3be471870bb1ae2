"""What was answered, as people read it again: before sending, and on the page of the application."""

from django.utils.translation import gettext as _

from members.forms import FORMS


def answers_of(application) -> list[dict]:
    """One section a step: its title, and for each question a label and the answer in words ("" for none)."""
    return [
        {
            "step": name,
            "title": form.title,
            "done": name in application.steps_done,
            "rows": _ROWS[name](application),
        }
        for name, form in FORMS.items()
    ]


def _city(application):
    return [
        _row("city", "city_name", application.city_name, own_words=True),
        _row("city", "country", application.country),
        _row("city", "city_name_local", application.city_name_local, own_words=True),
        _row("city", "authority_level", application.authority_level),
        _row("city", "city_website", application.city_website, code=True),
        _row("city", "city_listing", application.get_city_listing_display()),
    ]


def _post(application):
    may_sign = {True: _("Yes, I may sign"), False: _("No, somebody else may"), None: ""}
    return [
        _row("post", "name", application.name, own_words=True),
        _row("post", "name_local", application.name_local, own_words=True),
        _row("post", "role", application.get_role_display()),
        _row("post", "office", application.office, own_words=True),
        _row("post", "department", application.department, own_words=True),
        _row("post", "sector", application.sector),
        _row("post", "email", application.email, code=True),
        _row("post", "employer_page", application.employer_page, code=True),
        _row("post", "languages", _labels(application.languages)),
        _row("post", "is_signatory", may_sign[application.is_signatory]),
        _row("post", "person_listing", application.get_person_listing_display()),
    ]


def _themes(application):
    return [
        _row("themes", "themes", _labels(application.themes)),
        _row("themes", "motivation", application.motivation, own_words=True, long=True),
        _row("themes", "summit_interest", _yes_or_no(application.summit_interest)),
    ]


def _pledge(application):
    letters = [attachment.name for attachment in application.attachments.order_by("pk")]
    return [
        _row("pledge", "agrees", _yes_or_no(application.pledge_id)),
        _row("pledge", "privacy", _yes_or_no(application.privacy_version)),
        _row("pledge", "letter", letters, is_list=True),
    ]


_ROWS = {"city": _city, "post": _post, "themes": _themes, "pledge": _pledge}


def _row(step, field, value, **kind):
    """`own_words`: somebody typed it, in any script. `code`: runs from left to right in every language."""
    return {"label": FORMS[step].base_fields[field].label, "value": value or "", **kind}


def _labels(terms):
    return _(", ").join(str(term) for term in terms.order_by("position", "code"))


def _yes_or_no(value):
    return _("Yes") if value else _("No")
