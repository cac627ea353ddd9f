"""All settings, read from the environment; safe by default, a wrong value stops the start with a sentence.

The names a deployer may set are listed in the README under "Settings".
"""

import sys
from pathlib import Path

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

from hmis_portal.environment import env, flag, limits, number, scanner, secrets_hold, time_zone
from hmis_portal.running import logs

# Forms and admin pages name the model they are for, as Django's stubs ask: before any of them is defined.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

plain_env = environ.Env()

DEBUG = flag("DEBUG", default=False)
TESTING = "pytest" in sys.modules

SECRET_KEY = env.str(
    "SECRET_KEY", default="development-only-not-a-secret-development-only" if DEBUG or TESTING else ""
)
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set PORTAL_SECRET_KEY to a long random string, or PORTAL_DEBUG=1 for development."
    )
# Earlier ones, newest first, which still read what was signed or encrypted with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG or TESTING else []
)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set PORTAL_ALLOWED_HOSTS to the portal's host names, separated by commas.")

BASE_URL = env.str(
    "BASE_URL", default="http://localhost:8000" if DEBUG or TESTING else f"https://{ALLOWED_HOSTS[0]}"
).rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    *(["bench"] if DEBUG else []),  # what measures the portal is no part of one that runs
    "onboarding",
    "training",
    "agencies",
    "hmis_portal",
    "hmis_portal.signing",
    "hmis_portal.desk.app.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "guardian",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",
    "pgtrigger",
    "django_structlog",
    "hmis_portal.running.loaded.LoadedConfig",  # the last
]

MIDDLEWARE = [
    "hmis_portal.running.stack.in_one_piece",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "hmis_portal.web.middleware.SettingsMiddleware",
    "hmis_portal.web.middleware.UnderstoodMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "hmis_portal.accounts.sessions.SessionLimitsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hmis_portal.accounts.again.AskAgainMiddleware",
    "agencies.desk.viewing.ViewingMiddleware",
    "hmis_portal.web.middleware.UploadMiddleware",
    "hmis_portal.web.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "hmis_portal.urls"
WSGI_APPLICATION = "hmis_portal.wsgi.application"
ASGI_APPLICATION = "hmis_portal.asgi.application"

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
                "hmis_portal.web.context.portal",
                "onboarding.views.questions.unread",
            ],
            "builtins": ["hmis_portal.templatetags.portal", "hmis_portal.templatetags.components"],
        },
    },
    {  # messages, which are Markdown: see hmis_portal/mail_parts.py
        "NAME": "mail",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "emails"],
        "OPTIONS": {
            "loaders": ["hmis_portal.mail_parts.LiteralLoader"],
            "autoescape": False,  # the loader escapes for Markdown
            "builtins": ["django.templatetags.i18n", "hmis_portal.templatetags.portal"],
        },
    },
]
FORM_RENDERER = "hmis_portal.forms.renderer.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASE_URL = plain_env.str("DATABASE_URL", default="")
if not DATABASE_URL:
    raise ImproperlyConfigured(
        "Set DATABASE_URL to a PostgreSQL address, such as postgres://user:password@host:5432/name; "
        "`make run` and `make test` start their own server and set it."
    )
