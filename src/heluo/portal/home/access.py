"""Who arranges the home page of a virtual platform: whoever keeps it."""

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.tenants.public import Permission, Tenant, tenant_here

ARRANGE = Permission.KEEP


def require_keeper(by: Actor) -> Tenant:
    """The virtual platform at hand; refuses whoever does not keep it."""
    here = tenant_here()
    require(by, ARRANGE, on=here)
    return here
