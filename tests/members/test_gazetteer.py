"""The gazetteer: a place is found as you type, in any script and spelling."""

import json
import lzma
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.management.commands.load_gazetteer import FIELDS, FILE, read
from members.models import Place, PlaceName

pytestmark = pytest.mark.django_db

# The places that the tests ask for, taken from the real file with all their names.
NEEDED = {
    "Calcutta",
    *("New York City", "London", "Beirut", "Århus", "Atlanta", "Rotterdam", "Victoria"),
    *("Stockholm", "Copenhagen", "Kano", "Montréal", "Palermo", "Mumbai", "Denver", "Mombasa"),
    *("Paris", "Dakar", "Tunis", "Medellín", "Antalya", "Minneapolis", "Oslo", "Puno", "Málaga"),
    *("Kolkata", "Kristiansand", "Pristina", "Tripoli", "Pune", "Port-au-Prince", "Parys"),
    *("Montréal-Nord", "Le Port-Marly", "Oslob", "Tunisia", "Kanō", "N'Djamena"),
}
# Name as the network writes it, and the place that must come first.
NETWORK = [
    *[("New York", "New York City", "US"), ("London", "London", "GB"), ("Beirut", "Beirut", "LB")],
    *[("Aarhus", "Århus", "DK"), ("Atlanta", "Atlanta", "US"), ("Rotterdam", "Rotterdam", "NL")],
    *[("Stockholm", "Stockholm", "SE"), ("Copenhagen", "Copenhagen", "DK"), ("Kano", "Kano", "NG")],
    *[("Montréal", "Montréal", "CA"), ("Palermo", "Palermo", "IT"), ("Mumbai", "Mumbai", "IN")],
    *[("Denver", "Denver", "US"), ("Mombasa", "Mombasa", "KE"), ("Paris", "Paris", "FR")],
    *[("Dakar", "Dakar", "SN"), ("Tunis", "Tunis", "TN"), ("Medellín", "Medellín", "CO")],
    *[("Antalya", "Antalya", "TR"), ("Minneapolis", "Minneapolis", "US"), ("Oslo", "Oslo", "NO")],
    *[("Puno", "Puno", "PE"), ("Málaga", "Málaga", "ES"), ("Kolkata", "Kolkata", "IN")],
    *[("Kristiansand", "Kristiansand", "NO"), ("Prishtina", "Pristina", "XK")],
    ("Victoria BC", "Victoria", "CA"),
]


@pytest.fixture(scope="session")
def every_place():
    return read(FILE)