DATABASES = {"default": plain_env.db_url_config(DATABASE_URL)}
# Web and workers run with a role that owns nothing; the one that owns the tables migrates, and nothing else.
DATABASE_OWNER_URL = plain_env.str("DATABASE_OWNER_URL", default="")
RUNTIME_ROLE = DATABASES["default"].get("USER", "")
AS_OWNER = bool(DATABASE_OWNER_URL) and (
    sys.argv[1:2] == ["migrate"]
    or (sys.argv[1:2] == ["portal"] and not {"prepare", "grants"}.isdisjoint(sys.argv))
)
if DATABASE_OWNER_URL:
    owner = plain_env.db_url_config(DATABASE_OWNER_URL)
    if owner.get("USER", "") == RUNTIME_ROLE:
        raise ImproperlyConfigured("DATABASE_URL and DATABASE_OWNER_URL must name two roles of the database.")
    DATABASES = {"default": owner} if AS_OWNER else DATABASES
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database (postgres://…).")
BEHIND_POOLER = flag("BEHIND_POOLER", default=False)
DB_POOL = {"min_size": 1, "max_size": number("DB_POOL", default=8), "timeout": 1.5, "reconnect_timeout": 5}
DATABASES["default"].update(
    CONN_HEALTH_CHECKS=True,
    DISABLE_SERVER_SIDE_CURSORS=BEHIND_POOLER,
    OPTIONS={
        **DATABASES["default"].get("OPTIONS", {}),
        **({"prepare_threshold": None} if BEHIND_POOLER else {}),
        # A server that is away is told within seconds, and found again within seconds of its return.
        "connect_timeout": 3,
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **({} if TESTING else {"pool": DB_POOL}),
    },
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = plain_env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
if not (DEBUG or TESTING):
    secrets_hold(SECRET_KEY, REDIS_URL)
CACHES = {"default": {"BACKEND": "hmis_portal.running.cache.PatientRedisCache", "LOCATION": REDIS_URL}}
if TESTING:
    CACHES = {"default": {"BACKEND": "hmis_portal.running.as_json.MemoryCache"}}
CACHES["default"]["KEY_FUNCTION"] = "hmis_portal.running.cache.key_of"

# Documents (signed PDFs, uploads) are immutable bytes addressed by their SHA-256, outside the web root.
DOCUMENTS_DIR = Path(env.str("DOCUMENTS_DIR", default=str(VAR_DIR / "documents")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DOCUMENTS_DIR)},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if S3_BUCKET := env.str("S3_BUCKET", default=""):
    from botocore.config import Config

    # Credentials, region and endpoint come from the environment names that boto3 knows (AWS_…).
    S3_LIMITS = Config(
        connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"}
    )
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "default_acl": None,
            "file_overwrite": False,
            "client_config": S3_LIMITS,
        },
    }
