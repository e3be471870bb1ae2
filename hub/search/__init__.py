"""Finding records: what people type, how well records answer it, the filters with their counts, one page of results.

`typed` reads what was typed, `terms` turns it into queries with what each word tells, `ranking` writes the SQL,
`facets` knows the filters, `page` answers with a page of hits; `spelling`, `near` and `kin` help further.
"""

from hub.search.facets import FACETS, Choice, Facet
from hub.search.learning import learn, learn_next
from hub.search.near import near, related
from hub.search.page import Found, Hit, Wanted, keys, search
from hub.search.spelling import suggest
from hub.search.typed import wanted_words

__all__ = [
    "FACETS",
    "Choice",
    "Facet",
    "Found",
    "Hit",
    "Wanted",
    "keys",
    "learn",
    "learn_next",
    "near",
    "related",
    "search",
    "suggest",
    "wanted_words",
]
