"""What officers see: figures of the tree below."""

from dataclasses import dataclass

from django.db.models import CharField, Count, F, Func, Q, QuerySet

from heluo.domains.resources.access import ORGANISATION_PATH, Permission
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.models import ResourceVersion
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class BranchFigures:
    """Resources of one organisation and everything below it; `is_own`: of the organisation asked about, alone."""

    organisation: Organisation
    published: int
    waiting: int
    is_own: bool = False


class BranchPath(Func):
    """A tree path cut to its first steps, without the closing full stop; shorter paths stay as they are."""

    template = "array_to_string((string_to_array(%(expressions)s, '.'))[1:%(steps)s], '.')"
    output_field = CharField()


def figures_below(actor: Actor, organisation: Organisation) -> list[BranchFigures]:
    """What an organisation the actor oversees has itself (if anything), then each direct child, most published first.

    Two queries; the database counts by branch, so that a province costs no more than a county.
    """
    children = Organisation.objects.filter(parent=organisation).order_by("path")
    rows = (
        ResourceVersion.objects.filter(within(actor, Permission.OVERSEE, ORGANISATION_PATH))
        .filter(resource__organisation__path__startswith=organisation.path)
        .filter(Q(pk=F("resource__published")) | Q(state=VersionState.SUBMITTED))
        .values(branch=BranchPath(F(ORGANISATION_PATH), steps=organisation.path.count(".") + 1))
        .annotate(
            published=Count("pk", filter=Q(state=VersionState.PUBLISHED)),
            waiting=Count("pk", filter=Q(state=VersionState.SUBMITTED)),
        )
        .values_list("branch", "published", "waiting")
    )
    counted = {branch: (published, waiting) for branch, published, waiting in rows}
    own = counted.get(organisation.path)
    figures = [BranchFigures(child, *counted.get(child.path.removesuffix("."), (0, 0))) for child in children]
    figures.sort(key=lambda row: (-row.published, row.organisation.path))
    return [BranchFigures(organisation, *own, is_own=True), *figures] if own else figures


def overseen_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Every organisation whose figures the actor may see."""
    return Organisation.objects.filter(within(actor, Permission.OVERSEE, "path"))


def totals_in(actor: Actor) -> tuple[int, int]:
    """Published resources and waiting submissions wherever the actor oversees."""
    versions = ResourceVersion.objects.filter(within(actor, Permission.OVERSEE, ORGANISATION_PATH))
    totals = versions.aggregate(
        published=Count("pk", filter=Q(pk=F("resource__published"))),
        waiting=Count("pk", filter=Q(state=VersionState.SUBMITTED)),
    )
    return totals["published"], totals["waiting"]