if DEBUG or TESTING:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static"]
# Web fonts and PDF fonts are cut from the font packages at set-up: `manage.py portal fonts`.
FONTS_DIR = VAR_DIR / "fonts"
if FONTS_DIR.is_dir():
    STATICFILES_DIRS.append(("fonts", FONTS_DIR / "web"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "hmis_portal.files.uploading.LargeFileHandler",
    "hmis_portal.files.uploading.BoundedMemoryHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
# Whether files are looked at for viruses is said by name: an address, or "none". Development may leave it open.
CLAMD_ADDRESS = scanner(env.str("CLAMD_ADDRESS", default="none" if DEBUG or TESTING else ""))

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "hmis_portal.accounts.rights.GroupRightsBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "agencies.passwords.HardToGuess"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "agencies:start"
ACCOUNT_LOGOUT_REDIRECT_URL = "onboarding:home"
ACCOUNT_ADAPTER = "hmis_portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "hmis_portal.accounts.adapter.SignupNames"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Every change of an account asks again who it is: hmis_portal/accounts/again.py.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = number("REAUTHENTICATION_MINUTES", default=5) * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_SESSION_REMEMBER = (
    False  # a session ends with its browser; how long it lives: hmis_portal/accounts/sessions.py
)
# What is counted how, see hmis_portal/accounts/attempts.py; a class of 25 behind one address signs up and in at the same time.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "signup": "60/m/ip,200/d/ip",
    "login_failed": "5/5m/key",
    "login_failed_address": "60/5m/ip",
    "login_failed_account": "100/h/key",
}
# How often what costs something may be asked for, by its door; see hmis_portal/web/doors.py. PORTAL_LIMIT_<DOOR> sets one.
LIMITS = {
    door: limits(door, default)
    for door, default in {
        "uploads": "120/h/person 600/h/address",  # every file that is sent, to whatever page
        "imports": "60/h/person 240/h/address",
        "invitations": "100/h/person 300/h/address",
        "accept_invitation": "20/10m/key",
        "renew_invitation": "5/h/key 60/h/address",
        "signing_code": "10/10m/person",  # tries
        "signing_code_sent": "5/h/person",
        "agencies": "30/d/person 120/d/address",
        "eligibility": "120/h/address",
        "helpers": "30/h/person 90/h/address",  # questions sent to somebody outside
        "calendar": "20/h/person",
        "helper_answers": "60/10m/address",
        "questions": "20/h/person 5/h/visitor 60/h/address",
        "verify_file": "10/10m/address",
        "verify_reference": "60/10m/address",
        "certificates": "120/10m/address",
        "xapi": "1200/m/key",  # requests of one learning system
        "xapi_refused": "60/10m/address",  # with credentials that are not good
    }.items()
}
ACCOUNT_FORMS = {
    "login": "hmis_portal.accounts.forms.LoginForm",
    "signup": "hmis_portal.accounts.forms.SignupForm",
    "add_email": "hmis_portal.accounts.forms.AddEmailForm",
    "change_email": "hmis_portal.accounts.forms.ChangeEmailForm",
    "change_password": "hmis_portal.accounts.forms.ChangePasswordForm",
    "set_password": "hmis_portal.accounts.forms.SetPasswordForm",
    "reset_password": "hmis_portal.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "hmis_portal.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "hmis_portal.accounts.forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "hmis_portal.accounts.forms.AuthenticateForm",
    "reauthenticate": "hmis_portal.accounts.forms.MfaReauthenticateForm",
    "activate_totp": "hmis_portal.accounts.forms.ActivateTOTPForm",
    "deactivate_totp": "hmis_portal.accounts.forms.DeactivateTOTPForm",
    "add_webauthn": "hmis_portal.accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "hmis_portal.accounts.forms.EditWebAuthnForm",
    "login_webauthn": "hmis_portal.accounts.forms.LoginWebAuthnForm",
    "reauthenticate_webauthn": "hmis_portal.accounts.forms.ReauthenticateWebAuthnForm",
}
MFA_ADAPTER = "hmis_portal.accounts.factors.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = [
    "totp",
    "webauthn",
]  # recovery codes are the portal's own: hmis_portal/accounts/factors/one_time_codes.py
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or TESTING
# The sign-in of the state or an agency (OpenID Connect), besides the portal's own; none when there is no server.
OIDC_SERVER = env.str("OIDC_SERVER", default="").rstrip("/")
OIDC_ID = "organization"
OIDC_NAME = env.str("OIDC_NAME", default="your organization’s sign-in") if OIDC_SERVER else ""
OIDC_FACTOR_ACR = env.list("OIDC_FACTOR_ACR", default=[])
if OIDC_SERVER and not (OIDC_SERVER.startswith("https://") or DEBUG or TESTING):
    raise ImproperlyConfigured("PORTAL_OIDC_SERVER must begin with https://.")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_ID,
                "name": OIDC_NAME,
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_SERVER},
            }
        ][: bool(OIDC_SERVER)],
    }
}
SOCIALACCOUNT_ADAPTER = "hmis_portal.accounts.provider.ProviderAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
# The admin desk asks for a second factor used in this session; off only for development and tests.
ADMIN_SECOND_FACTOR = flag("ADMIN_SECOND_FACTOR", default=not (DEBUG or TESTING))
# Signatories of an MOU are asked for one before they sign: hmis_portal/signing/agreeing/identify.py.
SIGNING_SECOND_FACTOR = flag("SIGNING_SECOND_FACTOR", default=not (DEBUG or TESTING))

EMAIL_URL = plain_env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(plain_env.email_url_config(EMAIL_URL))
else:
    # The message log alone: every message is rendered, recorded and can be read in the admin.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if TESTING:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str(
    "FROM_EMAIL", default="portal@localhost"
)  # a name is added by hmis_portal/mail.py
SERVER_EMAIL = DEFAULT_FROM_EMAIL

