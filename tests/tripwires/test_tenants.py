"""Nothing that belongs to virtual platforms can be read where nobody said which one."""

import pytest
from django.apps import apps
from django.db import models

from heluo.kernel.tenants.errors import NoTenant
from heluo.kernel.tenants.models import Tenant
from heluo.kernel.tenants.owned import TenantManager, TenantOwned
from heluo.kernel.tenants.scope import across_tenants, in_tenant

OWNED = [model for model in apps.get_models() if issubclass(model, TenantOwned)]


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_no_table_of_virtual_platforms_is_read_or_written_without_one(model: type[TenantOwned]) -> None:
    for manager in (model.objects, model._default_manager):
        assert isinstance(manager, TenantManager)
        with pytest.raises(NoTenant):
            manager.all()
    with pytest.raises(NoTenant):
        model().save()
    with across_tenants("a tripwire"), pytest.raises(NoTenant):
        model().save()
    with in_tenant(Tenant(pk=1)):
        assert "tenant_id" in str(model.objects.all().query)
        for write in (
            model(tenant_id=2).save,
            lambda: model.objects.bulk_create([model(tenant_id=2)]),
            lambda: model.objects.update(tenant=Tenant(pk=2)),
            lambda: model.objects.update(tenant_id=2),
        ):
            with pytest.raises(NoTenant):
                write()


def test_every_table_that_points_to_a_tenant_stands_behind_the_fence() -> None:
    pointing = {
        model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Tenant
    }
    assert pointing <= set(OWNED), "let these inherit TenantOwned"
