"""Logs as JSON, one line an event, so that nobody can forge a line with a newline."""

import json
import logging
import re
from datetime import UTC, datetime

# The token in a path opens things; the log keeps the page and drops the key.
_TOKENS = re.compile(
    r"(/(?:join/(?:status|confirm|resume)|accounts/(?:welcome|password/reset/key|confirm-email))/)[^/\s]+"
)


class JsonLine(logging.Formatter):
    """Formats a record as one JSON object in UTC, with tokens in paths masked."""

    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _TOKENS.sub(r"\1…", record.getMessage()),
        }
        for name in ("incident", "user_id", "verb"):
            if hasattr(record, name):
                line[name] = getattr(record, name)
        if record.exc_info:
            line["trace"] = _TOKENS.sub(r"\1…", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
