"""Open organisations: one at a time."""

from datetime import date, datetime

from django.db import transaction

from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.codes.public import mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions.steps import (
    DECIDED_HERE,
    INSTITUTIONS,
    NO_FACTS,
    ORGANISATIONS,
    OrganisationFacts,
    change_of,
    check_superior,
    checked_code,
    checked_facts,
    credit_code_refused,
    describe,
    locked,
    set_facts,
    state_of,
    subject_of,
    superior,
    tidy_name,
)
from heluo.kernel.organisations.enums import ChangeKind, Level, OrganisationKind
from heluo.kernel.organisations.errors import CodeTaken, CreditCodeMissing, NotAnInstitution
from heluo.kernel.organisations.events import OrganisationOpened
from heluo.kernel.organisations.models import Organisation, Region, SchoolCodeIssue
from heluo.kernel.organisations.school_types import TEACHING_POINT_TYPE


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
    facts: OrganisationFacts = NO_FACTS,
    now: datetime,
) -> Organisation:
    """Open a school of any type under a bureau, with a new code whose class fits its type.

    Kindergartens, vocational, special and higher schools are types with code classes of their own; what the table of
    types reserves for the province (higher education) opens there.
    """
    require(by, Permission.MANAGE, on=parent)
    parent = locked(parent, on)
    name = tidy_name(name)
    check_superior(OrganisationKind.SCHOOL, school_type, name, parent)
    checked = checked_code(code, school_type=school_type, region=region, on=on)
    return insert_organisation(
        by=by,
        kind=OrganisationKind.SCHOOL,
        name=name,
        region=region,
        parent=parent,
        on=on,
        now=now,
        code=checked,
        school_type=school_type,
        facts=checked_facts(facts, school_type=school_type, on=on),
    )


@transaction.atomic
def open_teaching_point(
    *, by: Actor, name: str, centre: Organisation, region: Region, on: date, now: datetime
) -> Organisation:
    """Open a teaching point under its centre school. It is no school of its own and has no code."""
    require(by, Permission.MANAGE, on=superior(centre))
    centre = locked(centre, on)
    name = tidy_name(name)
    check_superior(OrganisationKind.TEACHING_POINT, "", name, centre)
    return insert_organisation(
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
def open_institution(
    *,
    by: Actor,
    kind: OrganisationKind,
    name: str,
    credit_code: str,
    region: Region,
    parent: Organisation,
    on: date,
    now: datetime,
) -> Organisation:
    """Register an enterprise or a training institution: known by its unified social credit code, without a school code.

    A training institution that was given a code of class 93 is a school of type 931–933 instead.
    """
    require(by, Permission.MANAGE, on=parent)
    if kind not in INSTITUTIONS:
        raise NotAnInstitution(field="kind")
    parent = locked(parent, on)
    name = tidy_name(name)
    check_superior(kind, "", name, parent)
    if not credit_code.strip():
        raise CreditCodeMissing(field="credit_code")
    facts = checked_facts(OrganisationFacts(credit_code=credit_code), school_type="", on=on)
    return insert_organisation(
        by=by, kind=kind, name=name, region=region, parent=parent, on=on, now=now, school_type="", facts=facts
    )


def insert_organisation(
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
    facts: OrganisationFacts = NO_FACTS,
    change: ChangeKind = ChangeKind.OPENED,
    reason: str = "",
    other: Organisation | None = None,
) -> Organisation:
    """Write a new organisation whose parts were checked, with its state, its history, its audit row and its event."""
    [key] = reserve_ids(ORGANISATIONS, 1)
    if code is not None:
        with refused_as(CodeTaken, constraint="school_code_once_for_ever", field="code", code=code):
            SchoolCodeIssue.objects.create(code=code, organisation_id=key, issued_on=on)
    organisation = Organisation(
        pk=key,
        uuid=mint_identifier("organisation", str(key)),
        kind=kind,
        level=Level.SCHOOL,
        name=name,
        code=code,
        school_type=school_type,
        region=region,
        parent=parent,
        path=f"{parent.path}{key}.",
        parent_source=DECIDED_HERE,
        opened_on=on,
    )
    set_facts(organisation, facts)
    describe(organisation)
    with credit_code_refused(organisation):
        organisation.save(force_insert=True)
    state_of(organisation, valid_from=on, now=now).save()
    change_of(organisation, change, by=by, now=now, on=on, after=name, reason=reason, other=other).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_opened",
        subject=subject_of(organisation),
        details={
            "kind": kind,
            "code": code,
            "school_type": school_type,
            "credit_code": facts.credit_code,
            "region": region.code,
            "on": on.isoformat(),
        },
    )
    announce(OrganisationOpened(organisation_id=organisation.uuid), by=by, at=now)
    return organisation
