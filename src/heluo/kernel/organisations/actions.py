"""Every write to the two trees: one function per use case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record, record_batch
from heluo.kernel.clock.public import SchoolYear, Term, local_day
from heluo.kernel.codes.public import code_of, mint_identifier, parse_school_code, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.feedback.public import move_subtree
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import ChangeKind, Level, OrganisationKind, Stage
from heluo.kernel.organisations.errors import (
    AlreadyThere,
    ClassExists,
    CodeClassMismatch,
    CodeOfAnotherProvince,
    CodeTaken,
    EntryYearUnlikely,
    ImpossibleTerm,
    NameMissing,
    NameUnchanged,
    NotASchoolType,
    OrganisationClosed,
    ReasonMissing,
    StageNotTaught,
    StillHasSubordinates,
    TreeCycle,
    WrongSuperior,
)
from heluo.kernel.organisations.events import (
    BureausFounded,
    ClassesOpened,
    OrganisationMoved,
    OrganisationOpened,
    OrganisationRecoded,
    OrganisationRenamed,
    OrganisationShut,
    TermPlanned,
)
from heluo.kernel.organisations.grades import entry_years
from heluo.kernel.organisations.loading import management_exceptions
from heluo.kernel.organisations.models import (
    Klass,
    Organisation,
    OrganisationChange,
    Region,
    SchoolCodeIssue,
    TermPlan,
)
from heluo.kernel.organisations.pinyin import pinyin_initials, pinyin_key
from heluo.kernel.organisations.school_types import TEACHING_POINT_TYPE, school_types

TREE_LOCK = 0x7EE5
"""Advisory lock of those who rearrange the tree: two moves at once could make a cycle that neither sees."""
ORGANISATIONS, CLASSES = "organisations_organisation", "organisations_klass"
BY_REGION = "与行政区划一致"
DECIDED_HERE = "本平台登记"


def subject_of(organisation: Organisation) -> Subject:
    """An organisation as the audit names it."""
    return Subject(kind="organisation", id=str(organisation.uuid), title=organisation.name, path=organisation.path)


def _lock_tree() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def _locked(organisation: Organisation, day: date) -> Organisation:
    """The organisation as it stands now, kept from moving or closing until the transaction ends."""
    fresh = (
        Organisation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("parent")
        .get(pk=organisation.pk)
    )
    if not fresh.is_open(day):
        raise OrganisationClosed(organisation=fresh.name)
    return fresh


def _superior(organisation: Organisation) -> Organisation:
    """Whose right is asked when an organisation itself changes: nobody renames, moves or closes their own."""
    return organisation.parent or organisation


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise NameMissing(field="name")
    return name


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    return reason


def _note_change(
    organisation: Organisation,
    kind: ChangeKind,
    *,
    by: Actor,
    now: datetime,
    on: date | None,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> OrganisationChange:
    return OrganisationChange(
        organisation=organisation,
        kind=kind,
        effective_on=on,
        before=before,
        after=after,
        reason=reason,
        by_person=by.person_id,
        by_name=by.name,
        at=now,
    )


# -- bureaus ----------------------------------------------------------------------------------------------------------


def _bureau_name(region: Region) -> str:
    """As people usually call it: a district (区) with its city before it, for their names recur; others alone."""
    if region.level == Level.PROVINCE:
        return f"{region.name}教育厅"
    return f"{region.full_name if region.name.endswith('区') else region.name}教育局"


@transaction.atomic
def found_bureaus(*, by: Actor, now: datetime) -> int:
    """Give every region in force a bureau that has none yet, in its place of the management tree; how many it made.

    A county's bureau answers to its city's, a city's to the province's, except where `management_exceptions.csv` says
    otherwise (the ten counties the province administers itself). Names are the usual ones, not read from a list.
    """
    require(by, Permission.FOUND)
    _lock_tree()
    regions = list(Region.objects.in_force(local_day(now)).select_related("parent").order_by("code"))
    bureaus = {
        bureau.region.code: bureau
        for bureau in Organisation.objects.filter(kind=OrganisationKind.BUREAU, closed_on=None).select_related("region")
    }
    exceptions = management_exceptions()
    missing = [region for region in regions if region.code not in bureaus]
    missing.sort(key=lambda region: (region.level == Level.COUNTY, region.level == Level.CITY, region.code))
    for key, region in zip(reserve_ids(ORGANISATIONS, len(missing)), missing, strict=True):
        exception = exceptions.get(region.code)
        above = exception.answers_to if exception else region.parent and region.parent.code
        parent = bureaus[above] if above else None
        name = _bureau_name(region)
        bureaus[region.code] = Organisation(
            pk=key,
            uuid=mint_identifier("bureau", region.code),
            kind=OrganisationKind.BUREAU,
            level=Level.CITY if region.ranks_as_city else region.level,
            name=name,
            name_sort=pinyin_key(name),
            initials=pinyin_initials(name),
            region=region,
            parent=parent,
            path=f"{parent.path if parent else ''}{key}.",
            parent_source=exception.source if exception else BY_REGION,
        )
    made = [bureaus[region.code] for region in missing]
    if not made:
        return 0
    Organisation.objects.bulk_create(made)
    OrganisationChange.objects.bulk_create(
        [_note_change(bureau, ChangeKind.OPENED, by=by, now=now, on=None, after=bureau.name) for bureau in made]
    )
    record_batch(
        by=by,
        at=now,
        deed="organisations.bureaus_founded",
        subject=subject_of(next(iter(bureaus.values()))),
        differences=[
            Difference(subject_id=str(bureau.uuid), after={"name": bureau.name, "path": bureau.path}) for bureau in made
        ],
    )
    announce(BureausFounded(count=len(made)), by=by, at=now)
    return len(made)


# -- schools ----------------------------------------------------------------------------------------------------------


def _checked_code(code: str, *, school_type: str, region: Region, on: date) -> str:
    """The code in its one spelling, if its class fits the type of school and its province is the region's."""
    type_name = str(code_of("school-type", school_type, on=on))
    kind = school_types().get(school_type)
    if kind is None:
        raise NotASchoolType(field="school_type", school_type=type_name)
    read = parse_school_code(code)
    code_of("school-code-class", read.category, on=on)
    if read.category != kind.code_class:
        raise CodeClassMismatch(field="code", code=read.value, school_type=type_name, expected=kind.code_class)
    if read.province != region.code[:2]:
        raise CodeOfAnotherProvince(field="code", code=read.value, expected=region.code[:2])
    return read.value


