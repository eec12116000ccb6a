"""What is written: packages are ordered, made and fetched; numbers in clear are given out for a reason."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from heluo.gateways.jyt1002.access import Permission
from heluo.gateways.jyt1002.bulk import Figures
from heluo.gateways.jyt1002.errors import NotConfirmed, PackageUnderWay
from heluo.gateways.jyt1002.events import PackageMade
from heluo.gateways.jyt1002.models import Package
from heluo.kernel.actors.errors import NotAllowed, refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.access import Permission as PeoplePermission
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import RevealReasonMissing
from heluo.kernel.people.public import me, reveal_identifiers

PACKAGE_TASK = "jyt1002.package"
SHORTEST_REASON = 4


@transaction.atomic
def order_package(*, by: Actor, organisation: Organisation, now: datetime) -> Package:
    """Have the register of an organisation and of all below it packed, numbers masked. Refusal: PackageUnderWay."""
    return _order(by=by, organisation=organisation, reason="", now=now)


@transaction.atomic
def order_package_in_clear(
    *, by: Actor, organisation: Organisation, reason: str, is_confirmed: bool, now: datetime
) -> Package:
    """The same with identity numbers in clear. Refusals: RevealReasonMissing, NotConfirmed, PackageUnderWay."""
    require(by, PeoplePermission.REVEAL, on=organisation)
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise RevealReasonMissing(field="reason", shortest=SHORTEST_REASON)
    if not is_confirmed:
        raise NotConfirmed(field="is_confirmed")
    return _order(by=by, organisation=organisation, reason=reason, now=now)


def _order(*, by: Actor, organisation: Organisation, reason: str, now: datetime) -> Package:
    require(by, Permission.EXPORT, on=organisation)
    if not by.is_person:
        raise NotAllowed
    with refused_as(PackageUnderWay, constraint="one_package_under_way", organisation=organisation.name):
        package = Package.objects.create(
            organisation=organisation, asked_by=me(by), in_clear=bool(reason), reason=reason, asked_at=now
        )
    defer(PACKAGE_TASK, package_id=package.pk)
    record(
        by=by,
        at=now,
        deed="jyt1002.package_ordered",
        subject=subject_of(package),
        details={"in_clear": package.in_clear, **({"reason": reason} if reason else {})},
    )
    return package


def numbers_in_clear(*, by: Actor, package: Package, people: Collection[int], now: datetime) -> dict[int, str]:
    """Resident numbers for a package that was ordered in clear; each is noted as looked at, for the reason given."""
    return reveal_identifiers(
        by=by,
        below=package.organisation,
        kind=IdentifierKind.RESIDENT_ID,
        people=people,
        reason=package.reason,
        now=now,
    )


def package_made(*, package: Package, figures: Figures, by: Actor, now: datetime) -> None:
    """Tell that a package lies ready; inside the transaction that put it there."""
    package.records, package.problems = figures.records, figures.problems
    package.save(update_fields=["records", "problems"])
    record(
        by=by,
        at=now,
        deed="jyt1002.package_made",
        subject=subject_of(package),
        details={"rows": figures.records, "left": figures.problems},
    )
    announce(PackageMade(package_id=package.pk), by=by, at=now)


@transaction.atomic
def note_download(*, by: Actor, package: Package, now: datetime) -> None:
    """Put into the audit log that somebody fetched a package."""
    require(by, Permission.EXPORT, on=package.organisation)
    if package.in_clear:
        require(by, PeoplePermission.REVEAL, on=package.organisation)
    record(by=by, at=now, deed="jyt1002.package_fetched", subject=subject_of(package))


def subject_of(package: Package) -> Subject:
    organisation = package.organisation
    return Subject(kind="jyt1002_package", id=str(package.pk), title=organisation.name, path=organisation.path)
