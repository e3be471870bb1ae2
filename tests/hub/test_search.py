import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from hub.models import AccessGrant, FileText, SearchRow
from hub.search import FACETS, Wanted, near, ranking, related, search, suggest
from hub.search.typed import Word, parse
from hub.tasks import learn_new_words
from tests import factories

STRANGER = AnonymousUser()


def _find(user, text="", **wanted):
    return search(user, Wanted(text, **wanted))


def _codes(found):
    return [hit.record.code for hit in found.hits]


def _found(text, user=STRANGER, **wanted):
    return _codes(_find(user, text, **wanted))


@pytest.mark.parametrize(
    ("typed", "alternatives", "excluded"),
    [
        ("", [[]], []),
        ("youth  mediators", [["youth", "mediators"]], []),
        ('"night bus" -police', [[("night", "bus")]], ["police"]),
        ("bus or tram", [["bus"], ["tram"]], []),
        ("bus ou tram", [["bus"], ["tram"]], []),
        ("حافلة أو قطار", [["حافله"], ["قطار"]], []),
        ('-"late bus"', [[]], [("late", "bus")]),
        ("- -- or", [[]], []),
        ('"never closed', [[("never", "closed")]], []),
        ("SCN-P-0001", [[("scn", "p", "0001")]], []),
        ("l’école d'été", [["l", "ecole", "d", "ete"]], []),
    ],
)
def test_parse_reads_what_people_type(typed, alternatives, excluded):
    read = parse(typed)

    assert [[_plain(word) for word in words] for words in read.alternatives] == alternatives
    assert [_plain(word) for word in read.excluded] == excluded


def _plain(word):
    return word.words if word.is_phrase else word.words[0]


def test_in_a_long_text_or_and_quotes_are_only_words():
    long = "which methods help a town or a region to hear early of a conflict between neighbours"

    assert len(parse(long).alternatives) == 1
    assert not parse('see "night bus" ' + " ".join(["word"] * 20)).wanted[1].is_phrase


def test_a_compound_is_also_one_word():
    assert parse("co-operation").wanted == [
        Word(("co",), joined="cooperation"),
        Word(("operation",), joined="cooperation"),
    ]


@pytest.mark.parametrize(
    ("language", "title", "typed"),
    [
        ("en", "Youth mediators on evening buses", "mediation"),
        ("en", "Montréal and its libraries", "montreal library"),
        ("en", "Co-operation between towns", "cooperation"),
        ("en", "Cooperation between towns", "co-operation"),
        ("fr", "La médiation à l’école", "mediation ecole"),
        ("fr", "Œuvrer dans les quartiers", "oeuvrer quartier"),
        ("fr", "L’accueil des familles", "accueil famille"),
        ("ar", "الوساطة في المدارس", "وساطة"),
        ("ar", "وساطة الجيران", "الوساطة"),
        ("ar", "مَدينةُ آسفي", "اسفي"),
        ("ar", "ورشة في أرهوس", "ارهوس"),
        ("ar", "كتاب الحي", "كِتاب"),
        ("ar", "مستشفى المدينة", "مستشفي"),
        ("ar", "اجتماعا في ٢٠٢٤", "اجتماع 2024"),
    ],
)
def test_search_finds_words_in_their_other_forms(shelve, language, title, typed):
    shelve("SCN-P-0001", visibility="public", language=language, title=title)
    shelve("SCN-P-0002", visibility="public", title="Something else")

    assert _found(typed) == ["SCN-P-0001"]


def test_search_finds_a_record_by_its_code_kind_and_terms_in_any_language(shelve):
    record = shelve("SCN-T-0007", kind="toolkit", visibility="public", themes=["youth"])
    term = factories.term("theme", "youth")
    term.label_en, term.label_fr, term.label_ar = "Youth", "Engagement des jeunes", "إشراك الشباب"
    term.save()
    SearchRow.objects.refresh(record)
    shelve("SCN-P-0001", visibility="public")

    assert _found("SCN-T-0007") == [record.code]
    assert _found("scn t 0007")[0] == record.code
    assert _found("engagement des jeunes") == [record.code]
    assert _found("إشراك الشباب") == [record.code]


