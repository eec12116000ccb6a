"""The two addresses for machines that watch the platform."""

from ipaddress import ip_address
from secrets import compare_digest

from django.conf import settings
from django.http import HttpResponse, JsonResponse

from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.site.health import Health
from heluo.site.metrics import figures

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@reads(may=Audience.PUBLIC)
def healthz(request: PageRequest) -> JsonResponse:
    """`{"status", "database", "worker", "storage"}`; 200 when all work, else 503. Why a part fails: as for figures."""
    health = Health.now()
    told = health.as_json(with_details=may_watch(request))
    return JsonResponse(told, status=200 if health.ok else 503, headers={"Cache-Control": "no-store"})


@reads(may=Audience.PROGRAM)
def metrics(request: PageRequest) -> HttpResponse:
    """Figures for Prometheus: to the bearer of `METRICS_TOKEN`, or to this machine itself where none is set."""
    if not may_watch(request):
        return HttpResponse("METRICS_TOKEN\n", status=403, content_type="text/plain")
    return HttpResponse(figures(), content_type="text/plain; version=0.0.4; charset=utf-8")


def may_watch(request: PageRequest) -> bool:
    """A request that a proxy passed on is never "this machine itself", wherever the proxy runs."""
    token = settings.ENVIRONMENT.metrics_token
    if token:
        return compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
