"""The nginx of docker-compose.yml: its command and deploy/nginx.conf, before a stand-in for the portal."""

import http.client
import os
import re
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.urls import get_resolver

from scn.services import processes
from tests.scn.compose import command, running, soon

FILE_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-store",
    "Content-Disposition": 'attachment; filename="record.txt"',
}


class Portal(BaseHTTPRequestHandler):
    """Stands where the portal stands and says what nginx tells it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = repr(sorted((k.lower(), v) for k, v in self.headers.items())).encode()
        if self.path.endswith("/too-large/"):
            body = f"{self.command} {self.path} ".encode() + body
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        if self.path == "/hub/SCN-1/files/7/":
            self.send_header("X-Accel-Redirect", "/protected/record.txt")
            for name, value in FILE_HEADERS.items():
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """nginx with the file's command and configuration, before a stand-in for the portal."""
    home = tmp_path_factory.mktemp("nginx")
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    plain, tls = processes.free_port(), processes.free_port()
    _certificate(home)
    (home / "files").mkdir()
    (home / "files" / "record.txt").write_text("only for members")
    main = _nginx_configuration(home, plain=plain, tls=tls, portal=upstream.server_port)
    words = [*command("nginx"), "-c", str(main)]
    env = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    with running("nginx", env, home / "out", words=words, cwd=home):
        assert soon(lambda: not processes.port_is_free(tls), 10), (home / "out").read_text()
        yield home, plain, tls
    upstream.shutdown()


@contextmanager
def tls_connection(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    yield connection
    connection.close()


def ask(connection, path, *, host="portal.example.org", method="GET", body=None, **headers):
    heads = {"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=heads)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def fetch(port, path="/", **options):
    with tls_connection(port) as connection:
        return ask(connection, path, **options)


def test_nginx_overwrites_what_a_visitor_claims(nginx):
    _home, _plain, tls = nginx

    status, heads = fetch(
        tls, X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="http", X_Forwarded_Host="evil.example",
        Forwarded="for=6.6.6.6", X_Real_IP="6.6.6.6",
    )  # fmt: skip

    assert status == 200
    assert dict(eval(heads)) == {
        "host": "portal.example.org",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "accept-encoding": "identity",
    }


def test_nginx_hands_out_a_file_only_when_the_portal_says_so(nginx):
    _home, _plain, tls = nginx

    assert fetch(tls, "/hub/SCN-1/files/7/") == (200, "only for members")
    assert fetch(tls, "/protected/record.txt")[0] == 404
    assert fetch(tls, "/protected/../protected/record.txt")[0] == 404


def test_nginx_keeps_the_headers_that_make_a_file_harmless(nginx):
    _home, _plain, tls = nginx

    with tls_connection(tls) as connection:
        connection.request("GET", "/hub/SCN-1/files/7/", headers={"Host": "portal.example.org"})
        heads = connection.getresponse().headers

    assert {name: heads[name] for name in FILE_HEADERS} == FILE_HEADERS


def test_nginx_sends_plain_visitors_to_the_site_and_others_away(nginx):
    _home, plain, tls = nginx
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=10)
    connection.request("GET", "/fr/join/?a=b", headers={"Host": "portal.example.org"})
    answer = connection.getresponse()

    assert (answer.status, answer.headers["Location"]) == (
        308, "https://portal.example.org/fr/join/?a=b"
    )  # fmt: skip
    with pytest.raises(http.client.RemoteDisconnected):
        fetch(tls, host="evil.example.org")


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [
        ("/", 1, 200),
        ("/", 3, 413),
        ("/ar/join/letter/", 11, 200),
        ("/join/letter/", 13, 413),
        ("/admin/hub/record/1/change/", 50, 200),
        ("/admin/hub/record/1/change/", 52, 413),
        ("/fr/hub/contributions/3fa85f64-5717-4562-b3fc-2c963f66afa6/files/add/", 50, 200),
        ("/hub/contributions/3fa85f64-5717-4562-b3fc-2c963f66afa6/files/add/", 52, 413),
        ("/hub/contributions/3fa85f64-5717-4562-b3fc-2c963f66afa6/files/7/describe/", 3, 413),
    ],
)
def test_nginx_limits_what_is_sent(nginx, path, megabytes, status):
    _home, _plain, tls = nginx
    time.sleep(0.1)

    try:
        answer, _ = fetch(tls, path, method="POST", body=b"x" * megabytes * 1024 * 1024)
    except (BrokenPipeError, ssl.SSLEOFError, ConnectionResetError):
        answer = 413  # nginx hung up before the end of what was too much

    assert answer == status


