"""People as far as one may see them: a person, a class, a family, the staff of an organisation."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache

from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import names_of
from heluo.kernel.holdings.public import Sight, looked_at, notes_looks
from heluo.kernel.organisations.access import Permission as OrganisationPermission
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import names_on, organisation_for, places_of
from heluo.kernel.pages.day import ShownDay, shown_day
from heluo.kernel.pages.exports import ListFile, list_file, wants_file
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import facet
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.people.access import Permission
from heluo.kernel.people.actions import reveal_identifier
from heluo.kernel.people.enums import IdentifierKind, Relation
from heluo.kernel.people.forms import RevealForm
from heluo.kernel.people.models import ClassMembership, Person, Post, Teaching
from heluo.kernel.people.pages.keeping import LEAVES_BY_RECORD, deeds_for
from heluo.kernel.people.queries import (
    class_for,
    classes_open_to,
    classes_taught_by,
    guardians_of,
    identifiers_of,
    may_reveal,
    me,
    membership_of,
    memberships_of,
    needs_consent,
    person_for,
    posts_of,
    pupils_of,
    relations_to,
    rights_over,
    search_people,
    staff_of,
    teachers_of,
    teachings_of,
    visible_people,
    waiting_for_consent,
    wards_of,
)
from heluo.kernel.search.public import capped_count

PAGE = 50
OF_THE_DAY = gettext_lazy("任职、班级、任课和监护关系是当日的；您能看到哪些人，仍按今天的权限。")
BY_PERSON = ("person__name_sort", "id")
BY_ROLE = ("role", "person__name_sort", "id")
LISTING = ("listing",)
CLOSE = frozenset({Relation.SELF, Relation.GUARDIAN, Relation.KEEPER})
"""Relations that see birthday, identifiers (masked) and consent; a teacher sees name, class and guardians."""


@writes(may=Permission.VIEW)
def people(request: PageRequest) -> HttpResponseBase:
    """Everybody in one's care, found by name, pinyin, initials or platform number. A POST gives them as a file."""
    day = shown_day(request)
    text = request.GET.get("q", "").strip()
    roles = facet(
        request.GET,
        name="role",
        title=_("角色"),
        labels={role.value: role.label for role in Role},
        is_single=True,
    )
    found = search_people(request.actor, text, role=request.GET.get("role", ""), on=day.day)
    file: ListFile[Person] = ListFile(
        _("人员"), (_("姓名"), _("平台号"), _("任职")), lambda people: _people_lines(people, day)
    )
    if wants_file(request):
        return list_file(request, file, found.people, order=found.order, may=Permission.VIEW)
    page = keyset_page(found.people, order=found.order, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "heading": _("人员"),
        "exports": file,
        "text": text,
        "facets": [roles],
        "chosen": [value for value in roles.values if value.is_chosen],
        "page": page,
        "posts": _posts_by_person(page.items, day),
        "day": day,
        "day_text": OF_THE_DAY,
        "count": capped_count(found.people),
        "unit": _("人"),
    }
    return page_response(request, "people/people.html", context, fragments=LISTING)


def _posts_by_person(shown: list[Person], day: ShownDay) -> list[tuple[Person, list[tuple[Post, str]]]]:
    """Each person with the posts of a day and what the organisations were called on it; as many queries for all."""
    posts: dict[int, list[tuple[Post, str]]] = {one.pk: [] for one in shown}
    rows = list(posts_of(shown, on=day.day))
    called = names_on({post.organisation_id for post in rows}, on=day.past)
    for post in rows:
        posts[post.person_id].append((post, called.get(post.organisation_id, post.organisation.name)))
    return [(one, posts[one.pk]) for one in shown]


def _people_lines(shown: list[Person], day: ShownDay) -> Iterator[Sequence[object]]:
    for one, posts in _posts_by_person(shown, day):
        held = "；".join(f"{post.get_role_display()} {place_name}" for post, place_name in posts)
        yield one.name, one.number, held