def test_search_reads_every_language_version_and_counts_the_record_once(shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        themes=["youth"],
        texts={"fr": {"title": "Bus de nuit"}, "ar": {"title": "حافلات الليل"}},
    )

    for typed, language in [("night", "en"), ("nuit", "fr"), ("الليل", "ar")]:
        found = _find(STRANGER, typed)
        assert (_codes(found), found.total) == (["SCN-P-0001"], 1)
        assert found.facets["kind"] == {"practice": 1}
        assert (found.hits[0].language, found.hits[0].field) == (language, "title")


def test_the_readers_language_is_shown_where_the_words_stand_in_it(shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        title="Radio",
        texts={"fr": {"title": "La radio du soir"}},
    )

    with translation.override("fr"):
        assert _find(STRANGER, "radio").hits[0].language == "fr"
    assert _find(STRANGER, "radio", language="en").hits[0].language == "en"


def test_unfinished_translations_are_not_found(shelve):
    shelve(
        "SCN-P-0001",
        visibility="public",
        title="Night buses",
        texts={"fr": {"title": "Autocars", "status": "draft"}},
    )

    assert _find(STRANGER, "autocars").total == 0


def test_title_weighs_more_than_summary_and_summary_more_than_codes_and_body(shelve, attach):
    filler = {"title": "Filler", "summary": "Filler"}
    with_file = shelve("SCN-P-0001", visibility="public", texts={"en": filler})
    FileText.objects.create(file=attach(with_file), words="A ferry.")
    SearchRow.objects.refresh(with_file)
    shelve("SCN-P-0002", visibility="public", texts={"en": filler | {"description": "A ferry."}})
    shelve("SCN-P-0003", visibility="public", texts={"en": filler | {"keywords": "Ferry"}})
    shelve("SCN-P-0004", visibility="public", texts={"en": filler | {"summary": "A ferry"}})
    shelve("SCN-P-0005", visibility="public", texts={"en": filler | {"title": "A ferry"}})

    found = _find(STRANGER, "ferry")

    assert _codes(found) == [f"SCN-P-000{n}" for n in (5, 4, 3, 2, 1)]
    assert [hit.field for hit in found.hits] == ["title", "summary", "codes", "body", "file"]
    assert [hit.snippet for hit in found.hits] == ["", "", "", "A ferry.", "Plan A ferry."]
    assert found.hits[-1].file.title == "Plan"


def test_a_rare_word_tells_more_than_a_common_one_and_a_short_text_more_than_a_long(shelve):
    for number in range(1, 6):
        shelve(f"SCN-P-000{number}", visibility="public", title=f"Trams number {number}")
    shelve("SCN-P-0006", visibility="public", title="Ferries")
    long = "Many other words stand here. " * 20
    shelve("SCN-P-0007", visibility="public", title="Lifts", texts={"en": {"description": long}})
    shelve("SCN-P-0008", visibility="public", title="Lifts", texts={"en": {"description": "Few."}})

    assert _found("trams ferries")[0] == "SCN-P-0006"
    assert _found("lifts") == ["SCN-P-0008", "SCN-P-0007"]


def test_the_better_evidenced_and_then_the_fresher_come_first_among_equals(shelve):
    shelve("SCN-P-0001", visibility="public", title="Ferry")
    shelve("SCN-P-0002", visibility="public", title="Ferry", staff_checked_on=timezone.now())
    shelve("SCN-P-0003", visibility="public", title="Ferry")

    assert _found("ferry") == ["SCN-P-0002", "SCN-P-0003", "SCN-P-0001"]


def test_quotes_minus_and_or_are_strict(shelve):
    shelve("SCN-P-0001", visibility="public", title="Late night bus")
    shelve("SCN-P-0002", visibility="public", title="Night market and bus station")
    shelve("SCN-P-0003", visibility="public", title="Tram")

    assert set(_found("night bus")) == {"SCN-P-0001", "SCN-P-0002"}
    assert _found('"night bus"') == ["SCN-P-0001"]
    assert _found("night -market") == ["SCN-P-0001"]
    assert _found('night -"bus station"') == ["SCN-P-0001"]
    assert _found("-night") == ["SCN-P-0003"]
    assert set(_found("late or tram")) == {"SCN-P-0001", "SCN-P-0003"}
    assert _found('"night ferry"') == []


