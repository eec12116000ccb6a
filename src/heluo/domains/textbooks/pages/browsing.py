"""Finding by textbook: choose one, walk its chapters, see what hangs there."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.enums import CHAPTER_FACET, POINT_FACET
from heluo.domains.textbooks.models import Chapter, Textbook
from heluo.domains.textbooks.pages.printing import parts_of
from heluo.domains.textbooks.queries.browsing import (
    around,
    branches_of,
    chapter_with,
    chapters_on,
    chapters_teaching,
    grade_name,
    point_with,
    points_below,
    points_of,
    shelves,
    subject_names,
    textbook_with,
    textbooks_on,
)
from heluo.engines.catalogue.public import cards_of, facet_counts, find_entries
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import Choice, address
from heluo.kernel.pages.questions import Question
from heluo.kernel.pages.rules import PageRequest, reads

IN_ORDER = ("stage", "subject", "edition", "position", "grade", "volume", "id")
STEPS = ("stage", "subject", "edition")
CARDS = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to choose, with its values; each is an address."""

    title: str | Promise
    choices: list[Choice]


@reads(may=Audience.PUBLIC)
def textbook_list(request: PageRequest) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in STEPS}
    steps = _steps(request, chosen)
    page = keyset_page(textbooks_on(**chosen), order=IN_ORDER, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("按教材找"),
        "lead": _("选学段、学科和版本，翻到要讲的那一节，看挂在上面的资源。"),
        "steps": steps,
        "page": page,
        "rows": [(textbook, note_of(textbook)) for textbook in page.items],
        "is_narrowed": any(chosen.values()),
    }
    return page_response(request, "textbooks/list.html", context, fragments=("listing",))


def _steps(request: PageRequest, chosen: dict[str, str]) -> list[Step]:
    """What there is to choose: each step offers what the steps before it leave, and begins the later ones anew."""
    words: Mapping[str, Mapping[str, str | Promise]] = {
        "stage": {stage.value: stage.label for stage in Stage},
        "subject": dict(subject_names(local_day(now()))),
        "edition": {},
    }
    titles = {"stage": _("学段"), "subject": _("学科"), "edition": _("版本")}
    left = shelves()
    steps = []
    for place, name in enumerate(STEPS):
        values = list(dict.fromkeys(getattr(shelf, name) for shelf in left))
        if name == "subject":
            values.sort()
        later = dict.fromkeys(STEPS[place + 1 :], ())
        steps.append(
            Step(
                titles[name],
                [
                    Choice(
                        label=words[name].get(value, value),
                        url=address(request.GET, {name: [] if value == chosen[name] else [value], **later}),
                        is_current=value == chosen[name],
                    )
                    for value in values
                ],
            )
        )
        if not chosen[name]:
            break
        left = [shelf for shelf in left if getattr(shelf, name) == chosen[name]]
    return [step for step in steps if step.choices]


def note_of(textbook: Textbook) -> str:
    """Where a textbook belongs, in words."""
    subject = subject_names(local_day(now())).get(textbook.subject, "")
    parts = (textbook.get_stage_display(), subject, textbook.edition, grade_name(textbook.grade), textbook.volume)
    return " · ".join(str(part) for part in parts if part)


@reads(may=Audience.PUBLIC)
def textbook(request: PageRequest, uuid: UUID) -> HttpResponse:
    book = textbook_with(uuid)
    counts = facet_counts(actor=request.actor, facets={CHAPTER_FACET: [str(uuid)]})
    branches = branches_of(book, counts.get(CHAPTER_FACET, {}))
    context = {
        "heading": book.title,
        "lead": note_of(book),
        "textbook": book,
        "branches": branches,
        "parts": parts_of(book, chapters_on(branches)) if branches and not book.is_withdrawn else [],
        "keeping": keeping_question(book) if allows(request.actor, Permission.KEEP) else None,
        "crumbs": _crumbs(book)[:-1],
    }
    return page_response(request, "textbooks/textbook.html", context)


def keeping_question(book: Textbook) -> Question:
    """What whoever keeps the tree is asked before a textbook goes out of use, or comes back."""
    if book.is_withdrawn:
        return Question(
            title=_("恢复教材“{title}”？").format(title=book.title),
            text=_("它和一起停用的章节会重新列出，仍是原来的节点。"),
            verb=_("恢复使用"),
            icon="arrow-back-up",
            look="btn-primary",
        )
    return Question(
        title=_("停用教材“{title}”？").format(title=book.title),
        text=_("它和它的章节不再列出，也不能再选。挂着的资源和印好的二维码都还在，随时可以恢复。"),
        verb=_("停用这本教材"),
        icon="archive",
    )


@reads(may=Audience.PUBLIC)
def chapter(request: PageRequest, uuid: UUID) -> HttpResponse:
    one = chapter_with(uuid)
    neighbours = around(one)
    found = find_entries(
        actor=request.actor, facets={CHAPTER_FACET: [str(uuid)]}, cursor=request.GET.get("cursor"), size=CARDS
    )
    context = {
        "heading": str(one),
        "lead": one.textbook.title,
        "textbook": one.textbook,
        "chapter": one,
        "around": neighbours,
        "points": points_of(one),
        "page": found,
        "cards": cards_of(found.items),
        "count": found.total,
        "unit": _("个资源"),
        "crumbs": [*_crumbs(one.textbook), *((str(above), _address(above)) for above in neighbours.above)],
    }
    return page_response(request, "textbooks/chapter.html", context, fragments=("listing",))


@reads(may=Audience.PUBLIC)
def knowledge_point(request: PageRequest, uuid: UUID) -> HttpResponse:
    point = point_with(uuid)
    found = find_entries(
        actor=request.actor, facets={POINT_FACET: [str(uuid)]}, cursor=request.GET.get("cursor"), size=CARDS
    )
    subject = subject_names(local_day(now())).get(point.subject, "")
    context = {
        "heading": point.title,
        "lead": _("{stage}{subject}知识点 {code}").format(
            stage=point.get_stage_display(), subject=subject, code=point.code
        ),
        "point": point,
        "chapters": chapters_teaching(point),
        "below": points_below(point),
        "page": found,
        "cards": cards_of(found.items),
        "count": found.total,
        "unit": _("个资源"),
        "crumbs": [(_("按教材找"), reverse("textbooks:list"))]
        + ([(point.parent.title, reverse("textbooks:point", args=[point.parent.uuid]))] if point.parent else []),
    }
    return page_response(request, "textbooks/point.html", context, fragments=("listing",))


def _crumbs(book: Textbook) -> list[tuple[str, str]]:
    return [(_("按教材找"), reverse("textbooks:list")), (book.title, reverse("textbooks:detail", args=[book.uuid]))]


def _address(one: Chapter) -> str:
    return reverse("textbooks:chapter", args=[one.uuid])
