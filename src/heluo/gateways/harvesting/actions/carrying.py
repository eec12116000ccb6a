"""Records that were not asked for on the line, but came on a disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from heluo.engines.catalogue.enums import Licence
from heluo.gateways.harvesting.actions.running import retire
from heluo.gateways.harvesting.actions.sources import locked, require_right, subject_of
from heluo.gateways.harvesting.actions.taking import take
from heluo.gateways.harvesting.enums import Granularity, Prefix
from heluo.gateways.harvesting.models import Arrival, Source
from heluo.gateways.harvesting.protocol import Listed
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import record
from heluo.kernel.organisations.models import Organisation

CARRIED = "urn:heluo:packages:"
"""Before the domain, where sources on the line have an address: nobody can be asked there."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of some records."""

    new: int
    changed: int
    held: int
    retired: int


@transaction.atomic
def carried_source(*, by: Actor, domain: str, name: str, organisation: Organisation, now: datetime) -> Source:
    """The source of what a node has carried here. Its entries stand under an organisation, that of the first time.

    Made paused: there is nothing to ask. Refusal: NotAllowed.
    """
    found = Source.objects.select_related("organisation").filter(base_url=f"{CARRIED}{domain}").first()
    require_right(by, found.organisation if found else organisation)
    if found is not None:
        return found
    source = Source.objects.create(
        uuid=uuid4(),
        name=name,
        base_url=f"{CARRIED}{domain}",
        prefix=Prefix.HELUO,
        granularity=Granularity.SECOND,
        organisation=organisation,
        origin=domain,
        licence=Licence.RESERVED,
        is_active=False,
        due_at=now,
        added_at=now,
    )
    record(
        by=by, at=now, deed="harvesting.source_added", subject=subject_of(source), details={"address": source.base_url}
    )
    return source


@transaction.atomic
def take_carried(*, by: Actor, source: Source, records: Sequence[Listed], now: datetime) -> TakenIn:
    """Take over records that came on a disk; what they tell as deleted goes at once. Refusal: NotAllowed.

    Whoever calls has asked somebody where much would go.
    """
    source = locked(source)
    require_right(by, source.organisation)
    taken = take(source, records, now=now)
    gone = [one.identifier for one in records if one.is_gone]
    going = Arrival.objects.select_for_update(of=("self",)).select_related("source").defer("raw").order_by("pk")
    retired = retire(source, list(going.filter(source=source, identifier__in=gone, is_gone=False)), now=now)
    return TakenIn(new=taken.new, changed=taken.changed, held=taken.held, retired=retired)
