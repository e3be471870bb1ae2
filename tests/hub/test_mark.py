import pytest

from hub.search import wanted_words
from hub.templatetags.library import marked


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Youth mediators", "mediation", "Youth <mark>mediators</mark>"),
        (
            "La médiation à l’école",
            "mediation ecole",
            "La <mark>médiation</mark> à l’<mark>école</mark>",
        ),
        ("وساطة الجيران", "الوساطة", "<mark>وساطة</mark> الجيران"),
        ("والوساطة", "وساطة", "<mark>والوساطة</mark>"),
        ("مدرسة آسفي", "اسفي", "مدرسة <mark>آسفي</mark>"),
        ("The station", "statistics", "The station"),
        ("Bus & <b>tram</b>", "bus", "<mark>Bus</mark> &amp; &lt;b&gt;tram&lt;/b&gt;"),
        ("Late night bus", '"night bus" -late', "Late <mark>night</mark> <mark>bus</mark>"),
        ("Nothing", "", "Nothing"),
    ],
)
def test_marks_stand_on_kin_of_the_words_looked_for(text, typed, shown):
    assert marked(text, wanted_words(typed)) == shown