def test_operators_in_a_sentence_are_words(shelve):
    shelve("SCN-P-0001", visibility="public", title="Flow over wings and bodies")
    shelve("SCN-P-0002", visibility="public", title="Bodies at rest")

    assert set(_found("wings or rest")) == {"SCN-P-0001", "SCN-P-0002"}
    assert _found('the "resting wings" or the "bodies at rest"') == ["SCN-P-0002"]
    assert _found("the flow over wings or bodies at heights")[0] == "SCN-P-0001"
    assert _found("FLOW OVER THE WINGS OR PROPELLERS") == ["SCN-P-0001"]
    assert _found("HEIGHTS OF WINGS AND THE SPEED OF BODIES OR PROPELLERS IN WIND OR RAIN")
    assert _found("wings/propellers (of bodies) -- 2.5 u.s. feet")[0] == "SCN-P-0001"
    sentence = 'of "resting wings" and -bodies we ask how the "flow" over them can be known at all'
    assert set(_found(sentence)) == {"SCN-P-0001", "SCN-P-0002"}


def test_records_with_every_word_come_first_then_those_with_some(shelve):
    shelve("SCN-P-0001", visibility="public", title="Ferry captains and mediators")
    shelve("SCN-P-0002", visibility="public", title="Mediators, mediators, mediators")
    shelve("SCN-P-0003", visibility="public", title="Schools")

    both = _find(STRANGER, "ferry mediators")
    some = _find(STRANGER, "what do mediators on a ferry need at weekends")

    assert (_codes(both), both.is_partial) == (["SCN-P-0001", "SCN-P-0002"], False)
    assert (_codes(some), some.is_partial) == (["SCN-P-0001", "SCN-P-0002"], True)
    assert _found("mediators ferry weekends -captains") == ["SCN-P-0002"]


def test_search_survives_anything_typed(shelve):
    shelve("SCN-P-0001", visibility="public")

    for typed in [
        "\0",
        "&|!():*<->",
        "%_\\'\";--",
        "a" * 5000,
        "ا" * 200,
        '" " "',
        "the of and",
        "-x",
        "في من",
        "\\",
        "word " * 300,
        "%s %(x)s {y}",
    ]:
        assert _find(STRANGER, typed).total in (0, 1)


def test_facets_widen_inside_narrow_across_and_ignore_their_own_choice(shelve):
    shelve("SCN-P-0001", kind="practice", visibility="public", themes=["youth"])
    shelve("SCN-P-0002", kind="practice", visibility="public", themes=["dialogue"])
    shelve("SCN-T-0001", kind="toolkit", visibility="public", themes=["youth", "dialogue"])
    shelve("SCN-L-0001", kind="lesson_learned", visibility="public", themes=["dialogue"])

    for text in ("", "record"):
        one = _find(STRANGER, text, chosen={"kind": ("practice",)}, order="newest")
        two = _find(
            STRANGER,
            text,
            chosen={"kind": ("practice", "toolkit"), "theme": ("youth",)},
            order="newest",
        )

        assert _codes(one) == ["SCN-P-0002", "SCN-P-0001"]
        assert one.facets["kind"] == {"practice": 2, "toolkit": 1, "lesson_learned": 1}
        assert one.facets["theme"] == {"youth": 1, "dialogue": 1}
        assert _codes(two) == ["SCN-T-0001", "SCN-P-0001"]
        assert two.facets["kind"] == {"practice": 1, "toolkit": 1}
        assert two.facets["theme"] == {"youth": 2, "dialogue": 2}


