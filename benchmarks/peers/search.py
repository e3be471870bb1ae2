"""The search page against that of a Wagtail site with the same records, 50,000 of them (figure 4 of speed).

    python benchmarks/peers/search.py            SIZE=3000 python benchmarks/peers/search.py

Wagtail (wagtail_site/) stands in an environment of its own, made at the first run, with the portal's versions of Django
and psycopg. Both pages are asked for in turns, each of the site's own logged-in reader, for a word that one record in
22 holds and one that every third does. Prints our time over Wagtail's, once Wagtail has the index that its
migrations leave out; for information the times, how many records each finds, and Wagtail as it comes.

Works in databases of their own on the server of DATABASE_URL, and removes them. Ends non-zero when a figure misses its
target.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _frame import Figures, database
from _search_library import grow_to, look_for, member

SIZE = int(os.environ.get("SIZE", "50000"))
PAIRS = 11
MOST = 1 / 4  # docs/adr/0008
WORDS = ("medium", "broad")
CODES = {"theme": "theme", "country": "country", "target_audience": "audience"}
PACKAGES = ["wagtail==8.0.1", "modelsearch==1.3.2"]
figures = Figures()


def main():
    python = _environment()
    with database("peers") as connection, tempfile.TemporaryDirectory() as folder:
        words = grow_to(SIZE, figures, first=True)
        documents = Path(folder, "documents.jsonl")
        _hand_over(documents)
        with _wagtail(python, connection, documents) as wagtail:
            client = _browser()
            for name in WORDS:
                _compare(name, words[name], client, wagtail)
            wagtail.ask("stock")
            for name in WORDS:
                _as_it_comes(name, words[name], wagtail)
    return bool(figures.missed)


def _environment():
    """The Python of an environment with Wagtail, made anew when other packages are wanted."""
    import django
    import psycopg
    from django.conf import settings

    folder = settings.STATE_DIR / "peers" / "wagtail"
    same = [f"django=={django.__version__}", f"psycopg[binary]=={psycopg.__version__}"]
    wanted, made = "\n".join([*PACKAGES, *same]), folder / "packages"
    python = folder / "bin" / "python"
    if not made.exists() or made.read_text() != wanted:
        print(f"Making {folder} ...", flush=True)
        venv.create(folder, clear=True, symlinks=True, with_pip=True)
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        install = [python, "-m", "pip", "install", *quiet, "--only-binary", ":all:"]
        subprocess.run([*install, *wanted.split()], check=True)
        made.write_text(wanted)
    return python


def _hand_over(path):
    """Every record once, in English or else in its own language, with the first of its codes of each kind."""
    from django.db.models import Case, Value, When

    from hub.models import Record, RecordText

    coded = {}
    through = Record.terms.through.objects.filter(term__vocabulary__in=CODES).order_by("-pk")
    for record, vocabulary, label in through.values_list(
        "record_id", "term__vocabulary", "term__label_en"
    ).iterator():
        coded.setdefault(record, {})[CODES[vocabulary]] = label
    english_first = Case(When(language="en", then=Value(0)), default=Value(1))
    texts = RecordText.objects.order_by("record_id", english_first, "pk").distinct("record_id")
    names = ["record_id", "title", "summary", "description", "record__kind", "record__visibility"]
    with path.open("w", encoding="utf-8") as lines:
        for record, title, summary, body, kind, visibility in texts.values_list(*names).iterator():
            said = {"title": title, "summary": summary, "body": body}
            codes = {"kind": kind, "visibility": visibility, **coded.get(record, {})}
            print(json.dumps(said | codes), file=lines)


@contextmanager
def _wagtail(python, connection, documents):
    """A Wagtail site that holds the documents; whatever happens, it ends and leaves no database."""
    command = [python, "-W", "ignore", "-m", "wagtail_site"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=Path(__file__).parent, start_new_session=True, **pipes)
    try:
        wagtail = Site(process)
        started = time.perf_counter()
        kept = ["ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS", "CONN_MAX_AGE"]
        server = {name: connection.settings_dict[name] for name in kept}
        versions = wagtail.ask(json.dumps({"database": server, "documents": str(documents)}))
        print("  ".join(f"{name} {version}" for name, version in versions.items()), flush=True)
        figures.tell("wagtail_loaded", [time.perf_counter() - started], unit="s", digits=0)
        yield wagtail
        process.stdin.close()
        process.wait(timeout=60)
    finally:
        _end(process)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "bench_wagtail_{process.pid}" WITH (FORCE)')


def _end(process):
    """First as Ctrl-C does, so that it can tidy up."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Site:
    """A process that answers each line with a line of JSON."""

    def __init__(self, process):
        self.process = process

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("The Wagtail site ended; what it said stands above.")
        return json.loads(answer)

    def measure(self, word):
        return self.ask(f"measure {word}")

    def explain(self, word, page):
        said = self.ask(f"explain {word}")
        by = "by the added index" if said["by_index"] else "without the added index"
        return f"{said['found']} found {by}, {page['bytes'] / 1024:.0f} kB"


def _browser():
    from django.test import Client

    client = Client()
    client.force_login(member())
    client.get("/hub/")
    return client


def _compare(name, word, client, wagtail):
    """Both pages in turns, after one of each for warming up."""
    _page(client, word), wagtail.measure(word)
    pairs = [(_page(client, word), wagtail.measure(word)) for _ in range(PAIRS)]
    ours, theirs = [mine for mine, _ in pairs], [page["ms"] for _, page in pairs]
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    figures.at_most(f"peer_wagtail_{name}", MOST, ratios, digits=3)
    note = f"{look_for(member(), word).total} found"
    figures.tell(f"page_{name}", ours, unit="ms", note=note)
    figures.tell(f"wagtail_page_{name}", theirs, unit="ms", note=wagtail.explain(word, pairs[0][1]))


def _page(client, word):
    start = time.perf_counter()
    page = client.get("/hub/", {"q": word})
    spent = (time.perf_counter() - start) * 1000
    if page.status_code != 200:
        raise RuntimeError(f"the library answers {page.status_code}")
    return spent


def _as_it_comes(name, word, wagtail):
    """A footnote, as each page takes seconds: one for ten pairs."""
    pages = [wagtail.measure(word) for _ in range(max(1, PAIRS // 10))]
    note = wagtail.explain(word, pages[0])
    figures.tell(f"wagtail_stock_{name}", [page["ms"] for page in pages], unit="ms", note=note)


if __name__ == "__main__":
    sys.exit(main())
