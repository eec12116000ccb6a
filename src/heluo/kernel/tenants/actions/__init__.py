"""Every write about virtual platforms."""

from heluo.kernel.tenants.actions.keeping import (
    describe_tenant,
    mark_moved,
    open_tenant,
    put_logo,
    remove_logo,
    resume_tenant,
    set_own_host,
    suspend_tenant,
)
from heluo.kernel.tenants.actions.moving import export_tenant, import_tenant

__all__ = [
    "describe_tenant",
    "export_tenant",
    "import_tenant",
    "mark_moved",
    "open_tenant",
    "put_logo",
    "remove_logo",
    "resume_tenant",
    "set_own_host",
    "suspend_tenant",
]