def test_every_facet_counts_and_filters(shelve):
    region = factories.term("region", "142", label_en="Asia")
    country = factories.term("country", "LB", label_en="Lebanon", broader=region)
    city = factories.city("Tripoli", country="LB", slug="tripoli", listing="public")
    record = shelve(
        "SCN-P-0001",
        visibility="public",
        themes=["youth"],
        terms=[
            ("target_audience", "families"),
            ("practice_type", "training"),
            ("point_of_intervention", "response"),
            ("population_band", "under_50k"),
        ],
        internet_dependence="low",
        start_date=timezone.datetime(2021, 5, 1).date(),
        staff_checked_on=timezone.now().date(),
    )
    record.cities.create(city=city)
    evaluation = record.evaluations.create(evaluator_kind="peer")
    criterion = factories.term("criterion", "relevance", label_en="Relevance")
    evaluation.ratings.create(criterion=criterion, rating="NEI")
    SearchRow.objects.refresh(record)
    shelve("SCN-T-0001", kind="toolkit", visibility="public", language="fr", title="Autre")

    wanted = {
        "kind": "practice",
        "theme": "youth",
        "region": "142",
        "country": "LB",
        "city": "tripoli",
        "audience": "families",
        "type": "training",
        "point": "response",
        "size": "under_50k",
        "language": "en",
        "evidence": "staff_checked",
        "rating": "relevance:NEI",
        "internet": "low",
        "year": "2021",
    }
    everything = _find(STRANGER)

    assert list(wanted) == list(FACETS)
    assert country.code == "LB"
    for name, value in wanted.items():
        assert everything.facets[name][value] == 1, name
        found = _find(STRANGER, chosen={name: (value,)})
        assert _codes(found) == ["SCN-P-0001"], name
        assert [(c.value, c.count) for c in found.choices(name) if c.on] == [(value, 1)], name
    labels = {name: everything.choices(name)[0].label for name in ("region", "city", "rating")}
    assert labels == {
        "region": "Asia",
        "city": "Tripoli",
        "rating": "Relevance: not enough information",
    }


def test_unknown_values_of_filters_are_left_out(shelve):
    shelve("SCN-P-0001", visibility="public")

    strange = {
        "kind": ("nonsense",),
        "theme": ("x",),
        "city": ("x",),
        "rating": ("x:9", "relevance"),
        "year": ("abcd",),
        "nothing": ("x",),
    }
    assert _found("", chosen=strange) == ["SCN-P-0001"]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", {"theme": ("dialogue",)}),
        ("night", {"theme": ("dialogue",)}),
        ("night", {"theme": ("education",), "kind": ("practice",)}),
        ("", {"theme": ("dialogue",), "kind": ("toolkit",), "country": ("DK",)}),
        ("night nowhere", {"theme": ("nonsense",), "kind": ("toolkit",)}),
    ],
)
def test_a_page_says_how_many_there_would_be_without_each_filter(shelve, text, chosen):
    shelve("SCN-P-0001", visibility="public", title="Night buses", themes=["youth", "education"])
    shelve("SCN-P-0002", visibility="public", title="Night trams", terms=[("country", "DK")])
    shelve("SCN-T-0001", kind="toolkit", visibility="public", title="Trams", themes=["dialogue"])

    found = _find(STRANGER, text, chosen=chosen)

    for name in chosen:
        left = {other: values for other, values in chosen.items() if other != name}
        assert found.total_without(name) == _find(STRANGER, text, chosen=left).total, name


def test_pages_hold_twenty_and_a_page_too_far_is_the_last(shelve):
    for number in range(1, 23):
        shelve(f"SCN-P-{number:04d}", visibility="public")

    second = _find(STRANGER, order="newest", page=2)

    assert _codes(second) == ["SCN-P-0002", "SCN-P-0001"]
    assert (second.total, second.page.number) == (22, 2)
    assert _codes(_find(STRANGER, order="newest", page=99)) == _codes(second)
    assert len(_found("record", page=2)) == 2


