"""Steps that several actions take: lock, check what was typed, describe, keep the state, note the change."""

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import connection
from django.db.models import F

from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import Subject
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import code_of, parse_school_code, parse_social_credit_code
from heluo.kernel.feedback.public import move_subtree
from heluo.kernel.organisations.enums import ChangeKind, Level, OrganisationKind
from heluo.kernel.organisations.errors import (
    AnswersToProvince,
    BeforeLastChange,
    CodeClassMismatch,
    CodeOfAnotherProvince,
    CreditCodeTaken,
    FoundedInFuture,
    MalformedPhone,
    MalformedPostcode,
    NameMissing,
    NotASchoolType,
    NotEnglish,
    NotYet,
    OrganisationClosed,
    ReasonMissing,
    WrongSuperior,
)
from heluo.kernel.organisations.models import (
    Described,
    Klass,
    Organisation,
    OrganisationChange,
    OrganisationState,
    Region,
)
from heluo.kernel.organisations.pinyin import pinyin_key, words_of
from heluo.kernel.organisations.queries import open_classes_of
from heluo.kernel.organisations.school_types import SchoolType, run_by_table, school_types

TREE_LOCK = 0x7EE5
"""Advisory lock of those who rearrange the tree: two moves at once could make a cycle that neither sees."""
ORGANISATIONS, CLASSES = "organisations_organisation", "organisations_klass"
DECIDED_HERE = "本平台登记"
DESCRIBED = tuple(field.attname for field in Described._meta.local_fields)  # noqa: SLF001  # documented API
PLACES = {kind: str(rank) for rank, kind in enumerate(OrganisationKind, start=1)}
INSTITUTIONS = (OrganisationKind.ENTERPRISE, OrganisationKind.TRAINING)
SUPERIORS = {
    OrganisationKind.BUREAU: OrganisationKind.BUREAU,
    OrganisationKind.SCHOOL: OrganisationKind.BUREAU,
    OrganisationKind.TEACHING_POINT: OrganisationKind.SCHOOL,
    OrganisationKind.ENTERPRISE: OrganisationKind.BUREAU,
    OrganisationKind.TRAINING: OrganisationKind.BUREAU,
}


def subject_of(organisation: Organisation) -> Subject:
    """An organisation as the audit names it."""
    return Subject(kind="organisation", id=str(organisation.uuid), title=organisation.name, path=organisation.path)


