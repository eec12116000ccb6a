"""What is held about somebody, as every app tells it, and who looked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from heluo.kernel.actors.public import actor_title
from heluo.kernel.audit.public import rows_about, title_of_deed
from heluo.kernel.clock.public import local_day
from heluo.kernel.holdings.public import Asked, Fact, Holding, Look, Sight, all_holdings, looking_deeds
from heluo.kernel.people.models import Person, Post

LOOKS_SHOWN = 100
PERSON = "person"
"""Kind of the audit's subject."""


@dataclass(frozen=True, slots=True)
class Held:
    """One holding with its facts; `has_more` where not all are told."""

    holding: Holding
    facts: list[Fact]
    has_more: bool


def held_about(person: Person, *, on: date, most: int | None = None) -> list[Held]:
    """Every holding in its order, empty ones too. At most so many facts each."""
    asked = Asked(on=on, most=None if most is None else most + 1)
    told = [(holding, holding.tell(person.uuid, asked)) for holding in all_holdings()]
    return [Held(holding, facts[:most], most is not None and len(facts) > most) for holding, facts in told]


@dataclass(frozen=True, slots=True)
class SeenLook:
    """Somebody looked: when, at what, as what, and why if they had to say."""

    at: datetime
    what: str
    who: str
    reason: str


def who_looked(person: Person) -> list[SeenLook]:
    """The newest looks at somebody, newest first: pages opened, and deeds that are a look. Four queries."""
    pages = list(Look.objects.filter(subject=person.uuid).order_by("-at", "-id")[:LOOKS_SHOWN])
    deeds = list(rows_about(PERSON, str(person.uuid), looking_deeds())[:LOOKS_SHOWN])
    moments = [(look.viewer, look.at) for look in pages] + [(row.by, row.at) for row in deeds if row.by]
    roles = _roles_at({viewer for viewer, _at in moments})
    looks = [
        *(
            SeenLook(look.at, str(Sight(look.sight).label), _as_what(roles, look.viewer, local_day(look.at)), "")
            for look in pages
        ),
        *(
            SeenLook(
                row.at,
                title_of_deed(row.deed),
                _as_what(roles, row.by, local_day(row.at)) if row.by else actor_title(row.by_name, None),
                str(row.details.get("reason", "")),
            )
            for row in deeds
            if row.by != person.uuid
        ),
    ]
    return sorted(looks, key=lambda look: look.at, reverse=True)[:LOOKS_SHOWN]


def _roles_at(viewers: Collection[UUID]) -> Mapping[UUID, list[Post]]:
    posts: dict[UUID, list[Post]] = {viewer: [] for viewer in viewers}
    for post in Post.objects.filter(person__uuid__in=viewers).select_related("organisation", "person"):
        posts[post.person.uuid].append(post)
    return posts


def _as_what(roles: Mapping[UUID, list[Post]], viewer: UUID, day: date) -> str:
    """Organisation and role on that day. The name is not needed to hold the organisation to account."""
    held = [f"{post.organisation.name} · {post.get_role_display()}" for post in roles[viewer] if post.holds_on(day)]
    return "；".join(held) or _("当时没有任职的账号")
