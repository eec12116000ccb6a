"""The endpoints of the OneRoster 1.2 Rostering Service. Each is a line of `ENDPOINTS`: where, what, under which scopes.

Who calls is settled here and not at the house's door: a token of the OAuth provider names a client, not a person. The
routes are for `Audience.PROGRAM`: the house's door lets everybody pass, and here nobody without such a token does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from heluo.gateways.oneroster.actions import note_reading
from heluo.gateways.oneroster.enums import Scope
from heluo.gateways.oneroster.errors import Busy, OnlyReading, RosterRefusal, ScopeMissing, Unauthorised
from heluo.gateways.oneroster.models import RosterClient
from heluo.gateways.oneroster.parts import PARTS
from heluo.gateways.oneroster.queries import Page, View, one_of, page_of, view_of
from heluo.gateways.oneroster.selection import Selection, read_fields, read_selection
from heluo.gateways.oneroster.shapes import BASE, shaped
from heluo.gateways.oneroster.tables import (
    CLASSES,
    COURSES,
    DEMOGRAPHICS,
    ENROLLMENTS,
    ORGS,
    SESSIONS,
    USERS,
    Part,
    Table,
)
from heluo.gateways.oneroster.tables.organisations import SCHOOLS
from heluo.gateways.oneroster.tables.people import STUDENTS, TEACHERS
from heluo.gateways.oneroster.tables.sessions import GRADING_PERIODS, TERMS
from heluo.kernel.access.errors import TooManyRequests
from heluo.kernel.access.knocks import count_knock
from heluo.kernel.access.middleware import bearer_secret
from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import now
from heluo.kernel.pages.rules import PageRequest, PageRule, reads

KNOCKS_PER_MINUTE = 600
WHOLE = Part()
CORE = (Scope.ROSTER, Scope.CORE)
FULL = (Scope.ROSTER,)
PRIVATE = (Scope.DEMOGRAPHICS,)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the service."""

    name: str
    """The operation's name in the standard."""
    address: str
    """Below the service's address; `{sourcedId}` and the like are arguments."""
    table: Table
    scopes: tuple[Scope, ...]
    part: Part = WHOLE
    single: str = ""
    """Under which name one object is given; empty for a collection."""
    within: str = ""
    """The name of the part that the arguments of a nested collection choose."""


def _kind(plural: str, operation: str, table: Table, part: Part = WHOLE, scopes: tuple[Scope, ...] = CORE) -> Any:
    """A collection and its single objects."""
    one, many = operation.split("/")
    return (
        Endpoint(f"getAll{many}", plural, table, scopes, part),
        Endpoint(f"get{one}", f"{plural}/{{sourcedId}}", table, scopes, part, single=table.single),
    )


