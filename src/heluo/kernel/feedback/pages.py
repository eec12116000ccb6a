"""The panel under a subject, the actor's favourites, and the moderators' list."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import now
from heluo.kernel.feedback.access import Permission
from heluo.kernel.feedback.actions import (
    decide_comment,
    make_comment,
    rate,
    report_comment,
    set_favourite,
    take_back_comment,
)
from heluo.kernel.feedback.enums import ReportReason
from heluo.kernel.feedback.forms import CommentForm, DecisionForm, FavouriteForm, RatingForm, ReportForm
from heluo.kernel.feedback.queries import comments_to_moderate, favourites_of, matters_of, panel_of
from heluo.kernel.feedback.registry import subject_for
from heluo.kernel.feedback.vocabulary import SubjectRef
from heluo.kernel.pages.forms import PageForm
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.undo import offer_undo
from heluo.kernel.search.public import capped_count

FRAGMENT = "feedback"
PAGE = "feedback/panel_page.html"
FROM_LIST = "from_list"
"""Sent by the list of favourites, to come back to it."""


@reads(may=Audience.PUBLIC)
def panel(request: PageRequest, kind: str, uuid: UUID) -> HttpResponse:
    """The panel as a page of its own: older comments, and the way back for browsers without scripts."""
    return _panel_page(request, subject_for(request.actor, kind, uuid), CommentForm())


@writes(may=Permission.GIVE)
def favourite(request: PageRequest, kind: str, uuid: UUID) -> HttpResponse:
    def act(wanted: bool) -> None:
        set_favourite(by=request.actor, kind=kind, subject=uuid, wanted=wanted, now=now())
        if not wanted:
            offer_undo(
                request,
                _("已取消收藏“{title}”。").format(title=subject_for(request.actor, kind, uuid).title),
                action=request.path,
                fields={"wanted": 1} | ({FROM_LIST: 1} if FROM_LIST in request.POST else {}),
                target="" if FROM_LIST in request.POST else FRAGMENT,
            )

    return _given(request, kind, uuid, FavouriteForm(request.POST), act)


@writes(may=Permission.GIVE)
def rating(request: PageRequest, kind: str, uuid: UUID) -> HttpResponse:
    def act(stars: int) -> None:
        rate(by=request.actor, kind=kind, subject=uuid, stars=stars, now=now())

    return _given(request, kind, uuid, RatingForm(request.POST), act, said=_("已记下您的评分。"))


@writes(may=Permission.GIVE)
def comment(request: PageRequest, kind: str, uuid: UUID) -> HttpResponse:
    def act(body: str) -> None:
        make_comment(by=request.actor, kind=kind, subject=uuid, body=body, now=now())

    return _given(request, kind, uuid, CommentForm(request.POST), act, said=_("评论已提交，审核通过后其他人就能看到。"))


@writes(may=Permission.GIVE)
def report(request: PageRequest, kind: str, uuid: UUID, comment_id: int) -> HttpResponse:
    def act(reason: ReportReason) -> None:
        report_comment(by=request.actor, comment_id=comment_id, reason=reason, now=now())

    return _given(request, kind, uuid, ReportForm(request.POST), act, said=_("已举报，审核员会尽快处理。"))


@writes(may=Permission.GIVE)
def take_back(request: PageRequest, kind: str, uuid: UUID, comment_id: int) -> HttpResponse:
    def act() -> None:
        take_back_comment(by=request.actor, comment_id=comment_id, now=now())

    return _given(request, kind, uuid, PageForm(request.POST), act, said=_("评论已撤回。"))


def _given(
    request: PageRequest, kind: str, uuid: UUID, form: PageForm, act: Callable[..., None], *, said: str = ""
) -> HttpResponse:
    """Hand what was sent to the action; then show the panel (htmx) or go back to the subject."""
    subject = subject_for(request.actor, kind, uuid)
    comment_form = form if isinstance(form, CommentForm) else CommentForm()
    if request.method != "POST":
        return HttpResponseRedirect(reverse("feedback:panel", args=[kind, uuid]))
    if form.is_valid():
        with form.refusals():
            act(**form.cleaned_data)
            if said:
                messages.success(request, said)
            if request.htmx:
                return _panel_page(request, subject, CommentForm())
            if FROM_LIST in request.POST:
                return HttpResponseRedirect(reverse("feedback:favourites"))
            return HttpResponseRedirect(f"{subject.url or reverse('feedback:panel', args=[kind, uuid])}#{FRAGMENT}")
    if form is not comment_form:
        for problems in form.errors.values():
            messages.error(request, " ".join(str(problem) for problem in problems))
    return _panel_page(request, subject, comment_form, status=422)


def _panel_page(request: PageRequest, subject: SubjectRef, form: CommentForm, *, status: int = 200) -> HttpResponse:
    context = {
        "heading": subject.title,
        "panel": panel_of(actor=request.actor, subject=subject, cursor=request.GET.get("cursor")),
        "form": form,
        "reasons": ReportReason.choices,
    }
    return page_response(request, PAGE, context, fragments=(FRAGMENT,), status=status)


@reads(may=Permission.GIVE)
def favourites(request: PageRequest) -> HttpResponse:
    page, kept = favourites_of(actor=request.actor, cursor=request.GET.get("cursor"))
    context = {"heading": _("我的收藏"), "page": page, "kept": kept}
    return page_response(request, "feedback/favourites.html", context, fragments=("listing",))


@reads(may=Permission.MODERATE)
def moderation(request: PageRequest) -> HttpResponse:
    return _moderation_page(request)


@writes(may=Permission.MODERATE)
def decision(request: PageRequest, comment_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(reverse("feedback:moderation"))
    form = DecisionForm(request.POST)
    if form.is_valid():
        with form.refusals():
            decide_comment(by=request.actor, comment_id=comment_id, now=now(), **form.cleaned_data)
            messages.success(request, _("评论已显示。") if form.cleaned_data["show"] else _("评论已隐藏。"))
            if not request.htmx:
                return HttpResponseRedirect(reverse("feedback:moderation"))
            return _moderation_page(request)
    for problems in form.errors.values():
        messages.error(request, " ".join(str(problem) for problem in problems))
    return _moderation_page(request, status=422)


def _moderation_page(request: PageRequest, *, status: int = 200) -> HttpResponse:
    waiting = comments_to_moderate(request.actor)
    page = keyset_page(waiting, order=("at", "id"), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("评论审核"),
        "page": page,
        "matters": matters_of(request.actor, page.items),
        "count": capped_count(waiting),
        "unit": _("条等待处理"),
    }
    return page_response(request, "feedback/moderation.html", context, fragments=("listing",), status=status)
