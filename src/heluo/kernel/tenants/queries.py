"""Reads about virtual platforms."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.http.request import split_domain_port
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.listing import Choice, choices
from heluo.kernel.tenants.access import granted_by, kept_by
from heluo.kernel.tenants.models import Tenant
from heluo.kernel.tenants.scope import current_tenant

REACH, OWN, EVERYTHING = "reach", "own", "all"


@dataclass(frozen=True, slots=True)
class Tree:
    """What a virtual platform shows as its own: what its organisation and all below share, and what those above do."""

    path: str

    @property
    def above(self) -> list[str]:
        steps = self.path.split(".")[:-2]
        return [".".join(steps[:depth]) + "." for depth in range(1, len(steps) + 1)]

    def holds(self, field: str = "organisation__path") -> Q:
        return Q(**{f"{field}__startswith": self.path}) | Q(**{f"{field}__in": self.above})


def is_tenant_host(host: str) -> bool:
    """Whether a Host header names a host that only virtual platforms have. The platform's own are never asked about."""
    named = split_domain_port(host.lower())[0]
    if named in settings.PLATFORM_HOSTS:
        return False
    return named in settings.TENANT_HOSTS or (
        bool(settings.TENANT_DOMAIN) and named.endswith(f".{settings.TENANT_DOMAIN}")
    )


def tenant_at(host: str) -> Tenant | None:
    """The virtual platform behind a Host header. One query."""
    named = split_domain_port(host.lower())[0]
    label, dot, domain = named.partition(".")
    asked = Q(own_host=named)
    if dot and domain == settings.TENANT_DOMAIN:
        asked |= Q(label=label)
    return Tenant.objects.select_related("organisation", "logo__blob").filter(asked).first()


def tenant_here() -> Tenant:
    """The virtual platform whose host was asked; on the platform's own host there is none, and so no such page."""
    tenant = current_tenant()
    if tenant is None:
        raise NotFound
    return tenant


def kept_here(actor: Actor) -> Tenant:
    """The virtual platform whose host was asked, if the actor keeps it; to others its pages of work are not there."""
    here = tenant_here()
    found = Tenant.objects.filter(kept_by(actor), pk=here.pk).exists()
    if not found:
        raise NotFound
    return here


def kept_tenants(actor: Actor) -> QuerySet[Tenant]:
    return Tenant.objects.filter(kept_by(actor)).select_related("organisation")


def granted_tenants(actor: Actor) -> QuerySet[Tenant]:
    return Tenant.objects.filter(granted_by(actor)).select_related("organisation")


def granted_tenant(actor: Actor, uuid: UUID) -> Tenant:
    found = granted_tenants(actor).select_related("logo__blob").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def shown_tree() -> Tree | None:
    """The tree that lists narrow to on the host of a virtual platform; None on the platform's own."""
    tenant = current_tenant()
    return Tree(tenant.organisation.path) if tenant else None


def shown_address() -> str:
    """Scheme and host of what is being looked at: a virtual platform, or the platform itself."""
    tenant = current_tenant()
    return tenant.address if tenant else settings.PUBLIC_URL


def reaches(query: QueryDict) -> list[Choice]:
    """On the host of a virtual platform, the links between what it shows as its own and everything; else nothing."""
    labels: dict[str, str | Promise] = {OWN: _("本平台"), EVERYTHING: pgettext("of all platforms", "全部")}
    return choices(query, name=REACH, labels=labels) if current_tenant() else []


def tree_asked_for(query: QueryDict) -> Tree | None:
    """The tree a list narrows to, unless everything was asked for."""
    return None if query.get(REACH) == EVERYTHING else shown_tree()


def organisation_named(code: str) -> Organisation | None:
    """An open organisation by the code of its school or, for a bureau, of its region."""
    return (
        Organisation.objects.filter(closed_on__isnull=True)
        .filter(Q(code=code) | Q(region__code=code, kind="bureau"))
        .first()
    )