SCHOOL = "schools/{schoolSourcedId}"
SCHOOL_CLASS = f"{SCHOOL}/classes/{{classSourcedId}}"
ENDPOINTS: tuple[Endpoint, ...] = (
    *_kind("academicSessions", "AcademicSession/AcademicSessions", SESSIONS),
    *_kind("terms", "Term/Terms", SESSIONS, TERMS),
    *_kind("gradingPeriods", "GradingPeriod/GradingPeriods", SESSIONS, GRADING_PERIODS),
    *_kind("orgs", "Org/Orgs", ORGS),
    *_kind("schools", "School/Schools", ORGS, SCHOOLS),
    *_kind("courses", "Course/Courses", COURSES),
    *_kind("classes", "Class/Classes", CLASSES),
    *_kind("enrollments", "Enrollment/Enrollments", ENROLLMENTS),
    *_kind("users", "User/Users", USERS),
    *_kind("students", "Student/Students", USERS, STUDENTS),
    *_kind("teachers", "Teacher/Teachers", USERS, TEACHERS),
    *_kind("demographics", "Demographics/Demographics", DEMOGRAPHICS, scopes=PRIVATE),
    Endpoint("getClassesForTerm", "terms/{termSourcedId}/classes", CLASSES, FULL, within="term_classes"),
    Endpoint(
        "getGradingPeriodsForTerm",
        "terms/{termSourcedId}/gradingPeriods",
        SESSIONS,
        FULL,
        GRADING_PERIODS,
        within="term",
    ),
    Endpoint("getClassesForCourse", "courses/{courseSourcedId}/classes", CLASSES, FULL, within="course_classes"),
    Endpoint("getStudentsForClass", "classes/{classSourcedId}/students", USERS, FULL, within="class_students"),
    Endpoint("getTeachersForClass", "classes/{classSourcedId}/teachers", USERS, FULL, within="class_teachers"),
    Endpoint("getClassesForUser", "users/{userSourcedId}/classes", CLASSES, FULL, within="user_classes"),
    Endpoint("getClassesForStudent", "students/{studentSourcedId}/classes", CLASSES, FULL, within="student_classes"),
    Endpoint("getClassesForTeacher", "teachers/{teacherSourcedId}/classes", CLASSES, FULL, within="teacher_classes"),
    Endpoint("getClassesForSchool", f"{SCHOOL}/classes", CLASSES, FULL, within="school_classes"),
    Endpoint("getCoursesForSchool", f"{SCHOOL}/courses", COURSES, FULL, within="school_classes"),
    Endpoint("getEnrollmentsForSchool", f"{SCHOOL}/enrollments", ENROLLMENTS, FULL, within="school_classes"),
    Endpoint("getStudentsForSchool", f"{SCHOOL}/students", USERS, FULL, within="school_students"),
    Endpoint("getTeachersForSchool", f"{SCHOOL}/teachers", USERS, FULL, within="school_teachers"),
    Endpoint("getTermsForSchool", f"{SCHOOL}/terms", SESSIONS, FULL, TERMS, within="school_terms"),
    Endpoint(
        "getEnrollmentsForClassInSchool",
        f"{SCHOOL_CLASS}/enrollments",
        ENROLLMENTS,
        FULL,
        within="school_class_enrollments",
    ),
    Endpoint("getStudentsForClassInSchool", f"{SCHOOL_CLASS}/students", USERS, FULL, within="school_class_students"),
    Endpoint("getTeachersForClassInSchool", f"{SCHOOL_CLASS}/teachers", USERS, FULL, within="school_class_teachers"),
)


# -- who calls --------------------------------------------------------------------------------------------------------


def client_behind(request: HttpRequest, scopes: tuple[Scope, ...]) -> RosterClient:
    """The client whose token the request carries. Raises `Unauthorised`, `ScopeMissing`."""
    secret = bearer_secret(request)
    if not secret:
        raise Unauthorised
    token = Token.objects.lookup(Token.Type.ACCESS_TOKEN, secret)
    if token is None or token.client_id is None:
        raise Unauthorised
    client = (
        RosterClient.objects.filter(client_id=token.client_id, revoked_at__isnull=True)
        .select_related("organisation")
        .first()
    )
    if client is None:
        raise Unauthorised
    if not {scope.value for scope in scopes} & set(token.get_scopes()):
        raise ScopeMissing(scopes=" or ".join(scopes))
    return client


def view_function(endpoint: Endpoint) -> Callable[..., HttpResponseBase]:
    """The page of an endpoint."""

    @reads(may=Audience.PROGRAM)
    def answer(request: PageRequest, client: RosterClient, ids: Mapping[str, str]) -> HttpResponse:
        view = view_of(client, at=now())
        return _one(view, endpoint, ids, request) if endpoint.single else _many(view, endpoint, ids, request)

    def page(request: PageRequest, **ids: str) -> HttpResponseBase:
        try:
            if request.method not in {"GET", "HEAD"}:
                raise OnlyReading
            client = client_behind(request, endpoint.scopes)
            _knock(client)
            response = answer(request, client, ids)
        except RosterRefusal as refusal:
            return refused(refusal)
        note_reading(client=client, endpoint=endpoint.name, given=int(response["X-Given"]), now=now())
        del response["X-Given"]
        return response

    page.rule = PageRule(may=Audience.PROGRAM.value, may_write=False)  # type: ignore[attr-defined]  # read by the door
    page.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie counts here
    page.__name__ = endpoint.name
    return page


