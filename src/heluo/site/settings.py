"""Django settings. Values an operator may change come from `environment.py`; nothing else reads the environment."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from heluo.site.database import database_from
from heluo.site.environment import read_environment
from heluo.site.logs import logging_settings

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent
BUILT = PACKAGE / "site" / "built"
DATA = ENVIRONMENT.data.resolve()

NODE_DOMAIN = ENVIRONMENT.node
NODE_NAME = ENVIRONMENT.node_name or ENVIRONMENT.node
NODE_TIER = ENVIRONMENT.node_tier or "province"
NODE_ORGANISATION = ENVIRONMENT.node_organisation
NODE_EXCHANGE_SECONDS = ENVIRONMENT.node_exchange_seconds
PUBLIC_URL = ENVIRONMENT.resolved_public_url()
CONTENT_URL = ENVIRONMENT.resolved_content_url()
STREAM_URL = ENVIRONMENT.resolved_stream_url()
CONTENT_HOST = urlsplit(CONTENT_URL).netloc
COURSEWARE_ORIGINS = ENVIRONMENT.gives_origins()
"""Whether each courseware package is played under a host name of its own, below the content host's."""
MAX_UPLOAD_BYTES = ENVIRONMENT.max_upload_mb * 1024 * 1024
CLAMD_URL = ENVIRONMENT.clamd_url
SOFFICE = ENVIRONMENT.resolved_soffice()
STORAGE_URL = ENVIRONMENT.storage_url
IDENTIFIER_CIPHER = ENVIRONMENT.identifier_cipher
IDENTIFIER_DIGEST = ENVIRONMENT.identifier_digest
IDENTIFIER_KEYS = ENVIRONMENT.identifier_keys
ROSTER_STOP_PERCENT = ENVIRONMENT.roster_stop_percent
LINK_CHECK = ENVIRONMENT.link_check
OUTWARD_NETWORKS = ENVIRONMENT.allowed_networks()
ADMIN_EMAIL = ENVIRONMENT.resolved_admin_email()
HARVEST_PAGE = ENVIRONMENT.harvest_page

SECRET_KEY = ENVIRONMENT.resolved_secret_key()
DEBUG = ENVIRONMENT.debug
TENANT_DOMAIN = ENVIRONMENT.resolved_tenant_domain()
TENANT_HOSTS = ENVIRONMENT.tenant_host_names()
PLATFORM_HOSTS = [
    urlsplit(PUBLIC_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
    *ENVIRONMENT.further_hosts(),
]
ALLOWED_HOSTS = [
    *PLATFORM_HOSTS,
    f"{'.' if COURSEWARE_ORIGINS else ''}{urlsplit(CONTENT_URL).hostname or 'content.localhost'}",
    *([f".{TENANT_DOMAIN}"] if TENANT_DOMAIN else []),
    *TENANT_HOSTS,
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

ROOT_URLCONF = "heluo.site.urls"
WSGI_APPLICATION = "heluo.site.wsgi.application"

HELUO_APPS = [
    "heluo.kernel.actors",
    "heluo.kernel.codes",
    "heluo.kernel.clock",
    "heluo.kernel.outward",
    "heluo.kernel.signing",
    "heluo.kernel.events",
    "heluo.kernel.jobs",
    "heluo.kernel.holdings",
    "heluo.kernel.audit",
    "heluo.kernel.pages",
    "heluo.kernel.tables",
    "heluo.kernel.notices",
    "heluo.kernel.calendar",
    "heluo.kernel.files",
    "heluo.kernel.search",
    "heluo.kernel.feedback",
    "heluo.kernel.organisations",
    "heluo.kernel.tenants",
    "heluo.kernel.people",
    "heluo.kernel.access",
    "heluo.kernel.nodes",
    "heluo.kernel.transfers",
    "heluo.engines.catalogue",
    "heluo.engines.credentials",
    "heluo.engines.process",
    "heluo.domains.quality",
    "heluo.domains.textbooks",  # before the resources, whose demo hangs on its chapters
    "heluo.domains.packages",
    "heluo.domains.resources",
    "heluo.domains.collections",  # after the resources, which the demo collects
    "heluo.domains.allocations",
    "heluo.domains.news",
    "heluo.domains.rosters",
    "heluo.domains.students",
    "heluo.domains.rights",
    "heluo.domains.subject_rights",
    "heluo.gateways.harvesting",
    "heluo.gateways.jyt1002",
    "heluo.gateways.oaipmh",
    "heluo.gateways.offline",
    "heluo.gateways.oneroster",
    "heluo.portal.home",
    "heluo.portal.workbench",
    "heluo.portal.operations",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    *HELUO_APPS,  # before allauth, so that our templates and words win
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.idp.oidc",
]

MIDDLEWARE = [
    "heluo.site.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "heluo.kernel.files.content.ContentHost",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "heluo.site.kept_answers.KeepPublicPages",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "heluo.kernel.access.middleware.ResolveActor",
    "heluo.kernel.tenants.middleware.ResolveTenant",
    "heluo.kernel.access.middleware.DenyByDefault",
    "heluo.kernel.pages.middleware.AnswerRefusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heluo.site.kept_answers.one_csrf_token",
                "heluo.kernel.pages.shell.shell",
                "heluo.kernel.notices.shell.bell",
                "heluo.kernel.tenants.shell.brand",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "heluo.kernel.pages.templatetags.pages",
            ],
        },
    }
]


