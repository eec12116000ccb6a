"""Which host is which: the content host must never be reachable under the site's own name."""

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.http.request import split_domain_port


def is_content_host(host: str) -> bool:
    """Whether a Host header names the content host; the port does not matter, for cookies do not know ports."""
    return split_domain_port(host)[0] == split_domain_port(settings.CONTENT_HOST)[0]


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
