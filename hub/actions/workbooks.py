"""Records as a workbook (XLSX): a sheet of records, a sheet for each list, and one that explains the columns.

A cell holds 32,767 characters and not every one of them; of a text that it cannot hold it says a number, under
which the text stands in the sheet "exact" as JSON, in parts. Rows are written and read one after the other, so
that a large library needs little memory.
"""

import json
import re
import zipfile
from collections import defaultdict

import openpyxl
import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from hub.actions.card_rows import Rows
from hub.actions.card_values import BadCards, Problem
from hub.actions.sheet_columns import CSV_COLUMNS, NESTED_COLUMNS, RECORD_COLUMNS, codes_of
from hub.actions.sheet_rows import card_of, row_of
from hub.actions.sheets import guarded, heading, read_rows

RECORDS, EXACT, COLUMNS = "records", "exact", "columns"
LONGEST = 32_000
_PART = 30_000
# What a workbook cannot hold as it is: other control characters, and its own way of writing them.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_|^⟦")
_NUMBERED = re.compile(r"⟦(\d+)⟧")
_WIDTHS = {"long": 50, "json": 30, "list": 26, "text": 26}
MOST_UNPACKED = 400 * 1024 * 1024


# --- out


class Writer:
    """A workbook being written: `add` each card, then `close`."""

    def __init__(self, file):
        self.book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.head = self.book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.plain = self.book.add_format({"num_format": "@", "valign": "top"})
        # Keeps a text that looks like a formula a text, even after somebody edits it.
        self.quoted = self.book.add_format(
            {"num_format": "@", "valign": "top", "quote_prefix": True}
        )
        self.sheets = {
            name: self._sheet(name, columns)
            for name, columns in [(RECORDS, RECORD_COLUMNS), *_nested_tables()]
        }
        self.exact = self._plain_sheet(EXACT, ["number", "part", "json"])
        self.rows = dict.fromkeys([*self.sheets, EXACT], 0)
        self.numbered = 0
        self._explain()

    def add(self, card):
        """One more record, with its lists in their own sheets."""
        self._write(RECORDS, row_of(card, RECORD_COLUMNS))
        for name, columns in _nested_tables():
            for item in card.get(name, []):
                self._write(name, [card["code"], *row_of(item, columns[1:])])

    def close(self):
        self.book.close()

    def _write(self, sheet, cells):
        self.rows[sheet] += 1
        row = self.rows[sheet]
        for place, cell in enumerate(cells):
            if len(cell) > LONGEST or _UNFIT.search(cell):
                cell = self._exactly(cell)
            if cell:
                style = self.plain if guarded(cell) == cell else self.quoted
                self.sheets[sheet].write_string(row, place, cell, style)

    def _exactly(self, cell):
        """Keep a text in the sheet of exact texts; says what stands in its cell."""
        self.numbered += 1
        text = json.dumps(cell).replace("_x", "\\u005fx")  # see _UNFIT
        for part, start in enumerate(range(0, len(text), _PART), 1):
            self.rows[EXACT] += 1
            for place, value in enumerate(
                [str(self.numbered), str(part), text[start : start + _PART]]
            ):
                self.exact.write_string(self.rows[EXACT], place, value, self.plain)
        return f"⟦{self.numbered}⟧"

    def _sheet(self, name, columns):
        sheet = self._plain_sheet(name, [column.name for column in columns])
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTHS.get(column.kind, 14), self.plain)
            if column.codes:
                sheet.data_validation(
                    1, place, 20_000, place,
                    {"validate": "list", "source": list(column.codes), "ignore_blank": True,
                     "error_type": "warning"},
                )  # fmt: skip
        sheet.freeze_panes(1, 2 if name == RECORDS else 1)
        return sheet

    def _plain_sheet(self, name, names):
        sheet = self.book.add_worksheet(name)
        for place, each in enumerate(names):
            sheet.write_string(0, place, each, self.head)
        return sheet

    def _explain(self):
        """The last sheet: every column with what it takes, in the language of whoever asked."""
        sheet = self._plain_sheet(COLUMNS, [_("Sheet"), _("Column"), _("What it takes"), _("Code")])
        sheet.set_column(0, 1, 24)
        sheet.set_column(2, 3, 60)
        row = 0
        for name, columns in [(RECORDS, RECORD_COLUMNS), *_nested_tables()]:
            for column in columns:
                lines = [(str(column.help), "")]
                lines += [(label, code) for code, label in codes_of(column)]
                for text, code in lines:
                    row += 1
                    for place, value in enumerate([name, column.name, text, code]):
                        sheet.write_string(row, place, value, self.plain)


