"""Handing letters over: what becomes of each under everything a mail server may do."""

import ssl
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone

from outbox import batch, delivery, fates, mail, relay
from outbox.models import Message

pytestmark = pytest.mark.django_db
Status = Message.Status


def outcomes(message):
    return list(message.tries.order_by("pk").values_list("outcome", flat=True))


def pause(message):
    message.refresh_from_db()
    return message.next_try_at - timezone.now()


def test_deliver_hands_the_letter_over_and_keeps_the_answer(sink, write):
    message = write(to="ana@example.org")

    more = delivery.deliver("transactional")

    message.refresh_from_db()
    assert more is False
    assert (message.status, message.answer, message.lease) == (Status.SENT, "250 kept 1", None)
    assert [(kept.sender, kept.to) for kept in sink.kept] == [
        ("no-reply@example.org", "ana@example.org")
    ]
    assert sink.mails[0]["Message-ID"] == f"<{message.uid}@localhost>"
    assert parsedate_to_datetime(sink.mails[0]["Date"]) == message.created_at.replace(microsecond=0)
    assert outcomes(message) == []


def test_deliver_sends_a_batch_over_one_connection(sink, write):
    for number in range(5):
        write(to=f"reader{number}@example.org")

    delivery.deliver("transactional")

    assert sink.connections == 1
    assert [kept.to for kept in sink.kept] == [f"reader{n}@example.org" for n in range(5)]


def test_deliver_leaves_the_other_lane_alone(sink, write):
    bulk = write(kind="bulk")

    delivery.deliver("transactional")

    bulk.refresh_from_db()
    assert (bulk.status, sink.kept) == (Status.QUEUED, [])


def test_deliver_passes_over_what_is_not_due(sink, write):
    message = write()
    Message.objects.update(next_try_at=timezone.now() + timedelta(minutes=1))

    delivery.deliver("transactional")

    assert sink.kept == []
    assert not delivery.is_due("transactional")
    assert message.tries.count() == 0


@pytest.mark.parametrize(
    ("script", "status", "outcome", "words"),
    [
        ({"greeting": "421 too busy"}, "queued", "later", "421 too busy"),
        ({"greeting": "554 not here"}, "queued", "later", "554 not here"),
        ({"greeting": "drop"}, "queued", "later", "Connection unexpectedly closed"),
        ({"greeting": "silence"}, "queued", "later", "Connection unexpectedly closed: timed out"),
        ({"mail": "451 no sender now"}, "queued", "later", "451 no sender now"),
        ({"mail": "550 sender unwanted"}, "queued", "later", "550 sender unwanted"),
        ({"rcpt": {"ana@example.org": "450 grey"}}, "queued", "later", "450 grey"),
        ({"rcpt": {"ana@example.org": "452 full"}}, "queued", "later", "452 full"),
        ({"rcpt": {"ana@example.org": "550 nobody"}}, "failed", "refused", "550 nobody"),
        ({"rcpt": {"ana@example.org": "421 going"}}, "queued", "later", "421 going"),
        (
            {"rcpt": {"ana@example.org": "silence"}},
            "queued",
            "later",
            "Connection unexpectedly closed: timed out",
        ),
        ({"data": "451 later"}, "queued", "later", "451 later"),
        ({"data": "554 never"}, "failed", "refused", "554 never"),
        ({"after_dot": {"": "451 try again"}}, "queued", "later", "451 try again"),
        ({"after_dot": {"": "552 mailbox full"}}, "failed", "refused", "552 mailbox full"),
        ({"after_dot": {"": "554 spam"}}, "failed", "refused", "554 spam"),
        ({"after_dot": {"": "421 going"}}, "queued", "later", "421 going"),
        (
            {"after_dot": {"": "silence"}},
            "queued",
            "later",
            "Connection unexpectedly closed: timed out",
        ),
        ({"after_dot": {"": "drop"}}, "queued", "later", "Connection unexpectedly closed"),
        ({"after_dot": {"": "nonsense"}}, "queued", "later", "-1 ense"),
        ({"before_dot": "drop"}, "queued", "later", "Connection unexpectedly closed"),
    ],
)
def test_deliver_transactional_under(sink, write, script, status, outcome, words):
    sink.script.__dict__.update(script)
    message = write()

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert (message.status, message.answer) == (status, words)
    assert outcomes(message) == [outcome]
    assert message.lease is None


