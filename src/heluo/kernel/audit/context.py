"""Where a deed comes from: request id and address, bound to structlog's context by a middleware or by the worker."""

from dataclasses import dataclass

import structlog


@dataclass(frozen=True, slots=True)
class Origin:
    """The request (or job) a deed belongs to and the address it came from; empty where there is none."""

    request_id: str
    ip: str | None


def origin() -> Origin:
    """What is bound now as `request_id` and `ip`."""
    bound = structlog.contextvars.get_contextvars()
    return Origin(request_id=str(bound.get("request_id") or "")[:64], ip=bound.get("ip"))