@pytest.mark.parametrize(
    ("path", "page"), [("/join/letter/", "/too-large/"), ("/ar/join/letter/", "/ar/too-large/")]
)
def test_nginx_lets_the_portal_say_that_it_was_too_much(nginx, path, page):
    """The length alone is told, and the answer comes before a byte of the body is sent."""
    _home, _plain, tls = nginx
    with tls_connection(tls) as connection:
        connection.putrequest("POST", path, skip_host=True)
        for name, value in {
            "Host": "portal.example.org",
            "Content-Length": str(13 * 1024 * 1024),
            "Content-Type": "multipart/form-data; boundary=x",
            "X-Forwarded-For": "6.6.6.6",
            "Referer": "https://portal.example.org/join/",
        }.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        start, heads = answer.read().decode().split(" [", 1)

    assert (answer.status, start) == (413, f"GET {page}")
    assert dict(eval(f"[{heads}")) == {
        "host": "portal.example.org",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "referer": "https://portal.example.org/join/",
        "accept-encoding": "identity",
    }


def test_nginx_slows_a_flood_but_not_the_files_of_a_page(nginx):
    _home, _plain, tls = nginx
    time.sleep(5)  # the tests above have used up some of what a visitor may ask

    with tls_connection(tls) as connection:
        files = [ask(connection, "/static/a.css")[0] for _ in range(200)]
        pages = [ask(connection, "/")[0] for _ in range(200)]

    assert set(files) == {200}
    assert pages[:40] == [200] * 40
    assert set(pages) == {200, 429}


def test_nginx_logs_hold_no_secret(nginx):
    home, plain, tls = nginx
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=10)
    connection.request("GET", "/join/?q=SECRET", headers={"Host": "portal.example.org"})
    connection.close()
    with tls_connection(tls) as connection:
        for _ in range(100):  # until nginx refuses, which is an error to it
            ask(connection, "/fr/join/status/SECRET/?q=SECRET")
            ask(connection, "/accounts/password/reset/key/SECRET/")

    logs = {file.name: file for file in home.glob("*.log")}
    assert sorted(logs) == ["access.log", "error.log", "frame.log"]
    assert soon(
        lambda: '/accounts/password/reset/key/..." 429' in logs["access.log"].read_text(), 5
    )
    assert [name for name, file in logs.items() if "SECRET" in file.read_text()] == []


def test_nginx_log_masks_every_address_that_opens_something():
    (pattern,) = re.findall(
        r"^\s+~(\^\S+) ", (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(), re.MULTILINE
    )
    masked = re.compile(pattern.replace("(?<", "(?P<"))
    secret = [path for path in _addresses(get_resolver()) if re.search(r"(:|<)(token|key)>", path)]

    assert len(secret) > 5
    assert [path for path in secret if not masked.match("/" + path.replace("^", ""))] == []


def _addresses(resolver, start=""):
    for pattern in resolver.url_patterns:
        path = start + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _addresses(pattern, path)
        else:
            yield path


def _nginx_configuration(home, *, plain, tls, portal):
    """The nginx image's own frame around deploy/nginx.conf, with this machine's places."""
    text = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    for stated, here in [
        ("${SITE_HOST}", "portal.example.org"),
        ("server web:8000;", f"server 127.0.0.1:{portal};"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("listen 443", f"listen 127.0.0.1:{tls}"),
        ("/etc/nginx/certificates", str(home)),
        ("/var/log/nginx", str(home)),
        ("/data/files/", f"{home}/files/"),
    ]:
        assert stated in text
        text = text.replace(stated, here)
    (home / "portal.conf").write_text(text)
    frame = home / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {home}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # or it could not enter this test's folder
    frame.write_text(
        f"{user} pid {home}/pid; error_log {home}/error.log notice; events {{}}\n"
        f"http {{ {temporary} access_log {home}/frame.log combined; include {home}/portal.conf; }}\n"
    )
    return frame


def _certificate(home):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=portal.example.org", "-keyout", home / "privkey.pem", "-out", home / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
