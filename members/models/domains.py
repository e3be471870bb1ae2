"""What the domain of an e-mail address or a web page tells about whoever is behind it."""

import functools
from pathlib import Path

from members.models.cities import CityDomain

_DATA = Path(__file__).resolve().parent.parent / "data"


def is_free_mail(domain: str) -> bool:
    """Whether anybody may get a mailbox at this domain (members/data/free_mail.txt, or what staff noted)."""
    return (
        domain in _lines("free_mail.txt")
        or CityDomain.objects.filter(domain=domain, kind=CityDomain.Kind.FREE_MAIL).exists()
    )


def government_suffix(domain: str) -> str:
    """The suffix that only public bodies get and that this domain ends with, or ""."""
    parts = domain.split(".")
    suffixes = (".".join(parts[start:]) for start in range(len(parts)))
    return next((suffix for suffix in suffixes if suffix in _lines("government_suffixes.txt")), "")


def share_a_site(domain: str, host: str) -> bool:
    """Whether they go together: the same name, or one below the other; never merely the same public suffix."""
    if host in _lines("government_suffixes.txt") or is_free_mail(host):
        return False
    return host == domain or domain.endswith(f".{host}") or host.endswith(f".{domain}")


def parents(domain: str) -> list[str]:
    """The domain and those it stands below: police.example.org -> police.example.org, example.org."""
    parts = domain.split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


@functools.cache
def _lines(name):
    text = (_DATA / name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
