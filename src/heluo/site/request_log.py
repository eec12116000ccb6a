"""Each request has an id, a line in the log and a place in the figures."""

import re
import time
from collections.abc import Callable
from ipaddress import ip_address
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponseBase

from heluo.kernel.access.public import address_of
from heluo.site.metrics import REQUESTS, SECONDS

KNOWN_SHAPE = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET_PATHS = ("/healthz", "/metrics", "/static/")
Next = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger("heluo.request")


def known_address(request: HttpRequest) -> str | None:
    """Where a request comes from, for the audit log; nothing where it is unknown or no address at all."""
    try:
        return str(ip_address(address_of(request)))
    except ValueError:
        return None


class RequestLog:
    """Give each request an id, log it once and count it. Paths are logged without their query: it may name people."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if KNOWN_SHAPE.fullmatch(given) else uuid4().hex
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id, ip=known_address(request)):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            seconds = time.perf_counter() - began
            route = request.resolver_match.route if request.resolver_match else "-"
            REQUESTS.labels(request.method, route, response.status_code).inc()
            SECONDS.labels(request.method, route).observe(seconds)
            if not request.path.startswith(QUIET_PATHS):
                log.info(
                    "request",
                    method=request.method,
                    path=request.path,
                    status=response.status_code,
                    ms=round(seconds * 1000, 1),
                )
        return response
