"""Links that open one thing: signed, never stored, dead when the thing's version moves on."""

from django.core import signing


class BadToken(Exception):
    """The link is forged, too old, or was replaced by a newer one."""


def make(purpose: str, *parts) -> str:
    """A URL-safe token (HMAC-SHA256) for `parts` (short strings or numbers), good for one purpose."""
    value = ":".join(str(part) for part in parts)
    return signing.TimestampSigner(salt=f"link.{purpose}", sep="~").sign(value).replace(":", ".")


def read(purpose: str, token: str, *, seconds: int | None = None) -> list[str]:
    """The parts a token was made of; BadToken when it is forged or older than `seconds`."""
    try:
        value = signing.TimestampSigner(salt=f"link.{purpose}", sep="~").unsign(
            token.replace(".", ":"), max_age=seconds
        )
    except signing.BadSignature as error:
        raise BadToken from error
    return value.split(":")
