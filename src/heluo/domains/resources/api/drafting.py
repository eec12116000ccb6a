"""What authors do."""

from uuid import UUID

from ninja import Router
from ninja.responses import Status

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions import (
    attach_file,
    describe_draft,
    prolong_resource,
    remove_file,
    reorder_files,
    start_draft,
    start_new_version,
    submit_resource,
)
from heluo.domains.resources.api.schemas import (
    FILES,
    DescriptionIn,
    DraftIn,
    OrderIn,
    OwnPage,
    ProlongingIn,
    VersionOut,
)
from heluo.domains.resources.queries import author_places, files_of, own_open_version, own_resource, own_versions
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.files.public import own_file
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()


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


@router.get("/resources/{uuid}/draft", response=VersionOut, summary="The open version of an own resource")
@operation(may=Permission.AUTHOR)
def read_draft(request: PageRequest, uuid: UUID) -> VersionOut:
    return VersionOut.of(own_open_version(request.actor, uuid))


@router.put("/resources/{uuid}/draft", response=VersionOut, summary="Describe a draft")
@operation(may=Permission.AUTHOR)
def update(request: PageRequest, uuid: UUID, description: DescriptionIn) -> VersionOut:
    version = own_open_version(request.actor, uuid)
    return VersionOut.of(describe_draft(by=request.actor, version=version, description=description.given(), now=now()))


@router.put("/resources/{uuid}/draft/files", response=VersionOut, summary="Put the files in order")
@operation(may=Permission.AUTHOR)
def reorder(request: PageRequest, uuid: UUID, wanted: OrderIn) -> VersionOut:
    version = own_open_version(request.actor, uuid)
    reorder_files(by=request.actor, version=version, order=wanted.files, now=now())
    return VersionOut.of(version)


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


@router.post("/resources/{uuid}/prolonging", response=VersionOut, summary="Let a published resource hold longer")
@operation(may=Permission.AUTHOR)
def prolong(request: PageRequest, uuid: UUID, wanted: ProlongingIn) -> VersionOut:
    resource = own_resource(request.actor, uuid)
    return VersionOut.of(prolong_resource(by=request.actor, resource=resource, now=now(), **wanted.dict()))
