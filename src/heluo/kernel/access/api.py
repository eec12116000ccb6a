"""Who am I, as a program asks."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import Actor
from heluo.kernel.pages.rules import operation

router = Router()


class PostOut(Schema):
    """A post held today."""

    role: str
    organisation: str


class MeOut(Schema):
    """The person behind the session or the token."""

    person_id: UUID
    name: str
    posts: list[PostOut]
    permissions: list[str]


@router.get("/me", response=MeOut, summary="Who am I")
@operation(may=Audience.SIGNED_IN)
def me(request: HttpRequest) -> MeOut:
    """The person who calls, their posts today and what this session or token may do."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # put by the access middleware
    if actor.person_id is None:
        raise AssertionError("the door lets only persons in")
    return MeOut(
        person_id=actor.person_id,
        name=actor.name,
        posts=[PostOut(role=post.role.value, organisation=post.organisation_name) for post in actor.posts],
        permissions=sorted({grant.permission for grant in actor.grants}),
    )
