"""The cast: ana acts for Aarhus, folke is its focal point, rui reviews, zoe is from elsewhere."""

import pytest
from django.core.cache import cache
from django.utils.translation import override

from core.models import Term
from core.vocabularies import load
from tests import factories

BLOCKER = pytest.StashKey()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, request):
    with django_db_blocker.unblock():
        load()
    request.config.stash[BLOCKER] = django_db_blocker


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Tests that commit empty every table when they end; the terms come back before the next."""
    result = yield
    blocker = item.config.stash.get(BLOCKER, None)
    if blocker and nextitem:
        with blocker.unblock():
            if not Term.objects.exists():
                cache.clear()
                load()
    return result


@pytest.fixture(autouse=True)
def _english():
    """Each test begins in English, whatever the page before was in."""
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        }
    }


@pytest.fixture
def aarhus(db):
    return factories.city("Aarhus", slug="aarhus")


@pytest.fixture
def mombasa(db):
    return factories.city("Mombasa", slug="mombasa", country="KE", hub="ESA")


@pytest.fixture
def ana(aarhus):
    return factories.member(aarhus, email="ana@aarhus.example.org")


@pytest.fixture
def folke(aarhus):
    return factories.member(
        aarhus, focal=True, name="Folke Example", email="folke@aarhus.example.org"
    )


@pytest.fixture
def zoe(mombasa):
    return factories.member(mombasa, name="Zoe Sample", email="zoe@mombasa.example.org")


@pytest.fixture
def rui(db):
    return factories.reviewer(email="rui@example.org")


@pytest.fixture
def staff(db):
    return factories.staff(everywhere=True, email="staff@example.org")


@pytest.fixture
def staff_mena(db):
    return factories.staff("MENA", email="staff.mena@example.org")
