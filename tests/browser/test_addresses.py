"""No page is forgotten: every address of the portal is looked at, or draws no page of its own."""

import re

from django.urls import URLPattern, get_resolver, resolve

from tests.browser import addresses

TABLES = [
    addresses.PUBLIC,
    addresses.LINKS,
    addresses.MEMBER,
    addresses.APPLICANT,
    addresses.FACTORS,
    addresses.STAFF,
    addresses.of_the_admin(),
    *addresses.LIBRARY.values(),
]
# Nothing is deleted, added or looked up where nobody may: the page of refusals is looked at. What happened is told by
# one template, which is looked at for two kinds of things.
IN_BRACES = re.compile(r"\{([^}]+)\}")
ALIKE = re.compile(r"admin:\w+_(delete|history|add)$")
# What stands in braces is a number, but for these.
ANY = dict.fromkeys(["colleague", "request", "list"], "00000000-0000-0000-0000-000000000000")


def _names(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{prefix}{pattern.name}"
        else:
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _names(pattern.url_patterns, prefix + namespace)


def _looked_at():
    for table in TABLES:
        for name, address in table.items():
            if "not-found" not in name:
                any_of_them = {found: ANY.get(found, "1") for found in IN_BRACES.findall(address)}
                yield resolve(address.partition("?")[0].format_map(any_of_them)).view_name
    for walked in addresses.WALKED.values():
        yield from walked


def test_every_page_is_looked_at():
    no_pages = {name for names in addresses.NO_PAGES.values() for name in names}
    everything = set(_names(get_resolver().url_patterns))
    looked_at = set(_looked_at())

    forgotten = everything - looked_at - no_pages

    assert {name for name in forgotten if not ALIKE.match(name)} == set()
    assert (no_pages | looked_at) - everything == set()
    assert no_pages & looked_at == set()


def test_every_picture_has_its_own_name():
    names = [name for table in TABLES for name in table]

    assert len(names) == len(set(names))
