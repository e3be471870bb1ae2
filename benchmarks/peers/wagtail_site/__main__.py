"""Loads the documents that the first line of the input names, then answers each further line with a line of JSON.

`explain WORD` says how many documents are found, and whether by the index that was added; `measure WORD` asks for the
page once; `stock` leaves the site with the indexes that Wagtail itself makes.
"""

import json
import secrets
import sys
import time
from importlib.metadata import version
from io import StringIO
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[2]))

from _frame import database

ADDED = "bench_title_or_body"
_TUNE = f"CREATE INDEX {ADDED} ON wagtailsearch_indexentry USING gin ((title || body))"


def main():
    told = json.loads(sys.stdin.readline())
    _configure(told["database"])
    with database("wagtail") as connection:
        _load(connection, told["documents"])
        _answer(_versions(connection))
        client = _browser()
        for line in sys.stdin:
            what, _, word = line.strip().partition(" ")
            if what == "stock":
                _answer(_untune(connection))
            else:
                _answer(_explain(word) if what == "explain" else _measure(client, word))


def _configure(server):
    from django.conf import settings

    middleware = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
    contrib = [f"django.contrib.{name}" for name in ("contenttypes", "auth", "sessions")]
    engine = "django.template.backends.django.DjangoTemplates"
    request = "django.template.context_processors.request"
    settings.configure(
        DEBUG=False,
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=["testserver"],
        DATABASES={"default": server},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[*contrib, "taggit", "wagtail", "wagtail.search", "wagtail_site"],
        STATIC_URL="/static/",
        WAGTAIL_SITE_NAME="Library",
        MIDDLEWARE=middleware,
        ROOT_URLCONF="wagtail_site.urls",
        # Without DEBUG, Django keeps templates in memory.
        TEMPLATES=[
            {"BACKEND": engine, "APP_DIRS": True, "OPTIONS": {"context_processors": [request]}}
        ],
        WAGTAILSEARCH_BACKENDS={
            "default": {
                "BACKEND": "wagtail.search.backends.database",
                "SEARCH_CONFIG": "english",
            }
        },
        USE_TZ=True,
    )


def _load(connection, path):
    """As after an import: indexed by Wagtail's own command, then tidied and counted by Postgres."""
    from django.core.management import call_command

    from wagtail_site.models import Document

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with Path(path).open(encoding="utf-8") as lines:
            Document.objects.bulk_create(
                (Document(**json.loads(line)) for line in lines), batch_size=1000
            )
        call_command("update_index", verbosity=0, stdout=StringIO())
        cursor.execute(_TUNE)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def _versions(connection):
    from wagtail_site.models import Document

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [postgres] = cursor.fetchone()
    packages = {name: version(name) for name in ("wagtail", "modelsearch", "django")}
    return packages | {"postgres": postgres, "documents": Document.objects.count()}


def _browser():
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.create_user("bench"))
    return client


def _explain(word):
    """Of the statements that a page makes, the one with the first results, and what all counts have in common."""
    from wagtail_site.views import PAGE, results

    found = results(word)
    plans = [
        found[:PAGE].get_queryset().explain(),
        found.get_queryset().order_by().explain(),
    ]
    return {"found": found.count(), "by_index": all(ADDED in plan for plan in plans)}


def _measure(client, word):
    start = time.perf_counter()
    page = client.get("/search/", {"q": word})
    spent = (time.perf_counter() - start) * 1000
    if page.status_code != 200:
        raise RuntimeError(f"the page answers {page.status_code}")
    return {"ms": spent, "bytes": len(page.content)}


def _untune(connection):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {ADDED}")
    return {}


def _answer(said):
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
