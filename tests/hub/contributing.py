"""What the tests of contributions share: writing one as its form would, and pressing its buttons."""

from django.urls import reverse

from hub.actions import contributions, reviewing, sign_off
from hub.actions.card_fields import fingerprint, flat
from tests import factories

STORY = {
    "texts.en.title": "Night buses",
    "texts.en.summary": "Mediators ride the last buses on Fridays.",
    "codes.theme": ["youth"],
    "codes.country": ["DK"],
}


def draft(by, city=None, **fields):
    """A draft as it was begun, with these fields of its card."""
    made = contributions.begin(kind="practice", city=city, language="en", by=by)
    return write(made, by, fields) if fields else made


def ready(by, city=None, **fields):
    """A draft with everything it needs."""
    return draft(by, city, **(STORY | fields))


def write(contribution, by, fields):
    """Save these fields, as somebody who has just opened the page."""
    contribution.refresh_from_db()
    return contributions.save(
        contribution,
        fields=fields,
        paths=list(fields),
        version=contribution.version,
        seen="",
        by=by,
    )


def sent(by, city=None, **fields):
    """With network staff; the focal point, if there is one, has signed it off."""
    made = contributions.send(ready(by, city, **fields), by=by)
    if made.status == "city_review":
        made = sign_off.sign_off(made, by=factories_focal(city))
    return made


def taken(by, city, staff, **fields):
    """Being read by this member of staff."""
    return reviewing.take(sent(by, city, **fields), by=staff)


def factories_focal(city):
    return city.posts.get(is_focal_point=True).person.user


def page(contribution, name="contribution", *more):
    return reverse(f"hub:{name}", args=[contribution.uid, *more])


def answers(contribution, section, user, **typed):
    """What the browser sends for one part: what stood there, and what was typed over it."""
    contribution.refresh_from_db()
    paths = {
        "story": ["title", "summary", "description"],
    }[section]
    now = flat(contribution.card)
    stood = {name: now.get(f"texts.en.{name}", "") for name in paths}
    return stood | {"version": contribution.version, "seen": seen(contribution, section)} | typed


def seen(contribution, section):
    """The fingerprint that the page of this part holds."""
    now = flat(contribution.card)
    starts = {"story": f"texts.{contribution.language}."}[section]
    return fingerprint({path: value for path, value in now.items() if path.startswith(starts)})


def reload(thing):
    return type(thing).objects.get(pk=thing.pk)


def term(vocabulary, code):
    return factories.term(vocabulary, code)