def test_closest_to_my_city_comes_first(shelve):
    region = factories.term("region", "145")
    here, there = factories.term("country", "LB", broader=region), factories.term("country", "JO")
    factories.term("country", "JO").broader = region
    there.broader = region
    there.save()
    band = factories.term("population_band", "under_50k")
    home = factories.city("Saida", country=here.code, population_band=band)
    shelve(
        "SCN-P-0001", visibility="public", terms=[("country", "LB"), ("population_band", band.code)]
    )
    shelve("SCN-P-0002", visibility="public", terms=[("country", "JO")])
    shelve("SCN-P-0003", visibility="public", terms=[("country", "DK")])

    assert _found("", order="closest", city=home) == ["SCN-P-0001", "SCN-P-0002", "SCN-P-0003"]
    assert _found("record", order="closest", city=home)[0] == "SCN-P-0001"
    assert _found("", order="closest", city=None)[0] == "SCN-P-0003"


def test_suggestions_put_misspelt_words_right_and_leave_the_rest(shelve):
    shelve("SCN-P-0001", visibility="public", title="Mediators in the library, l’été à l’école")
    shelve("SCN-P-0002", visibility="public", language="ar", title="الوساطة في المدرسة")
    learn_new_words()

    assert suggest(STRANGER, "mediaters in the libary") == "mediators in the library"
    assert suggest(STRANGER, "à l’ecolle") == "à l’école"
    assert suggest(STRANGER, "الوساضة") == "الوساطة"
    assert suggest(STRANGER, "mediators") is None
    assert suggest(STRANGER, "zzzzzz") is None
    assert suggest(STRANGER, "") is None


def test_near_misses_come_where_nothing_is_found(shelve):
    shelve("SCN-P-0001", visibility="public", title="Mediators in the library")

    assert [hit.record.code for hit in near(STRANGER, '"library mediators"')] == ["SCN-P-0001"]
    assert [hit.record.code for hit in near(STRANGER, "mediaters")] == ["SCN-P-0001"]
    assert near(STRANGER, "zzzzzz") == []


def test_near_misses_take_the_spelling_that_was_suggested_already(shelve):
    shelve("SCN-P-0001", visibility="public", title="Mediators in the library")

    suggested = near(STRANGER, '"libary"', meant='"library"')

    assert [hit.record.code for hit in suggested] == ["SCN-P-0001"]
    assert near(STRANGER, "libary", meant="") == []


def test_related_records_share_codes_and_words(shelve):
    one = shelve("SCN-P-0001", visibility="public", title="Ferry mediators", themes=["youth"])
    shelve("SCN-P-0002", visibility="public", title="Ferry mediators at night", themes=["youth"])
    shelve("SCN-P-0003", visibility="public", title="Tax forms", themes=["youth"])
    shelve("SCN-P-0004", visibility="members", title="Ferry mediators", themes=["youth"])
    shelve("SCN-P-0005", visibility="public", title="Street lamps", themes=["dialogue"])

    assert [record.code for record in related(STRANGER, one)] == ["SCN-P-0002", "SCN-P-0003"]
    closed = shelve("SCN-P-0006", visibility="staff", title="Ferry")
    assert related(STRANGER, closed) == []


# Who may find what.


@pytest.fixture
def shelf(shelve, attach, focal_points):
    """One record for each audience; every part of it that some may not read has a word of its own."""
    for number, (visibility, groups) in enumerate(
        [("public", []), ("teaser", []), ("members", []), ("group", [focal_points]), ("staff", [])]
    ):
        city = factories.city(f"Citadelle{visibility}", listing="members", slug=f"c-{visibility}")
        record = shelve(
            f"SCN-P-000{number}",
            visibility=visibility,
            groups=groups,
            themes=[f"theme{visibility}"],
            terms=[("target_audience", f"aud{visibility}")],
            texts={
                "en": {
                    "title": f"Title{visibility}",
                    "summary": "Shared",
                    "description": f"Body{visibility}",
                }
            },
        )
        record.cities.create(city=city)
        for level in ("public", "members", "staff"):
            file = attach(record, visibility=level, title="Plan")
            FileText.objects.create(file=file, words=f"filefor{level}of{visibility}")
        SearchRow.objects.refresh(record)
    learn_new_words()


