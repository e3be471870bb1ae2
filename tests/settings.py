"""The settings of the tests: the product's own, with what a test must not wait for or send."""

import os

os.environ.setdefault("DEMO", "1")
os.environ.setdefault("SITE_ORIGIN", "http://localhost:8000")
os.environ.setdefault(
    "EMAIL_URL", "smtp://127.0.0.1:9"
)  # nothing listens; a test that mails starts a sink

from scn.settings import *  # noqa: F403
from scn.settings import MIDDLEWARE as _MIDDLEWARE
from scn.settings import STORAGES as _STORAGES

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
STORAGES = _STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
MIDDLEWARE = [name for name in _MIDDLEWARE if "whitenoise" not in name]
STAFF_MFA_REQUIRED = False
