"""Where a place stands on the world map of the home page.

The map is drawn in Equal Earth, which keeps areas true: B. Šavrič, T. Patterson and B. Jenny, "The
Equal Earth map projection", International Journal of Geographical Information Science 33(3), 2018,
https://doi.org/10.1080/13658816.2018.1504949. The land in `templates/_world_land.svg` is drawn in
the same units; docs/adr/0004-own-css.md says how it was made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from django.utils.translation import get_language_bidi

from core.folding import fold

# The four coefficients of the paper, equation 7.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = sqrt(3) / 2

# The drawing: 1600 units wide, cut at 169° W so that no land is cut in two, the equator at 379.
_WIDTH, _EQUATOR, _CENTRAL_MERIDIAN = 1600, 379, 11
_SCALE = _WIDTH / 2 / 2.706629983681038

# A label and a dot, in units of the drawing. Letters are measured roughly, on the wide side.
_GAP, _LETTER, _LINE, _DOT = 13, 9.6, 20, 9


def project(lat: float, lon: float) -> tuple[float, float]:
    """The point of the drawing, in its units, for a latitude and longitude in degrees (WGS 84)."""
    turned = (float(lon) - _CENTRAL_MERIDIAN + 180) % 360 - 180
    t = asin(_M * sin(radians(float(lat))))
    t2, t6 = t**2, t**6
    x = radians(turned) * cos(t) / (_M * (_A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)))
    y = t * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))
    return round(_WIDTH / 2 + _SCALE * x, 1), round(_EQUATOR - _SCALE * y, 1)


@dataclass
class Dot:
    """A city as the map shows it.

    `side` is the text anchor of its name: "start" (east of the dot), "end" (west), "" for no room.
    """

    name: str
    country: str
    population: int
    x: float
    y: float
    side: str = ""

    @property
    def label_x(self) -> float:
        """Where the name begins ("start", east of the dot) or ends ("end", west of it)."""
        return round(self.x + (_GAP if self.side == "start" else -_GAP), 1)

    @property
    def label_y(self) -> float:
        """The line the name stands on."""
        return round(self.y + 6, 1)


def place(cities: Iterable) -> list[Dot]:
    """The dots for cities, sorted by their name in the language of the page.

    A city has `name`, `country`, `population`, `lat` and `lon`; one whose place is unknown has no
    dot. Larger cities choose the side of their name first, a crowded one stays without. East of the
    dot is tried before west, and the other way round where people read from the right.
    """
    dots = [
        Dot(str(city.name), str(city.country), city.population or 0, *project(city.lat, city.lon))
        for city in cities
        if city.lat is not None and city.lon is not None
    ]
    sides = ("end", "start") if get_language_bidi() else ("start", "end")
    taken = [_dot_box(dot) for dot in dots]
    for dot in sorted(dots, key=lambda dot: -dot.population):
        for side in sides:
            box = _label_box(dot, side)
            if box[0] >= 0 and box[2] <= _WIDTH and not any(_meet(box, other) for other in taken):
                dot.side = side
                taken.append(box)
                break
    return sorted(dots, key=lambda dot: fold(dot.name))


def _label_box(dot: Dot, side: str) -> tuple[float, float, float, float]:
    width = len(dot.name) * _LETTER
    west = dot.x + _GAP if side == "start" else dot.x - _GAP - width
    return west, dot.y - _LINE / 2, west + width, dot.y + _LINE / 2


def _dot_box(dot: Dot) -> tuple[float, float, float, float]:
    return dot.x - _DOT, dot.y - _DOT, dot.x + _DOT, dot.y + _DOT


def _meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
