"""A card as the row of a table, and such a row as a card."""

from hub.actions.sheet_cells import Misread
from hub.actions.sheet_columns import CSV_COLUMNS

_HEADINGS = {".".join(column.path): column.name for column in CSV_COLUMNS}


def row_of(card, columns) -> list[str]:
    """The cells of a card, in the order of the columns."""
    card = _as_table(card)
    return [column.cell(card) for column in columns]


def card_of(cells, columns) -> tuple[dict, list]:
    """The card that a row says, and what could not be read of it as (column, message).

    `cells` maps the names of columns to what stands in them. A column that the table does not have says nothing.
    """
    card: dict = {}
    faults = []
    for column in columns:
        if column.name in cells:
            try:
                column.put(card, cells[column.name])
            except Misread as fault:
                faults.append((column.name, str(fault)))
    return _from_table(card), faults


def completed(card, now, columns, known):
    """The card with what its table has no columns for, where that belongs to a list the card would replace."""
    table, now = _as_table(card), _as_table(now)
    for name in ("texts", "original_language", "groups", "cost_currency"):
        if name in now:
            table.setdefault(name, now[name])
    for column in columns:
        is_missing = column.name not in known and len(column.path) > 1
        if is_missing and column.path[0] in table:
            column.put(table, column.cell(now))
    return _from_table(table)


def changed_columns(now, card, fields) -> list[str]:
    """The columns in which two cards differ, among those of these fields."""
    before, after = _as_table(now), _as_table(card)
    return [
        column.name
        for column in CSV_COLUMNS
        if column.path[0] in fields and column.cell(before) != column.cell(after)
    ] or sorted(fields)


def place_of(field, row) -> tuple[int, str]:
    """Row and column of a table in which a field of a card stands: `texts.fr.title` is `title_fr`.

    What stands in a sheet of its own has its row there, and the sheet before its name: `links: url`.
    """
    parts = field.split(".")
    rows = row.places.get(parts[0])
    if rows and len(parts) > 1 and parts[1].isdigit():
        number = rows[min(int(parts[1]), len(rows)) - 1]
        return number, f"{parts[0]}: {'.'.join(parts[2:])}"
    if parts[0] == "cities":
        return row.number, "owner_cities, partner_cities"
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return row.number, next((_HEADINGS[name] for name in names if name in _HEADINGS), field)


def _as_table(card):
    """Cities by their role and evidence always with its parts, as the columns have them."""
    table = dict(card)
    if isinstance(card.get("cities"), list):
        table["cities"] = {
            role: [city["slug"] for city in card["cities"] if city.get("role", "owner") == role]
            for role in ("owner", "partner")
        }
    if isinstance(card.get("evidence"), dict):
        table["evidence"] = {
            name: axis if isinstance(axis, dict) else {"on": axis}
            for name, axis in card["evidence"].items()
        }
    for name in ("texts", "codes"):
        if isinstance(card.get(name), dict):
            table[name] = {
                key: dict(part) if isinstance(part, dict) else part
                for key, part in card[name].items()
            }
    return table


def _from_table(table):
    """The shape of a card again. A language without any word has no text; a code without any is none."""
    card = dict(table)
    if "cities" in card:
        card["cities"] = [
            {"slug": slug, "role": role} for role, slugs in card["cities"].items() for slug in slugs
        ]
    if "texts" in card:
        card["texts"] = {
            language: {name: value for name, value in text.items() if value != ""}
            for language, text in card["texts"].items()
            if any(isinstance(text.get(name), str) and text[name] for name in text)
        }
    if "codes" in card:
        card["codes"] = {name: codes for name, codes in card["codes"].items() if codes}
    return _without_empty(card)


def _without_empty(card):
    """Nested objects that say nothing are left out: a rating without a mark is none."""
    if "ratings" in card:
        card["ratings"] = {
            criterion: {
                name: _words(value) if isinstance(value, dict) else value
                for name, value in rating.items()
            }
            for criterion, rating in card["ratings"].items()
            if rating.get("rating") or any(rating.get("assessment", {}).values())
        }
    for name in ("method", "overall_comment", "reply"):
        if isinstance(card.get(name), dict):
            card[name] = _words(card[name])
    return card


def _words(words):
    return {language: text for language, text in words.items() if text}
