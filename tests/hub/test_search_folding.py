"""Spellings of one word, found in both directions through the real search, and folded alike in SQL and Python."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Value

from core.folding import Fold, fold
from core.models import Term
from hub.models import RecordText, SearchRow
from hub.search import Wanted, search
from tests import factories

pytestmark = pytest.mark.django_db

# The same letters after folding.
SAME = {
    "ar": """
        آسفي اسفي|مَرَّاكُش مراكش|كِتاب كتاب|ا\u0654كادير أكادير|أكادير اكادير|إربد اربد|آمنة امنة|ٱلرباط الرباط
        القاهرة القاهره|المدينة المدينه|مستشفى مستشفي|ذكرى ذكري|موسى موسي|بـيـروت بيروت|جـــدة جدة
        مُتَطَرِّف متطرف
        وَسَاطَة وساطة|شَبَاب شباب|حِوَار حوار|مُجْتَمَع مجتمع|أُسْرَة اسرة|إسكندرية اسكندرية
        أمان امان|إدارة ادارة
        آراء اراء|مبادرة مبادره|شائعة شائعه|بلديّة بلدية|سلامٌ سلام|عمّان عمان|تطرُّف تطرف|كراهيّة كراهية
        ﺑﻴﺮﻭﺕ بيروت|ﻻجئ لاجئ|مدرســة مدرسة|إجتماع اجتماع|أحياء احياء|آفاق افاق|منتدى منتدي|ورشةٍ ورشة
        تونِس تونس|الجزائرُ الجزائر|نابُلُس نابلس|صَيْدا صيدا
    """,
    "fr": """
        Montréal montreal|école ecole|médiation mediation|prévention prevention|sécurité securite|où ou
        français francais
        façade facade|garçon garcon|Noël noel|naïf naif|haïr hair|ambiguë ambigue|île ile
        forêt foret|hôpital hopital
        août aout|goût gout|crêpe crepe|pâte pate|cœur coeur|sœur soeur|œuvre oeuvre|nœud noeud|bœuf boeuf
        Lætitia laetitia
        ÉCOLE école|À à|événement evenement|élève eleve|intérêt interet|théâtre theatre|tâche tache
        réseau reseau
        l’accueil accueil|d’enfants enfants|l'école ecole|qu’apprendre apprendre|s’engager engager
        n’oublie oublie
        jusqu’ici ici|Œuvre oeuvre|VŒUX voeux|vœux voeux|Saint‑Denis saint-denis|Ça ca
    """,
    "en": """
        Århus arhus|Łódź lodz|Sønderborg sonderborg|İstanbul istanbul|Straße strasse|Medellín medellin|São sao
        Malmö malmo
        Zürich zurich|Kraków krakow|Plzeň plzen|Iași iasi|Győr gyor|Niš nis|Ærø aero|co-operation cooperation
        anti-semitism antisemitism|e-mail email|ﬁnd find|Ｐａｒｉｓ paris|naïve naive|café cafe
        Gəncə gence|Tromsø tromso
        Đakovo dakovo|Reykjavík reykjavik|Þing thing|counter-narrative counternarrative|so\u00adcial social
    """,
}
# Written with and without article and joined particles.
JOINED = """
    المدينة مدينة|والمدينة مدينة|بالمدينة مدينة|للمدينة مدينة|كالمدينة مدينة|فالمدينة مدينة
        ومدينة مدينة|بمدينة مدينة
    لمدينة مدينة|كمدينة مدينة|فمدينة مدينة|والوساطة وساطة|بالوساطة وساطة|للوساطة وساطة|ووساطة وساطة|الشباب شباب
    للشباب شباب|والشباب شباب|وشباب شباب|بالشباب شباب|البلدية بلدية|والبلدية بلدية|للبلدية بلدية|بالبلدية بلدية
    الحوار حوار|بالحوار حوار|والحوار حوار|للحوار حوار|وحوار حوار|بحوار حوار
"""


def _pairs(text):
    return [tuple(pair.split()) for pair in text.replace("\n", "|").split("|") if pair.strip()]


def test_there_are_enough_pairs():
    assert sum(len(_pairs(text)) for text in SAME.values()) + len(_pairs(JOINED)) >= 105 + 5


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_either_spelling_finds_the_other(language):
    pairs = _pairs(SAME[language]) + (_pairs(JOINED) if language == "ar" else [])
    wanted = {}
    for number, pair in enumerate(pairs):
        for side, written in enumerate(pair):
            code = f"SCN-P-{number}{side}"
            record = factories.record(code, visibility="public", language=language, title=written)
            RecordText.objects.filter(record=record).update(summary="")
            wanted[code] = (pair[1 - side], pair[side])
    SearchRow.objects.refresh()

    missed = []
    for code, (other, own) in wanted.items():
        rows = SearchRow.objects.filter(record__code=code)
        found = search(AnonymousUser(), Wanted(other, language=language))
        codes = {hit.record.code for hit in found.hits}
        if code not in codes and found.total <= len(found.hits):
            missed.append((other, own, rows.values_list(f"fts_{language}", flat=True)[0]))
    assert missed == []


def test_folding_is_the_same_in_sql_and_python():
    spellings = [word for text in SAME.values() for pair in _pairs(text) for word in pair]

    factories.term("theme", "youth")
    for written in spellings:
        in_sql = Term.objects.annotate(folded=Fold(Value(written))).values_list("folded", flat=True)
        assert in_sql[0] == fold(written)
