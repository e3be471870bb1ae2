from django.utils.translation import gettext_lazy as _

from core.models import Term
from hub.models import Record


class LibraryForm:
    """What a visitor looks for in the library, read from the address. Anything unknown is left out, never an error."""

    BEST, NEWEST = "best", "newest"
    SORTS = [(BEST, _("Best match")), (NEWEST, _("Newest"))]
    LONGEST = 200

    def __init__(self, data):
        self.q = data.get("q", "").strip()[: self.LONGEST]
        kinds, codes = set(data.getlist("kind")), set(data.getlist("theme"))
        self.kinds = [kind for kind in Record.Kind.values if kind in kinds]
        self.all_themes = list(Term.objects.of(Term.Vocabulary.THEME).current())
        self.themes = [term for term in self.all_themes if term.code in codes]
        self.sort = self._sort(data.get("sort"))
        page = data.get("page", "")
        self.page = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1

    def _sort(self, asked):
        """Without words nothing matches better than another, so the newest come first."""
        if self.q and asked != self.NEWEST:
            return self.BEST
        return self.NEWEST

    @property
    def chosen(self):
        """How many filters are on."""
        return len(self.kinds) + len(self.themes)
