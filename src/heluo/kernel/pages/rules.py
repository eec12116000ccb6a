"""The decorators every page and API operation wears: what it does to the database, and who may open it.

    @reads(may=Audience.PUBLIC)
    def resource_list(request): ...

    @writes(may=Permission.AUTHOR)
    def resource_create(request): ...

    @router.get("/resources", response=list[ResourceOut])
    @operation(may=Audience.PUBLIC)
    def list_resources(request): ...

A route or an API operation without a rule is closed to everybody (`heluo.kernel.access` sees to it).
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import connection
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django_htmx.middleware import HtmxDetails

from heluo.kernel.actors.public import Actor

P = ParamSpec("P")
Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
READ_METHODS = ("GET", "HEAD", "OPTIONS")
LEADS_ON = (302, 303)
TYPED, TYPED_DONE = "typed", "typed_done"
FORM_MARK = re.compile(r"[0-9a-f-]{36}")
WRITING_STATEMENTS = ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE")


class PageRequest(HttpRequest):
    """A request after the house's middleware: it knows who acts."""

    actor: Actor
    htmx: HtmxDetails


@dataclass(frozen=True, slots=True)
class PageRule:
    """Who may open a page (a permission or an `Audience`), and whether its POST may write."""

    may: str
    may_write: bool


class WroteOnAReadPage(AssertionError):
    """A page declared as reading tried to write: a bug in the page, never the visitor's fault."""


def _refuse_writes(execute, sql, params, many, context):  # type: ignore[no-untyped-def]  # Django's wrapper signature
    if sql.lstrip().upper().startswith(WRITING_STATEMENTS):
        raise WroteOnAReadPage(f"a page that only reads tried to write: {sql[:80]}")
    return execute(sql, params, many, context)


def _mark_done(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Tell the browser which form did its work, so that it forgets what was typed there (`frontend/src/typed.ts`).

    A page that was sent something and leads on has done it; one that shows the form again has not.
    """
    form = request.POST.get(TYPED, "") if response.status_code in LEADS_ON else ""
    if FORM_MARK.fullmatch(form):
        response.set_cookie(TYPED_DONE, form, max_age=60, secure=request.is_secure(), samesite="Lax")
    return response


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def _page(view: View[P], *, may: str, may_write: bool, methods: Collection[str] = ()) -> View[P]:
    allowed = tuple(dict.fromkeys((*READ_METHODS, *(("POST",) if may_write else ()), *methods)))

    @wraps(view)
    def page(request: PageRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        if may_write and (request.method not in READ_METHODS or request.method in methods):
            return _mark_done(request, view(request, *args, **kwargs))
        with connection.execute_wrapper(_refuse_writes):
            response = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            return render() if callable(render) else response

    page.rule = PageRule(may=str(may), may_write=may_write)  # type: ignore[attr-defined]  # read back by access
    return page  # type: ignore[return-value]  # `wraps` hides that the names of the arguments stay


def reads(*, may: str, methods: Collection[str] = ()) -> Callable[[View[P]], View[P]]:
    """A page that only reads. Any attempt to write raises `WroteOnAReadPage`.

    `methods`: others by which a protocol asks (OAI-PMH: POST); they read, too.
    """
    return lambda view: _page(view, may=may, may_write=False, methods=methods)


def writes(*, may: str, methods: Collection[str] = ()) -> Callable[[View[P]], View[P]]:
    """A page whose POST hands cleaned input to one action. Its GET still only reads.

    `methods`: others that write too, for protocols that use them (tus: PATCH, DELETE, and a HEAD that finishes what a
    killed process left).
    """
    return lambda view: _page(view, may=may, may_write=True, methods=methods)


def operation(*, may: str) -> Callable[[Endpoint], Endpoint]:
    """An operation of the API, worn below `@router.get` or its like. A GET may only read, as on a page."""

    def wear(endpoint: Endpoint) -> Endpoint:
        endpoint.rule = PageRule(may=str(may), may_write=True)  # type: ignore[attr-defined]  # read back by the API
        return endpoint

    return wear


def refusing_writes(endpoint: Endpoint) -> Endpoint:
    """The same endpoint, unable to write; the API puts it around every operation that answers GET."""

    @wraps(endpoint)
    def reading(*args: object, **kwargs: object) -> object:
        with connection.execute_wrapper(_refuse_writes):
            return endpoint(*args, **kwargs)

    return reading  # type: ignore[return-value]  # `wraps` keeps the signature
