"""All settings, from the environment. What a supervisor may change is a row, not a setting."""

import re
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)
VERSION = re.search(r"^## v(\S+)", (BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]  # type: ignore[index]

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret.key")
# Signs reply addresses and Message-IDs. The first signs, all verify: put a new one in front to rotate.
MAIL_TOKEN_KEYS = env.words("MAIL_TOKEN_KEYS") or [env.secret("MAIL_TOKEN_KEY", DATA_DIR / "mail-token.key")]
# Encrypts mailbox passwords at rest; same rule.
SECRETS_KEYS = env.words("SECRETS_KEYS") or [env.secret("SECRETS_KEY", DATA_DIR / "secrets.key")]
# Shared with the shop: signs who is logged in there, for the contact form. Same rule.
SHOP_TOKEN_KEYS = env.words("SHOP_TOKEN_KEYS") or [env.secret("SHOP_TOKEN_KEY", DATA_DIR / "shop-token.key")]

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# What links in mails begin with.
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
# Practice mode: invented customers, loopback only, a mail server of its own. `manage.py desk --practice` sets it.
PRACTICE = env.flag("PRACTICE", default=False)
PRACTICE_SMTP_PORT = env.number("PRACTICE_SMTP_PORT", 8025)
PRACTICE_IMAP_PORT = env.number("PRACTICE_IMAP_PORT", 8143)
PRACTICE_MAIL_PASSWORD = env.secret("PRACTICE_MAIL_PASSWORD", DATA_DIR / "practice-mail.key")

# What a shop may do with its token.
SHOP_CALLS_PER_MINUTE = env.number("SHOP_CALLS_PER_MINUTE", 1200)
# Addresses of our own network that webhooks may call all the same, by name or number; then HTTP will do.
WEBHOOK_PRIVATE_HOSTS = env.words("WEBHOOK_PRIVATE_HOSTS")
WEBHOOK_LOG_DAYS = env.number("WEBHOOK_LOG_DAYS", 30)
SHOP_CALL_BYTES = env.number("SHOP_CALL_MB", 8) * 1024 * 1024

# Where mailboxes are signed in to without a password; a token goes to these mail servers only.
MAIL_PROVIDERS: dict[str, dict[str, Any]] = {
    "google": {
        "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "scope": "https://mail.google.com/",
        "imap_hosts": ("imap.gmail.com",),
        "smtp_hosts": ("smtp.gmail.com",),
        "extra": {"access_type": "offline", "prompt": "consent"},
    },
    "microsoft": {
        "authorize": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "token": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "scope": "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
        "imap_hosts": ("outlook.office365.com", "imap-mail.outlook.com"),
        "smtp_hosts": ("smtp.office365.com", "smtp-mail.outlook.com"),
        "extra": {"prompt": "select_account"},
    },
}

# What the worker does again and again beside mail: a function without parameters, and how often, in seconds.
PERIODIC_JOBS: dict[str, float] = {
    "mailgateway.alerts.tell_due": 30,
    "crm.watching.watch": 60,
    "helpdesk.seeking.seek": 15,
    "helpdesk.jobs.look_at_pending": 30,
    "helpdesk.jobs.relieve_absent": 60,
    "helpdesk.jobs.look_at_deadlines": 20,
    "helpdesk.jobs.follow_targets": 5,
    "crm.files.importing.import_files": 2,
    "crm.prestashop.running.read_shops": 5,
    "accounts.kept.purge": 3600,
    "crm.jobs.settle_carts": 60,
    "crm.jobs.purge_carts": 3600,
    "crm.following.purge_vouchers": 3600,
    "helpdesk.follow_ups.send_due": 300,
    "helpdesk.mailings.check_due": 2,
    "helpdesk.mailings.send_due": 3,
    "helpdesk.review.jobs.go_on": 3,
    "helpdesk.statistics.counting.keep": 1,
    "helpdesk.statistics.counting.look_back": 20,
    "helpdesk.statistics.rollups.keep_months": 60,
    "helpdesk.statistics.weekly_mail.send_due": 300,
    "helpdesk.digest.send_due": 300,
    "search.rebuilding.catch_up": 3600,
    "search.rebuilding.forget_asked": 60,
    "crm.purging.purge": 6 * 3600,
    "crm.telling.send_due": 3,
    "crm.telling.forget": 3600,
    "crm.api.answers.forget_answers": 3600,
}
# What the weekly mail says besides its numbers: functions that give (sentence, path of a page, what to do there).
WEEK_NOTES = ["crm.watching.week_notes", "mailgateway.attention.week_notes"]
# Who sends WhatsApp messages; a class as helpdesk.whatsapp.Channel describes it.
WHATSAPP_CHANNEL = "helpdesk.whatsapp.NotConnected"
# Who takes the threads of a shop's own customer service, with known() and take().
SHOP_THREADS = "helpdesk.shop_threads"
# Modules that keep something of a person beside crm: each with copy_of() and erase(), called in this order when a
# supervisor copies or erases somebody's data.
PERSONAL_DATA = ["mailgateway.personal", "helpdesk.personal", "crm.personal"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_prose_editor",  # for the editor's static file only
    "simple_history",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "axes",
    "csp",
    "config",  # for its management commands
    "accounts",
    "live",
    "search",
    "crm",
    "helpdesk",
    "mailgateway",
    "portal",
]
MIDDLEWARE = [
    "config.streaming.AsyncFiles",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.plain_text.PlainText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.language.AgentLanguageMiddleware",
    "config.first_run.middleware.FirstRunMiddleware",
    "helpdesk.zone.ShopZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                ("config.folding.Loader", ["django.template.loaders.filesystem.Loader"]),
                ("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"]),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "helpdesk.chrome.chrome",
            ],
            "builtins": ["helpdesk.templatetags.ui"],
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "mostrador.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL")
CHANNEL_LAYERS = (
    {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}}
    if REDIS_URL
    else {}
)
CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "config.redis.Cache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds
    }

