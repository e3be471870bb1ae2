"""The pledge: versions come in once and stay as they were."""

from datetime import date

from django.core.management import call_command

from members.models import PledgeVersion


def test_load_pledges_brings_in_three_principles_in_three_languages(db):
    call_command("load_pledges", verbosity=0)

    pledge = PledgeVersion.objects.in_force()

    assert pledge.number == 1
    assert [len(getattr(pledge, f"text_{code}").splitlines()) for code in ("en", "fr", "ar")] == [
        3,
        3,
        3,
    ]


def test_load_pledges_again_changes_nothing(db, capsys):
    call_command("load_pledges")
    PledgeVersion.objects.update(text_en="As staff put it.")

    call_command("load_pledges")

    assert PledgeVersion.objects.get().text_en == "As staff put it."
    assert capsys.readouterr().out.splitlines()[-1] == "0 new, 1 there already"


def test_pledge_binds_from_its_day_on(db):
    call_command("load_pledges", verbosity=0)

    assert PledgeVersion.objects.in_force(on=date(2015, 9, 28)) is None
    assert PledgeVersion.objects.in_force(on=date(2015, 9, 29)).number == 1
