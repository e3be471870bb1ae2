"""Where a request comes from."""

from django.conf import settings


def address(request) -> str:
    """The client's IP address: that of the connection, or what our own proxies put in front of it.

    Only the last TRUSTED_PROXY_COUNT entries of X-Forwarded-For are believed, so a client cannot invent one.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if proxies and len(forwarded) >= proxies and forwarded[-proxies]:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR", "")
