"""What authors see of their own work."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from heluo.domains.resources.access import Permission, own
from heluo.domains.resources.enums import OPEN_STATES, ResourceState, VersionState
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries.describing import KIND
from heluo.domains.resources.queries.rows import one, resources, versions
from heluo.kernel.actors.public import Actor, paths_for, require_person
from heluo.kernel.feedback.public import totals_of
from heluo.kernel.organisations.models import Organisation


def own_resource(actor: Actor, uuid: UUID) -> Resource:
    """A resource of the actor's own, whatever its state."""
    return one(resources().filter(author__uuid=require_person(actor), uuid=uuid))


def own_open_version(actor: Actor, uuid: UUID) -> ResourceVersion:
    """The version of an own resource that is on its way to the public."""
    return one(versions().filter(own(actor), resource__uuid=uuid, state__in=OPEN_STATES))


def own_versions(actor: Actor) -> QuerySet[ResourceVersion]:
    """The newest version of each of the actor's resources."""
    newest = ResourceVersion.objects.filter(resource=OuterRef("resource")).order_by("-number").values("pk")[:1]
    return versions().filter(own(actor), pk=Subquery(newest))


def author_places(actor: Actor) -> QuerySet[Organisation]:
    """The organisations the actor may make resources for: those of the posts that let them."""
    return Organisation.objects.filter(path__in=paths_for(actor, Permission.AUTHOR))


@dataclass(frozen=True, slots=True)
class AuthorCounts:
    """How many resources of an author stand where. A published one with a draft in hand counts in both."""

    drafts: int
    in_review: int
    returned: int
    published: int
    views: int
    downloads: int


def author_counts(actor: Actor) -> AuthorCounts:
    person = require_person(actor)
    in_state = {
        name: Count("pk", filter=Q(state=state))
        for name, state in (
            ("drafts", VersionState.DRAFT),
            ("in_review", VersionState.SUBMITTED),
            ("returned", VersionState.RETURNED),
        )
    }
    works = list(Resource.objects.filter(author__uuid=person).values_list("uuid", "state"))
    totals = totals_of(KIND, [uuid for uuid, _state in works])
    return AuthorCounts(
        **ResourceVersion.objects.filter(own(actor)).aggregate(**in_state),
        published=sum(state == ResourceState.PUBLISHED for _uuid, state in works),
        views=totals.views,
        downloads=totals.downloads,
    )


def returns_to(actor: Actor) -> QuerySet[ReviewStep]:
    """The returns that the actor's versions still wait under, newest first."""
    newest = ReviewStep.objects.filter(version=OuterRef("version")).order_by("-at", "-id").values("pk")[:1]
    return (
        ReviewStep.objects.filter(
            pk=Subquery(newest),
            version__state=VersionState.RETURNED,
            version__resource__author__uuid=require_person(actor),
        )
        .select_related("version__resource")
        .order_by("-at", "-id")
    )
