"""Pages that show a person leave a trace of who opened them.

    @notes_looks
    @reads(may=Audience.SIGNED_IN)
    def person(request, uuid): ...
        looked_at(request, found.uuid, Sight.PERSON)

`@reads` stands inside: the page itself still cannot write. The trace is one question to an index, and one row on the
first look of a day, after the answer was made.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from heluo.kernel.clock.public import now
from heluo.kernel.holdings.actions import note_look
from heluo.kernel.holdings.enums import Sight

P = ParamSpec("P")
R = TypeVar("R", bound=Any)
View = Callable[Concatenate[R, P], HttpResponseBase]
MARK = "_looked_at"


def looked_at(request: HttpRequest, subject: UUID, sight: Sight) -> None:
    """Say that this page shows somebody; the trace is left when the page is done."""
    setattr(request, MARK, (subject, sight))


def notes_looks(view: View[R, P]) -> View[R, P]:
    """Worn outside `@reads` or `@writes` by pages that call `looked_at`."""

    @wraps(view)
    def page(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        seen = getattr(request, MARK, None)
        if seen is not None:
            subject, sight = seen
            note_look(by=request.actor, subject=subject, sight=sight, now=now())
        return response

    return page  # type: ignore[return-value]  # `wraps` hides that the names of the arguments stay
