"""The portal's one settings file. Everything that differs between installations comes from the environment.

A setting that is missing or wrong stops the process at once and says which (see .env.example for all of them).
"""

import warnings
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from portal import clock, logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 32 and not DEBUG:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 32 characters: set a long random one")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env.str("PORTAL_BASE_URL", default="http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    # Ours, outermost room first, so that a room's templates and commands can override an inner one's.
    "demo",  # commands only: the demonstration's data
    "scorecard",
    "escalation",
    "cases",
    "contracts",
    "portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "portal.middleware.RequestId",
    "portal.middleware.HeadAsGet",
    "portal.edge.BodyLimits",
    "portal.edge.StorableText",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.NothingStored",
    "portal.middleware.ContentSecurityPolicy",
    "portal.middleware.DomainTime",
    "portal.middleware.DatabaseAway",  # around all that asks the database
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.ReaderZone",
    "portal.middleware.TypedText",
    "portal.middleware.Refusals",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.context.shell",
            ],
            "builtins": [
                "portal.templatetags.portal_ui",
                "portal.templatetags.portal_pages",
                "portal.templatetags.portal_blocks",
                "portal.templatetags.portal_drafts",
                "portal.templatetags.portal_files",
                "portal.templatetags.mail_instants",
                "contracts.templatetags.glossary",
                "contracts.templatetags.severity",
                "cases.templatetags.case_state",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database: PostgreSQL only -------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured(
        "DATABASE_URL must name a PostgreSQL database: postgres://user@host:port/name"
    )
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", default=60),
    DISABLE_SERVER_SIDE_CURSORS=True,  # a pool that hands out connections by transaction may stand in front
    CONN_HEALTH_CHECKS=True,  # a connection that died with its server is replaced, not served
)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker: carries ticks, holds nothing of value ------------------------------------------------
REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
SWEEP_EVERY_SECONDS = env.float("SWEEP_EVERY_SECONDS", default=2.0)
CHECK_FILES_EVERY_SECONDS = env.float("CHECK_FILES_EVERY_SECONDS", default=5.0)
DELIVER_EVERY_SECONDS = env.float("DELIVER_EVERY_SECONDS", default=2.0)
# So many cases, the newest, are compared by what they mean: memory and time of each comparison grow with them.
MEANING_NEWEST_CASES = env.int("MEANING_NEWEST_CASES", default=20_000)
# What all processes must agree on: how often somebody tried to sign in. What may differ, a process keeps itself.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {
            "MAX_ENTRIES": 50_000
        },  # so that nobody drives the counts out with made-up addresses
    }
}

# --- the engine and the outbox ---------------------------------------------------------------------
DEADLINE_BATCH = env.int("DEADLINE_BATCH", default=1000)
DEADLINE_ATTEMPTS = env.int("DEADLINE_ATTEMPTS", default=5)
DEADLINE_LATE_AFTER_SECONDS = env.float("DEADLINE_LATE_AFTER_SECONDS", default=60.0)
NOTICE_BATCH = env.int("NOTICE_BATCH", default=100)
NOTICE_ATTEMPTS = env.int("NOTICE_ATTEMPTS", default=12)
NOTICE_LEASE_SECONDS = env.float("NOTICE_LEASE_SECONDS", default=180.0)
NOTICE_BACKOFF_SECONDS = env.float("NOTICE_BACKOFF_SECONDS", default=5.0)
NOTICE_BACKOFF_MOST_SECONDS = env.float("NOTICE_BACKOFF_MOST_SECONDS", default=3600.0)
NOTICE_RETRY_DAYS = env.float("NOTICE_RETRY_DAYS", default=5.0)
SATISFACTION_WAIT_HOURS = env.float("SATISFACTION_WAIT_HOURS", default=24.0)
SATISFACTION_REST_DAYS = env.float("SATISFACTION_REST_DAYS", default=14.0)
SATISFACTION_OPEN_DAYS = env.float("SATISFACTION_OPEN_DAYS", default=30.0)
SATISFACTION_CHANGE_DAYS = env.float("SATISFACTION_CHANGE_DAYS", default=7.0)
SUPPORT_TELEPHONE = env.str("SUPPORT_TELEPHONE", default="+1 650 555 0142")

# --- mail --------------------------------------------------------------------------------------------
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=10.0)
if (
    NOTICE_LEASE_SECONDS < 16 * EMAIL_TIMEOUT
):  # the server may take that long at each step of half a lease
    raise ImproperlyConfigured("NOTICE_LEASE_SECONDS must be at least 16 times EMAIL_TIMEOUT")
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Legato Support <support@legato.example>"
)
MESSAGE_ID_DOMAIN = env.str("MESSAGE_ID_DOMAIN", default="portal.legato.example")

