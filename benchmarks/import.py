"""Records out as a workbook and in again: how long 5,000 of them take a worker, and how much it grows meanwhile.

    python benchmarks/import.py

Works in a database of its own on the server of DATABASE_URL, and removes it. The import runs as a job in a worker
process of its own, as in production. Ends non-zero when a figure misses its target. The floor is openpyxl reading
every cell of the same file.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import django
from _frame import ROOT, Figures, database

RECORDS = 5_000
IMPORT_SECONDS, IMPORT_GROWTH = 120, 150
# Whole cards with all their parts (120 columns); what is held does not depend on how many there are.
FIRST_PIECE_MILLISECONDS, EXPORT_GROWTH = 250, 40
WORKBOOK_GROWTH = 40
PATTERN = "SCN-A-0001"  # the card of the network itself, the fullest there is
LEAST_STEPS = 10  # so often the page must see the work move


figures = Figures()


def main():
    with tempfile.TemporaryDirectory() as folder, database("import") as connection:
        from django.conf import settings

        from core import vocabularies

        settings.MEDIA_ROOT = Path(folder)
        os.environ["STATE_DIR"] = folder
        vocabularies.load()
        measure(Path(folder) / "files" / "imports", connection)
    return bool(figures.missed)


def measure(folder, connection):
    from tests import factories

    folder.mkdir(parents=True)
    book = folder / "records.xlsx"
    write(book)
    staff = factories.staff(everywhere=True, email="bench@example.org")
    floor = worker("read", connection, place=str(book))["seconds"]
    taken, steps = run_import(staff, connection)
    again, _steps = run_import(staff, connection, dry_run=True)
    pieces = worker("export", connection, user=str(staff.pk))
    workbook = worker("workbook", connection, user=str(staff.pk))
    ratio = f"the import takes {taken['seconds'] / floor:.1f} times as long"
    figures.tell("import_floor", [floor], unit="s", note=f"openpyxl reads the same file; {ratio}")
    figures.at_most("import_xlsx", IMPORT_SECONDS, [taken["seconds"]], unit="s")
    figures.at_most("import_growth", IMPORT_GROWTH, [taken["growth"]], unit="MB")
    figures.at_most("import_dry_again", IMPORT_SECONDS, [again["seconds"]], unit="s")
    figures.at_least("import_steps_seen", LEAST_STEPS, [steps], digits=0)
    first = pieces["first"] * 1000
    figures.at_most("export_csv_first", FIRST_PIECE_MILLISECONDS, [first], unit="ms")
    figures.at_most("export_csv_growth", EXPORT_GROWTH, [pieces["growth"]], unit="MB")
    figures.at_most("export_xlsx_growth", WORKBOOK_GROWTH, [workbook["growth"]], unit="MB")


def write(book):
    """A workbook of records like the fullest one, each with words of its own in three languages."""
    from hub.actions.workbooks import Writer

    content = json.loads((ROOT / "hub" / "data" / "demo_records.json").read_text("utf-8"))
    pattern = next(card for card in content["records"] if card["code"] == PATTERN)
    words = sorted(
        {word for text in pattern["texts"].values() for word in text["description"].split()}
    )
    dice = random.Random(7)
    with book.open("wb") as file:
        writer = Writer(file)
        for number in range(RECORDS):
            texts = {
                language: text
                | {
                    part: " ".join(dice.choices(words, k=60))
                    for part in ("description", "objectives", "transferability")
                }
                for language, text in pattern["texts"].items()
            }
            writer.add(pattern | {"code": f"BENCH-{number:05d}", "texts": texts})
        writer.close()


def run_import(staff, connection, **params):
    """Have a worker take the file; how long it took, how much it grew, and how often its progress was seen to move."""
    from core import jobs
    from core.models import Job

    job = jobs.start("import_records", owner=staff, params={"place": "imports/kept.xlsx", **params})
    folder = Path(os.environ["STATE_DIR"]) / "files" / "imports"
    (folder / "kept.xlsx").write_bytes((folder / "records.xlsx").read_bytes())
    seen, over = set(), threading.Event()

    def watch():
        from django.db import connections

        while not over.wait(0.5):
            seen.add(Job.objects.values_list("done", flat=True).get(pk=job.pk))
        connections.close_all()

    watcher = threading.Thread(target=watch)
    watcher.start()
    taken = worker("job", connection)
    over.set()
    watcher.join()
    job.refresh_from_db()
    if job.status != "done" or "failures" in job.result:
        raise SystemExit(f"The import failed: {job.error or job.result}")
    return taken, len(seen)


def worker(what, connection, **arguments):
    """Do one thing in a process of its own; its figures."""
    named = connection.settings_dict
    address = f"postgres://{named['USER']}:{named['PASSWORD']}@{named['HOST']}:{named['PORT'] or 5432}/{named['NAME']}"
    done = subprocess.run(
        [sys.executable, __file__, what, json.dumps(arguments)],
        env=os.environ | {"DATABASE_URL": address},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def be_worker(what, arguments):
    django.setup()
    import openpyxl  # what is loaded once is not growth
    import xlsxwriter

    assert openpyxl
    assert xlsxwriter
    act = {"read": read, "job": run_job, "export": export, "workbook": workbook}[what]
    base, most, over = memory(), [memory()], threading.Event()

    def watch():
        while not over.wait(0.02):
            most[0] = max(most[0], memory())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    started = time.perf_counter()
    found = act(**arguments) or {}
    seconds = time.perf_counter() - started
    over.set()
    print(json.dumps({"seconds": seconds, "growth": most[0] - base, **found}))


def read(place):
    import openpyxl

    book = openpyxl.load_workbook(place, read_only=True, data_only=True)
    for sheet in book:
        for _row in sheet.iter_rows(values_only=True):
            pass


def run_job():
    from core import jobs

    jobs.run_next()


def export(user):
    from hub.actions import exports
    from hub.models import Record
    from members.models import User

    keys = list(Record.objects.values_list("pk", flat=True))
    started = time.perf_counter()
    pieces = exports.as_csv(User.objects.get(pk=user), keys)
    next(pieces), next(pieces)
    first = time.perf_counter() - started
    for _piece in pieces:
        pass
    return {"first": first}


def workbook(user):
    from hub.actions import exports
    from hub.models import Record
    from members.models import User

    keys = list(Record.objects.values_list("pk", flat=True))
    with tempfile.TemporaryFile() as file:
        exports.write_workbook(file, User.objects.get(pk=user), keys)


def memory():
    """What this process holds in memory, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1_000_000


if __name__ == "__main__":
    if len(sys.argv) > 1:
        be_worker(sys.argv[1], json.loads(sys.argv[2]))
    else:
        sys.exit(main())
