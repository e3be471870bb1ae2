"""11 November 2026, 14:32: the order of days and months that nobody mistakes."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
