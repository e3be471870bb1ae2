"""OAI-PMH 2.0, as harvesters of libraries speak it: public records only, whoever asks.

https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpResponse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hub.models import Record
from hub.models.harvest import first_stamp, harvested
from hub.views import oai_xml

BATCH = 100
TOKEN_SECONDS = 24 * 3600
_SALT = "hub.oai"
_SELECTIVE = {"from", "until", "set", "metadataPrefix"}
# verb -> (arguments it must have, arguments it may have)
_ARGUMENTS: dict[str, tuple[set, set]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, _SELECTIVE),
    "ListRecords": ({"metadataPrefix"}, _SELECTIVE),
}
# A day later there is no date that could be told; harvesters say 9999 for "no end".
_LAST = datetime(9999, 12, 30, tzinfo=UTC)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


class Refused(Exception):
    """The protocol's answer to a question that cannot be answered: one of its codes, and why."""

    def __init__(self, code, why):
        self.code, self.why = code, why
        super().__init__(why)


@csrf_exempt  # harvesters may POST (the protocol, 3.1.1.2) and have no token; nothing here changes anything
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request):
    """Answer a harvester."""
    given = request.POST if request.method == "POST" else request.GET
    with override("en"):
        try:
            arguments = _arguments(given)
            body = _VERBS[arguments["verb"]](arguments)
        except Refused as refusal:
            kept = {} if refusal.code in ("badVerb", "badArgument") else given.dict()
            body, arguments = oai_xml.error(refusal.code, refusal.why), kept
        answer = oai_xml.answer(arguments, body)
    return HttpResponse(answer, content_type="text/xml; charset=utf-8")


def _arguments(given):
    """What was asked, by name; refused when a name is unknown, missing or given twice."""
    if len(given.getlist("verb")) != 1 or given["verb"] not in _ARGUMENTS:
        raise Refused("badVerb", "There must be one verb, one of the six of the protocol.")
    verb = given["verb"]
    names = set(given) - {"verb"}
    needed, allowed = _ARGUMENTS[verb]
    if any(len(given.getlist(name)) > 1 for name in names):
        raise Refused("badArgument", "An argument is given twice.")
    if verb in ("ListIdentifiers", "ListRecords") and "resumptionToken" in names:
        needed, allowed = {"resumptionToken"}, set()
    if names - needed - allowed or needed - names:
        raise Refused("badArgument", f"{verb} does not take these arguments.")
    return given.dict()


def _identify(arguments):
    first = first_stamp() or datetime(2015, 9, 29, tzinfo=UTC)
    return oai_xml.identify(first, settings.STAFF_EMAIL)


def _formats(arguments):
    if "identifier" in arguments:
        _one(arguments["identifier"])
    return oai_xml.formats()


def _sets(arguments):
    if "resumptionToken" in arguments:
        raise Refused("badResumptionToken", "The sets come in one answer.")
    return oai_xml.sets(Record.Kind.choices)


def _get(arguments):
    _check_format(arguments)
    record = _one(arguments["identifier"])
    return oai_xml.record("GetRecord", record, AnonymousUser())


def _one(identifier):
    code = identifier.removeprefix(oai_xml.PREFIX)
    found = harvested().with_statements().filter(code=code).first()
    if code == identifier or found is None:
        raise Refused("idDoesNotExist", "There is no public record of that name.")
    return found


def _list(arguments):
    """One batch of the list, and a token where there is more."""
    verb = arguments["verb"]
    wanted = _wanted(arguments)
    _check_format(wanted)
    rows = harvested()
    if wanted.get("set"):
        rows = rows.filter(kind=wanted["set"])
    earliest, latest = _period(wanted)
    rows = rows.between(earliest, latest).after(wanted.get("after"))
    batch = list(rows.with_statements()[: BATCH + 1])
    if not batch:
        raise Refused("noRecordsMatch", "Nothing fits these arguments.")
    token = None
    if len(batch) > BATCH:
        token = _token(wanted, batch[BATCH - 1])
    elif "after" in wanted:
        token = ""
    return oai_xml.batch(
        verb, batch[:BATCH], token, shown=wanted.get("shown", 0), user=AnonymousUser()
    )


def _wanted(arguments):
    if "resumptionToken" not in arguments:
        return {name: arguments[name] for name in _SELECTIVE if name in arguments}
    try:
        wanted = signing.loads(
            arguments["resumptionToken"], salt=_SALT, max_age=timedelta(seconds=TOKEN_SECONDS)
        )
    except signing.BadSignature as error:
        raise Refused("badResumptionToken", "This token is not ours, or is too old.") from error
    return wanted


def _token(wanted, last):
    """Where the next batch begins: after this record as it stands now. Nothing is kept on our side."""
    after = [last.stamp.isoformat(), last.pk]
    return signing.dumps(
        wanted | {"after": after, "shown": wanted.get("shown", 0) + BATCH}, salt=_SALT
    )


def _check_format(arguments):
    if arguments.get("metadataPrefix") != "oai_dc":
        raise Refused("cannotDisseminateFormat", "Records come as oai_dc.")


def _period(wanted):
    """From and until as moments, the end not included; both None where not asked."""
    given = [wanted.get("from"), wanted.get("until")]
    if all(given) and len(given[0]) != len(given[1]):
        raise Refused("badArgument", "From and until must be given to the same precision.")
    earliest, latest = (_moment(each) if each else None for each in given)
    if earliest and latest and earliest > latest:
        raise Refused("badArgument", "From must not be later than until.")
    if latest:
        latest = min(latest, _LAST)
        latest += timedelta(days=1) if len(given[1]) == 10 else timedelta(seconds=1)
    return earliest, latest


def _moment(given):
    try:
        if _DAY.match(given):
            return datetime.fromisoformat(given).replace(tzinfo=UTC)
        if _SECOND.match(given):
            return datetime.fromisoformat(given)
    except ValueError:
        pass
    raise Refused("badArgument", "A date is written 2026-03-12 or 2026-03-12T10:00:00Z.")


_VERBS = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _get,
    "ListIdentifiers": _list,
    "ListRecords": _list,
}
