"""The canary sweep: every address as every kind of visitor, and no word that the visitor may not read.

A new address joins by itself when it has no parameter, or `code` alone. Any other wants a line in EXAMPLES that
says with which things it is opened; until then test_every_address_is_swept fails.
"""

import io
import re
import zipfile
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils.module_loading import import_string
from pypdf import PdfReader

from core.models import RateCount
from hub.emails.searches import token as letter_token
from hub.models.visibility import ReadableQuerySet
from outbox.letters import render
from outbox.models import Message
from tests import canary

# Left out, each with its reason.
LEFT_OUT = {
    "admin:": "only staff come in: tests/test_access.py, every address as every kind",
    "mfa_": "no word of the library: tests/members/test_second_factor.py",
    "account_logout": "would end the sweep",
}
QUERIES = {
    "hub:library": ["kind=practice", "sort=newest", "page=2", "q=zz", "theme=youth&country=DK"],
    "hub:oai": [
        "verb=Identify",
        "verb=ListSets",
        "verb=ListRecords&metadataPrefix=oai_dc",
        "verb=ListIdentifiers&metadataPrefix=oai_dc",
    ],
    "members:join_places": ["q=ci"],
}


def _codes(planted):
    return [[record.code] for record in planted.records.values()]


def _of_record(name):
    return lambda planted: [
        [thing.record.code, thing.pk] for thing in planted.things[name] if thing.record
    ]


def _by_uid(name):
    return lambda planted: [[thing.uid] for thing in planted.things[name]]


def _of_contribution(name):
    return lambda planted: [
        [thing.contribution.uid, thing.pk] for thing in planted.things[name] if thing.contribution
    ]


def _forged(_planted):
    return [["forged-token"]]


# With which things an address is opened that has other parameters than `code`; a name may end in *.
EXAMPLES = {
    "hub:file": _of_record("files"),
    "hub:reply": _of_record("evaluations"),
    "hub:translate": lambda planted: [[*code, "fr"] for code in _codes(planted)],
    "hub:version": lambda planted: [
        [*code, number] for code in _codes(planted) for number in (1, 2)
    ],
    "hub:restore": lambda planted: [[*code, 1] for code in _codes(planted)],
    "hub:access_request": _by_uid("requests"),
    "hub:end_access": lambda planted: [[grant.pk] for grant in planted.things["grants"]],
    "hub:stop_letters": lambda planted: [[letter_token(planted.things["searches"][0])]],
    "hub:change_search": _by_uid("searches"),
    "hub:delete_search": _by_uid("searches"),
    "hub:reading_list": _by_uid("lists"),
    "hub:change_list": _by_uid("lists"),
    "hub:delete_list": _by_uid("lists"),
    "hub:restore_item": _by_uid("lists"),
    "hub:*_item": lambda planted: [
        [each.uid, item.pk] for each in planted.things["lists"] for item in each.items.all()[:1]
    ],
    "hub:contribution_file_add": _by_uid("contributions"),
    "hub:contribution_file*": _of_contribution("files"),
    "hub:contribution_settle": _of_contribution("comments"),
    "hub:contribution_edit": lambda planted: [
        [thing.uid, section]
        for thing in planted.things["contributions"]
        for section in ("about", "story", "codes", "context", "links", "files", "audience")
    ],
    "hub:contribution*": _by_uid("contributions"),
    "core:media": lambda planted: [["00000000-0000-4000-8000-000000000000"]],
    "core:*job": _by_uid("jobs"),
    "hub:export_file": _by_uid("jobs"),
    "members:colleague": lambda planted: [["00000000-0000-4000-8000-000000000000"]],
    "members:endorse": lambda planted: [["00000000-0000-4000-8000-000000000000"]],
    "members:refuse": lambda planted: [["00000000-0000-4000-8000-000000000000"]],
    "members:join_step": lambda planted: [["city"], ["post"], ["themes"], ["pledge"], ["check"]],
    "members:join_*": _forged,
    "members:welcome*": _forged,
    "account_confirm_email": _forged,
    "account_reset_password_from_key": lambda planted: [["1", "forged-token"]],
    "outbox:demo_mail*": lambda planted: [["no-such.eml"]],
}


