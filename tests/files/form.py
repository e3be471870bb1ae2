"""Sending files as a browser does, whatever they are called, without holding them in memory."""

from tests.files.clamd import Clamd

__all__ = ["BOUNDARY", "Clamd", "multipart", "post"]

BOUNDARY = b"----------a-plan-for-a-city"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY.decode()}"


def multipart(place, files, fields=(("visibility", "members"),), *, encoding=b""):
    """The body of a form, written to the file `place`; each of `files` is a name and content."""
    with place.open("wb") as body:
        for name, value in fields:
            body.write(b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (
                BOUNDARY, name.encode(), value.encode(),
            ))  # fmt: skip
        for name, content in files:
            called = name if isinstance(name, bytes) else name.encode()
            called = called.replace(b'"', b"%22")
            body.write(
                b'--%s\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n'
                % (BOUNDARY, called)
            )
            body.write(b"Content-Type: application/octet-stream\r\n")
            if encoding:
                body.write(b"Content-Transfer-Encoding: %s\r\n" % encoding)
            body.write(b"\r\n")
            body.write(content)
            body.write(b"\r\n")
        body.write(b"--%s--\r\n" % BOUNDARY)
    return place


def post(client, url, place):
    """Send the body in the file `place`; it is read from there, as from a socket."""
    with place.open("rb") as body:
        return client.generic(
            "POST",
            url,
            CONTENT_TYPE=CONTENT_TYPE,
            CONTENT_LENGTH=str(place.stat().st_size),
            **{"wsgi.input": body},
        )