# --- accounts ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "portal.passwords.OwnNameValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.sign_in.SignInForm",
    "reset_password": "portal.sign_in.ResetForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "portal.accounts.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address that is not known gets no mail
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "5/5m/key",  # by account and address (see portal.accounts)
    "login_failed_address": "50/5m/ip",
    "login_failed_account": "100/h/key",
}
# How many proxies of our own stand before the portal: so many last addresses of X-Forwarded-For are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# --- time and language ---------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
PORTAL_CLOCK = env.str("PORTAL_CLOCK", default="")
clock.check(PORTAL_CLOCK)  # a wrong one stops the process here
# A time without a zone never reaches the database: Django would only warn.
warnings.filterwarnings("error", r"DateTimeField .* received a naive datetime", RuntimeWarning)

# --- files that people attach: sent only by a view that asks who may see them ------------------------------
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))()
ATTACHMENT_MOST_BYTES = env.int("ATTACHMENT_MOST_BYTES", default=25 * 2**20)

# --- files that people send with what they write (portal/files, ADR 53) --------------------------------------
FILE_MOST_BYTES = env.int("FILE_MOST_BYTES", default=10 * 2**30)
CASE_FILES_MOST_BYTES = env.int("CASE_FILES_MOST_BYTES", default=50 * 2**30)
RESELLER_FILES_MOST_BYTES = env.int("RESELLER_FILES_MOST_BYTES", default=500 * 2**30)
UPLOADS_MOST = env.int("UPLOADS_MOST", default=50)  # files of one person that are on their way
UPLOAD_CHUNK_BYTES = env.int("UPLOAD_CHUNK_BYTES", default=8 * 2**20)  # what the page sends at once
UPLOAD_REQUEST_MOST_BYTES = env.int("UPLOAD_REQUEST_MOST_BYTES", default=64 * 2**20)
UPLOAD_REQUEST_SECONDS = env.float("UPLOAD_REQUEST_SECONDS", default=60.0)
UPLOAD_LEASE_SECONDS = env.float("UPLOAD_LEASE_SECONDS", default=15.0)
UPLOAD_KEPT_HOURS = env.float("UPLOAD_KEPT_HOURS", default=48.0)
FORM_FILES_MOST_BYTES = env.int("FORM_FILES_MOST_BYTES", default=512 * 2**20)  # without scripts
# A virus scanner: "unix:/run/clamav/clamd.ctl" or "tcp://clamav:3310"; empty for none.
CLAMD = env.str("CLAMD", default="")
CLAMD_MOST_BYTES = env.int("CLAMD_MOST_BYTES", default=2 * 2**30)  # its StreamMaxLength
CLAMD_SECONDS = env.float("CLAMD_SECONDS", default=60.0)
# An S3 bucket instead of MEDIA_ROOT, also for papers.
S3_BUCKET = env.str("S3_BUCKET", default="")

# --- what a request may bring (portal.edge); the proxy before the portal holds the same bounds: deploy/Caddyfile ------
BODY_MOST_BYTES_OF_STRANGERS = (
    512 * 2**10
)  # the longest text of a form, sent after its session ended
BODY_MOST_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
# Forms that are larger than memory wait here until they are read; the usual folder where it is empty.
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", default="") or None
UPLOAD_MOST_BYTES = ATTACHMENT_MOST_BYTES + 2**20  # where files are taken

# --- static files: ours from portal/static, third parties' from the front-end build ------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))()
STATICFILES_DIRS = [path for path in [BASE_DIR / "static_build"] if path.is_dir()]
STORAGES = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
                "region_name": env.str("S3_REGION", default="us-east-1"),
                "access_key": env.str("S3_ACCESS_KEY", default="") or None,
                "secret_key": env.str("S3_SECRET_KEY", default="") or None,
                "addressing_style": env.str("S3_ADDRESSING", default="path"),
                "signature_version": "s3v4",
                "default_acl": None,
                "file_overwrite": False,
            },
        }
        if S3_BUCKET
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- security --------------------------------------------------------------------------------------------
SECURE = env.bool("SECURE", default=False)  # the portal is reached by https, behind the TLS proxy
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = ["^health/", "^metrics$"]  # asked from inside, without the proxy
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.views.drafts.csrf_failure"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# --- API ---------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "portal.api.parsers.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["portal.api.filters.NamedFilters"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "EXCEPTION_HANDLER": "portal.api.errors.handle",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Legato Partner Support Portal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "OAS_VERSION": "3.1.1",
}

LOGGING_CONFIG = None
logs.configure(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG)
