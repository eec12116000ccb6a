"""What everybody reads, and taking it back."""

from uuid import UUID

from ninja import Router
from ninja.responses import Status

from heluo.domains.resources.actions import report_fault, withdraw_resource
from heluo.domains.resources.api.schemas import AuthorOut, FaultIn, FaultOut, FileOut, ResourceOut, WithdrawalIn
from heluo.domains.resources.errors import Withdrawn
from heluo.domains.resources.queries import (
    KIND,
    attribution,
    author_named,
    files_of,
    grounds_of,
    places_of,
    public_counts,
    public_resource,
    replacement_named,
    withdrawal_of,
)
from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import now
from heluo.kernel.feedback.public import tallies_of
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()


@router.get("/resources/authors/{person}", response=AuthorOut, summary="An author and how their resources are used")
@operation(may=Audience.PUBLIC)
def read_author(request: PageRequest, person: UUID) -> AuthorOut:
    writer = author_named(person)
    counts = public_counts(writer)
    return AuthorOut(
        author=writer.uuid,
        name=writer.name,
        organisations=places_of(writer),
        published=counts.published,
        views=counts.totals.views,
        downloads=counts.totals.downloads,
        favourites=counts.totals.favourites,
        raters=counts.totals.raters,
        rating=counts.totals.mean,
    )


@router.get("/resources/{uuid}", response=ResourceOut, summary="A published resource; 410 once withdrawn")
@operation(may=Audience.PUBLIC)
def read(request: PageRequest, uuid: UUID) -> ResourceOut:
    resource = public_resource(uuid)
    version = resource.published
    if version is None:
        withdrawal = withdrawal_of(resource)
        raise Withdrawn(reason=grounds_of(withdrawal) if withdrawal else "")
    version.resource = resource
    tally = tallies_of(KIND, [uuid])[uuid]
    assert version.published_at is not None  # noqa: S101  # a published version has its day: the database checks it
    return ResourceOut(
        resource=uuid,
        version=version.number,
        title=version.title,
        description=version.description,
        stage=version.stage,
        grade=version.grade,
        subject=version.subject,
        resource_type=version.resource_type,
        language=version.language,
        licence=version.licence,
        keywords=version.keywords,
        chapters=version.chapters,
        knowledge_points=version.knowledge_points,
        valid_until=version.valid_until,
        third_party_statement=version.third_party_statement,
        author=resource.author.uuid,
        author_name=resource.author.name,
        organisation=resource.organisation.name,
        published_at=version.published_at,
        attribution=attribution(version),
        files=[FileOut.of(file) for file in files_of(version)],
        views=tally.views,
        downloads=tally.downloads,
        favourites=tally.favourites,
        raters=tally.raters,
        rating=tally.mean,
    )


@router.post("/resources/{uuid}/withdrawal", response={204: None}, summary="Withdraw a published resource")
@operation(may=Audience.SIGNED_IN)
def withdraw(request: PageRequest, uuid: UUID, withdrawal: WithdrawalIn) -> Status[None]:
    withdraw_resource(
        by=request.actor,
        resource=public_resource(uuid),
        reason=withdrawal.reason,
        replacement=replacement_named(withdrawal.replacement),
        now=now(),
    )
    return Status(204, None)


@router.post("/resources/{uuid}/faults", response={201: FaultOut}, summary="Report a fault of a published resource")
@operation(may=Audience.SIGNED_IN)
def report(request: PageRequest, uuid: UUID, found: FaultIn) -> Status[FaultOut]:
    resource = public_resource(uuid)
    instance = report_fault(by=request.actor, resource=resource, fault=found.fault, details=found.details, now=now())
    return Status(201, FaultOut(process=instance.uuid))
