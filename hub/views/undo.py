"""What was just deleted, kept in the session for a while so that it can be put back."""

import time

_SECONDS = 600


def remember(request, name, facts):
    """Keep these facts (JSON values); whatever was kept under the name before is gone for good."""
    request.session[name] = facts | {"at": int(time.time())}


def recall(request, name) -> dict | None:
    """What was deleted in the last minutes, or None."""
    facts = request.session.get(name)
    if not facts or time.time() - facts["at"] > _SECONDS:
        return None
    return {key: value for key, value in facts.items() if key != "at"}


def take(request, name) -> dict | None:
    """The same, once: afterwards there is nothing to put back."""
    facts = recall(request, name)
    request.session.pop(name, None)
    return facts