@pytest.fixture
def planted(db):
    return canary.build()


def _patterns(patterns=None, prefix=""):
    """Every named address of the project with the names of its parameters."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                groups = pattern.pattern.regex.groupindex
                yield f"{prefix}{pattern.name}", tuple(pattern.pattern.converters or groups)
        else:
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _patterns(pattern.url_patterns, prefix + namespace)


def _swept():
    return {
        (name, parameters)
        for name, parameters in _patterns()
        if not any(name.startswith(start) for start in LEFT_OUT)
    }


def _example(name):
    """What opens this address: its own line, else the longest one that ends in * and fits."""
    fitting = [
        line for line in EXAMPLES if re.fullmatch(re.escape(line).replace(r"\*", ".*"), name)
    ]
    return EXAMPLES[max(fitting, key=lambda line: (line == name, len(line)))] if fitting else None


def _arguments(planted, name, parameters):
    if not parameters:
        return [[]]
    if parameters == ("code",):
        return _codes(planted)
    return _example(name)(planted)


def test_every_address_is_swept():
    lost = {
        name
        for name, parameters in _swept()
        if parameters not in [(), ("code",)] and _example(name) is None
    }

    assert lost == set()


# --- the sweep


def _addresses(planted):
    """(name, address) of everything a visitor may type."""
    for name, parameters in sorted(_swept()):
        for arguments in _arguments(planted, name, parameters):
            address = reverse(name, args=arguments)
            yield name, address
            for query in QUERIES.get(name, []):
                yield name, f"{address}?{query}"
    for language in ("fr", "ar"):
        for address in ["/", "/hub/", "/hub/feed/", *[f"/hub/{c[0]}/" for c in _codes(planted)]]:
            yield "hub:record", f"/{language}{address}"
    for code in _codes(planted):
        yield "hub:record", f"/hub/{code[0]}/?text=ar"
        for query in (f"verb=GetRecord&metadataPrefix=oai_dc&identifier={code[0]}", ""):
            yield "hub:oai", f"/hub/oai/?{query}"


def _visitor(planted, kind, **how):
    client = Client(**how)
    if planted.people[kind]:
        client.force_login(planted.people[kind])
    return client


def _said(response):
    """All that an answer says: its headers and its body, unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    said = [str(dict(response.headers)), content.decode("utf-8", errors="ignore")]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            said += [
                archive.read(name).decode("utf-8", errors="ignore") for name in archive.namelist()
            ]
    if content.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(content)).pages
        said += [re.sub(r"\s", "", page.extract_text()) for page in pages]
    return "\n".join([*said, kind])


def _ask(client, address, **headers):
    RateCount.objects.all().delete()
    return _said(client.get(address, **headers))


def _told(planted, said, name=""):
    """The canaries in what was said, leaving out where they may stand for everybody."""
    return {
        each
        for each in planted.canaries
        if name not in each.elsewhere and (each.word in said or each.shadow in said)
    }


def _sweep(planted, kind, **how):
    """All canaries that this kind of visitor meets, each with the first address."""
    client, met = _visitor(planted, kind, **how), {}
    for name, address in _addresses(planted):
        said = _ask(client, address)
        if name == "hub:file":
            said += _ask(client, address, headers={"Range": "bytes=2-"})
            said += str(client.head(address).headers)
        for each in _told(planted, said, name):
            met.setdefault(each, address)
    return met


def _leaks(kind, met):
    return sorted(
        f"{each.where} at {address}" for each, address in met.items() if kind not in each.readers
    )