def _knock(client: RosterClient) -> None:
    try:
        count_knock(f"oneroster:{client.pk}", limit=KNOCKS_PER_MINUTE, now=now())
    except TooManyRequests as refusal:
        raise Busy(seconds=refusal.details["seconds"]) from refusal


def refused(refusal: RosterRefusal) -> JsonResponse:
    """A "no" as `imsx_StatusInfo` (section 5.3 and appendix B of the REST binding)."""
    response = JsonResponse(
        {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": str(refusal),
            "imsx_CodeMinor": {
                "imsx_codeMinorField": [
                    {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": refusal.minor.value}
                ]
            },
        },
        status=refusal.status,
    )
    if isinstance(refusal, Unauthorised):
        response["WWW-Authenticate"] = 'Bearer realm="OneRoster"'
    elif isinstance(refusal, ScopeMissing):
        response["WWW-Authenticate"] = 'Bearer realm="OneRoster", error="insufficient_scope"'
    elif isinstance(refusal, OnlyReading):
        response["Allow"] = "GET, HEAD"
    elif isinstance(refusal, Busy):
        response["Retry-After"] = str(refusal.details["seconds"])
    return response


# -- answers ----------------------------------------------------------------------------------------------------------


def _one(view: View, endpoint: Endpoint, ids: Mapping[str, str], request: HttpRequest) -> HttpResponse:
    fields = read_fields(request.GET, endpoint.table)
    row = one_of(view, endpoint.table, ids["sourcedId"], endpoint.part)
    [shape] = shaped(view, endpoint.table.plural, [row], fields)
    return _json({endpoint.single: shape}, given=1)


def _many(view: View, endpoint: Endpoint, ids: Mapping[str, str], request: HttpRequest) -> HttpResponse:
    table = endpoint.table
    selection = read_selection(request.GET, table)
    seen, part = PARTS[endpoint.within](view, ids) if endpoint.within else (view, WHOLE)
    page = page_of(seen, table, _both(endpoint.part, part), selection)
    shapes = shaped(view, table.plural, page.rows, selection.fields)
    response = _json({table.plural: shapes}, given=len(shapes))
    response["X-Total-Count"] = str(page.total)
    if links := _links(request, selection, page):
        response["Link"] = links
    return response


def _both(one: Part, other: Part) -> Part:
    rows = " AND ".join(f"({condition})" for condition in (one.rows, other.rows) if condition)
    return Part({**one.places, **other.places}, rows, {**one.values, **other.values})


def _json(body: object, *, given: int) -> JsonResponse:
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["X-Given"] = str(given)
    response["Cache-Control"] = "no-store"
    return response


def _links(request: HttpRequest, selection: Selection, page: Page) -> str:
    """Links to the other pages (RFC 8288). `next` carries the last id besides the offset: see `Selection.after`."""
    limit, offset, total = selection.limit, selection.offset, page.total
    places: dict[str, dict[str, object]] = {}
    if page.has_next:
        behind = {"after": page.rows[-1]["sourcedId"]} if selection.sort is None else {}
        places["next"] = {"offset": offset + limit, **behind}
    if total > limit:
        places["last"] = {"offset": (total - 1) // limit * limit}
        places["first"] = {"offset": 0}
    if offset > 0:
        places["prev"] = {"offset": max(offset - limit, 0)}
    asked = {name: value for name, value in request.GET.items() if name not in {"limit", "offset", "after"}}
    address = f"{settings.PUBLIC_URL}{request.path}"
    return ", ".join(
        f'<{address}?{urlencode({**asked, "limit": limit, **place})}>; rel="{name}"' for name, place in places.items()
    )


def service_address(endpoint: Endpoint) -> str:
    """The route of an endpoint, as Django writes it."""
    return f"{BASE.lstrip('/')}/{endpoint.address}".replace("{", "<str:").replace("}", ">")
