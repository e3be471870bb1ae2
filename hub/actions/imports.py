"""Taking a file of records, whatever it is: JSON, CSV or a workbook, told by its content."""

from django.utils.translation import gettext as _

from hub.actions.card_import import Summary, take_rows
from hub.actions.card_rows import Rows
from hub.actions.card_values import NO_TEXT, BadCards
from hub.actions.cards import rows_of
from hub.actions.sheets import read_csv
from hub.actions.workbooks import Writer, read_workbook
from hub.models import Record


def read_file(file) -> Rows:
    """The cards of a file that was opened as bytes. Raises BadCards when it is none of the three kinds."""
    head = file.read(64)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return read_workbook(file)
    if not head.strip() or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return rows_of(file.read().decode("utf-8-sig", errors="replace"))
    return read_csv(file)


def import_file(file, *, by, dry_run=False, progress=lambda done, total: None) -> Summary:
    """Take every record of a file, or none; with `dry_run` say what would change. Raises BadCards."""
    return take_rows(read_file(file), by=by, dry_run=dry_run, progress=progress)


def report(file, *, by, dry_run, progress) -> dict:
    """The same as the result of a job: what was taken, or would be, record by record, or what is wrong and where."""
    try:
        summary = import_file(file, by=by, dry_run=dry_run, progress=progress)
    except BadCards as error:
        return {
            "counts": {str(_("taken")): 0},
            "failures": [
                {
                    "row": problem.row,
                    "column": _kept(problem.field),
                    "problem": _kept(problem.message),
                }
                for problem in error.problems
            ],
        }
    counts = {
        str(_("new")): summary.new,
        str(_("changed")): summary.changed,
        str(_("as they were")): summary.unchanged,
    }
    if not dry_run:
        counts[str(_("in the library now"))] = Record.objects.count()
    return {"counts": counts, "changes": [_told(change) for change in summary.changes]}


def write_template(file) -> None:
    """Write an empty workbook into an open file: every column, and what each takes."""
    Writer(file).close()


def _kept(words):
    """The words as the result of a job can hold them, whatever the file they quote has in it."""
    return NO_TEXT.sub("\ufffd", words)


def _told(change):
    what = ", ".join(change.fields) or _("new record")
    return {"row": change.row, "code": change.code, "title": change.title, "what": what}
