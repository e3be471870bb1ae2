"""How the staff's pages tell what the journal holds."""

from django import template
from django.utils.translation import gettext, gettext_noop

register = template.Library()

# Every verb the portal writes, so that the catalogues carry it; the journal itself keeps the English word.
VERBS = [
    gettext_noop("access ended"),
    gettext_noop("access granted"),
    gettext_noop("added"),
    gettext_noop("added a file"),
    gettext_noop("added a letter"),
    gettext_noop("added a second factor"),
    gettext_noop("answered"),
    gettext_noop("approved"),
    gettext_noop("archived"),
    gettext_noop("asked"),
    gettext_noop("asked to read"),
    gettext_noop("audience changed"),
    gettext_noop("assigned"),
    gettext_noop("began"),
    gettext_noop("cancelled"),
    gettext_noop("changed"),
    gettext_noop("changed the password"),
    gettext_noop("checked"),
    gettext_noop("chose the first password"),
    gettext_noop("confirmed"),
    gettext_noop("declined"),
    gettext_noop("described a file"),
    gettext_noop("downloaded"),
    gettext_noop("ended"),
    gettext_noop("endorsed"),
    gettext_noop("evaluated"),
    gettext_noop("expired"),
    gettext_noop("exported"),
    gettext_noop("found clean"),
    gettext_noop("granted"),
    gettext_noop("had read again"),
    gettext_noop("had scanned again"),
    gettext_noop("handed to staff"),
    gettext_noop("handed to the city"),
    gettext_noop("imported"),
    gettext_noop("invited again"),
    gettext_noop("invited to join"),
    gettext_noop("joined"),
    gettext_noop("joined to"),
    gettext_noop("left to stand alone"),
    gettext_noop("made focal point"),
    gettext_noop("made new recovery codes"),
    gettext_noop("marked as duplicate"),
    gettext_noop("noted"),
    gettext_noop("opened"),
    gettext_noop("opened a file"),
    gettext_noop("published"),
    gettext_noop("read"),
    gettext_noop("refused"),
    gettext_noop("refused by the scanner"),
    gettext_noop("refused by the city"),
    gettext_noop("reinstated"),
    gettext_noop("reminded the city"),
    gettext_noop("removed a file"),
    gettext_noop("removed a second factor"),
    gettext_noop("reopened"),
    gettext_noop("returned to draft"),
    gettext_noop("sent"),
    gettext_noop("sent a password link"),
    gettext_noop("sent again"),
    gettext_noop("set aside"),
    gettext_noop("settled"),
    gettext_noop("suspended"),
    gettext_noop("took back"),
    gettext_noop("adapted"),
    gettext_noop("asked the city"),
    gettext_noop("asked to confirm"),
    gettext_noop("reported"),
    gettext_noop("sent an evaluation"),
    gettext_noop("shown to the city"),
    gettext_noop("translated"),
    gettext_noop("asked for changes"),
    gettext_noop("proposed a change"),
    gettext_noop("restored"),
    gettext_noop("resumed"),
    gettext_noop("sent back"),
    gettext_noop("signed off"),
    gettext_noop("took"),
    gettext_noop("withdrew"),
]


@register.filter
def verb_words(verb: str) -> str:
    """The verb of a journal entry in the reader's language."""
    return gettext(verb)


@register.filter
def facts_line(facts: dict) -> str:
    """The facts of a journal entry in one line: "reason: not_local_authority; of: 12"."""
    return "; ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in facts.items())


def _plain(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items())
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
