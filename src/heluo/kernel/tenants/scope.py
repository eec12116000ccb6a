"""For which virtual platform the code at hand is at work: said once, by the request's host or by whoever runs a job.

    with in_tenant(tenant): ...
    with across_tenants("counting them for the operator"): ...

What belongs to virtual platforms cannot be read outside of both (`owned.TenantOwned`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from heluo.kernel.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Scope:
    """One virtual platform, or, for the reason given, all of them."""

    tenant: Tenant | None
    reason: str = ""


_scope: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)


def current_scope() -> Scope | None:
    """What was said, or None where nobody said anything."""
    return _scope.get()


def current_tenant() -> Tenant | None:
    """The virtual platform at hand; None on the platform's own host and where all of them are read."""
    scope = _scope.get()
    return scope.tenant if scope else None


@contextmanager
def in_tenant(tenant: Tenant) -> Iterator[None]:
    """Work for one virtual platform."""
    token = _scope.set(Scope(tenant))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def across_tenants(reason: str) -> Iterator[None]:
    """Read what belongs to all of them, for a reason worth writing down."""
    if not reason.strip():
        raise ValueError("say why everything is read")
    token = _scope.set(Scope(None, reason))
    try:
        yield
    finally:
        _scope.reset(token)