_SEEN = {
    "stranger": {"public", "teaser"},
    "applicant": {"public", "teaser"},
    "suspended": {"public", "teaser"},
    "reviewer": {"public", "teaser"},
    "member": {"public", "teaser", "members"},
    "group": {"public", "teaser", "members", "group"},
    "staff": {"public", "teaser", "members", "group", "staff"},
    "staff_mena": {"public", "teaser", "members", "group", "staff"},
}
_WORDS = {
    "title": "title{}",
    "body": "body{}",
    "city": "citadelle{}",
    "audience": "aud{}",
    "public file": "fileforpublicof{}",
    "members file": "fileformembersof{}",
    "staff file": "fileforstaffof{}",
}


def _may_find(who, visibility, part):
    inside = who in ("member", "group", "staff", "staff_mena")
    if visibility not in _SEEN[who]:
        return False
    if visibility == "staff" or part == "title":
        return True
    if part == "staff file":
        return False
    if part in ("city", "members file"):
        return inside
    return inside or visibility == "public"


def test_nobody_finds_a_record_by_what_they_may_not_read(shelf, visitors):
    for who, account in visitors.items():
        user = account or STRANGER
        for visibility in _SEEN["staff"]:
            for part, pattern in _WORDS.items():
                word = pattern.format(visibility)
                expected = _may_find(who, visibility, part)
                found = _find(user, word)
                assert (found.total > 0) is expected, (who, visibility, part)
                assert bool(found.hits) is expected, (who, visibility, part)
                assert bool(near(user, word)) is expected, (who, visibility, part)


def test_counts_say_nothing_of_what_the_visitor_may_not_read(shelf, visitors):
    for who, account in visitors.items():
        user = account or STRANGER
        for found in (_find(user), _find(user, "shared")):
            assert found.total == len(_SEEN[who]), who
            assert set(found.facets["theme"]) == {f"theme{v}" for v in _SEEN[who]}, who
            audiences = {f"aud{v}" for v in _SEEN[who] if _may_find(who, v, "audience")}
            assert set(found.facets["audience"]) == audiences, who
            cities = {f"c-{v}" for v in _SEEN[who] if _may_find(who, v, "city")}
            assert set(found.facets["city"]) == cities, who


def test_suggestions_hold_no_word_the_visitor_may_not_read(shelf, visitors):
    for who, account in visitors.items():
        user = account or STRANGER
        for visibility in ("public", "teaser", "members", "staff"):
            for part in ("title", "body", "audience"):
                word = _WORDS[part].format(visibility)
                said = suggest(user, f"{word}x")
                if not _may_find(who, visibility, part):
                    assert said is None or fold_free(word) not in said, (who, word)
        if "public" in _SEEN[who]:
            assert suggest(user, "titlepublix") == "titlepublic", who


def fold_free(word):
    return word.lower()


def test_what_was_open_yesterday_is_not_suggested_today(shelf):
    row = SearchRow.objects.get(record__code="SCN-P-0000", readers="strangers")
    assert suggest(STRANGER, "bodypublix") == "bodypublic"

    record = row.record
    record.visibility = "members"
    record.save()
    SearchRow.objects.refresh(record)

    assert suggest(STRANGER, "bodypublix") is None


def test_a_grant_opens_one_record_of_a_group_until_it_ends(shelf, visitors):
    user = visitors["member"]
    record = SearchRow.objects.get(visibility="group").record
    assert _find(user, "bodygroup").total == 0

    grant = AccessGrant.objects.create(record=record, grantee=user, until=timezone.now().date())
    assert _codes(_find(user, "bodygroup")) == [record.code]
    assert _find(user).total == 4
    assert _find(user).facets["theme"]["themegroup"] == 1

    grant.ended_at = timezone.now()
    grant.save()
    assert _find(user, "bodygroup").total == 0
    assert _find(user).total == 3


def test_embargoed_records_appear_in_lists_and_counts_when_their_day_comes(shelve):
    later = timezone.now() + timezone.timedelta(days=1)
    record = shelve("SCN-P-0001", visibility="public", embargo_until=later)
    assert (_find(STRANGER).total, _find(STRANGER, "record").total) == (0, 0)

    record.embargo_until = timezone.now() - timezone.timedelta(minutes=1)
    record.save()
    SearchRow.objects.refresh(record)

    assert (_find(STRANGER).total, _find(STRANGER, "record").total) == (1, 1)
    assert _find(STRANGER).facets["kind"] == {"practice": 1}


