import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.markdown import ATTRIBUTES, TAGS, clean, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello **city**", '<p dir="auto">Hello <strong>city</strong></p>\n'),
        ("# Top", '<h2 dir="auto">Top</h2>\n'),
        ("## Part", '<h3 dir="auto">Part</h3>\n'),
        ("###### Deep", '<h4 dir="auto">Deep</h4>\n'),
        ("مرحبا", '<p dir="auto">مرحبا</p>\n'),
        ("<b>bold</b>", '<p dir="auto">&lt;b&gt;bold&lt;/b&gt;</p>\n'),
        (
            "3. c\n4. d",
            '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>\n',
        ),
        ("![x](http://evil.example/pixel.png)", None),
        ("", ""),
        (None, ""),
    ],
)
def test_markdown_becomes_plain_structure(text, html):
    made = to_html(text)

    if html is None:
        assert "<img" not in made
    else:
        assert made == html


def test_links_tell_search_engines_and_other_windows_nothing():
    html = to_html("[a page](https://example.org/) and https://example.com")

    assert html.count('rel="noopener nofollow ugc"') == 2
    assert 'href="https://example.org/"' in html
    assert 'href="https://example.com"' in html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='x' onclick='alert(1)'>x</a>",
        "<svg/onload=alert(1)>",
        '[x](https://a.example/ "" onmouseover=alert(1) "")',
        "<javascript:alert(1)>",
        "`<script>`",
        "<style>*{display:none}</style>",
    ],
)
def test_nothing_in_it_can_run(text):
    html = to_html(text)

    assert not re.search(r"<(script|img|svg|style|iframe)", html, re.IGNORECASE)
    assert not re.search(r"<[^>]+\son\w+=", html, re.IGNORECASE)
    assert not re.search(r'href="(?!https?:|mailto:)', html, re.IGNORECASE)


@given(
    st.text(
        alphabet=st.sampled_from("<>&\"'()[]!#*_`~-=:/ \n\tajscript:dtoneror.1|\\ع"), max_size=80
    )
)
def test_output_keeps_to_the_list_and_cleaning_again_changes_nothing(text):
    html = to_html(text)

    assert clean(html) == html
    for tag, attributes in re.findall(r"<([a-z0-9]+)((?:\s[^>]*)?)>", html):
        assert tag in TAGS
        allowed = ATTRIBUTES.get(tag, set()) | {"rel"}
        assert set(re.findall(r'([a-z]+)="', attributes)) <= allowed