def _insert(
    *,
    by: Actor,
    kind: OrganisationKind,
    name: str,
    region: Region,
    parent: Organisation,
    on: date,
    now: datetime,
    code: str | None = None,
    school_type: str,
) -> Organisation:
    [key] = reserve_ids(ORGANISATIONS, 1)
    if code is not None:
        with refused_as(CodeTaken, constraint="school_code_once_for_ever", field="code", code=code):
            SchoolCodeIssue.objects.create(code=code, organisation_id=key, issued_on=on)
    organisation = Organisation.objects.create(
        pk=key,
        uuid=mint_identifier("organisation", str(key)),
        kind=kind,
        level=Level.SCHOOL,
        name=name,
        name_sort=pinyin_key(name),
        initials=pinyin_initials(name),
        code=code,
        school_type=school_type,
        region=region,
        parent=parent,
        path=f"{parent.path}{key}.",
        parent_source=DECIDED_HERE,
        opened_on=on,
    )
    _note_change(organisation, ChangeKind.OPENED, by=by, now=now, on=on, after=name).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_opened",
        subject=subject_of(organisation),
        details={"code": code, "school_type": school_type, "region": region.code, "on": on.isoformat()},
    )
    announce(OrganisationOpened(organisation_id=organisation.uuid), by=by, at=now)
    return organisation


@transaction.atomic
def open_school(
    *,
    by: Actor,
    name: str,
    code: str,
    school_type: str,
    region: Region,
    parent: Organisation,
    on: date,
    now: datetime,
) -> Organisation:
    """Open a school under a bureau, with a new code whose class fits its type."""
    require(by, Permission.MANAGE, on=parent)
    parent = _locked(parent, on)
    name = _name(name)
    if parent.kind != OrganisationKind.BUREAU:
        raise WrongSuperior(field="parent", parent=parent.name, organisation=name)
    checked = _checked_code(code, school_type=school_type, region=region, on=on)
    return _insert(
        by=by,
        kind=OrganisationKind.SCHOOL,
        name=name,
        region=region,
        parent=parent,
        on=on,
        now=now,
        code=checked,
        school_type=school_type,
    )


