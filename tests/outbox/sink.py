"""A mail server that keeps what it is given, and misbehaves as a test tells it to."""

import asyncio
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy


@dataclass
class Script:
    """How the sink answers. An answer is a reply line, "drop" (hang up) or "silence" (never answer)."""

    greeting: str = "220 sink ESMTP"
    ehlo: list = field(default_factory=lambda: ["250-sink", "250 8BITMIME"])
    mail: str = "250 sender fine"
    rcpt: dict = field(default_factory=dict)  # address -> answer
    data: str = "354 go ahead"
    before_dot: str = ""  # "drop": hang up while the letter comes in
    after_dot: dict = field(
        default_factory=dict
    )  # address -> answer; the letter is kept for 2xx and "drop"
    rset: str = "250 forgotten"
    accept_seconds: float = 0.0
    drip_seconds: float = 0.0  # between the bytes of the answer after the dot
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True)
class Kept:
    """A letter the sink took, with its envelope."""

    sender: str
    to: str
    content: bytes

    @property
    def mail(self):
        return message_from_bytes(self.content, policy=policy.default)


class Sink:
    def __init__(self, script=None):
        self.script = script or Script()
        self.kept: list[Kept] = []
        self.commands: list[str] = []
        self.connections = 0
        self.in_clear = True

    @property
    def mails(self):
        return [kept.mail for kept in self.kept]

    async def _serve(self, reader, writer):
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, _Hangup, ssl.SSLError):
            await self._converse(_Line(reader, writer))
        writer.close()

    async def _converse(self, line):
        script, sender, to = self.script, "", ""
        await line.say(script.greeting)
        while command := (await line.read()).decode().rstrip("\r\n"):
            self.commands.append(command)
            verb = command.upper()
            if verb.startswith("EHLO"):
                await line.say("\r\n".join(script.ehlo))
            elif verb.startswith("MAIL"):
                sender = command[command.index("<") + 1 : command.index(">")]
                await line.say(script.mail)
            elif verb.startswith("RCPT"):
                to = command[command.index("<") + 1 : command.index(">")]
                await line.say(script.rcpt.get(to, "250 reader fine"))
            elif verb == "DATA":
                await line.say(script.data)
                if script.data.startswith("3"):
                    await self._take(line, sender, to)
            elif verb == "STARTTLS":
                await line.say("220 go ahead")
                await line.writer.start_tls(script.tls)
            elif verb == "RSET":
                await line.say(script.rset)
            elif verb == "QUIT":
                await line.say("221 bye")
                return
            else:
                await line.say("250 fine")

    async def _take(self, line, sender, to):
        script, content = self.script, []
        while (part := await line.read()) != b".\r\n":
            if script.before_dot == "drop":
                raise _Hangup
            content.append(part[1:] if part.startswith(b".") else part)
        await asyncio.sleep(script.accept_seconds)
        answer = script.after_dot.get(
            to, script.after_dot.get("", f"250 kept {len(self.kept) + 1}")
        )
        if answer.startswith("2") or answer == "drop":
            self.kept.append(Kept(sender, to, b"".join(content)))
        await line.say(answer, drip=script.drip_seconds)


class _Hangup(Exception):
    """The script says to hang up."""


class _Line:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def read(self):
        return await self.reader.readuntil(b"\n")

    async def say(self, answer, *, drip=0.0):
        if answer == "drop":
            raise _Hangup
        if answer == "silence":
            await asyncio.sleep(3600)
        for byte in (answer + "\r\n").encode() if drip else ():
            self.writer.write(bytes([byte]))
            await asyncio.sleep(drip)
        if not drip:
            self.writer.write((answer + "\r\n").encode())
        await self.writer.drain()
        if answer.startswith("421"):
            raise _Hangup


@contextmanager
def listening(sink, *, port=0, implicit_tls=None):
    """Run the sink in a thread of its own; gives its port."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    found = {}

    async def start():
        found["server"] = await asyncio.start_server(
            sink._serve, "127.0.0.1", port, limit=2**22, ssl=implicit_tls
        )
        found["port"] = found["server"].sockets[0].getsockname()[1]
        started.set()

    def run():
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(5)
    try:
        yield found["port"]
    finally:
        loop.call_soon_threadsafe(found["server"].close)
        for task in asyncio.all_tasks(loop):
            loop.call_soon_threadsafe(task.cancel)
        time.sleep(0.05)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
