"""How the API says no: problem details for HTTP (RFC 9457), in the request's language."""

from collections.abc import Sequence
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: _("请求有误"),
    401: _("请先登录"),
    403: _("没有权限"),
    404: _("没有找到"),
    405: _("不支持这种请求"),
    409: _("现在不能这样做"),
    413: _("内容太大"),
    415: _("不支持这种格式"),
    422: _("填写有误"),
    429: _("操作太频繁"),
    500: _("出错了"),
    503: _("暂时不可用"),
}
OTHERWISE = TITLES[409]


def problem(
    status: int, code: str, detail: str, *, field: str | None = None, errors: Sequence[dict[str, Any]] = ()
) -> JsonResponse:
    """A problem document: `status` and its `title`, `code` (stable), `detail` (what is wrong and what to do), `field`.

    `type` is `about:blank`: the HTTP status says the kind, `code` says the case. `errors` lists several faults, each
    with `field`, `detail` and `code`, of a table with its `cell` too.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(TITLES.get(status, OTHERWISE)),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if field:
        body["field"] = field
    if errors:
        body["errors"] = list(errors)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def problem_of(refusal: Refusal) -> JsonResponse:
    """The problem document of a refusal, with the headers that RFC 9110 and RFC 6585 want."""
    response = problem(refusal.status, refusal.code, str(refusal), field=refusal.field, errors=refusal.errors)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if refusal.status == 429 and "seconds" in refusal.details:
        response["Retry-After"] = str(refusal.details["seconds"])
    return response