@notes_looks
@reads(may=Audience.SIGNED_IN)
def person(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A person, shown by how the viewer stands to them; to everybody else there is no such person."""
    day = shown_day(request)
    found = person_for(request.actor, uuid, on=day.today)
    looked_at(request, found.uuid, Sight.PERSON)
    relations = relations_to(request.actor, found, on=day.today)
    is_close = bool(relations & CLOSE)
    rights = rights_over(request.actor, found, Permission.MANAGE, Permission.REVEAL)
    keeps = not day.past and Permission.MANAGE in rights
    seat = membership_of(found, on=day.day)
    place = places_of([(seat.klass, day.past)])[0] if seat else None
    taught = teachings_of(found, on=day.day)
    year = SchoolYear.on(day.day)
    subjects = names_of("subject", on=day.day)
    wards = list(wards_of(found, on=day.day)) if relations & {Relation.SELF, Relation.KEEPER} else []
    classes = {seat.klass_id} if seat and relations & {Relation.TEACHER, Relation.KEEPER} else set()
    context = {
        "heading": found.name,
        "person": found,
        "day": day,
        "day_text": OF_THE_DAY,
        "relations": [relation.label for relation in Relation if relation in relations],
        "facts": _facts(found, is_close=is_close),
        "posts": _posts_by_person([found], day)[0][1],
        "seat": seat,
        "place": place,
        "class_label": place.label(year) if place else "",
        "may_open_class": classes_open_to(request.actor, on=day.today).filter(pk__in=classes).exists(),
        "teachings": [
            (at.label(year), at.school_name, row, subjects.get(row.subject, ""))
            for at, row in zip(places_of((row.klass, day.past) for row in taught), taught, strict=True)
        ],
        "guardians": guardians_of(found, on=day.day),
        "wards": wards,
        "known": _known(request, {row.child_id for row in wards}, day),
        "identifiers": identifiers_of(found) if is_close else (),
        "may_reveal": Permission.REVEAL in rights,
        "waits": is_close and needs_consent(found, on=day.today),
        "may_consent": Relation.GUARDIAN in relations,
        "keeps": keeps,
        "deeds": deeds_for(request, found) if keeps else [],
        "by_record": LEAVES_BY_RECORD,
    }
    return page_response(request, "people/person.html", context)


def _known(request: PageRequest, people: Collection[int], day: ShownDay) -> set[int]:
    """Those of some people whom the viewer may see now: to the others no link leads."""
    return set(visible_people(request.actor, on=day.today).filter(pk__in=people).values_list("pk", flat=True))


def _facts(found: Person, *, is_close: bool) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [(_("平台号"), found.number)]
    if is_close:
        facts.append((_("出生日期"), found.born_on.isoformat() if found.born_on else ""))
        age = found.age_on(local_day(now()))
        if age is not None:
            facts.append((_("年龄"), _("{age} 岁").format(age=age)))
    return facts


@writes(may=Permission.REVEAL)
@never_cache
def reveal(request: PageRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Show an identifier in clear after a reason was written down. The value is on the answer to the POST only."""
    found = person_for(request.actor, uuid, on=local_day(now()))
    identifier = identifiers_of(found).filter(kind=kind).select_related("person").first()
    if identifier is None or not may_reveal(request.actor, found):
        raise NotFound
    label = IdentifierKind(identifier.kind).label
    back = reverse("people:person", args=[found.uuid])
    context = {
        "heading": _("查看{kind}原文").format(kind=label),
        "crumbs": [(found.name, back)],
        "known_facts": [(_("姓名"), found.name), (label, identifier.masked)],
        "submit_label": _("写明事由并查看"),
        "cancel_url": back,
        "kind": label,
    }
    form = RevealForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            value = reveal_identifier(
                by=request.actor, identifier=identifier, reason=form.cleaned_data["reason"], now=now()
            )
            return page_response(request, "people/revealed.html", {**context, "value": value, "person": found})
    return form_page(request, "people/reveal.html", form, context)


@writes(may=OrganisationPermission.VIEW)
def at_organisation(request: PageRequest, uuid: UUID) -> HttpResponseBase:
    """Who works at an organisation. Names lead on only where the viewer may see the person.

    A POST gives them as a file, to whoever looks after them.
    """
    day = shown_day(request)
    organisation = organisation_for(request.actor, uuid)
    staff = staff_of(organisation, on=day.day)
    title = _("教职工") if organisation.is_school else _("任职人员")
    file: ListFile[Post] = ListFile(
        f"{organisation.name}{title}",
        (_("姓名"), _("角色")),
        lambda posts: [(post.person.name, post.get_role_display()) for post in posts],
    )
    if wants_file(request):
        return list_file(request, file, staff, order=BY_ROLE, may=Permission.VIEW, on=organisation)
    page = keyset_page(staff, order=BY_ROLE, cursor=request.GET.get("cursor"), size=PAGE)
    may_enrol = organisation.is_school and allows(request.actor, Permission.MANAGE, on=organisation)
    context = {
        "heading": title,
        "lead": organisation.name,
        "exports": file if allows(request.actor, Permission.VIEW, on=organisation) else None,
        "crumbs": [
            (_("机构"), reverse("organisations:tree")),
            (organisation.name, reverse("organisations:organisation", args=[organisation.uuid])),
        ],
        "organisation": organisation,
        "may_enrol": may_enrol and not day.past,
        "page": page,
        "known": _known(request, {post.person_id for post in page.items}, day),
        "day": day,
        "day_text": OF_THE_DAY,
        "count": capped_count(staff),
        "unit": _("人"),
    }
    return page_response(request, "people/at_organisation.html", context, fragments=LISTING)


@reads(may=Permission.TEACH)
def my_classes(request: PageRequest) -> HttpResponse:
    """The classes somebody teaches, with what they teach there."""
    today = local_day(now())
    year = SchoolYear.on(today)
    subjects = names_of("subject", on=today)
    rows: dict[int, tuple[str, Teaching, list[str]]] = {}
    for row in classes_taught_by(request.actor, on=today):
        _label, _first, taught = rows.setdefault(row.klass_id, (row.klass.label(year), row, []))
        if row.is_homeroom:
            taught.append(_("班主任"))
        if row.subject:
            taught.append(subjects.get(row.subject, row.subject))
    context = {"heading": _("我的班级"), "classes": list(rows.values()), "year": year}
    return page_response(request, "people/my_classes.html", context)


@writes(may=Audience.SIGNED_IN)
def klass(request: PageRequest, uuid: UUID) -> HttpResponseBase:
    """A class and its pupils, for its teachers and those who look after its school. A POST gives the class list."""
    day = shown_day(request)
    found = class_for(request.actor, uuid, on=day.today)
    pupils = pupils_of(found, on=day.day)
    place = places_of([(found, day.past)])[0]
    label = place.label(SchoolYear.on(day.day))
    file: ListFile[ClassMembership] = ListFile(
        f"{place.school_name}{label}",
        (_("姓名"), _("平台号"), pgettext("column", "班级")),
        lambda seats: [(seat.person.name, seat.person.number, label) for seat in seats],
    )
    if wants_file(request):
        return list_file(request, file, pupils, order=BY_PERSON, may=Audience.SIGNED_IN, on=found)
    page = keyset_page(pupils, order=BY_PERSON, cursor=request.GET.get("cursor"), size=PAGE)
    subjects = names_of("subject", on=day.day)
    waiting = waiting_for_consent([row.person for row in page.items], on=day.today)
    context = {
        "heading": label,
        "exports": file,
        "lead": place.school_name,
        "klass": found,
        "crumbs": [(place.school_name, _way_to(request, place.school, day))],
        "manages": not day.past and allows(request.actor, Permission.MANAGE, on=found),
        "teachers": [(row, subjects.get(row.subject, "")) for row in teachers_of(found, on=day.day)],
        "page": page,
        "known": _known(request, {row.person_id for row in page.items}, day),
        "day": day,
        "day_text": OF_THE_DAY,
        "waiting": waiting,
        "count": capped_count(pupils),
        "unit": _("名学生"),
    }
    return page_response(request, "people/klass.html", context, fragments=LISTING)


def _way_to(request: PageRequest, school: Organisation, day: ShownDay) -> str:
    """The address of a school, in the day that is shown; none where the viewer may not open it."""
    if not allows(request.actor, OrganisationPermission.VIEW, on=school):
        return ""
    return reverse("organisations:organisation", args=[school.uuid]) + day.suffix


@reads(may=Permission.GUARD)
def family(request: PageRequest) -> HttpResponse:
    """The children somebody answers for: where they learn, and whether a consent is missing."""
    today = local_day(now())
    year = SchoolYear.on(today)
    wards = list(wards_of(me(request.actor), on=today))
    children = [row.child for row in wards]
    waiting = waiting_for_consent(children, on=today)
    seats: dict[int, ClassMembership] = {row.person_id: row for row in memberships_of(children, on=today)}
    rows = [
        (row, seats.get(row.child_id), seats[row.child_id].klass.label(year) if row.child_id in seats else "")
        for row in wards
    ]
    context = {"heading": _("我的孩子"), "rows": rows, "waiting": waiting}
    return page_response(request, "people/family.html", context)
