"""Stopping the clock of a process, and letting it go on."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.engines.process.access import Permission
from heluo.engines.process.actions import pause_process, resume_process
from heluo.engines.process.forms import CommentForm, PauseForm
from heluo.engines.process.models import Instance
from heluo.engines.process.pages.showing import pause_words
from heluo.engines.process.queries import open_pause, process_at_hand
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import end_of_day, now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Permission.PAUSE)
def pause(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Ask why, and until when; or, while it is paused, why it goes on."""
    instance, _in_full = process_at_hand(request.actor, uuid)
    if not allows(request.actor, Permission.PAUSE, on=instance):
        raise NotFound
    if not instance.is_running:
        return redirect("process:process", uuid=uuid)
    return _resumed(request, instance) if instance.is_paused else _paused(request, instance)


def _paused(request: PageRequest, instance: Instance) -> HttpResponse:
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            day = form.cleaned_data["until"]
            until: datetime | None = end_of_day(day - timedelta(days=1)) if day else None
            pause_process(by=request.actor, instance=instance, text=form.cleaned_data["text"], until=until, now=now())
            messages.success(request, _("已暂停。期限停止计算，定时事件不会到时。"))
            return redirect("process:process", uuid=instance.uuid)
    context = {
        "heading": _("暂停办理：{title}").format(title=instance.title),
        "lead": _("暂停期间这个流程的每一步都不能办理，不会超期；恢复后，期限按剩下的工作日顺延。"),
        "submit_label": _("暂停办理"),
    }
    return form_page(request, "pages/form.html", form, {**context, **_around(instance)})


def _resumed(request: PageRequest, instance: Instance) -> HttpResponse:
    form = CommentForm(request.POST if request.method == "POST" else None, label=_("恢复的原因"))
    if request.method == "POST" and form.is_valid():
        with form.refusals("text"):
            resume_process(by=request.actor, instance=instance, text=form.cleaned_data["text"], now=now())
            messages.success(request, _("已恢复办理，期限按剩下的时间顺延。"))
            return redirect("process:process", uuid=instance.uuid)
    context = {
        "heading": _("恢复办理：{title}").format(title=instance.title),
        "lead": pause_words(open_pause(instance)),
        "submit_label": _("恢复办理"),
    }
    return form_page(request, "pages/form.html", form, {**context, **_around(instance)})


def _around(instance: Instance) -> dict[str, object]:
    back = reverse("process:process", args=[instance.uuid])
    return {"crumbs": [(instance.title, back)], "cancel_url": back}
