"""What the shell shows around a page: the links this actor may open, and which of them the page belongs to."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, NavigationEntry, Place, allows, house_apps

MOST_ON_PHONE = 4


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation entry with its address."""

    title: str | Promise
    url: str
    icon: str
    place: Place
    on_phone: bool
    is_current: bool = False


class Navigation:
    """The navigation of one request. Reads the manifests; asks the database nothing beyond who acts."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def _actor(self) -> Actor:
        return getattr(self._request, "actor", PUBLIC_ACTOR)

    @property
    def _is_of_a_tenant(self) -> bool:
        return getattr(self._request, "tenant", None) is not None

    @cached_property
    def _links(self) -> list[Link]:
        entries = sorted(
            (
                entry
                for config in house_apps()
                for entry in config.manifest.navigation
                if may_open(self._actor, entry) and (self._is_of_a_tenant or not entry.is_of_tenants)
            ),
            key=lambda entry: entry.order,
        )
        addresses = [reverse(entry.route) for entry in entries]
        current = max((url for url in addresses if self._belongs_to(url)), key=len, default=None)
        return [
            Link(entry.title, url, entry.icon, entry.place, entry.on_phone, is_current=url == current)
            for entry, url in zip(entries, addresses, strict=True)
        ]

    def _belongs_to(self, url: str) -> bool:
        path = self._request.path
        return path == url or (url != "/" and url.endswith("/") and path.startswith(url))

    def _at(self, place: Place) -> list[Link]:
        return [link for link in self._links if link.place == place]

    @property
    def public(self) -> list[Link]:
        return self._at(Place.PUBLIC)

    @property
    def workbench(self) -> list[Link]:
        return self._at(Place.WORKBENCH)

    @property
    def operations(self) -> list[Link]:
        return self._at(Place.OPERATIONS)

    @property
    def on_phone(self) -> list[Link]:
        return [link for link in self._links if link.on_phone][:MOST_ON_PHONE]

    @property
    def is_at_work(self) -> bool:
        """Whether the page belongs to the workbench or to operations, so that their links stand beside it."""
        return any(link.is_current and link.place != Place.PUBLIC for link in self._links)


def may_open(actor: Actor, entry: NavigationEntry) -> bool:
    """Whether this actor may open the page behind an entry."""
    if entry.may == Audience.PUBLIC:
        return True
    if entry.may == Audience.SIGNED_IN:
        return actor.is_person
    return allows(actor, entry.may)