@pytest.mark.parametrize(
    ("script", "status", "taken"),
    [
        ({"greeting": "421 too busy"}, "queued", 0),
        ({"rcpt": {"ana@example.org": "450 grey"}}, "queued", 0),
        ({"rcpt": {"ana@example.org": "550 nobody"}}, "failed", 0),
        ({"before_dot": "drop"}, "unknown", 0),
        ({"after_dot": {"": "drop"}}, "unknown", 1),
        ({"after_dot": {"": "silence"}}, "unknown", 0),
        ({"after_dot": {"": "nonsense"}}, "unknown", 0),
        ({"after_dot": {"": "451 later"}}, "queued", 0),
    ],
)
def test_deliver_bulk_never_risks_a_second_copy(sink, write, script, status, taken):
    sink.script.__dict__.update(script)
    message = write(kind="bulk")

    delivery.deliver("bulk")

    message.refresh_from_db()
    assert message.status == status
    assert len(sink.kept) == taken


def test_deliver_gives_up_on_a_server_that_drips(sink, write, monkeypatch):
    monkeypatch.setattr("outbox.relay.LETTER_SECONDS", 1)
    sink.script.drip_seconds = 0.3
    message = write()
    began = time.monotonic()

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert message.status == Status.QUEUED
    assert time.monotonic() - began < 5


def test_refused_letter_does_not_hold_up_the_others(sink, write):
    sink.script.rcpt = {"gone@example.org": "550 nobody", "full@example.org": "452 full"}
    letters = [write(to=f"{name}@example.org") for name in ("ana", "gone", "full", "zoe")]

    delivery.deliver("transactional")

    assert [kept.to for kept in sink.kept] == ["ana@example.org", "zoe@example.org"]
    assert sink.connections == 1
    states = [Message.objects.get(pk=letter.pk).status for letter in letters]
    assert states == ["sent", "failed", "queued", "sent"]


def test_letter_that_breaks_the_connection_costs_the_others_nothing(sink, write):
    sink.script.after_dot = {"poison@example.org": "drop"}
    poison, innocent = write(to="poison@example.org"), write(to="ana@example.org")

    delivery.deliver("transactional")
    delivery.deliver("transactional")

    innocent.refresh_from_db()
    poison.refresh_from_db()
    assert (innocent.status, innocent.failures, innocent.attempts) == (Status.SENT, 0, 1)
    assert (poison.status, poison.failures) == (Status.QUEUED, 1)


def test_unreachable_server_counts_once_for_each_letter_of_the_batch(settings, write):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 9
    letters = [write() for _ in range(3)]

    more = delivery.deliver("transactional")

    assert more is False
    for letter in letters:
        letter.refresh_from_db()
        assert (letter.status, letter.failures) == (Status.QUEUED, 1)
        assert "refused" in letter.answer


def test_pauses_grow_to_forty_eight_hours_and_then_the_letter_has_failed(sink, write):
    sink.script.rcpt = {"ana@example.org": "450 grey"}
    message = write()
    minutes = [1, 5, 15, 60, 240, 480, 720, 1359]

    for expected in minutes:
        delivery.deliver("transactional")
        waited = pause(message)
        assert timedelta(minutes=expected * 0.99) < waited < timedelta(minutes=expected * 1.11)
        Message.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    delivery.deliver("transactional")

    message.refresh_from_db()
    assert (message.status, message.answer) == (Status.FAILED, "450 grey")
    assert outcomes(message) == ["later"] * 8 + ["refused"]
    assert sum(minutes) == 48 * 60


@pytest.mark.parametrize("kind", ["transactional", "bulk"])
def test_time_is_up_gives_the_rest_back(sink, write, kind):
    sink.script.accept_seconds = 0.2
    letters = [write(kind=kind) for _ in range(4)]

    more = delivery.deliver(kind, seconds=0.3)

    rest = Message.objects.filter(pk__in=[m.pk for m in letters], status=Status.QUEUED)
    assert more is True
    assert [(m.attempts, m.lease) for m in rest] == [(0, None)] * 2
    assert len(sink.kept) == 2


def test_lease_is_renewed_while_a_batch_takes_long(sink, write, monkeypatch):
    monkeypatch.setattr(batch, "RENEW_SECONDS", 0)
    write(), write()
    seen = []
    original = delivery.leases.renew
    monkeypatch.setattr(
        delivery.leases, "renew", lambda rows, **kw: seen.append(len(rows)) or original(rows, **kw)
    )

    delivery.deliver("transactional")

    assert seen == [2, 1]


