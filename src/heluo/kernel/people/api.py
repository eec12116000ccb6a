"""One's own record, for programs."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.pages.rules import operation
from heluo.kernel.people.queries import me, membership_of, posts_of, wards_of

router = Router()


class HeldPost(Schema):
    role: Role
    organisation_id: UUID
    organisation: str
    starts_on: date


class OwnClass(Schema):
    id: UUID
    label: str
    school: str


class Child(Schema):
    id: UUID
    name: str


class OwnRecord(Schema):
    id: UUID
    number: str = Field(description="平台号.")
    name: str
    posts: list[HeldPost]
    class_: OwnClass | None = Field(None, alias="class")
    children: list[Child] = Field(description="Those one answers for.")


@router.get("/people/me", response=OwnRecord, by_alias=True, summary="Your own record")
@operation(may=Audience.SIGNED_IN)
def own_record(request: HttpRequest) -> OwnRecord:
    """Number, posts, class and children of whoever calls. Identifiers are not here: pages show them masked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # put there by the middleware
    today = local_day(now())
    person = me(actor)
    seat = membership_of(person, on=today)
    return OwnRecord(
        id=person.uuid,
        number=person.number,
        name=person.name,
        posts=[
            HeldPost(
                role=Role(post.role),
                organisation_id=post.organisation.uuid,
                organisation=post.organisation.name,
                starts_on=post.starts_on,
            )
            for post in posts_of([person], on=today)
        ],
        **{
            "class": OwnClass(
                id=seat.klass.uuid, label=seat.klass.label(SchoolYear.on(today)), school=seat.klass.school.name
            )
            if seat
            else None
        },
        children=[Child(id=row.child.uuid, name=row.child.name) for row in wards_of(person, on=today)],
    )
