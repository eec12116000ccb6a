"""Pools: those one is in or keeps, who has how much, and who is in them."""

from collections import defaultdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.engines.process.access import Permission
from heluo.engines.process.actions import add_member, add_place, make_pool, remove_member, remove_place
from heluo.engines.process.forms import PoolForm
from heluo.engines.process.models import Pool
from heluo.engines.process.queries import people_in_pools, pool_for, pools_at_hand, shares_of
from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import organisation_called
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import uuid_or_none
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.people.models import Person, Post, in_period
from heluo.kernel.people.public import search_people

OFFERED = 10
"""People found by a typed line."""


@reads(may=Audience.SIGNED_IN)
def pools(request: PageRequest) -> HttpResponse:
    page = keyset_page(pools_at_hand(request.actor), order=("title", "id"), cursor=request.GET.get("cursor"))
    people = people_in_pools([pool.pk for pool in page.items], local_day(now()))
    context = {
        "heading": _("办理组"),
        "lead": _("几个人或几个单位一起办理的事，谁有空谁领取。"),
        "page": page,
        "rows": [(pool, len(people[pool.pk])) for pool in page.items],
        "can_make": allows(request.actor, Permission.POOLS),
    }
    return page_response(request, "process/pools.html", context, fragments=("listing",))


@writes(may=Permission.POOLS)
def new_pool(request: PageRequest) -> HttpResponse:
    """Makes a pool at one of the places where the officer stands."""
    own = Organisation.objects.filter(pk__in={post.organisation_id for post in request.actor.posts})
    places = {str(one.uuid): one for one in own.order_by("path") if allows(request.actor, Permission.POOLS, on=one)}
    choices = {"organisation": [(key, one.name) for key, one in places.items()]}
    form = PoolForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            pool = make_pool(
                by=request.actor,
                key=given["key"],
                title=given["title"],
                organisation=places[given["organisation"]],
                role=Role(given["role"]) if given["role"] else None,
                now=now(),
            )
            messages.success(request, _("已建立办理组，请加入单位或人员。"))
            return redirect("process:pool", key=pool.key)
    back = reverse("process:pools")
    context = {
        "heading": _("建立办理组"),
        "crumbs": [(_("办理组"), back)],
        "submit_label": _("建立办理组"),
        "cancel_url": back,
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Audience.SIGNED_IN)
def pool(request: PageRequest, key: str) -> HttpResponse:
    """Who has how much of the work; for who keeps it, who is in it."""
    at, found = now(), pool_for(request.actor, key)
    is_kept = allows(request.actor, Permission.POOLS, on=found)
    if request.method == "POST":
        if not is_kept:
            raise NotFound
        try:
            messages.success(request, _changed(request, found))
        except NotFound:
            raise
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("process:pool", key=key)
    shares, unclaimed = shares_of(found, at)
    asked = request.GET.get("q", "").strip()
    members = list(found.members.order_by("person__name_sort", "id").values_list("person", flat=True))
    there = Person.objects.in_bulk(members)
    offered = search_people(request.actor, asked).people.exclude(pk__in=members)[:OFFERED] if is_kept and asked else []
    context = {
        "heading": found.title,
        "lead": found.organisation.name,
        "crumbs": [(_("办理组"), reverse("process:pools"))],
        "pool": found,
        "shares": shares,
        "unclaimed": unclaimed,
        "is_kept": is_kept,
        "members": _with_places([there[key] for key in members]),
        "places": [one.organisation for one in found.places.select_related("organisation").order_by("id")],
        "asked": asked,
        "offered": _with_places(list(offered)),
    }
    return page_response(request, "process/pool.html", context)


def _with_places(people: list[Person]) -> list[tuple[Person, str]]:
    """People with where they hold posts today, because names are not unique; one query."""
    posts = Post.objects.filter(in_period(local_day(now())), person__in=people).select_related("organisation")
    places: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for post in posts.order_by("starts_on", "id"):
        places[post.person_id][post.organisation.name] = None
    return [(person, "、".join(places[person.pk])) for person in people]


def _changed(request: PageRequest, pool: Pool) -> str:
    """What was done, in words."""
    posted, at = request.POST, now()
    person = uuid_or_none(posted.get("person", ""))
    if "add" in posted and person:
        member = add_member(by=request.actor, pool=pool, person=person, now=at)
        return _("已加入{name}。").format(name=member.person.name)
    if "add_place" in posted:
        place = organisation_called(request.actor, posted.get("place", ""), on=local_day(at), field="place")
        add_place(by=request.actor, pool=pool, organisation=place, now=at)
        return _("已加入{name}。").format(name=place.name)
    if "remove" in posted and person:
        remove_member(by=request.actor, pool=pool, person=person, now=at)
        return _("已移出办理组。")
    organisation = uuid_or_none(posted.get("organisation", ""))
    if "remove_place" in posted and organisation:
        remove_place(by=request.actor, pool=pool, organisation=organisation, now=at)
        return _("已移出办理组。")
    raise NotFound