def _nested_tables():
    """Each list with its columns: the code of the record it belongs to, then its own."""
    code = RECORD_COLUMNS[0]
    return [(name, [code, *columns]) for name, columns in NESTED_COLUMNS.items()]


# --- in


def read_workbook(file) -> Rows:
    """The records of a workbook, opened as bytes. Raises BadCards."""
    try:
        book = _opened(file)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        message = _("This is no workbook that can be read. Save it as XLSX.")
        raise BadCards([Problem(0, "", message)]) from error
    exact = _exact(book)
    lists = {
        name: _list(book[name], columns, exact)
        for name, columns in _nested_tables()
        if name in book.sheetnames
    }
    first = book[RECORDS if RECORDS in book.sheetnames else book.sheetnames[0]]
    used: set[str] = set()

    def parts_of(card, faults):
        places = {}
        code = card.get("code")
        used.add(code)
        for name, by_code in lists.items():
            found = by_code.get(code, []) if code else []
            card[name] = [item for _row, item, _faults in found]
            places[name] = [row for row, _item, _faults in found]
            faults = faults + [
                (f"{name}: {column}", message)
                for _row, _item, wrong in found
                for column, message in wrong
            ]
        return card, faults, places

    rows = read_rows(_lines(first, exact), CSV_COLUMNS, parts_of=parts_of)
    problems = [
        Problem(found[0][0], f"{name}: code", _("No record in the first sheet has this code."))
        for name, by_code in lists.items()
        for code, found in by_code.items()
        if code not in used
    ]
    if problems:
        raise BadCards(problems)
    return rows


def _opened(file):
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise zipfile.BadZipFile
    file.seek(0)
    return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)


def _list(sheet, columns, exact):
    """The items of a sheet by the code of their record, each as (row, item, faults)."""
    lines = _lines(sheet, exact)
    names = heading(next(lines, []), columns)
    found = defaultdict(list)
    for row, line in enumerate(lines, 2):
        cells = {key: "" if cell is None else cell for key, cell in zip(names, line, strict=False)}
        if any(cell != "" for cell in cells.values()):
            code = str(cells.pop("code", "")).strip()
            item, faults = card_of(cells, columns[1:])
            found[code].append((row, item, faults))
    return found


def _lines(sheet, exact):
    """The rows of a sheet, with the texts that no cell holds put back where their number stands."""
    sheet.reset_dimensions()
    for line in sheet.iter_rows(values_only=True):
        yield [_put_back(cell, exact) for cell in line]


def _put_back(cell, exact):
    if not isinstance(cell, str) or not cell.startswith("⟦"):
        return cell
    number = _NUMBERED.fullmatch(cell)
    return exact.get(number[1], cell) if number else cell


def _exact(book):
    """The texts that no cell holds, by their number."""
    if EXACT not in book.sheetnames:
        return {}
    parts = defaultdict(list)
    for line in book[EXACT].iter_rows(min_row=2, max_col=3, values_only=True):
        if all(cell is not None for cell in line):
            parts[str(line[0])].append((int(line[1]), str(line[2])))
    try:
        return {
            number: json.loads("".join(text for _part, text in sorted(texts)))
            for number, texts in parts.items()
        }
    except ValueError as error:
        message = _("The sheet “exact” cannot be read. Leave it as it was exported.")
        raise BadCards([Problem(0, EXACT, message)]) from error
