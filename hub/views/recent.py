"""What a device remembers of the records opened on it; the server only says whose list it may be."""

from django.utils.crypto import salted_hmac

from hub import rules


def keeping(user) -> dict:
    """What a record's page needs to be remembered on the device, and to be put on a list."""
    return {"remembers": True, "reader": reader_mark(user), "may_keep": rules.may_keep(user)}


def reader_mark(user) -> str:
    """The same for one account, unlike for another, and empty for strangers; it names nobody."""
    if not user.is_authenticated:
        return ""
    return salted_hmac("hub.recent", str(user.pk)).hexdigest()[:16]