def lock_tree() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def locked_all(organisations: Iterable[Organisation]) -> dict[int, Organisation]:
    """The organisations as they stand now, kept from moving or closing until the transaction ends; by key."""
    wanted = sorted({organisation.pk for organisation in organisations})
    found = (
        Organisation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("parent", "region")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    return {organisation.pk: organisation for organisation in found}


def locked(organisation: Organisation, day: date) -> Organisation:
    """The organisation as it stands now, kept from moving or closing; refused if it is closed on a day."""
    fresh = locked_all([organisation])[organisation.pk]
    if not fresh.is_open(day):
        raise OrganisationClosed(organisation=fresh.name)
    return fresh


def superior(organisation: Organisation) -> Organisation:
    """Whose right is asked when an organisation itself changes: nobody renames, moves or closes their own."""
    return organisation.parent or organisation


# -- what was typed ---------------------------------------------------------------------------------------------------


def tidy_name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise NameMissing(field="name")
    return name


def tidy_reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    return reason


def not_in_future(on: date, now: datetime) -> date:
    """A change is registered when its day has come: what the register shows must be true today."""
    if on > local_day(now):
        raise NotYet(field="on")
    return on


def type_of_school(school_type: str, *, on: date) -> SchoolType:
    """A type of school that can stand on its own."""
    name = str(code_of("school-type", school_type, on=on))
    kind = school_types().get(school_type)
    if kind is None:
        raise NotASchoolType(field="school_type", school_type=name)
    return kind


def checked_code(code: str, *, school_type: str, region: Region, on: date) -> str:
    """The code in its one spelling, if its class fits the type of school and its province is the region's."""
    return code_that_fits(code, type_of_school(school_type, on=on), region, on=on)


def code_that_fits(code: str, kind: SchoolType, region: Region, *, on: date) -> str:
    """The same for a type already looked up; asks the tables only to name what is wrong."""
    read = parse_school_code(code)
    if read.category != kind.code_class:
        code_of("school-code-class", read.category, on=on)
        name = str(code_of("school-type", kind.code, on=on))
        raise CodeClassMismatch(field="code", code=read.value, school_type=name, expected=kind.code_class)
    if read.province != region.code[:2]:
        raise CodeOfAnotherProvince(field="code", code=read.value, expected=region.code[:2])
    return read.value


def check_superior(kind: OrganisationKind, school_type: str, name: str, above: Organisation) -> None:
    """Whether an organisation of a kind and type may answer to another."""
    if SUPERIORS[kind] != above.kind:
        raise WrongSuperior(field="parent", parent=above.name, organisation=name)
    rule = school_types().get(school_type)
    if rule is not None and rule.answers_to is not None and above.level != rule.answers_to:
        raise AnswersToProvince(field="parent", organisation=name, level=Level(rule.answers_to).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFacts:
    """What is known of an organisation beside its name; empty where nobody said. Codes are of the code tables."""

    english_name: str = ""
    credit_code: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    founded_on: date | None = None
    founder: str = ""
    run_by: str = ""
    settlement: str = ""


NO_FACTS = OrganisationFacts()


def checked_facts(
    facts: OrganisationFacts, *, school_type: str, on: date, known: set[tuple[str, str]] | None = None
) -> OrganisationFacts:
    """The facts in their one spelling, or a refusal beside the field that cannot be.

    `known` keeps codes already looked up (table, value), for those who check many rows.
    """
    known = set() if known is None else known
    tidy = {field.name: getattr(facts, field.name) for field in fields(facts)}
    for name, value in tidy.items():
        if isinstance(value, str):
            tidy[name] = " ".join(value.split())
    if tidy["credit_code"]:
        tidy["credit_code"] = parse_social_credit_code(tidy["credit_code"])
    if re.search(r"[\u3400-\u9fff]", tidy["english_name"]):
        raise NotEnglish(field="english_name")
    if tidy["postcode"] and not re.fullmatch(r"\d{6}", tidy["postcode"], re.ASCII):
        raise MalformedPostcode(field="postcode")
    if tidy["phone"] and not re.fullmatch(r"[+\d][\d\- ()（）转]{5,28}\d", tidy["phone"], re.ASCII):
        raise MalformedPhone(field="phone")
    if tidy["founded_on"] and tidy["founded_on"] > on:
        raise FoundedInFuture(field="founded_on")
    tables = {"founder": "school-founder", "run_by": run_by_table(school_type), "settlement": "settlement"}
    for name, table in tables.items():
        if tidy[name] and (table, tidy[name]) not in known:
            code_of(table, tidy[name], on=on)
            known.add((table, tidy[name]))
    return OrganisationFacts(**tidy)


def set_facts(organisation: Organisation, facts: OrganisationFacts) -> dict[str, tuple[object, object]]:
    """Put facts on an organisation, not saved; what changed, before and after."""
    changed: dict[str, tuple[object, object]] = {}
    for field in fields(facts):
        before, after = getattr(organisation, field.name), getattr(facts, field.name)
        if before != after:
            changed[field.name] = (before, after)
            setattr(organisation, field.name, after)
    return changed


# -- what is written --------------------------------------------------------------------------------------------------


def credit_code_refused(organisation: Organisation) -> AbstractContextManager[None]:
    """Around the statement that writes a credit code: two organisations in being cannot share one."""
    return refused_as(
        CreditCodeTaken,
        constraint="credit_code_of_one_organisation",
        field="credit_code",
        code=organisation.credit_code,
    )


def describe(organisation: Organisation) -> None:
    """Make what follows from name, region and numbers: sort keys and the words it is found by."""
    region = organisation.region.code if organisation.kind == OrganisationKind.BUREAU else ""
    organisation.name_sort = pinyin_key(organisation.name)
    organisation.place_sort = f"{PLACES[OrganisationKind(organisation.kind)]}{region}{organisation.name_sort}"
    numbers = [number for number in (organisation.code, organisation.credit_code, region) if number]
    organisation.words = words_of(organisation.name, numbers)


def state_of(
    organisation: Organisation, *, valid_from: date | None, valid_to: date | None = None, now: datetime
) -> OrganisationState:
    """The organisation as it is, as a state that holds from a day on; not saved."""
    return OrganisationState(
        organisation=organisation,
        parent_id=organisation.parent_id,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=now,
        **{name: getattr(organisation, name) for name in DESCRIBED},
    )


def last_state(organisation: Organisation) -> OrganisationState | None:
    return organisation.states.order_by(F("valid_from").desc(nulls_last=True)).first()


def keep_state(organisation: Organisation, *, on: date, now: datetime) -> None:
    """Let what the organisation is now hold from a day on; what held before ends there.

    Two changes on one day leave one state, the later. The organisation is locked by the caller.
    """
    last = last_state(organisation)
    until = None
    if last is not None and last.valid_to is not None and last.valid_to <= on:
        last = None
    if last is not None:
        if last.valid_from is not None and on < last.valid_from:
            raise BeforeLastChange(field="on", day=last.valid_from.isoformat())
        until = last.valid_to
        if last.valid_from == on:
            last.delete()
        else:
            last.valid_to = on
            last.save(update_fields=["valid_to"])
    state_of(organisation, valid_from=on, valid_to=until, now=now).save()


def end_state(organisation: Organisation, *, on: date) -> None:
    """The organisation is no more from a day on."""
    last = last_state(organisation)
    if last is None:
        return
    if last.valid_from is not None and on < last.valid_from:
        raise BeforeLastChange(field="on", day=last.valid_from.isoformat())
    if last.valid_from == on:
        last.delete()
    else:
        last.valid_to = on
        last.save(update_fields=["valid_to"])


def change_of(
    organisation: Organisation,
    kind: ChangeKind,
    *,
    by: Actor,
    now: datetime,
    on: date | None,
    before: str = "",
    after: str = "",
    reason: str = "",
    other: Organisation | None = None,
) -> OrganisationChange:
    """A line of the history; not saved."""
    return OrganisationChange(
        organisation=organisation,
        kind=kind,
        effective_on=on,
        before=before[:200],
        after=after[:200],
        reason=reason,
        other=other,
        by_person=by.person_id,
        by_name=by.name,
        at=now,
    )


def move_below(old_path: str, new_path: str, *, by: Actor, now: datetime) -> int:
    """Write the new paths of a node and everything below it in one statement; how many nodes there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE organisations_organisation
               SET path = %(new)s || substr(path, length(%(old)s) + 1)
             WHERE path LIKE %(below)s
            """,
            {"new": new_path, "old": old_path, "below": f"{old_path}%"},
        )
        count: int = cursor.rowcount
    move_subtree(by=by, old=old_path, new=new_path, now=now)
    return count


def open_classes_at(school: Organisation) -> list[Klass]:
    return list(open_classes_of(school))
