"""How pages write dates, ages, languages and what people typed."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.paginator import Paginator
from django.utils import translation

from core.templatetags import ui

WHEN = datetime(2026, 11, 11, 14, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "11 November 2026"), ("fr", "11 novembre 2026"), ("ar", "11 نوفمبر 2026")],
)
def test_day_is_written_in_the_readers_language(language, words):
    with translation.override(language):
        assert ui.day(WHEN) == f'<time datetime="2026-11-11">{words}</time>'


def test_moment_names_its_zone():
    assert ui.moment(WHEN) == (
        '<time datetime="2026-11-11T14:32+00:00">11 November 2026, 14:32 UTC</time>'
    )


@pytest.mark.parametrize("write", [ui.day, ui.moment, ui.waited, ui.paragraphs, ui.lang_attrs])
def test_nothing_is_written_for_nothing(write):
    assert write(None) == ""


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-11 14:31", "0 minutes"),
        ("2026-11-11 14:33", "1 minute"),
        ("2026-11-11 15:32", "1 hour"),
        ("2026-11-13 14:31", "47 hours"),
        ("2026-11-13 14:32", "2 days"),
        ("2026-12-11 14:32", "30 days"),
    ],
)
def test_age_is_given_in_one_unit(now, words):
    with time_machine.travel(f"{now}+00:00", tick=False):
        assert ui.waited(WHEN) == words


def test_age_of_a_day_counts_days():
    with time_machine.travel("2026-11-14 01:00+00:00", tick=False):
        assert ui.waited(date(2026, 11, 11)) == "3 days"


def test_typed_text_is_escaped_and_keeps_its_direction():
    assert ui.paragraphs("<b>One\r\ntwo\r\n\r\n\r\n\r\nثلاثة") == (
        '<p dir="auto">&lt;b&gt;One<br>two</p>\n<p dir="auto">ثلاثة</p>'
    )


@pytest.mark.parametrize(
    ("code", "attributes"), [("ar", 'lang="ar" dir="rtl"'), ("fr", 'lang="fr" dir="ltr"')]
)
def test_text_in_another_language_says_so(code, attributes):
    assert ui.lang_attrs(code) == attributes


@pytest.mark.parametrize(("code", "name"), [("fr", "Français"), ("ar", "العربيّة"), ("xx", "xx")])
def test_language_is_named_in_itself(code, name):
    assert ui.language_name(code) == name


def test_page_numbers_leave_out_the_far_ones():
    assert ui.page_numbers(Paginator(range(300), 10).page(5)) == [1, "…", 4, 5, 6, "…", 30]
