"""Which virtual platform a request is for: its host says so, and nothing else does."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect

from heluo.kernel.pages.refusals import answer
from heluo.kernel.tenants.enums import TenantState
from heluo.kernel.tenants.errors import NoSuchPlatform, PlatformSuspended
from heluo.kernel.tenants.queries import is_tenant_host, tenant_at
from heluo.kernel.tenants.scope import in_tenant

Next = Callable[[HttpRequest], HttpResponseBase]


class KeepMethod(HttpResponsePermanentRedirect):
    """RFC 9110, 15.4.9: moved for good, and what was sent is sent again."""

    status_code = 308


class ResolveTenant:
    """Put `request.tenant`, and work for it. On the platform's own hosts nothing is asked of the database."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.get_host()
        if not is_tenant_host(host):
            return self.get_response(request)
        tenant = tenant_at(host)
        if tenant is None:
            return answer(request, NoSuchPlatform())
        if tenant.state == TenantState.MOVED:
            return KeepMethod(tenant.moved_to + request.get_full_path())
        if tenant.state == TenantState.SUSPENDED:
            return answer(request, PlatformSuspended(name=tenant.name))
        request.tenant = tenant  # type: ignore[attr-defined]
        with in_tenant(tenant):
            return self.get_response(request)
