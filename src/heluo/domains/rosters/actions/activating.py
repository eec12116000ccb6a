"""Activation codes on paper: made at this moment, hashed, shown once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from heluo.domains.rosters.access import Permission
from heluo.domains.rosters.errors import NothingToPrint, TooManySheets
from heluo.domains.rosters.queries.activation import MOST_AT_ONCE, Handed, class_sheets, groups_of
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.clock.public import local_day
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.public import issue_activation_codes


@transaction.atomic
def print_class_sheets(
    *,
    by: Actor,
    school: Organisation,
    classes: Sequence[Klass],
    with_pupils: bool = True,
    with_guardians: bool = False,
    with_staff: bool = False,
    address: str,
    now: datetime,
) -> bytes:
    """A PDF with one page or more for each class, its codes valid from now on. Nothing of it is kept.

    Raises `NothingToPrint`, `TooManySheets`. If the document cannot be made, no code was issued.
    """
    require(by, Permission.PRINT, on=school)
    today = local_day(now)
    groups = groups_of(
        school,
        [klass for klass in classes if klass.school_id == school.pk],
        with_pupils=with_pupils,
        with_guardians=with_guardians,
        with_staff=with_staff,
        on=today,
    )
    people = {person for group in groups for person in group.people}
    if len(people) > MOST_AT_ONCE:
        raise TooManySheets(most=MOST_AT_ONCE)
    issued = {
        one.account.person_id: one for one in issue_activation_codes(by=by, organisation=school, people=people, now=now)
    }
    if not issued:
        raise NothingToPrint
    sheets = [
        (
            group.title,
            [
                Handed(name, issued[person].account.username, issued[person].code)
                for person, name in group.people.items()
                if person in issued
            ],
        )
        for group in groups
    ]
    return class_sheets(school=school, sheets=[one for one in sheets if one[1]], address=address, on=today)