@transaction.atomic
def open_teaching_point(
    *, by: Actor, name: str, centre: Organisation, region: Region, on: date, now: datetime
) -> Organisation:
    """Open a teaching point under its centre school. It is no school of its own and has no code."""
    require(by, Permission.MANAGE, on=_superior(centre))
    centre = _locked(centre, on)
    name = _name(name)
    if centre.kind != OrganisationKind.SCHOOL:
        raise WrongSuperior(field="centre", parent=centre.name, organisation=name)
    return _insert(
        by=by,
        kind=OrganisationKind.TEACHING_POINT,
        name=name,
        region=region,
        parent=centre,
        on=on,
        now=now,
        school_type=TEACHING_POINT_TYPE,
    )


@transaction.atomic
def recode_school(
    *, by: Actor, organisation: Organisation, school_type: str, code: str, reason: str, on: date, now: datetime
) -> Organisation:
    """Give a school whose type changed a new code; the old one is void for ever."""
    require(by, Permission.MANAGE, on=_superior(organisation))
    school = _locked(organisation, on)
    reason = _reason(reason)
    checked = _checked_code(code, school_type=school_type, region=school.region, on=on)
    before = school.code or ""
    SchoolCodeIssue.objects.filter(organisation=school, withdrawn_on=None).update(withdrawn_on=on)
    with refused_as(CodeTaken, constraint="school_code_once_for_ever", field="code", code=checked):
        SchoolCodeIssue.objects.create(code=checked, organisation=school, issued_on=on)
    school.code, school.school_type = checked, school_type
    school.save(update_fields=["code", "school_type"])
    _note_change(school, ChangeKind.RECODED, by=by, now=now, on=on, before=before, after=checked, reason=reason).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_recoded",
        subject=subject_of(school),
        details={"before": before, "after": checked, "school_type": school_type, "reason": reason},
    )
    announce(OrganisationRecoded(organisation_id=school.uuid, old_code=before, new_code=checked), by=by, at=now)
    return school


# -- changes of any organisation --------------------------------------------------------------------------------------


@transaction.atomic
def rename_organisation(
    *, by: Actor, organisation: Organisation, name: str, reason: str, now: datetime
) -> Organisation:
    """Give an organisation a new name. A school keeps its code."""
    require(by, Permission.MANAGE, on=_superior(organisation))
    today = local_day(now)
    fresh = _locked(organisation, today)
    name, reason, before = _name(name), _reason(reason), fresh.name
    if name == before:
        raise NameUnchanged(field="name", name=name)
    fresh.name, fresh.name_sort, fresh.initials = name, pinyin_key(name), pinyin_initials(name)
    fresh.save(update_fields=["name", "name_sort", "initials"])
    _note_change(fresh, ChangeKind.RENAMED, by=by, now=now, on=today, before=before, after=name, reason=reason).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_renamed",
        subject=subject_of(fresh),
        details={"before": before, "after": name, "reason": reason},
    )
    announce(OrganisationRenamed(organisation_id=fresh.uuid, old_name=before, new_name=name), by=by, at=now)
    return fresh


SUPERIORS = {
    OrganisationKind.BUREAU: OrganisationKind.BUREAU,
    OrganisationKind.SCHOOL: OrganisationKind.BUREAU,
    OrganisationKind.TEACHING_POINT: OrganisationKind.SCHOOL,
}


