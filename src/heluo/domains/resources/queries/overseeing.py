"""What officers see: figures of the tree below."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from heluo.domains.resources.access import ORGANISATION_PATH, Permission
from heluo.domains.resources.enums import ResourceState, VersionState
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class BranchFigures:
    """Resources of one organisation and everything below it; `is_own`: of the organisation asked about, alone."""

    organisation: Organisation
    published: int
    waiting: int
    is_own: bool = False


def figures_below(actor: Actor, organisation: Organisation) -> list[BranchFigures]:
    """What an organisation the actor oversees has itself (if anything), then each direct child, most published first.

    Three queries. The database counts by organisation, of which there are far fewer than of resources; what lies in
    which branch is put together here.
    """
    children = Organisation.objects.filter(parent=organisation).order_by("path")
    published: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    at = organisation.path
    for path, count in _published(actor).filter(organisation__path__startswith=at).values_list(*BY_PUBLISHER):
        published[_branch(path, at)] += count
    for path, count in _waiting(actor).filter(**{f"{ORGANISATION_PATH}__startswith": at}).values_list(*BY_AUTHOR):
        waiting[_branch(path, at)] += count
    figures = [BranchFigures(child, published[child.path], waiting[child.path]) for child in children]
    figures.sort(key=lambda row: (-row.published, row.organisation.path))
    own = BranchFigures(organisation, published[at], waiting[at], is_own=True)
    return [own, *figures] if own.published or own.waiting else figures


def _branch(path: str, below: str) -> str:
    """The child of a tree path that another path lies in; the path itself where it is the same."""
    return below if path == below else path[: path.index(".", len(below)) + 1]


BY_PUBLISHER = ("organisation__path", Count("pk"))
BY_AUTHOR = (ORGANISATION_PATH, Count("pk"))


def _published(actor: Actor) -> QuerySet[Resource]:
    return Resource.objects.filter(
        within(actor, Permission.OVERSEE, "organisation__path"), state=ResourceState.PUBLISHED
    )


def _waiting(actor: Actor) -> QuerySet[ResourceVersion]:
    return ResourceVersion.objects.filter(
        within(actor, Permission.OVERSEE, ORGANISATION_PATH), state=VersionState.SUBMITTED
    )


def overseen_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Every organisation whose figures the actor may see."""
    return Organisation.objects.filter(within(actor, Permission.OVERSEE, "path"))


def totals_in(actor: Actor) -> tuple[int, int]:
    """Published resources and waiting submissions wherever the actor oversees."""
    return _published(actor).count(), _waiting(actor).count()
