"""The base of every table whose rows belong to one virtual platform, and the fence around it."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

from heluo.kernel.tenants.errors import NoTenant
from heluo.kernel.tenants.models import Tenant
from heluo.kernel.tenants.scope import current_scope

Owned = TypeVar("Owned", bound="TenantOwned")


class TenantRows(models.QuerySet[Owned]):
    """Rows of the virtual platform at hand; in bulk they are written for it as one by one."""

    def bulk_create(self, objs: Iterable[Owned], *args: Any, **options: Any) -> list[Owned]:
        rows = list(objs)
        for row in rows:
            row.claim()
        return super().bulk_create(rows, *args, **options)

    def update(self, **values: Any) -> int:
        if {"tenant", "tenant_id"} & values.keys():
            raise NoTenant(f"no {self.model.__name__} goes to another virtual platform")
        return super().update(**values)


class TenantManager(models.Manager[Owned]):
    """Reads what belongs to the virtual platform at hand, and nothing where nobody said which one that is."""

    def get_queryset(self) -> TenantRows[Owned]:
        scope = current_scope()
        if scope is None:
            raise NoTenant(f"{self.model.__name__} is of virtual platforms: say which one (in_tenant)")
        rows = TenantRows[Owned](self.model, using=self._db)
        return rows if scope.tenant is None else rows.filter(tenant=scope.tenant)


class TenantOwned(models.Model):
    """A row of one virtual platform.

    Only Django's own care for integrity looks at all of them (its base manager): a file that any platform shows is not
    deleted, whoever asks.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", editable=False)

    tenant_id: int | None

    objects = TenantManager()

    class Meta:
        abstract = True
        default_manager_name = "objects"

    def save(self, **options: Any) -> None:
        """Write it for the virtual platform at hand, never for another."""
        self.claim()
        super().save(**options)

    def claim(self) -> None:
        """Make it the row of the virtual platform at hand. Raises `NoTenant` where there is none, or another's."""
        scope = current_scope()
        if scope is None or scope.tenant is None:
            raise NoTenant(f"{type(self).__name__} is written for one virtual platform: say which (in_tenant)")
        if (self.tenant_id or scope.tenant.pk) != scope.tenant.pk:
            raise NoTenant(f"this {type(self).__name__} is of another virtual platform")
        self.tenant = scope.tenant
