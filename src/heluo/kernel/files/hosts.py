"""Which host is which: the content host must never be reachable under the site's own name."""

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.http.request import split_domain_port

LABEL_DIGITS = 40
"""Of the fingerprint, in a host name: a label may have 63 characters."""


def is_content_host(host: str) -> bool:
    """Whether a Host header names the content host; the port does not matter, for cookies do not know ports.

    Where the names below it lead here too, they are the content host for one courseware package each.
    """
    named, own = split_domain_port(host)[0], split_domain_port(settings.CONTENT_HOST)[0]
    return named == own or (settings.COURSEWARE_ORIGINS and named.endswith(f".{own}"))


def courseware_origin(sha256: str) -> str:
    """Scheme and host under which a courseware package is played: its own, where names below the content host exist."""
    if not settings.COURSEWARE_ORIGINS:
        return str(settings.CONTENT_URL)
    return str(settings.CONTENT_URL).replace("://", f"://p{sha256[:LABEL_DIGITS]}.", 1)


def check_hosts(app_configs: object, **_options: object) -> list[CheckMessage]:
    """System check: content on the site's own host name would be served with the site's cookies in reach."""
    if not is_content_host(settings.PUBLIC_URL.partition("://")[2]):
        return []
    return [
        Error(
            "CONTENT_URL 与 PUBLIC_URL 的主机名相同 / CONTENT_URL and PUBLIC_URL have the same host name",
            hint="Give uploaded content a host name of its own, best under another registrable domain.",
            id="files.E001",
        )
    ]
