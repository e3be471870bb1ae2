"""Files in an object store: moto's server plays S3, and everything goes over real HTTP."""

import http.client
import runpy
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from moto.server import ThreadedMotoServer

from core.files import PRESIGNED_SECONDS
from core.models import JournalEntry
from hub.actions import files
from hub.models import Contribution, FileText, RecordFile
from hub.tasks import look_into_files
from tests.files import make
from tests.files.clamd import EICAR, Clamd

BUCKET = "portal"


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def store(s3, settings, monkeypatch):
    """The settings that the variables make, and an empty private bucket."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "MEDIA_BUCKET": BUCKET,
        "MEDIA_ENDPOINT_URL": s3,
    }.items():
        monkeypatch.setenv(name, value)
    stated = runpy.run_path(str(configured.BASE_DIR / "scn" / "settings.py"))
    settings.STORAGES = settings.STORAGES | {"default": stated["STORAGES"]["default"]}
    client = boto3.client("s3", endpoint_url=s3)
    client.create_bucket(Bucket=BUCKET)
    yield client
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def shelf(ana, aarhus, shelve):
    """A file that was sent with a contribution and is on the shelf now, and its address."""
    contribution = Contribution.objects.create(city=aarhus, created_by=ana)
    upload = SimpleUploadedFile("night buses.pdf", make.pdf(text="Zeppelin"))
    said = {"language": "en", "licence": None, "visibility": "members"}
    file = files.add(contribution, upload=upload, facts=said, by=ana)
    file.record = shelve("SCN-P-0001", visibility="members")
    file.save(update_fields=["record"])
    return file, reverse("hub:file", args=["SCN-P-0001", file.pk])


def fetch(url, method="GET", **headers):
    """What the store answers to a browser."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    connection.request(method, f"{place.path}?{place.query}", headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content, answer.headers


def keys(store):
    return [each["Key"] for each in store.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_upload_lies_in_the_bucket_under_a_name_that_says_nothing(shelf, store):
    file, _address = shelf

    assert keys(store) == [file.file.name]
    assert "night" not in file.file.name
    assert store.get_object(Bucket=BUCKET, Key=file.file.name)["Body"].read() == make.pdf(
        text="Zeppelin"
    )


def test_member_is_sent_to_the_store_for_a_minute(client, ana, shelf, s3):
    client.force_login(ana)

    response = client.get(shelf[1])

    query = {name: value for name, (value,) in parse_qs(urlsplit(response.url).query).items()}
    assert (response.status_code, response.url.startswith(s3)) == (302, True)
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["X-Amz-Expires"] == str(PRESIGNED_SECONDS) == "60"
    assert query["X-Amz-SignedHeaders"] == "host"
    assert {"X-Amz-Signature", "X-Amz-Date", "X-Amz-Credential"} <= set(query)
    assert response["Cache-Control"] == "private, no-store"


def test_store_hands_out_the_file_as_the_portal_said(client, ana, shelf):
    client.force_login(ana)

    status, content, headers = fetch(client.get(shelf[1]).url)

    assert (status, content) == (200, make.pdf(text="Zeppelin"))
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == 'inline; filename="night buses.pdf"'
    assert headers["Cache-Control"] == "private, no-store"


def test_store_hands_out_parts(client, ana, shelf):
    client.force_login(ana)
    url = client.get(shelf[1], headers={"Range": "bytes=0-3"}).url

    first = fetch(url, Range="bytes=0-3")
    rest = fetch(url, Range="bytes=4-")

    assert (first[0], first[1], rest[0]) == (206, b"%PDF", 206)
    assert first[1] + rest[1] == make.pdf(text="Zeppelin")


def test_link_is_for_this_file_alone_and_cannot_be_bent(client, ana, shelf, store):
    """What is signed is method, place, time and what the answer says of itself."""
    client.force_login(ana)
    url = client.get(shelf[1]).url
    again = client.get(shelf[1]).url

    assert urlsplit(url).path == f"/{BUCKET}/{shelf[0].file.name}"
    signature = parse_qs(urlsplit(url).query)["X-Amz-Signature"]
    assert len(signature[0]) == 64
    assert "testing" not in url.replace("testing%2F", "")  # the key's name, never its secret
    assert urlsplit(again).path == urlsplit(url).path


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("who", ["stranger", "suspended"])
def test_nobody_else_learns_where_it_lies(client, ana, shelf, method, who):
    if who == "suspended":
        client.force_login(ana)
        ana.person.move_to("suspended")
        ana.person.save(update_fields=["status"])

    response = getattr(client, method)(shelf[1], headers={"Range": "bytes=0-9"})

    assert response.status_code == 404
    assert "Location" not in response.headers


def test_question_about_the_file_is_answered_here(client, ana, shelf):
    """A link made for GET does not fit HEAD, so the portal tells the length."""
    client.force_login(ana)

    response = client.head(shelf[1])

    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(len(make.pdf(text="Zeppelin")))


def test_each_way_to_the_store_is_written_down(client, ana, shelf):
    client.force_login(ana)

    client.get(shelf[1])
    client.head(shelf[1])

    assert [entry.by for entry in JournalEntry.objects.filter(verb="downloaded")] == [ana]


def test_words_are_read_from_the_store(shelf):
    look_into_files()

    assert FileText.objects.get().words == "Zeppelin"


def test_scanner_looks_into_the_store_and_what_it_finds_is_deleted_there(
    settings, attach, shelve, store, django_capture_on_commit_callbacks
):
    with Clamd() as clamd:
        settings.CLAMD_URL = clamd.url
        attach(shelve(), content=EICAR)
        with django_capture_on_commit_callbacks(execute=True):
            look_into_files()

    assert RecordFile.objects.get().scan == "refused"
    assert keys(store) == []


def test_content_that_is_gone_is_no_error(shelf, store):
    store.delete_object(Bucket=BUCKET, Key=shelf[0].file.name)

    look_into_files()

    assert FileText.objects.get().problem.startswith("Its content could not be fetched")