AUTH_USER_MODEL = "accounts.Agent"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
EMAIL_BACKEND = "helpdesk.mailer.OutboxBackend"  # what Django mails becomes a row of the outbox as well
CUSTOMER_POST = "helpdesk.letters.queue_to_customer"  # what crm wants mailed to customers about their account
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "helpdesk:queue"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
# Languages customers write in; texts for them fall back to the shop's own language.
CUSTOMER_LANGUAGES = [("es", _("Spanish")), ("en", _("English")), ("fr", _("French")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
# Files are served from where they lie, with short caching; set STATIC_MANIFEST=1 after collectstatic in production.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = not env.flag("STATIC_MANIFEST", default=False)
if env.flag("STATIC_MANIFEST", default=False):
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
MEDIA_ROOT = DATA_DIR / "files"  # attachments; never served by URL
RAW_MAIL_ROOT = DATA_DIR / "mail"
MAIL_LIMIT_BYTES = env.number("MAIL_LIMIT_MB", 25) * 1024 * 1024  # of larger mails only the beginning is fetched

SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# One proxy of ours stands in front: its X-Forwarded-Proto and the last word of its X-Forwarded-For are believed.
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FILES = 100
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 24  # hours after which wrong passwords are forgotten; how long one waits says the handler
AXES_HANDLER = "accounts.slowdown.GrowingWait"  # a growing wait, never a lock, which would lock the agent out
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "accounts.views.slow_down"
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS: list[str] = []
SILENCED_SYSTEM_CHECKS: list[str] = []

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mostrador",
    "DESCRIPTION": "The help desk of an online shop.",
    "VERSION": VERSION,
    "SCHEMA_PATH_PREFIX": "/api/",  # what follows names the group in which the page shows it
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "helpdesk.models.Status",
        "GroupKeyEnum": "crm.models.CustomerGroup.Key",
        "ConsentKindEnum": "crm.models.Consent.Kind",
        "RequestKindEnum": "crm.models.PrivacyRequest.Kind",
        "TitleKindEnum": "crm.models.SocialTitle.Kind",
        "ChangeKindEnum": "crm.models.BulkChange.Kind",
        "CartStateEnum": "crm.models.CartState",
        "FileStateEnum": "crm.models.CustomerFile.State",
        "TellingStateEnum": "crm.models.Delivery.State",
        "ProposalStateEnum": "helpdesk.models.AddressProposal.State",
        "MetricEnum": "helpdesk.models.Metric",
        "RecipientStateEnum": "helpdesk.models.mailing.RecipientState",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,  # importing config.asgi inside a command sets logging up twice
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
    "loggers": {
        name: {"level": env.text("LOG_LEVEL", "INFO")}
        for name in ("accounts", "crm", "helpdesk", "mailgateway", "portal")
    },
}