@pytest.fixture
def write(tmp_path):
    """Write a gazetteer file of places; its first line promises `promised` of them."""

    def to_file(places, promised=None):
        head = {"fields": FIELDS, "places": len(places) if promised is None else promised}
        lines = [head, *([getattr(place, field) for field in FIELDS] for place in places)]
        file = tmp_path / "gazetteer.jsonl.xz"
        with lzma.open(file, "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
        return file

    return to_file


@pytest.fixture
def gazetteer(every_place, write):
    load(write([place for place in every_place if place.name in NEEDED]))


def load(file, **options):
    told = StringIO()
    call_command("load_gazetteer", file, stdout=told, **options)
    return told.getvalue().partition(";")[0]


def found(text, **options):
    return [(p.name, p.country) for p in Place.objects.search(text, **options)]


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(("text", "name", "country"), NETWORK)
def test_city_of_the_network_comes_first(text, name, country):
    assert found(text)[0] == (name, country)


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    "text",
    [
        "Beyrouth",
        "beirut",
        "BEIRUT",
        "بيروت",
        "بَيروت",
        "ﺑﻴﺮﻭﺕ",
        "Бейрут",
        "貝魯特",
        "beyr",
        "Beïrut",
        " beirut\n",
    ],
)
def test_one_city_in_any_script_and_spelling(text):
    assert found(text)[0] == ("Beirut", "LB")


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        *[("Medellin", "Medellín"), ("Montreal", "Montréal"), ("Malaga", "Málaga")],
        *[("Calcutta", "Kolkata"), ("Bombay", "Mumbai"), ("كولكاتا", "Kolkata")],
        *[
            ("port au prince", "Port-au-Prince"),
            ("ndjamena", "N'Djamena"),
            ("N’Djamena", "N'Djamena"),
        ],
        *[("Arhus", "Århus"), ("تونس", "Tunis"), ("مونتريال", "Montréal")],
    ],
)
def test_accents_hyphens_and_other_names_do_not_matter(text, name):
    assert found(text)[0][0] == name


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        *[("Kolkatta", "Kolkata"), ("Coppenha", "Copenhagen"), ("Krisitansand", "Kristiansand")],
        *[("Minneapolsi", "Minneapolis"), ("Stockolhm", "Stockholm"), ("بيروة", "Beirut")],
        *[("Kolkatta India", "Kolkata"), ("Medelinn", "Medellín")],
    ],
)
def test_misspelling_is_guessed_and_marked(text, name):
    places = Place.objects.search(text)

    assert (places[0].name, places[0].is_guess) == (name, True)


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("paris france", [("Paris", "FR")]),
        ("Paris, France", [("Paris", "FR")]),
        ("paris fran", [("Paris", "FR")]),
        ("paris tx", [("Paris", "US")]),
        ("paris us", [("Paris", "US")]),
        ("tripoli ly", [("Tripoli", "LY")]),
        ("tripoli liban", [("Tripoli", "LB")]),
        ("طرابلس لبنان", [("Tripoli", "LB")]),
        ("london uk", [("London", "GB")]),
        ("london on", [("London", "CA")]),
        ("victoria bc canada", [("Victoria", "CA")]),
    ],
)
def test_country_or_state_narrows(text, expected):
    assert found(text) == expected


@pytest.mark.usefixtures("gazetteer")
def test_unknown_last_word_is_left_out_as_a_guess():
    places = Place.objects.search("paris somewhere")

    assert (places[0].name, places[0].country, places[0].is_guess) == ("Paris", "FR", True)


@pytest.mark.usefixtures("gazetteer")
def test_main_name_weighs_more_than_other_names_and_a_large_place_more_than_a_small_one():
    assert found("puno")[:2] == [("Puno", "PE"), ("Pune", "IN")]
    assert found("calcutta")[:2] == [("Kolkata", "IN"), ("Calcutta", "ZA")]
    assert found("tripoli")[:2] == [("Tripoli", "LY"), ("Tripoli", "LB")]
    assert found("montreal") == [("Montréal", "CA"), ("Montréal-Nord", "CA")]


@pytest.mark.usefixtures("gazetteer")
def test_spelling_that_matched_is_told():
    (beirut,) = Place.objects.search("Beyrouth")
    (prishtina,) = Place.objects.search("prishtin", limit=1)
    (oslo,) = Place.objects.search("oslo", limit=1)

    assert (beirut.name, beirut.matched_name, beirut.is_guess) == ("Beirut", "Beyrouth", False)
    assert prishtina.matched_name == "Prishtina"
    assert oslo.matched_name == "Oslo"


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    "text", ["", "  ", "%", "_", "\0", "...", "xyzzyq", "'; DROP TABLE x --", "a" * 10_000]
)
def test_text_that_names_no_place_finds_none(text):
    assert found(text) == []


@pytest.mark.usefixtures("gazetteer")
def test_limit_is_kept():
    assert [len(found("m", limit=limit)) for limit in (1, 3)] == [1, 3]
    assert len(set(found("p", limit=6))) == len(found("p", limit=6)) == 6


@pytest.mark.usefixtures("gazetteer")
def test_search_asks_as_much_for_many_places_as_for_one(django_assert_num_queries):
    for text, places in [("beirut", 1), ("m", 10)]:
        with django_assert_num_queries(3):
            assert len(Place.objects.search(text)) == places


