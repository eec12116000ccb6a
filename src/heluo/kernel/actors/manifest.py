"""What an app tells the house about itself, in its `apps.py`."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from uuid import UUID

from django.apps import AppConfig, apps
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from heluo.kernel.actors.enums import Audience, Role


class Place(StrEnum):
    """Where a navigation entry stands."""

    PUBLIC = "public"
    WORKBENCH = "workbench"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A link in the shell, shown to whoever may open its page. `icon` is a Tabler icon name.

    A link that `is_of_tenants` stands on the hosts of virtual platforms only.
    """

    title: str | Promise
    route: str
    icon: str
    place: Place
    may: str = Audience.SIGNED_IN
    order: int = 50
    on_phone: bool = False
    is_of_tenants: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """Title, what each role may do at its organisation and below, the links to show, and words for the audit log.

    `deeds` says each deed code the app records in words (`"resources.resource_published": _("发布了资源")`); `kinds`
    does so for each kind of subject (`"resource": _("资源")`), `actors` for each name under which the platform itself
    acts (`"files": _("文件检查")` for `platform_actor("files", …)`).
    """

    title: str | Promise
    grants: Mapping[Role, Collection[str]] = field(default_factory=dict)
    navigation: tuple[NavigationEntry, ...] = ()
    deeds: Mapping[str, str | Promise] = field(default_factory=dict)
    kinds: Mapping[str, str | Promise] = field(default_factory=dict)
    actors: Mapping[str, str | Promise] = field(default_factory=dict)


class HeluoApp(AppConfig):
    """An app of the house. Subclasses set `name`, `label` and `manifest`."""

    default = False
    default_auto_field = "django.db.models.BigAutoField"
    manifest: Manifest

    def __init_subclass__(cls) -> None:
        # Django loads neither of two configurations in one `apps.py`, and this one is imported there.
        super().__init_subclass__()
        cls.default = True


GAP = "00000000-0000-0000-0000-000000000000"
"""Stands for an identifier in the pattern of an address."""


def house_apps() -> Iterator[HeluoApp]:
    """Every app of the house, in settings order."""
    for config in apps.get_app_configs():
        if isinstance(config, HeluoApp):
            yield config


def address_of(kind: str, identifier: object, *, version: int | None = None) -> str:
    """The page of a thing: the route `<app>:detail` of the app whose manifest names its kind; of a past version of it,
    the route `<app>:version`.
    """
    if version is not None:
        return reverse(f"{_app_of(kind)}:version", args=[identifier, version])
    if isinstance(identifier, UUID):
        return _page_with_gap(kind).replace(GAP, str(identifier))
    return reverse(f"{_app_of(kind)}:detail", args=[identifier])


@cache
def _page_with_gap(kind: str) -> str:
    """The page of things of a kind that UUIDs name, looked up once: lists show hundreds of them."""
    return reverse(f"{_app_of(kind)}:detail", args=[GAP])


def page_of(kind: str, identifier: object) -> str:
    """The page of a thing as `address_of` gives it; empty where the app of its kind has none, or no app knows it."""
    if not is_kind(kind):
        return ""
    try:
        return address_of(kind, identifier)
    except NoReverseMatch:
        return ""


def download_of(kind: str, identifier: object, file: object) -> str:
    """Where a file of a thing is sent: the route `<app>:download`."""
    return reverse(f"{_app_of(kind)}:download", args=[identifier, file])


@cache
def is_kind(kind: str) -> bool:
    """Whether the manifest of an app names a kind."""
    return any(kind in app.manifest.kinds for app in house_apps())


def list_of(kind: str) -> str:
    """The list of things of a kind that everybody may look through: the route `<app>:list`."""
    return reverse(f"{_app_of(kind)}:list")


@cache
def _app_of(kind: str) -> str:
    return next(app.label for app in house_apps() if kind in app.manifest.kinds)


def actor_titles() -> dict[str, str | Promise]:
    """Name of each platform actor → words, of every app."""
    return {name: title for config in house_apps() for name, title in config.manifest.actors.items()}


def actor_title(name: str, person_id: UUID | None) -> str:
    """Who acted, in words: a person's name as it stands, a platform actor by its title."""
    return name if person_id is not None else str(actor_titles().get(name, name))


def permissions_of(role: Role) -> frozenset[str]:
    """Everything a role may do, collected from all manifests."""
    return frozenset(str(permission) for config in house_apps() for permission in config.manifest.grants.get(role, ()))
