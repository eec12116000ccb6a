"""What the rest of the house calls."""

from heluo.kernel.tenants.access import Permission
from heluo.kernel.tenants.actions import (
    export_tenant,
    import_tenant,
    mark_moved,
    open_tenant,
    resume_tenant,
    suspend_tenant,
)
from heluo.kernel.tenants.errors import NoTenant
from heluo.kernel.tenants.models import Tenant
from heluo.kernel.tenants.owned import TenantManager, TenantOwned
from heluo.kernel.tenants.queries import (
    Tree,
    kept_here,
    reaches,
    shown_address,
    shown_tree,
    tenant_here,
    tree_asked_for,
)
from heluo.kernel.tenants.registry import Row, Share, register_share
from heluo.kernel.tenants.scope import across_tenants, current_tenant, in_tenant

__all__ = [
    "NoTenant",
    "Permission",
    "Row",
    "Share",
    "Tenant",
    "TenantManager",
    "TenantOwned",
    "Tree",
    "across_tenants",
    "current_tenant",
    "export_tenant",
    "import_tenant",
    "in_tenant",
    "kept_here",
    "mark_moved",
    "open_tenant",
    "reaches",
    "register_share",
    "resume_tenant",
    "shown_address",
    "shown_tree",
    "suspend_tenant",
    "tenant_here",
    "tree_asked_for",
]