SEAL_DIR = Path(
    env.str("SEAL_DIR", default=str(VAR_DIR / "seal"))
)  # development root and CA, made at first start
# Production: PEM files with key, certificate and chain; the first seals, earlier ones stay for their revocation lists.
SEAL_CA_FILES = env.list("SEAL_CA_FILE", default=[])
# With these the key is in a PKCS#11 token, and the file that has none holds its certificate and chain.
SEAL_PKCS11_MODULE = env.str("SEAL_PKCS11_MODULE", default="")
SEAL_PKCS11_TOKEN = env.str("SEAL_PKCS11_TOKEN", default="")
SEAL_PKCS11_KEY = env.str("SEAL_PKCS11_KEY", default="")
SEAL_PKCS11_PIN_FILE = env.str("SEAL_PKCS11_PIN_FILE", default="")
# RFC 3161 authority: seals are level B-T, without one B-B; with its root (PEM) the last seal is B-LTA.
TIMESTAMP_URL = env.str("TIMESTAMP_URL", default="")
TIMESTAMP_ROOT_FILE = env.str("TIMESTAMP_ROOT_FILE", default="")
if SEAL_PKCS11_MODULE and not (SEAL_PKCS11_TOKEN and SEAL_PKCS11_KEY and SEAL_PKCS11_PIN_FILE):
    raise ImproperlyConfigured(
        "A sealing key in a token needs PORTAL_SEAL_PKCS11_TOKEN, PORTAL_SEAL_PKCS11_KEY and PORTAL_SEAL_PKCS11_PIN_FILE."
    )
# Web processes say "web" (hmis_portal/wsgi.py): they never read a sealing key, whatever the settings name.
PROCESS = env.str("PROCESS", default="")

# Results are fetched from a Moodle where one is named: its address and the token of a service, best in a file.
MOODLE_URL = env.str("MOODLE_URL", default="")
MOODLE_TOKEN = env.str("MOODLE_TOKEN", default="")
MOODLE_TOKEN_FILE = env.str("MOODLE_TOKEN_FILE", default="")
if MOODLE_URL and not (DEBUG or TESTING or MOODLE_URL.startswith("https://")):
    raise ImproperlyConfigured("PORTAL_MOODLE_URL must begin with https://, since the token goes there.")

# The keys that mark evidence, VERSION:KEY, the present one first; development makes one beside its seal key.
EVIDENCE_KEYS = env.str("EVIDENCE_KEYS", default="")
EVIDENCE_KEYS_FILE = env.str(
    "EVIDENCE_KEYS_FILE", default=str(SEAL_DIR.parent / "evidence-key") if DEBUG or TESTING else ""
)
# The commands that make the first keys run before there is one.
MAKING_KEYS = sys.argv[1:3] in (
    ["portal", "seal_root"],
    ["portal", "seal_key"],
    ["portal", "evidence_key"],
)
if not (EVIDENCE_KEYS or EVIDENCE_KEYS_FILE or MAKING_KEYS):
    raise ImproperlyConfigured(
        "Set PORTAL_EVIDENCE_KEYS_FILE to the file of the key that marks evidence: `manage.py portal evidence_key` makes it."
    )
# Who gets each day's anchor of the record by mail: addresses, or the word "auditors" for that group.
ANCHOR_MAIL = env.list("ANCHOR_MAIL", default=[])

LANGUAGE_CODE = "en-us"
TIME_ZONE = time_zone()  # with which an installation begins: hmis_portal/running/zone.py says which is set
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
FORMAT_MODULE_PATH = ["hmis_portal.formats"]

BEHIND_TLS = flag("TLS", default=not (DEBUG or TESTING))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
# Other services of the same domain may not have TLS yet, so that is for whoever runs the domain to say.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS and flag("HSTS_SUBDOMAINS", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
TRUST_PROXY = flag("TRUST_PROXY", default=False)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # hmis_portal.web.visits logs it: one answer for all
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
# Bound by the browser to this host alone, which only works with TLS.
COOKIE_PREFIX = "__Host-" if BEHIND_TLS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = number("SESSION_HOURS", default=12) * 3600
SESSION_IDLE_AGE = number("SESSION_IDLE_MINUTES", default=60) * 60
MESSAGE_STORAGE = "hmis_portal.web.notices.NoticeStorage"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "hmis_portal.web.error_pages.csrf_failure"
# Where a form of the portal may lead: to the provider of a sign-in too, wherever its own page stands.
FORM_TARGETS = env.list("OIDC_PAGES", default=["/".join(OIDC_SERVER.split("/")[:3])] if OIDC_SERVER else [])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'", *FORM_TARGETS],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
    "publickey-credentials-get": ["self"],
    "publickey-credentials-create": ["self"],
}

CELERY_BROKER_URL = REDIS_URL
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ALWAYS_EAGER = TESTING
CELERY_TASK_EAGER_PROPAGATES = True

logs.configure_structlog(debug=DEBUG)
LOGGING = logs.CONFIGURATION
