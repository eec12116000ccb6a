"""Pages of the platform itself: errors, the installed app's parts, the style guide."""

import json
import sys
from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.utils.translation import gettext as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.events.public import stream_ticket
from heluo.kernel.pages.bundle import built_file
from heluo.kernel.pages.problems import problem
from heluo.kernel.pages.refusals import API_PREFIX, answer, error_page
from heluo.kernel.pages.rules import PageRequest, reads

RETRY_AFTER = "10"
"""Seconds after which a database that was restarted usually answers again."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`."""
    return error_page(
        request, 400, title=_("请求有误"), text=_("这个请求无法理解，请返回重试。"), english="Bad request."
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler403`."""
    return error_page(
        request,
        403,
        title=_("没有权限"),
        text=_("您没有打开这个页面的权限。如果工作需要，请联系本单位管理员。"),
        english="You may not open this page. If you need it for your work, ask your administrator.",
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler404`: the same answer as for a thing that is not yours."""
    return answer(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: leans on nothing that may be broken; shows the request's number for the logs.

    A database that is away or too busy is no fault of the page: 503, and come back in a moment.
    """
    number = getattr(request, "id", "")
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return _database_away(request, number)
    if request.path.startswith(API_PREFIX):
        return problem(
            500, "failed", _("平台在处理请求时出了问题，没有保存任何改动。编号 {number}。").format(number=number)
        )
    return HttpResponse(loader.render_to_string("pages/errors/500.html", {"number": number}), status=500)


def _database_away(request: HttpRequest, number: str) -> HttpResponse:
    """Nobody knows whether a commit on its way arrived: say to look again."""
    if request.path.startswith(API_PREFIX):
        detail = _("数据库暂时没有应答，这次操作可能没有保存。请稍后查看，再重试。编号 {number}。")
        response: HttpResponse = problem(503, "database_away", detail.format(number=number))
    else:
        response = HttpResponse(loader.render_to_string("pages/errors/503.html", {"number": number}), status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's `CSRF_FAILURE_VIEW`."""
    return error_page(
        request,
        403,
        title=_("页面已过期"),
        text=_("这个页面打开太久，或浏览器没有接受本站的 Cookie。请返回上一页，刷新后重新提交。"),
        english="This page has expired or cookies are blocked. Go back, reload the page and send it again.",
    )


@reads(may=Audience.PUBLIC)
def offline(request: PageRequest) -> HttpResponse:
    """What the installed app shows without a network."""
    return render(request, "pages/offline.html")


@reads(may=Audience.PUBLIC)
def manifest(request: PageRequest) -> HttpResponse:
    """The web app manifest (W3C Web Application Manifest)."""
    icons = [
        {"src": static("app/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("app/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("app/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
    ]
    body = {
        "name": _("河洛"),
        "short_name": _("河洛"),
        "description": _("河南“互联网＋教育”平台"),
        "lang": "zh-Hans",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f8f7f3",
        "theme_color": "#0e6962",
        "icons": icons,
    }
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")


@reads(may=Audience.SIGNED_IN)
def live_ticket(request: PageRequest) -> JsonResponse:
    """Where to follow `?topic=…&topic=…` (by default one's own affairs) live: an address with a short ticket."""
    topics = request.GET.getlist("topic") or [f"person:{request.actor.person_id}"]
    ticket = stream_ticket(by=request.actor, topics=topics)
    answer = JsonResponse({"stream": f"{settings.STREAM_URL}/stream/?{urlencode({'ticket': ticket})}"})
    answer["Cache-Control"] = "no-store"
    return answer


@reads(may=Audience.PUBLIC)
def service_worker(request: PageRequest) -> HttpResponse:
    """The service worker, at the root so that it may serve every page.

    The mark of the build stands in front: a browser takes up a new worker only where its text differs.
    """
    path = built_file("service-worker.js")
    if not path.exists():
        raise NotFound
    headers = {"Cache-Control": "no-cache"}
    build = sha256(built_file("entries.json").read_bytes()).hexdigest()[:16]
    script = f"// build {build}\n".encode() + path.read_bytes()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)
