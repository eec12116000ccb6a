"""The one API of the house at `/api/v1/`: each app's `api.router`, closed unless its operation says who may call it.

Who calls is settled before (`heluo.kernel.access.middleware`): here operations are collected and described, and every
"no" becomes a problem document (RFC 9457). There is no page to try operations out: the usual ones load scripts from
elsewhere or write them into the page, which the content security policy forbids. Any tool reads
`/api/v1/openapi.json`.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation, PathView
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.security import APIKeyCookie, HttpBearer

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import Invalid, NotFound, Refusal
from heluo.kernel.actors.public import house_apps
from heluo.kernel.pages.problems import MEDIA_TYPE, problem, problem_of
from heluo.kernel.pages.rules import READ_METHODS, PageRule, reads, refusing_writes
from heluo.site.api_words import sentence_of

PREFIX = "api/v1/"
JSON = "application/json"


class BearerToken(HttpBearer):
    """`Authorization: Bearer …`. For the description: the door has already asked who it is."""

    def authenticate(self, request: HttpRequest, token: str) -> object:
        return True


class BrowserSession(APIKeyCookie):
    """The session of a signed-in browser, with the page's secret in `X-CSRFToken` for all but reading."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def __call__(self, request: HttpRequest) -> object:
        return True

    def authenticate(self, request: HttpRequest, key: str | None) -> object:
        return True


class NotJson(Refusal):
    status = 415
    code = "not_json"

    def __str__(self) -> str:
        return _("请求正文必须是 JSON（Content-Type: application/json）。")


class ReadableRenderer(JSONRenderer):
    """JSON with Chinese as it is written: shorter, and readable to people who debug."""

    json_dumps_params = {"ensure_ascii": False}


