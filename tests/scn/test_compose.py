"""docker-compose.yml without Docker: each service's command is run as the file states it.

What the container gives (host names, folders, ports) is put in the place of what the file says;
the commands themselves are not touched.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings

from hub.models import RecordFile
from scn.services import accounts, binaries, processes
from scn.services.together import Services
from tests.scn.compose import SERVICES, command, interpolate, running, soon

PORTAL = ["migrate", "web", "worker", "worker-bulk", "beat"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Postgres and a broker in the place of the two containers."""
    names = ("DATABASE_URL", "REDIS_URL")
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.delenv(name, raising=False)
        services = Services(tmp_path_factory.mktemp("compose"))
        services.start(tied=True)
        yield services
        services.reset()


@pytest.fixture(scope="module")
def portal(servers, tmp_path_factory):
    """The environment of the portal's containers, led to this machine's servers."""
    files = tmp_path_factory.mktemp("data")
    stated = {key: interpolate(value) for key, value in SERVICES["web"]["environment"].items()}
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BIND"} <= set(stated)
    venv = str(Path(sys.executable).parent)
    env = stated | servers.variables()
    env |= {
        "BIND": f"127.0.0.1:{processes.free_port()}",
        "STATE_DIR": str(files),
        "PATH": f"{venv}:{os.environ['PATH']}",
        "HOME": str(files),
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }
    (files / "static").mkdir()
    subprocess.run(
        ["python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=settings.BASE_DIR, env=env, check=True, timeout=120,
    )  # fmt: skip
    migrate(env)
    return env


def migrate(env):
    return subprocess.run(
        command("migrate"),
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        timeout=180,
    )


def healthy(env):
    test = SERVICES["web"]["healthcheck"]["test"]
    return (
        subprocess.run(test[1:], cwd=settings.BASE_DIR, env=env, capture_output=True).returncode
        == 0
    )


def test_every_service_has_a_command_and_those_that_stay_a_health_check():
    assert {name for name, service in SERVICES.items() if "command" not in service} == set()
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {
        "migrate"
    }


def test_no_secret_is_written_down():
    text = (settings.BASE_DIR / "docker-compose.yml").read_text()

    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "EMAIL_URL"):
        assert f"${{{name}:?" in text


@pytest.mark.parametrize("name", PORTAL)
def test_portal_runs_with_few_rights(name):
    service = SERVICES[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert re.search(
        r"^USER 10001:101$", (settings.BASE_DIR / "Dockerfile").read_text(), re.MULTILINE
    )


def test_only_the_proxy_is_reachable_from_outside():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx"}


def test_scanner_is_there_only_for_those_who_ask():
    scanner = SERVICES["clamd"]
    largest = scanner["environment"]["CLAMD_CONF_StreamMaxLength"]

    assert scanner["profiles"] == ["scanner"]
    assert interpolate(SERVICES["worker"]["environment"]["CLAMD_URL"]) == ""
    assert int(largest.removesuffix("M")) > RecordFile.MOST_MEGABYTES


def test_every_kind_of_work_has_a_worker():
    queues = [word for name in ("worker", "worker-bulk") for word in _after(command(name), "-Q")]

    assert queues == ["mail,default", "bulk"]


def test_postgres_command_answers(tmp_path, servers):
    server = servers.servers(every=True)["DATABASE_URL"]
    data, port = server.data.with_name("compose"), processes.free_port()
    words = command("postgres")
    program = binaries.postgres(server.account)
    _initdb(program, data, server.account)
    options = server.account.popen_options() if server.account else {}
    env = {"PATH": str(program.bin), "PGDATA": str(data), "PGPORT": str(port)}
    try:
        with running("postgres", env, tmp_path / "log", words=words, cwd=data, **options):
            url = f"postgres://scn@127.0.0.1:{port}/postgres"
            assert soon(lambda: _answer(url, "SHOW jit") == "off") is True
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_redis_command_answers_with_the_password_only(tmp_path):
    program, port = binaries.valkey(None), processes.free_port()
    env = {"PATH": str(program.parent)}
    words = [*command("redis"), "--port", str(port)]  # the container has the usual port to itself

    with running("redis", env, tmp_path / "log", words=words, cwd=tmp_path):
        assert soon(lambda: _ask(port, b"PING\r\n").startswith(b"-NOAUTH")) is True
        assert _ask(port, b"AUTH secret-of-redis\r\nPING\r\n") == b"+OK\r\n+PONG\r\n"
    assert list(tmp_path.rglob("*.aof")) != []


def test_migrate_command_ends_well_and_may_be_repeated(portal):
    again = migrate(portal)

    assert (again.returncode, again.stderr) == (0, "")
    assert int(_answer(portal["DATABASE_URL"], "SELECT count(*) FROM core_term")) > 200


def test_web_command_gets_ready_and_stops_when_told(portal, tmp_path):
    with running("web", portal, tmp_path / "log") as child:
        assert soon(lambda: healthy(portal)) is True
        port = int(portal["BIND"].rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/livez", headers={"Host": "portal.example.org"})
        assert connection.getresponse().status == 200
        connection.close()
    assert child.returncode == 0


def test_health_check_fails_when_nobody_answers(portal):
    assert healthy(portal | {"BIND": f"127.0.0.1:{processes.free_port()}"}) is False


@pytest.mark.parametrize("name", ["worker", "worker-bulk"])
def test_worker_command_answers_its_health_check(portal, tmp_path, name):
    check = interpolate(SERVICES[name]["healthcheck"]["test"][1])

    def well():
        return subprocess.run(
            ["sh", "-c", check], cwd=settings.BASE_DIR, env=portal, capture_output=True
        )

    with running(name, portal, tmp_path / "log") as child:
        assert soon(lambda: well().returncode == 0, 90) is True
    assert child.returncode == 0


def test_beat_command_keeps_its_schedule(portal, tmp_path):
    words = [word.replace("/tmp/", f"{tmp_path}/") for word in command("beat")]
    check = interpolate(SERVICES["beat"]["healthcheck"]["test"][1]).replace("/tmp/", f"{tmp_path}/")

    with running("beat", portal, tmp_path / "log", words=words):
        assert soon(
            lambda: subprocess.run(["sh", "-c", check], capture_output=True).returncode == 0
        )
        with redis.Redis.from_url(portal["REDIS_URL"]) as broker:
            assert soon(lambda: broker.llen("default") > 0, 20) is True


def _initdb(program, data, account):
    data.mkdir(mode=0o700)
    accounts.give(data, account)
    subprocess.run(
        [program.bin / "initdb", "-D", data, "-U", "scn", "--auth=trust", "--no-instructions"],
        check=True, capture_output=True, cwd=data, **(account.popen_options() if account else {}),
    )  # fmt: skip


def _answer(url, statement):
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return str(connection.execute(statement).fetchone()[0])
    except psycopg.OperationalError:
        return None


def _ask(port, words):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(words)
            time.sleep(0.1)
            return connection.recv(200)
    except OSError:
        return b""


def _after(words, flag):
    return words[words.index(flag) + 1 : words.index(flag) + 2]