def test_what_a_visitor_may_find_is_asked_anew_for_every_page(shelve, ana, time_machine):
    shelve("SCN-P-0001", embargo_until=timezone.now() + timezone.timedelta(minutes=30))
    assert _find(ana, "record").total == 0

    time_machine.move_to(timezone.now() + timezone.timedelta(minutes=31))
    assert _find(ana, "record").total == 1

    ana.person.move_to("suspended")
    ana.person.save()
    del ana.standing  # as the next request has it
    assert _find(ana, "record").total == 0


def test_a_city_that_hides_is_as_unknown_in_an_address_as_one_that_is_not(shelve, ana, staff):
    hidden = factories.city("Secretville", listing="unlisted", slug="secretville")
    members = factories.city("Quietville", listing="members", slug="quietville")
    record = shelve("SCN-P-0001", visibility="public")
    record.cities.create(city=hidden)
    record.cities.create(city=members)
    SearchRow.objects.refresh(record)

    def named(user, slug):
        found = search(user, Wanted(chosen={"city": (slug,)}))
        return [choice.label for choice in found.choices("city") if choice.on]

    assert (named(STRANGER, "secretville"), named(STRANGER, "quietville")) == ([], [])
    assert (named(ana, "secretville"), named(ana, "quietville")) == ([], ["Quietville"])
    assert named(staff, "secretville") == ["Secretville"]
    members.risk_flag = True
    members.save(update_fields=["risk_flag"])
    assert named(ana, "quietville") == []


def test_rows_counts_and_words_follow_every_change(shelve):
    record = shelve("SCN-P-0001", visibility="public", title="Ferry", themes=["youth"])
    assert _find(STRANGER).facets["theme"] == {"youth": 1}

    record.terms.set([factories.term("theme", "dialogue")])
    record.kind = "toolkit"
    record.save()
    SearchRow.objects.refresh(record)

    assert _find(STRANGER).facets["theme"] == {"dialogue": 1}
    assert _find(STRANGER).facets["kind"] == {"toolkit": 1}
    record.delete()
    assert (_find(STRANGER).total, _find(STRANGER).facets["kind"]) == (0, {})


@pytest.fixture
def bound(monkeypatch):
    """As in a library so large that only few records can be scored: of any word most, of title and summary fewer."""

    def to(most, of_head):
        monkeypatch.setattr(ranking, "MOST_SCORED", most)
        monkeypatch.setattr(ranking, "MOST_OF_ONE", most)
        monkeypatch.setattr(ranking, "MOST_UNRANKED", of_head)
        monkeypatch.setattr(ranking, "_LEAST_OF_HEAD", of_head)

    return to


def test_of_very_many_the_records_with_two_rare_words_are_found_too(shelve, bound):
    for number in range(5):
        shelve(f"SCN-P-{number:04d}", title="Ferry", visibility="public")
        shelve(f"SCN-P-{number + 10:04d}", title="Harbour", visibility="public")
        shelve(f"SCN-P-{number + 20:04d}", title="Lantern", visibility="public")
    texts = {"en": {"title": "A walk", "description": "From the harbour, by lantern."}}
    shelve("SCN-P-0099", texts=texts, visibility="public")
    bound(6, 2)

    found = _find(STRANGER, "ferry harbour lantern")

    assert found.total == 6
    assert "SCN-P-0099" in _codes(found)


def test_of_very_many_with_the_word_in_the_title_the_shortest_come_first(shelve, bound):
    for number in range(6):
        title = "Ferry" + " and more" * (6 - number)
        shelve(f"SCN-P-{number:04d}", title=title, visibility="public")
    whole = _found("ferry")
    bound(3, 3)

    assert _found("ferry") == whole[:3]
    assert _find(STRANGER, "ferry").total == 6
