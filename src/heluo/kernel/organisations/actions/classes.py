"""Open classes, plan terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import SchoolYear, Term, local_day
from heluo.kernel.codes.public import mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions.steps import CLASSES, locked, subject_of
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.errors import ClassExists, EntryYearUnlikely, ImpossibleTerm, StageNotTaught
from heluo.kernel.organisations.events import ClassesOpened, TermPlanned
from heluo.kernel.organisations.grades import entry_years
from heluo.kernel.organisations.models import Klass, Organisation, TermPlan
from heluo.kernel.organisations.school_types import stages_of


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class to be opened: `number` counts within the stage and entry year."""

    stage: Stage
    entry_year: int
    number: int


def check_classes(school: Organisation, classes: Sequence[NewClass], year: SchoolYear) -> None:
    """Refuse what a school does not teach, and entry years whose pupils are not in that stage now."""
    taught = stages_of(school.school_type)
    for new in classes:
        if new.stage not in taught:
            raise StageNotTaught(field="stage", school=school.name, stage=new.stage.label)
        if new.entry_year not in {*entry_years(new.stage, year), year.starts + 1}:
            raise EntryYearUnlikely(field="entry_year", entry_year=new.entry_year, stage=new.stage.label)


@transaction.atomic
def open_classes(*, by: Actor, school: Organisation, classes: Sequence[NewClass], now: datetime) -> list[Klass]:
    """Open any number of classes at a school, or none if one of them cannot be."""
    require(by, Permission.MANAGE_CLASSES, on=school)
    today = local_day(now)
    school = locked(school, today)
    check_classes(school, classes, SchoolYear.on(today))
    numbers = "、".join(str(new.number) for new in classes)
    with refused_as(
        ClassExists, constraint="klass_once_in_its_school", field="number", school=school.name, number=numbers
    ):
        opened = Klass.objects.bulk_create(
            [
                Klass(
                    pk=key,
                    uuid=mint_identifier("class", str(key)),
                    school=school,
                    stage=new.stage,
                    entry_year=new.entry_year,
                    number=new.number,
                )
                for key, new in zip(reserve_ids(CLASSES, len(classes)), classes, strict=True)
            ]
        )
    record(
        by=by,
        at=now,
        deed="organisations.classes_opened",
        subject=subject_of(school),
        details={"classes": [[klass.stage, klass.entry_year, klass.number] for klass in opened]},
    )
    announce(ClassesOpened(school_id=school.uuid, count=len(opened)), by=by, at=now)
    return opened


@transaction.atomic
def plan_term(
    *, by: Actor, organisation: Organisation, term: Term, starts_on: date, ends_on: date, now: datetime
) -> TermPlan:
    """Set the first and last day of a term for an organisation and everything below; a later plan replaces it."""
    require(by, Permission.PLAN_TERMS, on=organisation)
    organisation = locked(organisation, local_day(now))
    if not term.year.first_day.replace(month=8) <= starts_on < ends_on < date(term.year.starts + 1, 9, 1):
        raise ImpossibleTerm(field="ends_on")
    plan, _made = TermPlan.objects.update_or_create(
        organisation=organisation,
        school_year=term.year.starts,
        number=term.number,
        defaults={"starts_on": starts_on, "ends_on": ends_on},
    )
    record(
        by=by,
        at=now,
        deed="organisations.term_planned",
        subject=subject_of(organisation),
        details={"term": str(term), "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()},
    )
    announce(TermPlanned(organisation_id=organisation.uuid, term=str(term)), by=by, at=now)
    return plan
