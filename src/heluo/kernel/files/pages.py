"""HTTP of uploads: tus 1.0.0 at `/files/uploads/`, and the state of one's own file for the upload widget."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.clock.public import now
from heluo.kernel.files import tus
from heluo.kernel.files.access import Permission
from heluo.kernel.files.actions import abandon_upload, finish_upload, open_upload, receive_piece
from heluo.kernel.files.actions.arriving import Progress
from heluo.kernel.files.errors import PieceTooLong, StorageAway, StorageFull, UploadBusy
from heluo.kernel.files.models import Upload
from heluo.kernel.files.queries import own_file, own_upload
from heluo.kernel.files.spool import Checksum
from heluo.kernel.pages.rules import PageRequest, reads, writes

Handler = Callable[..., HttpResponse]


def _method(request: PageRequest) -> str:
    """The method meant: some networks let only POST through (tus, `X-HTTP-Method-Override`)."""
    return request.headers.get("X-HTTP-Method-Override", request.method or "").upper()


def _answered(handlers: dict[str, Handler], request: PageRequest, *args: object) -> HttpResponse:
    """Call the handler of the method, and say every refusal as a plain sentence with its status."""
    handler = handlers.get(_method(request))
    if handler is None:
        response = HttpResponse(status=405, headers={"Allow": ", ".join(handlers)})
    else:
        try:
            if handler is not _capabilities and request.headers.get("Tus-Resumable") != tus.VERSION:
                raise tus.WrongVersion
            response = handler(request, *args)
        except Refusal as refusal:
            response = HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")
            if isinstance(refusal, tus.WrongVersion):
                response["Tus-Version"] = tus.VERSION
    response["Tus-Resumable"] = tus.VERSION
    response["Cache-Control"] = "no-store"
    return response


@writes(may=Permission.UPLOAD)
def uploads(request: PageRequest) -> HttpResponse:
    """What the server can do, and the creation of an upload."""
    return _answered({"OPTIONS": _capabilities, "POST": _create}, request)


@writes(may=Permission.UPLOAD, methods=("HEAD", "PATCH", "DELETE"))
def upload(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One upload: how far it is, its next piece, its end."""
    return _answered({"OPTIONS": _capabilities, "HEAD": _offset, "PATCH": _piece, "DELETE": _terminate}, request, uuid)


def _capabilities(request: PageRequest, *_args: object) -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(settings.MAX_UPLOAD_BYTES),
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUM_ALGORITHMS),
        },
    )


def _create(request: PageRequest) -> HttpResponse:
    size = tus.number_in("Upload-Length", request.headers.get("Upload-Length"))
    name = tus.name_in(tus.metadata_in(request.headers.get("Upload-Metadata", "")))
    begun = open_upload(by=request.actor, name=name, size=size, now=now())
    response = HttpResponse(status=201)
    if request.content_type == tus.PIECE_TYPE:
        response["Upload-Offset"] = str(_receive(request, begun, offset=0).offset)
    response["Location"] = request.build_absolute_uri(reverse("files:upload", args=[begun.uuid]))
    response["Upload-Expires"] = tus.expires(begun.expires_at)
    return response


def _offset(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = own_upload(request.actor, uuid, at=now())
    try:
        progress = finish_upload(by=request.actor, upload=found, now=now())
    except (StorageAway, StorageFull) as refusal:
        # To "locked" a client answers by asking again; after another refusal it would send everything anew.
        raise UploadBusy from refusal
    return HttpResponse(
        status=200,
        headers={
            "Upload-Offset": str(progress.offset),
            "Upload-Length": str(found.size),
            "Upload-Expires": tus.expires(found.expires_at),
        },
    )


def _piece(request: PageRequest, uuid: UUID) -> HttpResponse:
    if request.content_type != tus.PIECE_TYPE:
        raise tus.WrongType
    offset = tus.number_in("Upload-Offset", request.headers.get("Upload-Offset"))
    found = own_upload(request.actor, uuid, at=now())
    progress = _receive(request, found, offset=offset)
    return HttpResponse(
        status=204,
        headers={"Upload-Offset": str(progress.offset), "Upload-Expires": tus.expires(found.expires_at)},
    )


def _receive(request: PageRequest, upload: Upload, *, offset: int) -> Progress:
    told = request.headers.get("Upload-Checksum")
    checksum = Checksum(*tus.checksum_in(told)) if told else None
    length = request.headers.get("Content-Length")
    if length and offset + int(length) > upload.size:
        raise PieceTooLong(size=upload.size)
    # A body without a length comes in chunks; Django would take it for empty.
    read = request.read if length else request.META["wsgi.input"].read
    return receive_piece(by=request.actor, upload=upload, offset=offset, read=read, checksum=checksum, now=now())


def _terminate(request: PageRequest, uuid: UUID) -> HttpResponse:
    abandon_upload(by=request.actor, upload=own_upload(request.actor, uuid, at=now()), now=now())
    return HttpResponse(status=204)


@reads(may=Permission.UPLOAD)
def file_state(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A fragment: how far the checks of one's own file are."""
    return render(request, "files/state.html", {"file": own_file(request.actor, uuid)})