DATABASES = {"default": database_from(ENVIRONMENT.database_url or "postgresql://heluo@localhost/heluo")}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # the default of 300 would throw counters of sign-in attempts away
    },
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 300}},
}

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["heluo.kernel.access.authentication.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/workbench/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
HOST_ONLY = "__Host-" if ENVIRONMENT.secure else ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_NAME = f"{HOST_ONLY}heluo_session"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.secure
CSRF_COOKIE_NAME = f"{HOST_ONLY}heluo_csrf"
LANGUAGE_COOKIE_NAME = "heluo_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.secure else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "heluo.kernel.pages.pages.form_expired"

FORM_RENDERER = "heluo.kernel.pages.forms.HouseRenderer"
SEARCH_ROUTE = "resources:list"

ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies
ACCOUNT_ADAPTER = "heluo.kernel.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_FORMS = {
    "login": "heluo.kernel.access.forms.SignInForm",
    "change_password": "heluo.kernel.access.forms.PasswordChangeForm",
    "set_password": "heluo.kernel.access.forms.PasswordSetForm",
    "reauthenticate": "heluo.kernel.access.forms.PasswordAgainForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.secure else "http"
ACCOUNT_RATE_LIMITS = {
    # A whole school signs in from one address at eight in the morning; one account does not.
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
USERSESSIONS_ADAPTER = "heluo.kernel.access.listeners.Devices"
MFA_ADAPTER = "heluo.kernel.access.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.secure
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_FORMS = {
    "authenticate": "heluo.kernel.access.forms.SecondStepForm",
    "reauthenticate": "heluo.kernel.access.forms.SecondStepAgainForm",
    "activate_totp": "heluo.kernel.access.forms.AuthenticatorForm",
    "add_webauthn": "heluo.kernel.access.forms.NewPasskeyForm",
    "edit_webauthn": "heluo.kernel.access.forms.PasskeyNameForm",
}
SOCIALACCOUNT_ADAPTER = "heluo.kernel.access.adapters.OuterSignInAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": outer.id,
                "name": outer.name,
                "client_id": outer.client_id,
                "secret": outer.client_secret,
                "settings": {"server_url": outer.server_url},
            }
            for outer in ENVIRONMENT.outer_sign_ins()
        ],
    }
}
IDP_OIDC_ADAPTER = "heluo.kernel.access.adapters.ProviderAdapter"
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = SESSION_COOKIE_AGE
IDP_OIDC_PRIVATE_KEY = ENVIRONMENT.resolved_oidc_key()

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
LOCALE_PATHS = [PACKAGE / "site" / "locale"]  # each app brings its own
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BUILT / "static"
STATICFILES_DIRS = [("app", BUILT / "frontend")] if (BUILT / "frontend").exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/app/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA / "files"}},
    "staticfiles": {"BACKEND": "heluo.site.static_files.HashedStaticFiles"},
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

OUTER_SIGN_IN = [outer.origin for outer in ENVIRONMENT.outer_sign_ins()]
"""A browser applies `form-action` to where a form's answer leads, too: the sign-in button leads there, and the download
button to the content host."""
COURSEWARE_FRAMES = [CONTENT_URL.replace("://", "://*.", 1)] if COURSEWARE_ORIGINS else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, CONTENT_URL, "data:"],
        "media-src": [CONTENT_URL],
        "frame-src": [CONTENT_URL, *COURSEWARE_FRAMES],
        "connect-src": [SELF, STREAM_URL],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, CONTENT_URL, *OUTER_SIGN_IN],
        "frame-ancestors": [NONE],
    }
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = logging_settings("DEBUG" if DEBUG else "INFO")