@pytest.mark.parametrize("kind", sorted(canary.EVERYBODY - canary.STAFF))
def test_no_visitor_meets_a_word_that_is_not_for_them(planted, kind):
    met = _sweep(planted, kind)

    assert _leaks(kind, met) == []
    if kind in canary.INSIDE:
        assert len(met) > 40  # it does see what it may


def test_staff_meet_every_canary_that_is_shown(planted):
    """Without this, a canary that was put nowhere would guard nothing."""
    met = _sweep(planted, "STF")
    own = {each for each in planted.canaries if "STF" not in each.readers}

    unseen = sorted(e.where for e in set(planted.canaries) - own - set(met) if e.is_shown)

    assert unseen == []
    assert _leaks("STF", met) == []


def test_the_sweep_finds_a_leak(planted, monkeypatch):
    """The negative control: with the rule gone, strangers meet what is not for them."""
    monkeypatch.setattr(ReadableQuerySet, "_open_to", lambda self, user, in_full: self.all())

    leaks = _leaks("ANON", _sweep(planted, "ANON", raise_request_exception=False))

    for name in ("members", "group", "staff", "draft", "archived", "embargoed"):
        assert any(leak.startswith(f"{name}: title") for leak in leaks), name


# --- searching


def _misspelt(word):
    """A letter left out."""
    return word[:6] + word[7:]


@pytest.mark.parametrize("kind", ["ANON", "MOC"])
def test_no_search_finds_by_a_word_that_is_not_for_the_visitor(planted, kind):
    """Not by the word, not by a misspelling of it; and what is said is what is said of a word that is nowhere."""
    client, wrong = _visitor(planted, kind), []
    nothing = "zqqxwvbnmkjhg"
    plain = _scrubbed(_ask(client, f"/hub/?q={nothing}"), nothing)
    hidden = [each for each in planted.canaries if kind not in each.readers]
    for each in hidden:
        said = _ask(client, f"/hub/?q={each.word}")
        if _scrubbed(said, each.word) != plain:
            wrong.append(f"{each.where}: found")
    for each in hidden:
        if "title" in each.where or "description" in each.where:
            typed = _misspelt(each.word)
            if _told(planted, _ask(client, f"/hub/?q={typed}")) - _readable(planted, kind):
                wrong.append(f"{each.where}: suggested")

    assert wrong == []


def _readable(planted, kind):
    return {each for each in planted.canaries if kind in each.readers}


def _scrubbed(said, word):
    """What was said without what was typed and what differs from one answer to the next."""
    said = said.replace(word, "").replace(quote(word), "")
    said = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", said)
    return re.sub(r"'(Content-Length|Set-Cookie)': '[^']*'|nonce-[\w-]+", "", said)


@pytest.mark.parametrize("kind", ["MOC", "GRA"])
def test_whoever_may_read_finds(planted, kind):
    """The words that are searched at all, by one who may read them."""
    client = _visitor(planted, kind)
    record = "members" if kind == "MOC" else "group"
    places = ["title fr", "summary ar", "description en", "led by", "keywords en", "link"]
    places += ["evaluation: reasons"]

    lost = []
    for each in planted.canaries:
        is_searched = each.where in [f"{record}: {place}" for place in places]
        if is_searched and each.code not in _ask(client, f"/hub/?q={each.word}"):
            lost.append(each.where)

    assert lost == []


# --- letters


def test_no_letter_tells_what_its_reader_may_not_read(planted):
    """Every letter that the clock has written, as its reader gets it."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"].startswith("hub."):
            import_string(entry["task"])()
    kinds = {user.email: kind for kind, user in planted.people.items() if user}
    letters = [(kinds[m.to], render(m)) for m in Message.objects.filter(to__in=kinds)]

    leaks = [
        f"{each.where} to {kind}"
        for kind, letter in letters
        for each in _told(planted, letter.subject + letter.text + letter.html)
        if kind not in each.readers
    ]

    assert leaks == []
    assert {kind for kind, _letter in letters} >= {"MOC", "LOC", "GRA"}