class StrictParser(Parser):
    """JSON as RFC 8259 has it: declared as such, no NaN, no text that a database or a page could not hold."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != JSON:
            raise NotJson
        data = json.loads(request.body, parse_constant=_no_constant)
        for text in _texts(data):
            if "\0" in text:
                raise ValueError("NUL in a text")
            text.encode()
        return data


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


class HouseAPI(NinjaAPI):
    """Ninja's API with the house's door, problem documents and one description of both."""

    def operations(self) -> Iterator[tuple[str, PathView, Operation]]:
        """Path, view and operation, each bound to this API."""
        for router in self._get_bound_routers():
            for route, view in router.path_operations.items():
                for operation in view.operations:
                    yield f"/{PREFIX}{router.prefix.strip('/')}{route}".replace("//", "/"), view, operation

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """App and function: the same wherever in the app's `api` package the function stands."""
        app, _dot, _module = operation.view_func.__module__.partition(".api")
        return f"{app}.api.{operation.view_func.__name__}".replace(".", "_")

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        for _path, view, operation in self.operations():
            if set(operation.methods) <= set(READ_METHODS):
                operation.view_func = refusing_writes(operation.view_func)
            view.get_view = _RuledView(view).as_view  # type: ignore[method-assign]  # ninja offers no other hook
        return [pattern for pattern in super()._get_urls() if getattr(pattern, "name", "") != "api-root"]

    @cached_property
    def description_document(self) -> dict[str, Any]:
        """The OpenAPI document; built once, since operations do not change while a process runs."""
        document: dict[str, Any] = super().get_openapi_schema(path_prefix=f"/{PREFIX}")
        document["components"].setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        for methods in document["paths"].values():
            for operation in methods.values():
                operation["responses"]["default"] = {
                    "description": "Problem",
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
        return document

    def get_openapi_schema(self, **_ignored: Any) -> Any:
        return self.description_document


class _RuledView:
    """One address of the API with the rule of each of its methods, for the router check and the matrix."""

    def __init__(self, view: PathView) -> None:
        self.rules: dict[str, PageRule | None] = {
            method: getattr(operation.view_func, "rule", None)
            for operation in view.operations
            for method in operation.methods
        }
        self.names = {
            method: operation.view_func.__name__ for operation in view.operations for method in operation.methods
        }
        self.plain: Callable[..., HttpResponseBase] = PathView.get_view(view)

    def as_view(self) -> Callable[..., HttpResponseBase]:
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = self.plain(request, *args, **kwargs)
            if response.status_code != 405:
                return response
            refused = problem(405, "method_not_allowed", _("这个地址不支持此请求方法。"))
            refused["Allow"] = response.headers["Allow"]
            return refused

        answer.names = self.names  # type: ignore[attr-defined]  # likewise
        answer.rules = self.rules  # type: ignore[attr-defined]  # read back by access
        answer.csrf_exempt = True  # type: ignore[attr-defined]  # the door checks it where a session acts
        return answer


PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Problem details for HTTP APIs, RFC 9457.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The kind of problem."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do, in the language of the request."},
        "code": {"type": "string", "description": "Stable name of the case, for programs."},
        "field": {"type": "string", "description": "The property at fault, if there is one."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail", "code"],
                "properties": {
                    "field": {"type": "string"},
                    "cell": {"type": "string", "description": "Of a table: where a spreadsheet shows it, such as C7."},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


def _say_refused(_request: HttpRequest, refusal: Any) -> HttpResponse:
    return problem_of(refusal)


def _say_invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    errors = [
        {"field": ".".join(str(step) for step in fault["loc"]), "detail": sentence_of(fault), "code": fault["type"]}
        for fault in error.errors
    ]
    only = errors[0]["field"] if len(errors) == 1 else None
    return problem(Invalid.status, Invalid.code, str(Invalid()), field=only, errors=errors)


def _say_http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):
        return problem_of(error.__cause__)
    if error.status_code == 400:
        return problem(400, "unreadable", _("请求正文无法读取：不是有效的 JSON。"))
    return problem(error.status_code, "refused", error.message)


def _say_too_large(_request: HttpRequest, _error: Any) -> HttpResponse:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
    return problem(413, "too_large", _("请求正文过大，上限为 {limit} KB。").format(limit=limit))


def house_routers() -> Iterator[tuple[str, Router]]:
    """Label and router of each app that has one, in the order of the apps."""
    for config in house_apps():
        if find_spec(f"{config.name}.api"):
            yield config.label, import_module(f"{config.name}.api").router


def make_api(routers: Iterable[tuple[str, Router]], namespace: str = "api") -> HouseAPI:
    """An API of these routers, each under its label in the description."""
    api = HouseAPI(
        title="河洛 Heluo",
        version="1",
        description="Open API of the platform. Sign in with a bearer token (`heluo token USERNAME` or 我的账号).",
        urls_namespace=namespace,
        docs_url=None,
        docs_decorator=reads(may=Audience.PUBLIC),
        auth=[BearerToken(), BrowserSession()],
        parser=StrictParser(),
        renderer=ReadableRenderer(),
        servers=[{"url": settings.PUBLIC_URL}],
    )
    api.add_exception_handler(Refusal, _say_refused)
    api.add_exception_handler(Http404, lambda _request, _error: problem_of(NotFound()))
    api.add_exception_handler(ValidationError, _say_invalid)
    api.add_exception_handler(HttpError, _say_http_error)
    api.add_exception_handler(RequestDataTooBig, _say_too_large)
    for label, router in routers:
        api.add_router("", router, tags=[label])
    return api


def no_such_operation(_request: HttpRequest, **_kwargs: str) -> HttpResponseBase:
    """Whatever else lies below `/api/`: nothing, said in JSON."""
    return problem_of(NotFound())


no_such_operation.rule = PageRule(may=Audience.PUBLIC, may_write=False)  # type: ignore[attr-defined]
no_such_operation.csrf_exempt = True  # type: ignore[attr-defined]

API = make_api(house_routers())
urlpatterns = [path(PREFIX, API.urls), re_path(r"^api/", no_such_operation, name="no_such_operation")]
