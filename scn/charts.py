"""Charts drawn on the server: numbers for an SVG that needs no script and no style of its own."""

WIDTH = 520
LABELS = 225
LONGEST = 252
ROW = 34
BAR = 20


def bars(figures, *, rtl=False) -> dict:
    """Horizontal bars for [(label, count)]: what the template draws, in units of a viewBox WIDTH wide.

    In a right-to-left page the labels stand on the right and the bars grow to the left. Text is anchored at its
    start, which is its right end there.
    """
    most = max((count for _, count in figures), default=0)
    return {
        "width": WIDTH,
        "height": ROW * len(figures) + 6,
        "axis": _mirrored(LABELS - 0.5, rtl),
        "bars": [
            _bar(number, label, count, most=most, rtl=rtl)
            for number, (label, count) in enumerate(figures)
        ],
    }


def _bar(number, label, count, *, most, rtl):
    length = round(LONGEST * count / most) if most else 0
    return {
        "label": label,
        "count": count,
        "label_x": _mirrored(0, rtl),
        "x": WIDTH - LABELS - length if rtl else LABELS,
        "y": ROW * number + 7,
        "length": length,
        "thickness": BAR,
        "value_x": _mirrored(LABELS + length + 10, rtl),
        "text_y": ROW * number + 22,
    }


def _mirrored(x, rtl):
    return WIDTH - x if rtl else x
