"""What was adapted from what, and under which terms it may be published."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from heluo.domains.resources.access import own
from heluo.domains.resources.enums import ResourceState
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.domains.resources.queries.rows import one, resources, versions, versions_in
from heluo.engines.catalogue.enums import ADAPTED_AS, Licence
from heluo.kernel.actors.public import Actor

CHAIN = """
WITH RECURSIVE chain (id, source, step) AS (
    SELECT id, derived_from_id, 0 FROM resources_resourceversion WHERE id = %s
    UNION ALL
    SELECT work.id, work.derived_from_id, step + 1
    FROM chain JOIN resources_resourceversion work ON work.id = chain.source
)
SELECT id FROM chain WHERE step > 0 ORDER BY step
"""


def adaptable(uuid: UUID) -> Resource:
    """A resource as it is public now. Raises `NotFound`."""
    return one(resources().filter(state=ResourceState.PUBLISHED, uuid=uuid))


def chain_of(version: ResourceVersion) -> list[ResourceVersion]:
    """The works it was adapted from, the nearest first, the first original last, public still or not. Two queries."""
    if version.derived_from_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, [version.pk])
        keys = [key for (key,) in cursor.fetchall()]
    found = {work.pk: work for work in versions_in(keys)}
    return [found[key] for key in keys]


def sources_of(works: Collection[ResourceVersion]) -> dict[int, ResourceVersion]:
    """Key → the work, of those that some of these were adapted from; a query where there are any."""
    keys = {work.derived_from_id for work in works if work.derived_from_id}
    return {work.pk: work for work in versions_in(keys)} if keys else {}


def derivatives_of(resource: Resource) -> QuerySet[ResourceVersion]:
    """What is public now and was adapted from any version of a resource."""
    return _public().filter(derived_from__resource=resource)


def derivatives_of_own(actor: Actor) -> QuerySet[ResourceVersion]:
    """What others have published that was adapted from works of the actor."""
    mine = ResourceVersion.objects.filter(own(actor), derivatives__isnull=False)
    return (
        _public()
        .filter(derived_from__in=mine.values("pk"))
        .exclude(own(actor))
        .select_related("derived_from__resource")
    )


def licences_to_adapt(source: ResourceVersion, *, author: UUID | None) -> list[Licence]:
    """Terms under which a person may publish an adaptation, in their order; all for what is wholly their own."""
    if source.derived_from_id is None and source.resource.author.uuid == author:
        return list(Licence)
    allowed = ADAPTED_AS[Licence(source.licence)] if source.licence in Licence.values else frozenset()
    return [licence for licence in Licence if licence in allowed]


def possible_licences(version: ResourceVersion) -> list[Licence]:
    """Terms that a draft may choose."""
    if version.derived_from is None:
        return list(Licence)
    return licences_to_adapt(version.derived_from, author=version.resource.author.uuid)


def _public() -> QuerySet[ResourceVersion]:
    return versions().filter(resource__state=ResourceState.PUBLISHED, resource__published=F("pk"))