def test_letters_lost_to_another_worker_on_the_way_are_left_to_it(sink, write, monkeypatch):
    monkeypatch.setattr(batch, "RENEW_SECONDS", 0)
    first, second = write(), write()
    original = relay.Server.hand_over

    def slow(server, letter):
        Message.objects.filter(pk=second.pk).update(leased_until=None)
        delivery.leases.take(Message.objects.filter(pk=second.pk), n=1, seconds=60)
        return original(server, letter)

    monkeypatch.setattr(relay.Server, "hand_over", slow)

    delivery.deliver("transactional")

    assert [kept.mail["Message-ID"] for kept in sink.kept] == [first.message_id]


def test_server_that_hangs_up_after_a_refusal_costs_the_next_letter_nothing(sink, write):
    sink.script.rcpt = {"gone@example.org": "550 nobody"}
    sink.script.rset = "drop"
    gone, innocent = write(to="gone@example.org"), write(to="ana@example.org")

    delivery.deliver("transactional")

    gone.refresh_from_db()
    innocent.refresh_from_db()
    assert (gone.status, gone.answer) == (Status.FAILED, "550 nobody")
    assert (innocent.status, innocent.failures) == (Status.SENT, 0)


def test_letter_of_a_dead_worker_is_sent_by_the_next_with_the_same_bytes(sink, write, settings):
    message = write()
    settings.OUTBOX_LEASE_SECONDS = 0  # the worker took it and died at once
    delivery.leases.take(Message.objects.all(), n=1, seconds=0)

    delivery.deliver("transactional")
    first = sink.kept[0].content
    Message.objects.update(status=Status.QUEUED)  # as if it had died before writing "sent"
    delivery.deliver("transactional")

    assert sink.kept[1].content == first
    assert Message.objects.get(pk=message.pk).attempts == 3


def test_letter_taken_over_by_another_worker_is_not_settled_by_the_first(sink, write):
    message = write()
    (held,) = delivery.leases.take(Message.objects.all(), n=1, seconds=0)
    delivery.leases.take(Message.objects.all(), n=1, seconds=60)

    assert fates.settle(held, "sent", "250 late") == 0

    message.refresh_from_db()
    assert message.status == Status.QUEUED


def test_of_a_dead_workers_bulk_letters_only_the_last_begun_is_in_doubt(sink, write, settings):
    sent, doubtful, untouched = (write(kind="bulk") for _ in range(3))
    settings.OUTBOX_LEASE_SECONDS = 0  # the worker dies in the middle of its batch
    batch = delivery._take("bulk")
    assert [fates.begin(message) for message in batch[:2]] == [True, True]
    settings.OUTBOX_LEASE_SECONDS = 60

    delivery.deliver("bulk")

    for message in (sent, doubtful, untouched):
        message.refresh_from_db()
    assert [m.status for m in (sent, doubtful, untouched)] == ["sent", "unknown", "sent"]
    assert outcomes(doubtful) == ["unknown"]
    assert (untouched.attempts, doubtful.sent_at is not None) == (1, True)
    assert [kept.mail["Message-ID"] for kept in sink.kept] == [untouched.message_id]


def test_dead_workers_are_told_apart(write, settings):
    for _ in range(4):
        write(kind="bulk")
    settings.OUTBOX_LEASE_SECONDS = 0
    for half in (Message.objects.order_by("pk")[:2], Message.objects.order_by("pk")[2:]):
        taken = delivery.leases.take(
            Message.objects.filter(pk__in=[m.pk for m in half]), n=2, seconds=0, status="sending"
        )
        for message in taken:
            fates.begin(message)

    assert delivery.note_left_in_hand() == 2

    states = list(Message.objects.order_by("pk").values_list("status", flat=True))
    assert states == ["sent", "unknown", "sent", "unknown"]


def test_bulk_in_the_hand_of_a_living_worker_is_left_alone(write):
    write(kind="bulk")
    fates.begin(delivery._take("bulk")[0])

    assert delivery.note_left_in_hand() == 0
    assert Message.objects.get().status == Status.SENDING


def test_bulk_taken_from_its_worker_before_handing_over_is_not_sent(write):
    write(kind="bulk")
    (held,) = delivery._take("bulk")
    Message.objects.update(lease=None, status=Status.CANCELLED)

    assert fates.begin(held) is False


def test_suspended_person_gets_no_bulk_letter_queued_before(sink, write, ana):
    bulk, own = write(kind="bulk", user=ana), write(user=ana)
    ana.person.move_to("suspended")
    ana.person.save()

    delivery.deliver("bulk")
    delivery.deliver("transactional")

    bulk.refresh_from_db()
    assert (bulk.status, bulk.answer) == (Status.CANCELLED, "no longer receives bulk mail")
    assert [kept.mail["Message-ID"] for kept in sink.kept] == [own.message_id]


