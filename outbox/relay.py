"""The mail server we hand letters to, spoken to plainly enough to know what became of each letter.

smtplib's own sendmail() hides the moment that matters: whether the final dot had gone out when the
connection broke. Before it, the letter was surely not taken; after it, nobody can know (RFC 1047).
"""

import re
import smtplib
import socket
import ssl
import time
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from outbox import letters

LETTER_SECONDS = 40  # for one letter from MAIL to the answer after the dot; less than a lease
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class NotTaken(Exception):
    """The server did not take the letter; `str()` is what it said."""


class Later(NotTaken):
    """Not now: this letter may go another time, the next one perhaps at once."""


class Refused(NotTaken):
    """Never: this reader or this letter is refused for good."""


class Lost(NotTaken):
    """The connection failed, before the letter was complete. It was surely not taken."""


class Doubtful(NotTaken):
    """The connection failed after the letter was complete. Perhaps it was taken, perhaps not."""


@contextmanager
def connected():
    """A connection for a batch of letters; raises Lost when there is none to be had.

    Where EMAIL_URL names another backend than SMTP (a file, the console, a test's memory), that takes them.
    """
    server = Server() if settings.EMAIL_BACKEND == SMTP_BACKEND else Backend()
    try:
        yield server
    finally:
        server.close()


class Server:
    """An SMTP server. TLS is used when the settings ask for it, and then nothing is ever sent without."""

    def __init__(self):
        try:
            self.smtp = _connect()
            self.is_usable = True  # until it hangs up on us between two letters
        except (OSError, smtplib.SMTPException) as error:
            raise Lost(_words(error)) from error

    def hand_over(self, letter: letters.Letter) -> str:
        """Hand one letter over; returns the server's words, or raises one of NotTaken."""
        self.smtp.give_up_at = time.monotonic() + LETTER_SECONDS
        sender = letters.sender_address()
        self._say(f"MAIL FROM:<{sender}>", refusal=Later)  # our fault, not the reader's
        self._say(f"RCPT TO:<{letters.wire_address(letter.to)}>")
        self._say("DATA", wanted=3)
        with _telling(Lost):
            self.smtp.send(_dotted(letter.content))
        with _telling(Doubtful):
            code, words = self.smtp.getreply()
        return self._judge(code, words, nonsense=Doubtful)

    def close(self):
        with suppress(OSError, smtplib.SMTPException):
            self.smtp.give_up_at = time.monotonic() + 2
            self.smtp.quit()
        self.smtp.close()

    def _say(self, command, *, wanted=2, refusal=Refused):
        with _telling(Lost):
            code, words = self.smtp.docmd(command)
        self._judge(code, words, wanted=wanted, refusal=refusal)

    def _judge(self, code, words, *, wanted=2, refusal=Refused, nonsense=Lost):
        """The words of an answer of the wanted class (2 or 3); any other is raised as what it means."""
        said = f"{code} {words.decode('utf-8', 'replace')}"
        if code // 100 == wanted:
            return said
        if code == 421:
            raise Lost(said)
        if not 400 <= code <= 599:
            raise nonsense(said)
        try:
            self.smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.is_usable = False
        raise (refusal if code >= 500 else Later)(said)


class Backend:
    """Any other mail backend of Django: development and tests."""

    is_usable = True

    def __init__(self):
        self.connection = get_connection()
        self.connection.open()

    def hand_over(self, letter) -> str:
        mail = EmailMultiAlternatives(
            letter.subject,
            letter.text,
            letters.sender(),
            [letter.to],
            headers=letter.headers(),
        )
        mail.attach_alternative(letter.html, "text/html")
        with _telling(Doubtful):
            self.connection.send_messages([mail])
        return settings.EMAIL_BACKEND

    def close(self):
        self.connection.close()


class _Patient(smtplib.SMTP):
    """smtplib with a limit on the whole answer: a server that drips bytes cannot hold us for ever."""

    give_up_at = float("inf")

    def connect(self, host="localhost", port=0, source_address=None):
        self._host = host  # the name a certificate must bear
        return super().connect(host, port, source_address)

    def _get_socket(self, host, port, timeout):
        sock = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def getreply(self):
        if self.file is None:
            self.file = _Replies(self)
        return super().getreply()


class _PatientTLS(_Patient, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Replies:
    """What smtplib reads lines from; each wait is cut to what is left of the time."""

    def __init__(self, smtp):
        self.smtp, self.buffer = smtp, b""

    def readline(self, limit=-1):
        while b"\n" not in self.buffer and not 0 < limit < len(self.buffer):
            left = self.smtp.give_up_at - time.monotonic()
            if left <= 0:
                raise TimeoutError("The server took too long to answer.")
            self.smtp.sock.settimeout(min(settings.EMAIL_TIMEOUT, left))
            block = self.smtp.sock.recv(8192)
            if not block:
                break
            self.buffer += block
        end = self.buffer.find(b"\n") + 1 or len(self.buffer)
        line, self.buffer = self.buffer[:end], self.buffer[end:]
        return line

    def close(self):
        self.buffer = b""


def _connect() -> _Patient:
    """Greet, encrypt where asked for, log in where asked for; any failure closes the connection."""
    patience = {"timeout": settings.EMAIL_TIMEOUT, "local_hostname": settings.SITE_HOST}
    smtp = (
        _PatientTLS(context=_tls(), **patience) if settings.EMAIL_USE_SSL else _Patient(**patience)
    )
    smtp.give_up_at = time.monotonic() + LETTER_SECONDS
    try:
        code, words = smtp.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=_tls())
        smtp.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _tls():
    """Certificates are checked, always (SSL_CERT_FILE names the authority of a server of one's own)."""
    return ssl.create_default_context()


def _dotted(content):
    """The content with its dots stuffed and the final one (RFC 5321, 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"


@contextmanager
def _telling(failure):
    """A broken connection, told as `failure`."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise failure(_words(error)) from error


def _words(error):
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {words}"
    return str(error) or type(error).__name__