def test_place_has_its_facts(gazetteer):
    kolkata = Place.objects.get(pk=1275004)

    assert (kolkata.name, kolkata.country, kolkata.time_zone) == ("Kolkata", "IN", "Asia/Kolkata")
    assert (round(kolkata.lat), round(kolkata.lon)) == (23, 88)
    assert kolkata.population > 4_000_000
    assert {"Calcutta", "কলকাতা", "كولكاتا", "加尔各答"} <= set(kolkata.names)


def test_file_holds_the_world(every_place):
    assert len(every_place) == 34_006
    assert all(place.time_zone and -90 <= place.lat <= 90 for place in every_place)
    assert {"LB", "XK", "PS", "CI"} <= {place.country for place in every_place}
    assert FILE.stat().st_size < 6_000_000


def test_loading_again_changes_nothing(every_place, write):
    file = write(every_place[:50])

    assert load(file) == "Gazetteer: 50 places, 50 new, 0 changed"
    names = set(PlaceName.objects.values_list("pk", flat=True))
    assert load(file) == "Gazetteer: 50 places, 0 new, 0 changed"
    assert set(PlaceName.objects.values_list("pk", flat=True)) == names


def test_loading_a_new_edition_updates_and_adds_and_never_deletes(every_place, write):
    load(write(every_place[:50]))
    renamed = Place.objects.get(pk=every_place[3].pk)
    renamed.name, renamed.names = "Newtown", ["Nova Urbo"]

    assert load(write([renamed, *every_place[10:60]])) == "Gazetteer: 51 places, 10 new, 1 changed"
    assert Place.objects.count() == 60
    assert found("nova urbo") == [("Newtown", renamed.country)]


def test_names_are_written_again_on_demand(every_place, write):
    file = write(every_place[:50])
    load(file)
    PlaceName.objects.update(key="spoilt")

    load(file, again=True)

    assert not PlaceName.objects.filter(key="spoilt").exists()
    assert found(every_place[0].name)[0][0] == every_place[0].name


def refusal(file):
    with pytest.raises(CommandError) as error:
        call_command("load_gazetteer", file)
    return str(error.value).removeprefix(str(file))


def test_file_that_is_not_whole_is_refused(every_place, write):
    assert refusal(write(every_place[:3], promised=5)) == " is not whole: 3 of 5 places are there."
    assert not Place.objects.exists()


def test_file_cut_off_is_refused(every_place, write):
    file = write(every_place[:300])
    file.write_bytes(file.read_bytes()[:-100])

    assert refusal(file).startswith(" cannot be read: ")
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"hello", lzma.compress(b"\xff\xfe"), lzma.compress(b"[]")]
)
def test_file_that_is_no_gazetteer_is_refused(tmp_path, content):
    file = tmp_path / "other.xz"
    file.write_bytes(content)

    assert refusal(file).partition(":")[0] in {" cannot be read", " is not a gazetteer"}


def test_missing_file_is_refused(tmp_path):
    assert refusal(tmp_path / "nowhere.xz").startswith(" cannot be read: ")


@pytest.mark.parametrize(
    "values",
    [
        {"lat": 91},
        {"lat": "x"},
        {"population": -1},
        {"country": "LBN"},
        {"name": ""},
        {"names": [7]},
        {"names": ["\0"]},
    ],
)
def test_bad_line_is_refused_with_its_number(every_place, write, values):
    place = Place.objects.model(**{field: getattr(every_place[0], field) for field in FIELDS})
    for field, value in values.items():
        setattr(place, field, value)

    assert refusal(write([every_place[1], place])).startswith(", line 3 is not a place: ")
    assert not Place.objects.exists()


def test_place_listed_twice_is_refused(every_place, write):
    assert refusal(write([every_place[0], every_place[0]])) == " has a GeoNames number twice."
