"""Nobody learns from sign-in, join or reset whether an address has an account: not by words, not by time.

Time is judged by AUC: how often a request for one kind of address takes longer than one for an address
without an account, over all pairs; 0.5 is a coin. The kinds are asked in turns, so a machine that is busy for
a while is busy for all of them. At N = 100 a coin strays by 0.04; the limits are 0.35 and 0.65.
"""

import gc
import random
import re
import time
from bisect import bisect_left, bisect_right

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.models import RateCount
from members.forms.accounts import ResetPasswordForm
from members.models import MembershipApplication, User
from outbox import letters
from outbox.models import Message
from tests import factories
from tests.members import writing

N = 100
LIMITS = (0.35, 0.65)
STRANGER = "stranger@aarhus.example.org"
SEED = 20261120


@pytest.fixture
def addresses(aarhus):
    """One address of each kind; all as long as each other, so that no answer differs in length alone."""

    def account(name, **fields):
        return factories.member(aarhus, email=f"{name:x<8}@aarhus.example.org", **fields)

    kinds = {
        "active": account("active"),
        "suspended": account("suspend"),
        "inactive": account("inactiv", is_active=False),
        "unusable": account("unusabl", password=None),
        "factor": account("factor"),
        "unverified": account("unverif"),
        "pending": factories.user(f"{'pending':x<8}@aarhus.example.org"),
    }
    kinds["suspended"].person.move_to("suspended")
    kinds["suspended"].person.save()
    kinds["unverified"].emailaddress_set.update(verified=False)
    TOTP.activate(kinds["factor"], generate_totp_secret())
    return {"absent": STRANGER} | {kind: user.email for kind, user in kinds.items()}


# --- The three places where a stranger gives an address


class Login:
    """A wrong password, as somebody who tries addresses has."""

    def __init__(self):
        self.client = Client()

    def prepare(self):
        cache.clear()

    def ask(self, email):
        return [self.client.post("/accounts/login/", {"login": email, "password": "a wrong one"})]


class Reset:
    def __init__(self):
        self.client = Client()

    def prepare(self):
        cache.clear()
        Message.objects.all().delete()

    def ask(self, email):
        return [self.client.post("/accounts/password/reset/", {"email": email})]


class Join:
    """The step that takes the address, and the last one, which writes to it."""

    def __init__(self):
        self.client = Client()
        application = writing.write(self.client)
        self.draft = MembershipApplication.objects.filter(pk=application.pk)
        self.blank = self.draft.values("status", "steps_done", "link_version").get()

    def prepare(self):
        RateCount.objects.all().delete()
        Message.objects.all().delete()
        self.draft.update(email="", **self.blank)

    def ask(self, email):
        step, last = writing.step("post"), writing.step("check")
        return [
            self.client.post(step, writing.POST | {"email": email}),
            self.client.post(last),
            self.client.get(reverse("members:join_sent")),
        ]


PLACES = {"login": Login, "reset": Reset, "join": Join}


# --- The same words


def _seen(response, email):
    """All that a stranger sees of an answer, without what differs from one request to the next anyway."""
    body = response.content.decode().replace(email, "ADDRESS")
    body = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", body)
    body = re.sub(r"\d\d:\d\d", "TIME", body)
    return (
        response.status_code,
        response.get("Location"),
        body,
        sorted(response.headers),
        len(response.cookies),
    )


@pytest.mark.parametrize("place", PLACES)
def test_every_kind_of_address_gets_the_same_answer(addresses, place):
    answers = {}
    for kind, email in addresses.items():
        asking = PLACES[place]()
        asking.prepare()
        answers[kind] = [_seen(response, email) for response in asking.ask(email)]

    assert all(answer == answers["absent"] for answer in answers.values())
    assert all(status < 400 for status, *_rest in answers["absent"])


