"""What a reviewer sees: the queue, and one submission to decide on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.resources.access import Permission, can_review, is_author, may_see_content
from heluo.domains.resources.actions import approve_resource, return_for_correction
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.events import QUEUE
from heluo.domains.resources.forms import DecisionForm
from heluo.domains.resources.models import ReviewStep
from heluo.domains.resources.pages.showing import TONES, facts_of, shown_files, trail_events
from heluo.domains.resources.queries import decided_on, files_of, review_queue, submission_for, trail_of
from heluo.kernel.actors.public import paths_for
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.search.public import capped_count

OLDEST_FIRST = ("at", "id")


@reads(may=Permission.REVIEW)
def queue(request: PageRequest) -> HttpResponse:
    waiting = review_queue(request.actor)
    context = {
        "heading": _("资源审核"),
        "lead": _("按提交先后排列。自己的作品由其他审核员审核，不在这里显示。"),
        "page": keyset_page(waiting, order=OLDEST_FIRST, cursor=request.GET.get("cursor")),
        "count": capped_count(waiting),
        "unit": _("个资源等待审核"),
        "decided_today": decided_on(request.actor, local_day(now())),
        "topics": " ".join(f"{QUEUE}:{path}" for path in paths_for(request.actor, Permission.REVIEW)),
    }
    return page_response(request, "resources/queue.html", context, fragments=("listing",))


@writes(may=Permission.REVIEW)
def review(request: PageRequest, pk: int) -> HttpResponse:
    submission = submission_for(request.actor, pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and not {"approve", "return"} & set(request.POST):
        form.add_error(None, _("请点“通过并发布”或“退回修改”。"))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            return _decided(request, submission, form)
    version = submission.version
    is_shown = may_see_content(request.actor, version)
    context = {
        "heading": submission.title,
        "lead": _("请查看内容、说明和来源，决定发布或退回修改。"),
        "submission": submission,
        "version": version,
        "resource": version.resource,
        "is_shown": is_shown,
        "files": shown_files(files_of(version)) if is_shown else [],
        "facts": facts_of(version) if is_shown else [],
        "events": trail_events(trail_of(version.resource)),
        "is_author": is_author(request.actor, version.resource),
        "can_decide": can_review(request.actor, version) and not submission.answered_by.exists(),
        "state_label": version.get_state_display(),
        "state_tone": TONES[VersionState(version.state)],
        "crumbs": [(_("资源审核"), reverse("resources:queue"))],
    }
    return form_page(request, "resources/review.html", form, context)


def _decided(request: PageRequest, submission: ReviewStep, form: DecisionForm) -> HttpResponse:
    comment = form.cleaned_data["comment"]
    if "approve" in request.POST:
        version = approve_resource(by=request.actor, submission=submission, comment=comment, now=now())
        messages.success(request, _("已发布“{title}”。").format(title=version))
    else:
        version = return_for_correction(
            by=request.actor, submission=submission, reasons=form.reasons_given(), comment=comment, now=now()
        )
        messages.success(request, _("已退回“{title}”，作者会看到原因。").format(title=version))
    following = review_queue(request.actor).order_by(*OLDEST_FIRST).first()
    return redirect("resources:review", pk=following.pk) if following else redirect("resources:queue")
