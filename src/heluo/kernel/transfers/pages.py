"""The doors through which other nodes ask for contents. They change nothing but counts."""

from functools import partial

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from heluo.kernel.access.errors import TooManyRequests
from heluo.kernel.access.knocks import count_knock
from heluo.kernel.access.middleware import address_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.files.content import Served, answered, pieces_of
from heluo.kernel.nodes.enums import Fault
from heluo.kernel.nodes.public import ExchangeRefused, read_asking
from heluo.kernel.pages.rules import PageRequest, writes
from heluo.kernel.transfers.queries import contents_for
from heluo.kernel.transfers.vocabulary import GET, MOST_ASKED, TICKET, WHICH, is_sha256, mask_of

ASKED_PER_MINUTE = 600
PIECES_PER_MINUTE = 6000
"""From one address: 100 MiB a second."""
MOST_BYTES = 128 * 1024
"""Of a question: a thousand hashes and its signature."""
MALFORMED, NO_PROOF, TOO_LARGE = 400, 401, 413


@csrf_exempt
@writes(may=Audience.PROGRAM)
def which(request: PageRequest) -> HttpResponse:
    """Hashes in, a bit for each out: whether we have it, and the node that asks may."""
    if request.method != "POST":
        return JsonResponse({"code": Fault.UNKNOWN_NODE.value}, status=NO_PROOF)
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > MOST_BYTES:
        return JsonResponse({"code": "too_large"}, status=TOO_LARGE)
    try:
        count_knock(f"transfers.which:{address_of(request)}", limit=ASKED_PER_MINUTE, now=now())
        node, body = read_asking(token=request.body.decode("ascii", "replace"), asks=WHICH, now=now())
    except ExchangeRefused as refusal:
        return JsonResponse({"code": refusal.fault.value, "detail": str(refusal)}, status=refusal.http_status)
    except TooManyRequests as refusal:
        return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=refusal.status)
    asked = body.get("sha256s")
    if not isinstance(asked, list) or len(asked) > MOST_ASKED or not all(is_sha256(one) for one in asked):
        return JsonResponse({"code": "malformed"}, status=MALFORMED)
    return JsonResponse({"has": mask_of(asked, contents_for(asked, domain=node.domain))})


@csrf_exempt
@writes(may=Audience.PROGRAM, methods=("GET", "HEAD"))
def content(request: PageRequest, sha256: str) -> HttpResponseBase:
    """A content or a part of it, for a node that may have it. Whoever may not learns no more than that it is not there.

    Its questions are counted, so that even asking writes.
    """
    if request.method not in {"GET", "HEAD"}:
        raise NotFound
    try:
        count_knock(f"transfers.content:{address_of(request)}", limit=PIECES_PER_MINUTE, now=now())
        node, body = read_asking(token=request.headers.get(TICKET, ""), asks=GET, now=now())
    except ExchangeRefused:
        raise NotFound from None
    blob = contents_for([sha256], domain=node.domain).get(sha256) if body.get("sha256") == sha256 else None
    if blob is None:
        raise NotFound
    response = answered(
        request,
        Served(
            tag=sha256,
            size=blob.size,
            media_type="application/octet-stream",
            disposition="attachment",
            policy="",
            made_at=blob.made_at,
            pieces=partial(pieces_of, sha256),
            ends_at=now(),
        ),
    )
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