@pytest.mark.parametrize("place", ["reset", "join"])
def test_every_kind_of_address_gets_as_many_letters(addresses, place):
    asking, letters = PLACES[place](), {}
    for kind, email in addresses.items():
        asking.prepare()
        asking.ask(email)
        letters[kind] = [message.template for message in Message.objects.filter(to=email)]

    assert all(letters[kind] == letters["absent"] for kind in addresses)
    assert letters["absent"]


def test_too_many_tries_are_answered_the_same(addresses):
    answers = {}
    for kind, email in addresses.items():
        cache.clear()
        asking = Login()
        answers[kind] = [_seen(asking.ask(email)[0], email) for _ in range(7)]

    assert all(answer == answers["absent"] for answer in answers.values())


# --- The same time


def _times(asking, emails, *, n):
    """Seconds that requests took, by kind: n rounds, each asking once for every kind in a new order."""
    order = random.Random(SEED)
    times = {kind: [] for kind in emails}
    kinds = list(emails)
    for kind in kinds:  # what is loaded once is loaded before the clock runs
        asking.prepare()
        asking.ask(emails[kind])
    gc.collect()
    gc.disable()
    try:
        for _ in range(n):
            order.shuffle(kinds)
            for kind in kinds:
                asking.prepare()
                begun = time.perf_counter()
                asking.ask(emails[kind])
                times[kind].append(time.perf_counter() - begun)
    finally:
        gc.enable()
    return times


def _auc(these, those):
    """How often one of `these` is larger than one of `those`; a tie is half."""
    those = sorted(those)
    wins = sum(bisect_left(those, x) + bisect_right(those, x) for x in these)
    return wins / (2 * len(these) * len(those))


def _aucs(asking, emails, *, n=N):
    times = _times(asking, emails, n=n)
    absent = times.pop("absent")
    aucs = {kind: round(_auc(taken, absent), 2) for kind, taken in times.items()}
    print(type(asking).__name__, aucs)  # noqa: T201 - the figure this test stands for
    return aucs


TIMED = {
    "login": ["absent", "active", "suspended", "inactive", "unusable"],
    "reset": ["absent", "active", "suspended", "inactive", "unusable"],
    "join": ["absent", "active", "suspended", "inactive"],
}


@pytest.mark.parametrize("place", PLACES)
def test_every_kind_of_address_takes_the_same_time(addresses, place):
    asking, asked = PLACES[place](), {kind: addresses[kind] for kind in TIMED[place]}

    aucs = _aucs(asking, asked)

    assert all(LIMITS[0] <= auc <= LIMITS[1] for auc in aucs.values()), aucs


def test_login_that_skips_the_hash_is_told_apart(addresses, monkeypatch):
    monkeypatch.setattr(
        AuthenticationBackend, "_mitigate_timing_attack", lambda self, password: None
    )

    aucs = _aucs(Login(), {kind: addresses[kind] for kind in ("absent", "active")}, n=30)

    assert aucs["active"] > LIMITS[1]


def test_reset_that_writes_the_letter_while_one_waits_is_told_apart(addresses, monkeypatch):
    """How it is usually done: an account's letter is made in the request, a stranger's never."""

    def save(self, request, **kwargs):
        if User.objects.filter(email=self.cleaned_data["email"], is_active=True).exists():
            honest(self, request, **kwargs)
            letters.render(Message.objects.latest("pk"))

    honest = ResetPasswordForm.save
    monkeypatch.setattr(ResetPasswordForm, "save", save)

    aucs = _aucs(Reset(), {kind: addresses[kind] for kind in ("absent", "active")}, n=60)

    assert aucs["active"] > LIMITS[1]


def test_auc_of_what_is_the_same_and_of_what_is_not():
    noise = random.Random(SEED)
    one, same, slower = ([noise.gauss(mean, 1) for _ in range(400)] for mean in (10, 10, 12))

    assert 0.45 < _auc(one, same) < 0.55
    assert _auc(slower, one) > 0.9
    assert _auc([1, 1], [1, 1]) == 0.5
