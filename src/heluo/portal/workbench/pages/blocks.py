"""Blocks that belong to no domain: my children, my places, what I kept."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.feedback.public import favourites_of
from heluo.kernel.pages.blocks import Block, Slot, workbench_block
from heluo.kernel.people.public import me, memberships_of, waiting_for_consent, wards_of

SHOWN = 5


@workbench_block("workbench.children", slot=Slot.WAITING, order=5)
def children(actor: Actor) -> Block | None:
    """A guardian's children: where they learn, and whether they wait for a consent."""
    if Role.GUARDIAN not in actor.roles:
        return None
    today = local_day(now())
    wards = [guardianship.child for guardianship in wards_of(me(actor), on=today)]
    if not wards:
        return None
    classes = {membership.person_id: membership.klass for membership in memberships_of(wards, on=today)}
    waiting = waiting_for_consent(wards, on=today)
    return Block(
        title=_("我的孩子"),
        template="workbench/blocks/children.html",
        context={"rows": [(child, classes.get(child.pk), child.pk in waiting) for child in wards]},
        url=reverse("people:family"),
        link=_("看详情"),
    )


@workbench_block("workbench.posts", slot=Slot.PLACES, order=60)
def posts(actor: Actor) -> Block | None:
    """Where somebody works or learns, and as what."""
    if not actor.posts:
        return None
    return Block(title=_("我的岗位"), template="workbench/blocks/posts.html", context={"posts": actor.posts})


@workbench_block("workbench.favourites", slot=Slot.CHANGES, order=40)
def favourites(actor: Actor) -> Block | None:
    """The newest of what somebody kept."""
    _page, kept = favourites_of(actor=actor, size=SHOWN)
    if not kept:
        return None
    return Block(
        title=_("我的收藏"),
        template="workbench/blocks/favourites.html",
        context={"kept": kept},
        url=reverse("feedback:favourites"),
        link=_("看全部"),
    )
