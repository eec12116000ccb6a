"""Who acts, and whether they may open this door at all."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from heluo.kernel.access.resolution import actor_for
from heluo.kernel.access.routes import rule_for
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, allows
from heluo.kernel.clock.public import local_day, now

Next = Callable[[HttpRequest], HttpResponseBase]


class ResolveActor:
    """Put `request.actor`: resolved when first asked for, once per request."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        def resolve() -> Actor:
            if not request.user.is_authenticated:
                return PUBLIC_ACTOR
            return actor_for(request.user, on=local_day(now()))

        request.actor = SimpleLazyObject(resolve)  # type: ignore[attr-defined]
        return self.get_response(request)


class DenyByDefault:
    """Refuse every route that no rule opens for this actor."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):  # type: ignore[no-untyped-def]  # Django's hook
        rule = rule_for(view, request.resolver_match)
        if rule is None:
            raise NotFound
        if rule.may == Audience.PUBLIC:
            return None
        if not request.actor.is_person:
            return redirect_to_login(request.get_full_path())
        if rule.may != Audience.SIGNED_IN and not allows(request.actor, rule.may):
            raise NotAllowed
        return None
