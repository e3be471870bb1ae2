"""A hundred misspellings of words of the demonstration's records, and what must be suggested for each."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from core import vocabularies
from core.folding import fold
from hub.management.commands.load_demo_records import DEMO
from hub.search import suggest
from tests import factories

pytestmark = pytest.mark.django_db

MISSPELT = {
    "en": """
        mediaton mediation|mediatoin mediation|mediattors mediators|libary library|librery library
        neigbourhood neighbourhood
        nieghbourhood neighbourhood|rumor rumour|rumuor rumour|extremizm extremism|extreemism extremism|familys family
        familes families|prevension prevention|preventoin prevention|polise police|mayer mayor|mayorr mayor
        volonteers volunteers
        voluntears volunteers|weekand weekend|ferrys ferry|telefone telephone|parrents parents|scool school
        shcool school
        teachar teacher|barbar barber|barbors barbers|residants residents|youngg young|comunities communities
        mediaters mediators
        evalution evaluation|trainning training
    """,
    "fr": """
        mediaton médiation|médiatoin médiation|mediateur médiateurs|bibliotèque bibliothèque|bibliotheqe bibliothèque
        bibliothéke bibliothèque|quartié quartier|quatier quartier|jeuness jeunes|familes familles|famillles familles
        prévension prévention|prevantion prévention|extremisme extrémisme|extrémizme extrémisme|villle ville
        stratégi stratégie
        mairrie mairie|écolle école|ecol école|habitents habitants|abitants habitants|travial travail|traval travail
        événemant événement|coéhsion cohésion|réseua réseau|rézeau réseau|evaluaton évaluation|évalluation évaluation
        comunautés communautés|compétances compétences|associations associations
    """,
    "ar": """
        الوسائة الوساطة|الوصاطة الوساطة|الوساطه الوساطة|المدرصة المدرسة|المدرسسة المدرسة|الشبب الشباب|الشبباب الشباب
        الشابب الشباب|البلديت البلدية|البلديية البلدية|البلية البلدية|التظرف التطرف|التترف التطرف|التطرق التطرف
        المدينت المدينة|المدية المدينة|المديننة المدينة|الاسره الأسرة|المحليت المحلية|السلتات السلطات
        المساوات المساواة
        المجتمغ المجتمع|المجمتع المجتمع|النزعات النزاعات|الستجابة الاستجابة|الشرظة الشرطة|الشرتة الشرطة
        الوفاية الوقاية
        العنيق العنيف|العنيفف العنيف|الشبكت الشبكة|الشبكه الشبكة|المدراس المدارس
    """,
}


def _pairs(language):
    return [
        tuple(pair.split())
        for pair in MISSPELT[language].replace("\n", "|").split("|")
        if pair.strip()
    ]


def test_nine_of_ten_misspellings_are_put_right_at_once():
    vocabularies.load()
    cards = json.loads(DEMO.read_text(encoding="utf-8"))["records"]
    for slug in sorted({place["slug"] for card in cards for place in card.get("cities", [])}):
        factories.city(slug.capitalize(), slug=slug, listing="public")
    call_command("load_demo_records", stdout=StringIO())
    staff = factories.staff(everywhere=True)

    pairs = [pair for language in MISSPELT for pair in _pairs(language)]
    said = {typed: suggest(staff, typed) for typed, _ in pairs}
    wrong = [
        (typed, right, said[typed])
        for typed, right in pairs
        if fold(said[typed] or typed) != fold(right)
    ]

    assert len(pairs) >= 100
    assert len(wrong) <= len(pairs) * 0.1, wrong
