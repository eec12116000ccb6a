"""Reads of transfers."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from heluo.domains.students.access import Permission
from heluo.domains.students.enums import Party, TransferState
from heluo.domains.students.models import StudentRecord, TransferCase, TransferStep
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, platform_actor, within
from heluo.kernel.people.access import Permission as PeoplePermission
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.public import find_by_identifier

SEEKER = platform_actor("students", [PeoplePermission.VIEW])
SCHOOL_PARTIES = frozenset({Party.TO_SCHOOL, Party.FROM_SCHOOL})


def transfer_cases(actor: Actor) -> QuerySet[TransferCase]:
    """The transfers that begin or end at a school one looks after."""
    leaving = within(actor, Permission.VIEW, "from_school__path")
    coming = within(actor, Permission.VIEW, "to_school__path")
    return TransferCase.objects.filter(leaving | coming).select_related(
        "record__person", "record__school", "from_school", "to_school", "to_klass"
    )


def transfer_for(actor: Actor, uuid: UUID) -> TransferCase:
    found = transfer_cases(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def steps_of(case: TransferCase) -> list[TransferStep]:
    return list(case.steps.select_related("place").order_by("position"))


def current_step(steps: list[TransferStep]) -> TransferStep | None:
    """The step that waits for a decision."""
    return next((step for step in steps if step.is_approved is None), None)


def permission_for(step: TransferStep) -> Permission:
    """A school's step is its clerk's, a bureau's step its officer's."""
    return Permission.KEEP if step.party in SCHOOL_PARTIES else Permission.DECIDE


def may_decide(actor: Actor, step: TransferStep) -> bool:
    """A bureau does not speak for its schools as well: the decisions are of different people."""
    if step.party in SCHOOL_PARTIES and allows(actor, Permission.DECIDE, on=step):
        return False
    return allows(actor, permission_for(step), on=step)


def waiting_transfers(actor: Actor) -> QuerySet[TransferCase]:
    """The open transfers whose current step this actor may decide."""
    current = TransferStep.objects.filter(case=OuterRef("case"), is_approved=None).order_by("position").values("pk")[:1]
    of_schools = Q(party__in=SCHOOL_PARTIES)
    above = within(actor, Permission.DECIDE, "place__path")
    schools = within(actor, Permission.KEEP, "place__path") & ~above & of_schools
    bureaus = above & ~of_schools
    mine = TransferStep.objects.filter(schools | bureaus, case=OuterRef("pk"), pk=Subquery(current))
    return transfer_cases(actor).filter(Exists(mine), state=TransferState.OPEN)


def record_known_by(number: str, name: str, *, on: date) -> StudentRecord | None:
    """The open record of the pupil who bears both a 学籍号 and a name; None alike where either is wrong.

    A receiving school may not look at other schools' pupils; whoever can name both has the pupil before them.
    """
    person = find_by_identifier(SEEKER, IdentifierKind.STUDENT_NUMBER, number, on=on)
    if person is None or person.name != name.strip():
        return None
    return StudentRecord.objects.filter(person=person, ended_on=None).select_related("person", "school").first()
