"""Context processor: whose name, mark and colour the frame of a page wears. Asks the database nothing."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from heluo.kernel.files.public import content_link
from heluo.kernel.tenants.colours import style_of
from heluo.kernel.tenants.models import Tenant


class Brand:
    """What `shell.html` asks about a virtual platform."""

    def __init__(self, tenant: Tenant) -> None:
        self.name, self.short_name, self.colour = tenant.name, tenant.short_name, tenant.colour
        self._logo = tenant.logo

    @property
    def logo(self) -> str:
        """Address of the picture; empty without one, and while it is still to be scanned."""
        return content_link(self._logo) if self._logo is not None and self._logo.is_readable else ""

    @property
    def style(self) -> SafeString:
        return mark_safe(style_of(self.colour))  # noqa: S308  # of six hexadecimal digits, as the database checks


def brand(request: HttpRequest) -> dict[str, Any]:
    """Puts `brand` into every template's context: None on the platform's own host."""
    tenant = getattr(request, "tenant", None)
    return {"brand": Brand(tenant) if tenant is not None else None}
