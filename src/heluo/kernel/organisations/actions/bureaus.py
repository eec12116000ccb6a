"""The bureaus of all regions, founded at once."""

from datetime import datetime

from django.db import transaction

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions.steps import (
    ORGANISATIONS,
    change_of,
    describe,
    lock_tree,
    state_of,
    subject_of,
)
from heluo.kernel.organisations.enums import ChangeKind, Level, OrganisationKind
from heluo.kernel.organisations.events import BureausFounded
from heluo.kernel.organisations.loading import management_exceptions
from heluo.kernel.organisations.models import Organisation, OrganisationChange, OrganisationState, Region

BY_REGION = "与行政区划一致"


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
    lock_tree()
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
        bureaus[region.code] = Organisation(
            pk=key,
            uuid=mint_identifier("bureau", region.code),
            kind=OrganisationKind.BUREAU,
            level=Level.CITY if region.ranks_as_city else region.level,
            name=_bureau_name(region),
            region=region,
            parent=parent,
            path=f"{parent.path if parent else ''}{key}.",
            parent_source=exception.source if exception else BY_REGION,
        )
        describe(bureaus[region.code])
    made = [bureaus[region.code] for region in missing]
    if not made:
        return 0
    Organisation.objects.bulk_create(made)
    OrganisationState.objects.bulk_create([state_of(bureau, valid_from=None, now=now) for bureau in made])
    OrganisationChange.objects.bulk_create(
        [change_of(bureau, ChangeKind.OPENED, by=by, now=now, on=None, after=bureau.name) for bureau in made]
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