@transaction.atomic
def move_organisation(
    *, by: Actor, organisation: Organisation, parent: Organisation, reason: str, now: datetime
) -> Organisation:
    """Put an organisation with everything below it under another superior, in one statement."""
    require(by, Permission.MANAGE, on=_superior(organisation))
    require(by, Permission.MANAGE, on=parent)
    _lock_tree()
    today = local_day(now)
    moved, above = _locked(organisation, today), _locked(parent, today)
    reason = _reason(reason)
    if above.path.startswith(moved.path):
        raise TreeCycle(field="parent", parent=above.name, organisation=moved.name)
    if SUPERIORS[OrganisationKind(moved.kind)] != above.kind:
        raise WrongSuperior(field="parent", parent=above.name, organisation=moved.name)
    if moved.parent_id == above.pk:
        raise AlreadyThere(field="parent", parent=above.name, organisation=moved.name)
    old_path, new_path = moved.path, f"{above.path}{moved.pk}."
    before = moved.parent.name if moved.parent else ""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE organisations_organisation
               SET path = %(new)s || substr(path, length(%(old)s) + 1),
                   parent_id = CASE WHEN id = %(moved)s THEN %(above)s ELSE parent_id END,
                   parent_source = CASE WHEN id = %(moved)s THEN %(source)s ELSE parent_source END
             WHERE path LIKE %(below)s
            """,
            {
                "new": new_path,
                "old": old_path,
                "moved": moved.pk,
                "above": above.pk,
                "source": DECIDED_HERE,
                "below": f"{old_path}%",
            },
        )
        count = cursor.rowcount
    move_subtree(by=by, old=old_path, new=new_path, now=now)
    moved = Organisation.objects.select_related("parent", "region").get(pk=moved.pk)
    _note_change(
        moved, ChangeKind.MOVED, by=by, now=now, on=today, before=before, after=above.name, reason=reason
    ).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_moved",
        subject=subject_of(moved),
        details={"before": old_path, "after": new_path, "nodes": count, "reason": reason},
    )
    announce(OrganisationMoved(organisation_id=moved.uuid, old_path=old_path, new_path=new_path), by=by, at=now)
    return moved


@transaction.atomic
def close_organisation(*, by: Actor, organisation: Organisation, reason: str, on: date, now: datetime) -> Organisation:
    """Close an organisation that has nobody below it any more. Its code stays void for ever, its facts stay."""
    require(by, Permission.MANAGE, on=_superior(organisation))
    _lock_tree()
    fresh = _locked(organisation, on)
    reason = _reason(reason)
    if count := Organisation.objects.open_on(on).filter(parent=fresh).count():
        raise StillHasSubordinates(organisation=fresh.name, count=count)
    fresh.closed_on = on
    fresh.save(update_fields=["closed_on"])
    SchoolCodeIssue.objects.filter(organisation=fresh, withdrawn_on=None).update(withdrawn_on=on)
    Klass.objects.filter(school=fresh, closed_on=None).update(closed_on=on)
    _note_change(fresh, ChangeKind.CLOSED, by=by, now=now, on=on, before=fresh.name, reason=reason).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_closed",
        subject=subject_of(fresh),
        details={"on": on.isoformat(), "reason": reason},
    )
    announce(OrganisationShut(organisation_id=fresh.uuid), by=by, at=now)
    return fresh


# -- classes and terms ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class to be opened: `number` counts within the stage and entry year."""

    stage: Stage
    entry_year: int
    number: int


@transaction.atomic
def open_classes(*, by: Actor, school: Organisation, classes: Sequence[NewClass], now: datetime) -> list[Klass]:
    """Open any number of classes at a school, or none if one of them cannot be."""
    require(by, Permission.MANAGE_CLASSES, on=school)
    today = local_day(now)
    school = _locked(school, today)
    year = SchoolYear.on(today)
    taught = _stages_of(school)
    for new in classes:
        if new.stage not in taught:
            raise StageNotTaught(field="stage", school=school.name, stage=new.stage.label)
        if new.entry_year not in {*entry_years(new.stage, year), year.starts + 1}:
            raise EntryYearUnlikely(field="entry_year", entry_year=new.entry_year, stage=new.stage.label)
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


def _stages_of(school: Organisation) -> tuple[Stage, ...]:
    """What a school teaches; a teaching point teaches primary classes."""
    kind = school_types().get(school.school_type)
    if kind is not None:
        return kind.stages
    return (Stage.PRIMARY,) if school.kind == OrganisationKind.TEACHING_POINT else ()


@transaction.atomic
def plan_term(
    *, by: Actor, organisation: Organisation, term: Term, starts_on: date, ends_on: date, now: datetime
) -> TermPlan:
    """Set the first and last day of a term for an organisation and everything below; a later plan replaces it."""
    require(by, Permission.PLAN_TERMS, on=organisation)
    organisation = _locked(organisation, local_day(now))
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
