"""The trail of a request: each step once, in order, whoever is faster."""

from datetime import datetime

from heluo.domains.subject_rights.enums import StepKind
from heluo.domains.subject_rights.errors import AlreadyDecided, WordsNeeded
from heluo.domains.subject_rights.events import RequestMoved
from heluo.domains.subject_rights.models import SHORTEST_WORDS, Request, Step
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import Subject
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Organisation


def subject_of(request: Request) -> Subject:
    return Subject(kind="rights_request", id=str(request.uuid), title=request.person.name, path=request.place.path)


def words(text: str, *, field: str = "text") -> str:
    """A reason that says something."""
    said = text.strip()
    if len(said) < SHORTEST_WORDS:
        raise WordsNeeded(field=field, shortest=SHORTEST_WORDS)
    return said


def add_step(
    request: Request,
    kind: StepKind,
    *,
    seen: int,
    by: Actor,
    text: str,
    now: datetime,
    place: Organisation | None = None,
) -> Step:
    """The next step after the `seen` ones. Who acts on an older page, or a moment later, is refused."""
    with refused_as(AlreadyDecided, constraint="one_request_step_at_a_time"):
        step = Step.objects.create(
            request=request,
            position=seen + 1,
            kind=kind,
            place=place,
            text=text,
            by_person=by.person_id,
            by_name=by.name,
            at=now,
        )
    announce(RequestMoved(request=request.uuid, state=request.state, asked_by=request.asked_by.uuid), by=by, at=now)
    return step


def current(request: Request, *, seen: int) -> Request:
    """The request as it stands, if nothing happened since it was seen."""
    fresh = Request.objects.select_related("person", "asked_by", "source", "place__parent").get(pk=request.pk)
    if Step.objects.filter(request=fresh).count() != seen:
        raise AlreadyDecided
    return fresh
