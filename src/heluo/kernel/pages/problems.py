"""How the API says no: problem details for HTTP (RFC 9457), in the request's language."""

from collections.abc import Sequence
from typing import Any

from django.http import JsonResponse

from heluo.kernel.actors.errors import Refusal

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int, code: str, sentence: str, *, field: str | None = None, errors: Sequence[dict[str, Any]] = ()
) -> JsonResponse:
    """A problem document: `status`, `code` (stable), `title` (a sentence for people), and what is at fault.

    `type` is `about:blank`: the HTTP status says the kind, `code` says the case.
    """
    body: dict[str, Any] = {"type": "about:blank", "title": sentence, "status": status, "code": code}
    if field:
        body["field"] = field
    if errors:
        body["errors"] = list(errors)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def problem_of(refusal: Refusal) -> JsonResponse:
    """The problem document of a refusal. A 401 names the way to sign in, as RFC 9110 wants."""
    response = problem(refusal.status, refusal.code, str(refusal), field=refusal.field)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
