"""Records as tables: CSV with one row for each record, and workbooks (XLSX) with a sheet for each list too.

Both come in again without loss. What a spreadsheet program would take for a formula is written so that it stays
text, and read back as it was.
"""

import csv
import io
import re

from django.utils.translation import gettext as _

from hub.actions.card_rows import Row, Rows
from hub.actions.card_values import BadCards, Problem
from hub.actions.sheet_columns import CSV_COLUMNS
from hub.actions.sheet_rows import card_of, row_of

MOST_ROWS = 20_000
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
_BOM = "\ufeff"
csv.field_size_limit(10_000_000)


def csv_lines(cards):
    """A CSV file, piece by piece: a heading, then a row for each card. Opens in spreadsheet programs as UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield _BOM + _line(writer, buffer, [column.name for column in CSV_COLUMNS])
    for card in cards:
        yield _line(writer, buffer, [guarded(cell) for cell in row_of(card, CSV_COLUMNS)])


def read_csv(file) -> Rows:
    """The records of a CSV file, opened as bytes; commas, semicolons or tabs between the cells. Raises BadCards."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = _("This file is not in UTF-8. Save it as “CSV UTF-8”.")
        raise BadCards([Problem(0, "", message)]) from error
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        table = ([unguarded(cell) for cell in line] for line in lines)
        return read_rows(table, CSV_COLUMNS, number_of=lambda: lines.line_num)
    except csv.Error as error:
        message = _("This line is no CSV: %(error)s.") % {"error": error}
        raise BadCards([Problem(lines.line_num, "", message)]) from error


def read_rows(table, columns, *, number_of=None, parts_of=None) -> Rows:
    """The rows of a table whose first row names the columns. Raises BadCards when these cannot be right.

    `parts_of(card)` gives the lists that stand elsewhere, and in which rows.
    """
    table = iter(table)
    names = heading(next(table, []), columns)
    rows = Rows(header=set(names))
    for number, line in enumerate(table, 2):
        cells = dict(zip(names, line, strict=False))
        if not any(cell not in (None, "") for cell in cells.values()):
            continue
        card, faults = card_of(_without_none(cells), columns)
        if len(line) > len(names) and any(cell not in (None, "") for cell in line[len(names) :]):
            faults.append(("", _("This row has more cells than the first row has names.")))
        places = {}
        if parts_of:
            card, faults, places = parts_of(card, faults)
        rows.add(Row(number_of() if number_of else number, card, faults, places))
        if rows.total > MOST_ROWS:
            message = _("This file has more than %(most)s records. Send it in parts.")
            raise BadCards([Problem(number, "", message % {"most": MOST_ROWS})])
    if not rows.total:
        raise BadCards([Problem(0, "", _("There is no record in this file."))])
    return rows


def heading(cells, columns) -> list[str]:
    """The names in the first row of a table. Raises BadCards for names that are unknown or stand twice."""
    names = [str(cell or "").strip().lower().replace(" ", "_") for cell in cells]
    while names and not names[-1]:
        names.pop()
    known = {column.name for column in columns}
    problems = [
        Problem(1, name or str(place), _("There is no such column."))
        for place, name in enumerate(names, 1)
        if name not in known
    ]
    problems += [
        Problem(1, name, _("This column is here twice."))
        for name in sorted({name for name in names if names.count(name) > 1 and name in known})
    ]
    if not names:
        problems = [Problem(1, "", _("The first row must name the columns."))]
    if problems:
        raise BadCards(problems)
    return names


def guarded(text: str) -> str:
    """The text as a cell that no program takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text of a cell that was guarded; any other as it is."""
    return text[1:] if _GUARDED.match(text) else text


def _without_none(cells):
    return {name: "" if cell is None else cell for name, cell in cells.items()}


def _line(writer, buffer, cells):
    writer.writerow(cells)
    line = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return line


def _delimiter(text):
    """What stands between the names in the first line; programs differ by the language of their user."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)
