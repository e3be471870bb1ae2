"""The XML of OAI-PMH answers and of Dublin Core in them."""

import re
from datetime import UTC
from io import StringIO

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.xmlutils import SimplerXMLGenerator

from hub.models import Visibility
from hub.views.citations import PUBLISHER, address, citation

_OAI = "http://www.openarchives.org/OAI/2.0/"
_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIX = f"oai:{settings.SITE_HOST}:"
_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Element:
    """An element with its attributes and what is in it: elements, text or nothing."""

    def __init__(self, name, *content, **attributes):
        self.name, self.content = name, content
        self.attributes = {
            name.replace("__", ":"): str(value) for name, value in attributes.items()
        }

    def write(self, xml):
        xml.startElement(self.name, self.attributes)
        for each in self.content:
            if isinstance(each, Element):
                each.write(xml)
            else:
                xml.characters(_BAD.sub("", str(each)))
        xml.endElement(self.name)


def answer(arguments, body):
    """A whole answer: when, to what, and the body; `arguments` are repeated as the protocol asks."""
    asked = {name.replace(":", "__"): _BAD.sub("", value) for name, value in arguments.items()}
    root = Element(
        "OAI-PMH",
        Element("responseDate", _moment(timezone.now())),
        Element("request", _address(), **asked),
        body,
        xmlns=_OAI,
        xmlns__xsi=_XSI,
        xsi__schemaLocation=f"{_OAI} {_OAI}OAI-PMH.xsd",
    )
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    root.write(xml)
    return out.getvalue()


def error(code, why):
    return Element("error", why, code=code)


def identify(first, email):
    return Element(
        "Identify",
        Element("repositoryName", f"{PUBLISHER}: library"),
        Element("baseURL", _address()),
        Element("protocolVersion", "2.0"),
        Element("adminEmail", email),
        Element("earliestDatestamp", _moment(first)),
        Element("deletedRecord", "transient"),
        Element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    )


def formats():
    return Element(
        "ListMetadataFormats",
        Element(
            "metadataFormat",
            Element("metadataPrefix", "oai_dc"),
            Element("schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"),
            Element("metadataNamespace", _DC),
        ),
    )


def sets(choices):
    return Element(
        "ListSets",
        *(
            Element("set", Element("setSpec", spec), Element("setName", name))
            for spec, name in choices
        ),
    )


def record(verb, found, user):
    return Element(verb, _record(found, user))


def batch(verb, records, token, *, shown, user):
    """A part of a list; `token` is None where the list is whole, empty at its end."""
    write = _header if verb == "ListIdentifiers" else _record
    parts = [write(found, user) for found in records]
    if token is not None:
        parts.append(Element("resumptionToken", token, cursor=shown))
    return Element(verb, *parts)


def _record(found, user):
    header = _header(found, user)
    if found.is_gone:
        return Element("record", header)
    return Element("record", header, Element("metadata", _dublin_core(found, user)))


def _header(found, user):
    parts = [
        Element("identifier", PREFIX + found.code),
        Element("datestamp", _moment(found.stamp)),
        Element("setSpec", found.kind),
    ]
    return Element("header", *parts, **({"status": "deleted"} if found.is_gone else {}))


def _dublin_core(found, user):
    return Element(
        "oai_dc:dc",
        *(
            Element(f"dc:{name}", value, **attributes)
            for name, value, attributes in _said(found, user)
            if value
        ),
        xmlns__oai_dc=_DC,
        xmlns__dc="http://purl.org/dc/elements/1.1/",
        xmlns__xsi=_XSI,
        xsi__schemaLocation=f"{_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    )


def _said(found, user):
    """The statements of one record: of one "in short" only what everybody may read."""
    texts, terms = found.readable_texts(), list(found.terms.all())
    for text in texts:
        yield "title", text.title, {"xml__lang": text.language}
    for name in citation(found, texts[0], user).authors if texts else []:
        yield "creator", name, {}
    subjects = {"theme"} if found.visibility == Visibility.TEASER else {"theme", "area"}
    for term in terms:
        if term.vocabulary in subjects:
            yield "subject", term.label, {}
    for text in texts:
        yield "description", text.summary, {"xml__lang": text.language}
    yield "publisher", PUBLISHER, {}
    yield "date", found.published_at.date().isoformat(), {}
    yield "type", found.get_kind_display(), {}
    yield "format", "text/html", {}
    yield "identifier", address(found), {}
    yield "identifier", found.code, {}
    for text in texts:
        yield "language", text.language, {}
    for term in terms:
        if term.vocabulary == "country":
            yield "coverage", term.label, {}
    yield "rights", _rights(found), {}


def _rights(found):
    if found.visibility == Visibility.TEASER:
        return "The full text is for members of the network."
    if not found.licence:
        return ""
    return found.licence.exact_match or found.licence.label


def _address():
    return settings.SITE_ORIGIN + reverse("hub:oai")


def _moment(when):
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