def test_active_person_gets_the_bulk_letter(sink, write, ana):
    write(kind="bulk", user=ana)

    delivery.deliver("bulk")

    assert [mail["Precedence"] for mail in sink.mails] == ["bulk"]


def test_letter_about_something_gone_is_cancelled(sink, write):
    message = write(
        links={
            "button": ["members.emails.accounts.welcome_link", 0],
            "plain": ["members.emails.accounts.reset_page"],
        }
    )

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert message.status == Status.CANCELLED
    assert message.answer.startswith("what it tells of is gone: User")
    assert sink.kept == []


def test_broken_letter_waits_for_a_repair_and_the_others_go(sink, write):
    broken, fine = write(), write()
    Message.objects.filter(pk=broken.pk).update(template="outbox/emails/missing.txt")

    delivery.deliver("transactional")

    broken.refresh_from_db()
    assert (broken.status, broken.failures) == (Status.QUEUED, 1)
    assert broken.answer == "TemplateDoesNotExist: outbox/emails/missing.txt"
    assert [kept.mail["Message-ID"] for kept in sink.kept] == [fine.message_id]


def test_address_that_cannot_go_over_the_wire_fails(sink, write):
    message = write()
    Message.objects.update(to="josé@example.org")

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert message.status == Status.FAILED
    assert "characters" in message.answer
    assert sink.kept == []


def test_international_domain_goes_out_in_ascii(sink, write):
    write()
    Message.objects.update(to="ana@münchen.example")

    delivery.deliver("transactional")

    assert [kept.to for kept in sink.kept] == ["ana@xn--mnchen-3ya.example"]


def test_required_tls_that_is_stripped_sends_nothing(sink, write, settings):
    settings.EMAIL_USE_TLS = True
    message = write()

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert message.status == Status.QUEUED
    assert message.answer == "STARTTLS extension not supported by server."
    assert not [
        command for command in sink.commands if command.startswith(("MAIL", "RCPT", "DATA"))
    ]


@pytest.mark.parametrize("certificate", ["untrusted", "broken"])
def test_tls_that_fails_sends_nothing(sink, write, settings, certificate, tmp_path):
    settings.EMAIL_USE_TLS = True
    sink.script.ehlo = ["250-sink", "250 STARTTLS"]
    sink.script.tls = (
        _context(tmp_path)
        if certificate == "untrusted"
        else ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    )
    message = write()

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert (message.status, message.failures) == (Status.QUEUED, 1)
    assert sink.kept == []
    assert not [command for command in sink.commands if command.startswith("MAIL")]


@pytest.mark.parametrize("how", ["EMAIL_USE_TLS", "EMAIL_USE_SSL"])
def test_trusted_tls_sends(write, settings, how, tmp_path, monkeypatch):
    from tests.outbox.sink import Script, Sink, listening

    context = _context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    sink = Sink(Script(ehlo=["250-sink", "250 STARTTLS"], tls=context))
    with listening(sink, implicit_tls=context if how == "EMAIL_USE_SSL" else None) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "localhost", port, 2
        setattr(settings, how, True)
        message = write()

        delivery.deliver("transactional")

    message.refresh_from_db()
    assert (message.status, message.answer) == (Status.SENT, "250 kept 1")


def test_login_that_fails_leaves_the_letter_waiting(sink, write, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    message = write()

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert message.status == Status.QUEUED
    assert message.answer == "SMTP AUTH extension not supported by server."


def test_other_backends_take_letters_too(write, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    message = write(reply_to="zoe@example.org")

    delivery.deliver("transactional")

    message.refresh_from_db()
    assert message.status == Status.SENT
    assert [(m.to, m.subject, m.extra_headers["Reply-To"]) for m in mailoutbox] == [
        (["ana@example.org"], "Hello Ana", "zoe@example.org")
    ]


def test_retried_letter_starts_with_a_clean_slate(sink, write):
    sink.script.rcpt = {"ana@example.org": "550 nobody"}
    message = write()
    delivery.deliver("transactional")
    sink.script.rcpt = {}

    mail.retry(message)
    delivery.deliver("transactional")

    message.refresh_from_db()
    assert (message.status, outcomes(message)) == (Status.SENT, ["refused"])


def _context(folder):
    """A server's TLS with a certificate for localhost that nobody signed."""
    import subprocess

    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
