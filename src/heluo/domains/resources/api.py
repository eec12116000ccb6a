"""The resource centre for programs: the same actions and the same narrowed reads as the pages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db.models import prefetch_related_objects
from ninja import Field, Router, Schema
from ninja.responses import Status

from heluo.domains.resources.access import Permission, can_review, may_see_content
from heluo.domains.resources.actions import (
    Description,
    approve_resource,
    attach_file,
    describe_draft,
    remove_file,
    return_for_correction,
    start_draft,
    start_new_version,
    submit_resource,
    withdraw_resource,
)
from heluo.domains.resources.enums import ContentLanguage, ResourceType, ReturnReason, VersionState
from heluo.domains.resources.errors import Withdrawn
from heluo.domains.resources.models import MAX_KEYWORDS, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import (
    KIND,
    attribution,
    author_named,
    author_places,
    files_of,
    own_open_version,
    own_resource,
    own_versions,
    places_of,
    public_counts,
    public_resource,
    review_queue,
    submission_for,
    withdrawal_of,
)
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.feedback.public import tallies_of
from heluo.kernel.files.public import StoredFile, content_link, own_file
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router(tags=["resources"])
FILES = "attachments__file"


class DescriptionIn(Schema):
    """What an author says about a resource; everything may still be missing in a draft."""

    title: Annotated[str, Field(max_length=100)] = ""
    description: Annotated[str, Field(max_length=2000)] = ""
    stage: Stage | None = None
    grade: Annotated[str, Field(max_length=16, pattern=r"^([a-z]+-\d)?$", examples=["primary-3"])] = ""
    subject: Annotated[str, Field(max_length=2, pattern=r"^(\d\d)?$", examples=["14"])] = ""
    resource_type: ResourceType | None = None
    language: ContentLanguage | None = None
    licence: Licence | None = None
    has_third_party: bool | None = None
    third_party_statement: Annotated[str, Field(max_length=1000)] = ""
    keywords: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=MAX_KEYWORDS)] = []

    def given(self) -> Description:
        return Description(
            title=self.title,
            description=self.description,
            stage=self.stage or "",
            grade=self.grade,
            subject=self.subject,
            resource_type=self.resource_type or "",
            language=self.language or "",
            licence=self.licence or "",
            has_third_party=self.has_third_party,
            third_party_statement=self.third_party_statement,
            keywords=self.keywords,
        )


class DraftIn(DescriptionIn):
    """A new resource of one of the organisations the author works at."""

    organisation: UUID | None = None


class VersionOut(Schema):
    """A version of a resource."""

    resource: UUID
    version: int
    state: VersionState
    title: str
    description: str
    stage: str
    grade: str
    subject: str
    resource_type: str
    language: str
    licence: str
    keywords: list[str]
    files: list[UUID]
    changed_at: datetime

    @staticmethod
    def of(version: ResourceVersion) -> "VersionOut":
        prefetch_related_objects([version], FILES)
        return VersionOut(
            resource=version.resource.uuid,
            version=version.number,
            files=[attachment.file.uuid for attachment in version.attachments.all()],
            **{
                name: getattr(version, name)
                for name in VersionOut.model_fields
                if name not in {"resource", "version", "files"}
            },
        )


class FileOut(Schema):
    """A file with a link to its content, valid for a while; no link while it may not be read."""

    id: UUID
    name: str
    kind: str
    size: int
    link: str | None

    @staticmethod
    def of(file: StoredFile) -> "FileOut":
        link = content_link(file) if file.is_readable else None
        return FileOut(id=file.uuid, name=file.name, kind=file.kind.value, size=file.size, link=link)


class ResourceOut(Schema):
    """A published resource. `favourites` and `rating` are null while too few people stand behind them."""

    resource: UUID
    version: int
    title: str
    description: str
    stage: str
    grade: str
    subject: str
    resource_type: str
    language: str
    licence: str
    keywords: list[str]
    third_party_statement: str
    author: UUID
    author_name: str
    organisation: str
    published_at: datetime
    attribution: str
    files: list[FileOut]
    views: int
    downloads: int
    favourites: int | None
    raters: int
    rating: float | None


class AuthorOut(Schema):
    """Somebody who published resources. `favourites` and `rating` are null while too few people stand behind them."""

    author: UUID
    name: str
    organisations: list[str]
    published: int
    views: int
    downloads: int
    favourites: int | None
    raters: int
    rating: float | None


class OwnPage(Schema):
    """One page of own resources; `next` is the cursor of the page after it."""

    items: list[VersionOut]
    next: str | None


class SubmissionOut(Schema):
    """A submission that waits for a decision."""

    id: int
    resource: UUID
    version: int
    title: str
    author: str
    organisation: str
    at: datetime

    @staticmethod
    def of(submission: ReviewStep) -> "SubmissionOut":
        resource = submission.version.resource
        return SubmissionOut(
            id=submission.pk,
            resource=resource.uuid,
            version=submission.version.number,
            title=str(submission.version),
            author=resource.author.name,
            organisation=resource.organisation.name,
            at=submission.at,
        )


class ReviewOut(SubmissionOut):
    """A submission with all there is to judge. `can_decide` is false once decided, and for the author.

    `content` is null and the files are empty while the author is correcting what was returned.
    """

    content: VersionOut | None
    third_party_statement: str
    shown_files: list[FileOut]
    can_decide: bool


class QueuePage(Schema):
    """One page of the review queue, oldest first."""

    items: list[SubmissionOut]
    next: str | None


class CommentIn(Schema):
    comment: Annotated[str, Field(max_length=1000)] = ""


class ReturnIn(Schema):
    reasons: list[ReturnReason]
    comment: Annotated[str, Field(max_length=1000)]


class ReasonIn(Schema):
    reason: Annotated[str, Field(max_length=200)]


@router.get("/resources/mine", response=OwnPage, summary="Own resources, last changed first")
@operation(may=Permission.AUTHOR)
def list_own(request: PageRequest, cursor: str = "") -> OwnPage:
    versions = own_versions(request.actor).prefetch_related(FILES)
    page = keyset_page(versions, order=("-changed_at", "-id"), cursor=cursor or None)
    return OwnPage(items=[VersionOut.of(version) for version in page.items], next=page.next_cursor)


@router.post("/resources", response={201: VersionOut}, summary="Start a draft")
@operation(may=Permission.AUTHOR)
def create(request: PageRequest, draft: DraftIn) -> Status[VersionOut]:
    places = author_places(request.actor)
    place = (places.filter(uuid=draft.organisation) if draft.organisation else places).first()
    if place is None:
        raise NotFound
    at = now()
    version = start_draft(by=request.actor, organisation=place, now=at)
    return Status(
        201, VersionOut.of(describe_draft(by=request.actor, version=version, description=draft.given(), now=at))
    )


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
        views=counts.views,
        downloads=counts.downloads,
        favourites=counts.favourites,
        raters=counts.raters,
        rating=counts.mean,
    )


@router.get("/resources/{uuid}", response=ResourceOut, summary="A published resource; 410 once withdrawn")
@operation(may=Audience.PUBLIC)
def read(request: PageRequest, uuid: UUID) -> ResourceOut:
    resource = public_resource(uuid)
    version = resource.published
    if version is None:
        withdrawal = withdrawal_of(resource)
        raise Withdrawn(reason=withdrawal.comment if withdrawal else "")
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


@router.get("/resources/{uuid}/draft", response=VersionOut, summary="The open version of an own resource")
@operation(may=Permission.AUTHOR)
def read_draft(request: PageRequest, uuid: UUID) -> VersionOut:
    return VersionOut.of(own_open_version(request.actor, uuid))


@router.put("/resources/{uuid}/draft", response=VersionOut, summary="Describe a draft")
@operation(may=Permission.AUTHOR)
def update(request: PageRequest, uuid: UUID, description: DescriptionIn) -> VersionOut:
    version = own_open_version(request.actor, uuid)
    return VersionOut.of(describe_draft(by=request.actor, version=version, description=description.given(), now=now()))


@router.put("/resources/{uuid}/draft/files/{file}", response=VersionOut, summary="Attach an uploaded file")
@operation(may=Permission.AUTHOR)
def attach(request: PageRequest, uuid: UUID, file: UUID) -> VersionOut:
    version = own_open_version(request.actor, uuid)
    attach_file(by=request.actor, version=version, file=own_file(request.actor, file), now=now())
    return VersionOut.of(version)


@router.delete("/resources/{uuid}/draft/files/{file}", response=VersionOut, summary="Take a file out")
@operation(may=Permission.AUTHOR)
def detach(request: PageRequest, uuid: UUID, file: UUID) -> VersionOut:
    version = own_open_version(request.actor, uuid)
    attached = next((one for one in files_of(version) if one.uuid == file), None)
    if attached is None:
        raise NotFound
    remove_file(by=request.actor, version=version, file=attached, now=now())
    return VersionOut.of(version)


@router.post("/resources/{uuid}/draft/submission", response={201: VersionOut}, summary="Submit for review")
@operation(may=Permission.AUTHOR)
def submit(request: PageRequest, uuid: UUID) -> Status[VersionOut]:
    submit_resource(by=request.actor, version=own_open_version(request.actor, uuid), now=now())
    return Status(201, VersionOut.of(own_open_version(request.actor, uuid)))


@router.post("/resources/{uuid}/versions", response={201: VersionOut}, summary="Start the next version")
@operation(may=Permission.AUTHOR)
def new_version(request: PageRequest, uuid: UUID) -> Status[VersionOut]:
    resource = own_resource(request.actor, uuid)
    return Status(201, VersionOut.of(start_new_version(by=request.actor, resource=resource, now=now())))


@router.post("/resources/{uuid}/withdrawal", response={204: None}, summary="Withdraw a published resource")
@operation(may=Audience.SIGNED_IN)
def withdraw(request: PageRequest, uuid: UUID, withdrawal: ReasonIn) -> Status[None]:
    withdraw_resource(by=request.actor, resource=public_resource(uuid), reason=withdrawal.reason, now=now())
    return Status(204, None)


@router.get("/reviews", response=QueuePage, summary="Submissions waiting for me, oldest first")
@operation(may=Permission.REVIEW)
def list_queue(request: PageRequest, cursor: str = "") -> QueuePage:
    page = keyset_page(review_queue(request.actor), order=("at", "id"), cursor=cursor or None)
    return QueuePage(items=[SubmissionOut.of(submission) for submission in page.items], next=page.next_cursor)


@router.get("/reviews/{submission}", response=ReviewOut, summary="A submission with all there is to judge")
@operation(may=Permission.REVIEW)
def read_review(request: PageRequest, submission: int) -> ReviewOut:
    found = submission_for(request.actor, submission)
    version = found.version
    is_shown = may_see_content(request.actor, version)
    return ReviewOut(
        **SubmissionOut.of(found).dict(),
        content=VersionOut.of(version) if is_shown else None,
        third_party_statement=version.third_party_statement if is_shown else "",
        shown_files=[FileOut.of(file) for file in files_of(version)] if is_shown else [],
        can_decide=can_review(request.actor, version) and not found.answered_by.exists(),
    )


@router.post("/reviews/{submission}/approval", response=VersionOut, summary="Publish a submission")
@operation(may=Permission.REVIEW)
def approve(request: PageRequest, submission: int, decision: CommentIn) -> VersionOut:
    decided = approve_resource(
        by=request.actor,
        submission=submission_for(request.actor, submission),
        comment=decision.comment,
        now=now(),
    )
    return VersionOut.of(decided)


@router.post("/reviews/{submission}/return", response=VersionOut, summary="Send a submission back")
@operation(may=Permission.REVIEW)
def send_back(request: PageRequest, submission: int, decision: ReturnIn) -> VersionOut:
    decided = return_for_correction(
        by=request.actor,
        submission=submission_for(request.actor, submission),
        reasons=decision.reasons,
        comment=decision.comment,
        now=now(),
    )
    return VersionOut.of(decided)
