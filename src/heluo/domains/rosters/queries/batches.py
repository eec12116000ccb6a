"""Reads of batches: as whoever imports may see them."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from heluo.domains.rosters.access import Permission, importable
from heluo.domains.rosters.enums import BatchState, RowKind
from heluo.domains.rosters.models import RosterBatch, RosterFinding, RosterPart, RosterRow
from heluo.domains.rosters.queries.cells import Place, Setting
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, within
from heluo.kernel.codes.public import codes_of
from heluo.kernel.jobs.public import is_under_way
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.school_types import school_types
from heluo.kernel.people.enums import Deed
from heluo.kernel.people.models import Post, in_period

ROWS_KEPT = timedelta(days=14)
"""How long the rows of a batch that is done are kept, and how long one waits for its confirmation."""
READ_TASK, COMPARE_TASK, IMPORT_TASK, CORRECT_TASK = (
    "rosters.read",
    "rosters.compare",
    "rosters.import",
    "rosters.correct",
)
WORK: Mapping[BatchState, tuple[str, ...]] = {
    BatchState.RECEIVED: (READ_TASK,),
    BatchState.READING: (READ_TASK, COMPARE_TASK),
    BatchState.IMPORTING: (IMPORT_TASK,),
}
"""Which jobs move a batch out of a state."""
ROLES: Mapping[RowKind, Role] = {
    RowKind.TEACHER: Role.TEACHER,
    RowKind.PUPIL: Role.PUPIL,
    RowKind.GUARDIAN: Role.GUARDIAN,
}


def batches_for(actor: Actor) -> QuerySet[RosterBatch]:
    return RosterBatch.objects.filter(importable(actor)).select_related("scope", "opened_by")


def batch_for(actor: Actor, uuid: UUID) -> RosterBatch:
    """A batch of a place where the actor imports. Raises `NotFound` for every other."""
    found = batches_for(actor).select_related("confirmed_by", "file__blob").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def scopes_for(actor: Actor) -> QuerySet[Organisation]:
    """The places whose rosters an actor may bring: those of their posts, whole."""
    here = [post.organisation_id for post in actor.posts if allows(actor, Permission.IMPORT, on=_At(post.path))]
    return Organisation.objects.filter(pk__in=here, closed_on__isnull=True).order_by("path")


class _At:
    def __init__(self, path: str) -> None:
        self.access_path = path


def scope_for(actor: Actor, uuid: UUID) -> Organisation:
    """Any place, own or below, whose roster an actor may bring. Raises `NotFound`."""
    found = Organisation.objects.filter(within(actor, Permission.IMPORT, "path"), uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def findings_of(batch: RosterBatch, *, kind: str = "", severity: str = "", fault: str = "") -> QuerySet[RosterFinding]:
    """What is wrong, in the order of the file; narrowed to a sheet, a severity, a fault where asked."""
    found = RosterFinding.objects.filter(batch=batch)
    if kind:
        found = found.filter(kind=kind)
    if severity:
        found = found.filter(severity=severity)
    return found.filter(fault=fault) if fault else found


def rows_of(batch: RosterBatch, *, deed: str) -> QuerySet[RosterRow]:
    """The rows whose people would be new, changed, returned."""
    return RosterRow.objects.filter(batch=batch, deed=deed).select_related("school")


def parts_of(batch: RosterBatch) -> QuerySet[RosterPart]:
    return RosterPart.objects.filter(batch=batch).select_related("school").order_by("school__name_sort", "id")


def endings_of(batch: RosterBatch, *, on: date) -> QuerySet[Post]:
    """The posts that importing would end: held at a school of the batch where the role's list is complete, by somebody
    no row is about; or of which a row of changes says so."""
    complete = Q(pk__in=())
    for part in parts_of(batch):
        for role in part.endings:
            complete |= Q(organisation=part.school_id, role=role)
    rows = RosterRow.objects.filter(batch=batch, person=OuterRef("person"), school=OuterRef("organisation"))
    kinds = Case(*(When(role=role, then=Value(kind.value)) for kind, role in ROLES.items()), default=Value(""))
    ended = Exists(rows.filter(deed=Deed.ENDED, kind=kinds)) if batch.is_delta else ~Exists(rows)
    return (
        Post.objects.filter(complete, in_period(on), ended)
        .select_related("person", "organisation")
        .order_by("organisation__path", "role", "person__name_sort", "id")
    )


def setting_of(scope: Organisation, *, today: date) -> Setting:
    """What the rows of a scope are judged by: its schools by code and by id, and the tables of today."""
    below = (
        Organisation.objects.open_on(today).filter(path__startswith=scope.path).exclude(kind=OrganisationKind.BUREAU)
    )
    schools = {}
    for school in below:
        place = _place(school)
        schools[str(school.uuid)] = place
        schools[school.code or ""] = place
    schools.pop("", None)
    return Setting(
        today=today,
        schools=schools,
        only_school=_place(scope) if scope.is_school else None,
        subjects={code.name: code.value for code in codes_of("subject", on=today)},
    )


def _place(school: Organisation) -> Place:
    kind = school_types().get(school.school_type)
    stages = kind.stages if kind else (Stage.PRIMARY,) if school.kind == OrganisationKind.TEACHING_POINT else ()
    return Place(school.pk, school.name, frozenset(stages))


def klass_keys(school: Organisation, *, on: date) -> dict[str, int]:
    """`stage/entry year/number` → primary key, of the classes a school has."""
    open_ones = Klass.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on), school=school)
    return {f"{klass.stage}/{klass.entry_year}/{klass.number}": klass.pk for klass in open_ones}


def overlapping(batch: RosterBatch) -> QuerySet[RosterBatch]:
    """Other batches about some of the same schools."""
    above = [int(step) for step in batch.scope.path.split(".") if step]
    return RosterBatch.objects.filter(Q(scope__path__startswith=batch.scope.path) | Q(scope__in=above)).exclude(
        pk=batch.pk
    )


def is_stale(batch: RosterBatch) -> bool:
    """Whether another roster of the same schools has been imported, or is being, since this one was compared."""
    if batch.checked_at is None:
        return True
    return (
        overlapping(batch)
        .filter(Q(state=BatchState.IMPORTING) | Q(state=BatchState.IMPORTED, finished_at__gt=batch.checked_at))
        .exists()
    )


def stop_percent() -> int:
    """From which share of a role at a school on an ending needs a person."""
    percent: int = settings.ROSTER_STOP_PERCENT
    return percent


def stages_below(scopes: QuerySet[Organisation]) -> set[Stage]:
    """The stages that the schools of some places teach."""
    stages: set[Stage] = set()
    for scope in scopes:
        types = Organisation.objects.filter(path__startswith=scope.path).exclude(kind=OrganisationKind.BUREAU)
        for school in types.distinct("school_type").order_by("school_type"):
            stages |= _place(school).stages
    return stages


def is_being_marked(batch: RosterBatch) -> bool:
    """Whether the file to hand back is still being made."""
    return batch.state == BatchState.READ and batch.error_count > 0 and is_under_way(CORRECT_TASK)


def work_has_stopped(batch: RosterBatch) -> bool:
    """Whether a batch waits for a job that is no more: it failed, and somebody may order it anew."""
    task = WORK.get(BatchState(batch.state))
    if task is None or any(is_under_way(name) for name in task):
        return False
    # A quick job may have brought the batch further since it was looked up.
    return RosterBatch.objects.filter(pk=batch.pk, state=batch.state).exists()
