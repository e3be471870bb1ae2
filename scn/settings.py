"""Settings of the portal, from the environment alone. Names and meaning: docs/operations.md."""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from scn.timetable import TIMETABLE

env = environ.FileAwareEnv()
BASE_DIR = Path(__file__).resolve().parent.parent


def _read(kind, name, default=environ.Env.NOTSET):
    """Read one variable; a wrong value stops the start with one sentence that names it."""
    try:
        return getattr(env, kind)(name, default=default)
    except (ImproperlyConfigured, ValueError, TypeError, AttributeError) as error:
        if name not in os.environ:
            message = (
                f"{name} is not set: give it a value (docs/operations.md lists the variables)."
            )
        else:
            message = f"{name} has a value that cannot be used: {error}"
        raise ImproperlyConfigured(message) from error


# --- What this is
DEMO = _read("bool", "DEMO", False)
DEBUG = _read("bool", "DEBUG", False)
SITE_ORIGIN = _read("str", "SITE_ORIGIN", "http://localhost:8000").rstrip("/")
if not SITE_ORIGIN.startswith(("http://", "https://")):
    raise ImproperlyConfigured("SITE_ORIGIN must start with http:// or https://.")
SECURE = SITE_ORIGIN.startswith("https://")
SITE_HOST = SITE_ORIGIN.split("://", 1)[1].split(":")[0]
ALLOWED_HOSTS = _read("list", "ALLOWED_HOSTS", [SITE_HOST])
SECRET_KEY = _read(
    "str", "SECRET_KEY", "only-for-the-demo-and-tests-" * 2 if DEMO or DEBUG else environ.Env.NOTSET
)
SECRET_KEY_FALLBACKS = _read("list", "SECRET_KEY_FALLBACKS", [])
STATE_DIR = Path(_read("str", "STATE_DIR", str(BASE_DIR / "var"))).expanduser()
STAFF_MFA_REQUIRED = _read("bool", "STAFF_MFA_REQUIRED", True)
STAFF_EMAIL = "info@strongcitiesnetwork.org"

# --- Parts
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django.forms",  # FORM_RENDERER finds the widgets' own templates here
    "scn.apps.StaffAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "core",
    "outbox",
    "members",
    "hub",
    "scn",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.BrowserPolicy",
    "csp.middleware.CSPMiddleware",
    "core.middleware.RefuseTooLarge",
    "core.middleware.RefuseBadBytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "scn.middleware.IdleTimeout",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "scn.middleware.Standing",
    "scn.middleware.SecondFactor",
    "core.middleware.SomeoneWasFaster",
]
ROOT_URLCONF = "scn.urls"
WSGI_APPLICATION = "scn.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "scn.context.site",
            ],
        },
    },
]
FORM_RENDERER = "core.forms.Renderer"

# --- Stores
DATABASES = {"default": _read("db_url", "DATABASE_URL", "postgres:///scn")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"]["OPTIONS"].setdefault(
    "options",
    "-c jit=off -c statement_timeout=15s -c lock_timeout=5s"
    " -c idle_in_transaction_session_timeout=30s",
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# allauth counts failed logins in this cache; in Postgres it outlives Redis (trust: E1).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Work that can wait
REDIS_URL = _read("str", "REDIS_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "visibility_timeout": 3600,
}
CELERY_DB_REUSE_MAX = 1000
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = TIMETABLE

# --- Letters
EMAIL_CONFIG = _read("email_url", "EMAIL_URL", "smtp://localhost:1025")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _read(
    "str", "DEFAULT_FROM_EMAIL", "Strong Cities Network <no-reply@example.org>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
OUTBOX_MAY_RECEIVE_BULK = "members.rules.may_receive_bulk"

# --- Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "scn.formats"
LANGUAGE_COOKIE_NAME = "language"
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = STATE_DIR / "files"  # private: no URL leads here, see core/files.py
MEDIA_BUCKET = _read("str", "MEDIA_BUCKET", "")
CLAMD_URL = _read("str", "CLAMD_URL", "")  # tcp://host:3310 or unix:///path; empty: no scanner
if CLAMD_URL and not CLAMD_URL.startswith(("tcp://", "unix:///")):
    raise ImproperlyConfigured("CLAMD_URL must start with tcp:// or unix:///.")
X_ACCEL = _read("bool", "X_ACCEL", False)  # nginx in front hands out files we allow
if MEDIA_BUCKET:
    _files = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_BUCKET,
            "endpoint_url": _read("str", "MEDIA_ENDPOINT_URL", "") or None,
            "signature_version": "s3v4",
            "querystring_expire": 60,
            "file_overwrite": False,
            "default_acl": None,
        },
    }
else:
    _files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    }
STORAGES = {
    "default": _files,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750

# --- Who may enter
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["members.adapter.OneLookup"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "members.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "members.forms.accounts.LoginForm",
    "add_email": "members.forms.accounts.AddEmailForm",
    "change_password": "members.forms.accounts.ChangePasswordForm",
    "set_password": "members.forms.accounts.SetPasswordForm",
    "reset_password": "members.forms.accounts.ResetPasswordForm",
    "reset_password_from_key": "members.forms.accounts.ResetPasswordKeyForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "members.emails.accounts.ResetTokens"  # noqa: S105 - a class, no password
ACCOUNT_SESSION_REMEMBER = False  # town halls share computers: the cookie ends with the browser
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "10/h/ip",
    "reset_password": "10/h/ip,3/h/key",
    "confirm_email": "1/3m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = _read("int", "TRUSTED_PROXY_COUNT", 0)
MFA_ADAPTER = "members.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "members.forms.accounts.AuthenticateForm",
    "reauthenticate": "members.forms.accounts.ReauthenticateForm",
    "activate_totp": "members.forms.accounts.ActivateTOTPForm",
    "add_webauthn": "members.forms.accounts.AddWebAuthnForm",
    "edit_webauthn": "members.forms.accounts.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Strong Cities Network"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TRUST_ENABLED = False
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_TRACK_ACTIVITY = False
PASSWORD_RESET_TIMEOUT = 3600
# One hasher alone: a second, slower one would tell by time who has an old account.
PASSWORD_HASHERS = ["core.hashers.Argon2Tuned"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "core.passwords.NotAboutUs"},
    {"NAME": "core.passwords.LongerForStaff"},
]

# --- Cookies and sessions
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-sid" if SECURE else "sid"
CSRF_FAILURE_VIEW = "scn.views.form_too_late"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86400
SESSION_IDLE_SECONDS = {"staff": 30 * 60, "member": 8 * 3600}
SESSION_LONGEST_SECONDS = {"staff": 12 * 3600, "member": 14 * 86400}

# --- Transport and browser
USE_X_FORWARDED_HOST = False
if SECURE:
    # Only because the nginx in front always overwrites this header (deploy/nginx.conf).
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
        "report-uri": ["/csp-report/"],
    }
    | ({"upgrade-insecure-requests": True} if SECURE else {}),
}

# --- Logs: one JSON line an event, no bodies, no addresses
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.security.DisallowedHost": {"level": "ERROR"}},
}
SENTRY_DSN = _read("str", "SENTRY_DSN", "")

# --- Where staff aim to be (shown to applicants and on the staff start page)
ANSWER_WITHIN_DAYS = 14
