"""How to cite a record: for people, and for the programs that keep their references."""

import json
import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from hub.rules import may_read_in_full
from hub.views.cards import leader, named_cities

PUBLISHER = "Strong Cities Network"
_LATEX = re.compile(r"[\\{}$&#%_^~]")
_LATEX_WORDS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
_BABEL = {"en": "english", "fr": "french", "ar": "arabic"}


@dataclass(frozen=True)
class Citation:
    """What a citation of one record says to one reader."""

    code: str
    authors: list[str]
    title: str
    language: str
    genre: str
    year: int
    month: int
    day: int
    version: int
    url: str

    @property
    def who(self):
        return self.authors or [PUBLISHER]

    def bibtex(self) -> str:
        """One entry of a BibTeX file; braces keep names and capitals as they are."""
        fields = {
            "author": " and ".join(f"{{{_latex(name)}}}" for name in self.who),
            "title": f"{{{_latex(self.title)}}}",
            "year": str(self.year),
            "version": str(self.version),
            "type": _latex(self.genre),
            "number": self.code,
            "institution": PUBLISHER,
            "langid": _BABEL.get(self.language, self.language),
            "url": self.url,
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@techreport{{{self.code},\n{lines}\n}}\n"

    def csl(self) -> dict:
        """The same as CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html)."""
        return {
            "id": self.code,
            "type": "report",
            "genre": self.genre,
            "title": self.title,
            "author": [{"literal": name} for name in self.who],
            "issued": {"date-parts": [[self.year, self.month, self.day]]},
            "publisher": PUBLISHER,
            "number": self.code,
            "version": str(self.version),
            "language": self.language,
            "URL": self.url,
        }


def citation(record, text, user) -> Citation:
    """How this visitor cites the record in the version they read; cities they may not know stay out."""
    authors = []
    if may_read_in_full(user, record):
        authors = [str(city) for city in named_cities(record, user)]
        if not authors and record.lead_organization:
            authors = [leader(record)]
    with override("en"):
        genre = str(record.get_kind_display())
    return Citation(
        code=record.code,
        authors=authors,
        title=text.title if text else record.code,
        language=text.language if text else "",
        genre=genre[:1].upper() + genre[1:],
        year=record.updated_at.year,
        month=record.updated_at.month,
        day=record.updated_at.day,
        version=record.revision,
        url=address(record),
    )


def address(record) -> str:
    """The address to pass on: the same for every reader, whatever the language of their page."""
    with override("en"):
        return settings.SITE_ORIGIN + reverse("hub:record", args=[record.code])


def csl_json(citations) -> str:
    """A file of CSL-JSON."""
    return json.dumps([each.csl() for each in citations], ensure_ascii=False, indent=1)


def _latex(words):
    escaped = _LATEX.sub(lambda found: _LATEX_WORDS.get(found[0], f"\\{found[0]}"), words)
    return " ".join(escaped.split())
