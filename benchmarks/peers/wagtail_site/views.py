from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from wagtail.search.backends import get_search_backend

from wagtail_site.models import Document

PAGE = 20
FACETS = ["kind", "theme", "country", "audience"]
# What a member of a city may read, like the member who searches the portal.
READABLE = ["public", "teaser", "members"]


def results(word):
    readable = Document.objects.filter(visibility__in=READABLE)
    return get_search_backend().search(word, readable)


@login_required
def search(request):
    word = request.GET["q"]
    found = results(word)
    context = {
        "word": word,
        "total": found.count(),
        "documents": found[:PAGE],
        "facets": [(name, found.facet(name)) for name in FACETS],
    }
    return render(request, "search.html", context)
