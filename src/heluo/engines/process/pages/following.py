"""One process: its diagram, its trail, a word in it, and taking it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from lxml import etree

from heluo.engines.process.access import Permission
from heluo.engines.process.actions import comment_on_process, withdraw_process
from heluo.engines.process.diagrams import read_xml
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.forms import CommentForm
from heluo.engines.process.models import Definition, Instance
from heluo.engines.process.pages.attaching import attaching, forget_files, waiting_files
from heluo.engines.process.pages.showing import TONES, events_of, link_to_subject, pause_words, picture_of
from heluo.engines.process.queries import open_pause, process_at_hand, trail_of
from heluo.engines.process.registry import panel_of
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.templatetags.pages import when


@writes(may=Audience.SIGNED_IN)
def process(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Where a process stands and how it came there, for whoever may see or repair it."""
    instance, in_full = process_at_hand(request.actor, uuid)
    can_withdraw = instance.is_running and instance.started_by == request.actor.person_id
    label = _("留言，或撤回的原因") if can_withdraw else _("留言")
    form = CommentForm(request.POST if request.method == "POST" else None, label=label)
    if request.method == "POST" and form.is_valid():
        with form.refusals("text"):
            text = form.cleaned_data["text"]
            if "withdraw" in request.POST:
                withdraw_process(by=request.actor, instance=instance, text=text, now=now())
                messages.success(request, _("已撤回。"))
            else:
                files = [file.uuid for file in waiting_files(request, instance)]
                comment_on_process(by=request.actor, instance=instance, text=text, files=files, now=now())
                forget_files(request, instance)
                messages.success(request, _("已留言。"))
            return redirect("process:process", uuid=uuid)
    steps = trail_of(instance, in_full=in_full)
    context = {
        "heading": instance.title,
        "lead": called(instance.definition.title),
        "state_label": _("已暂停办理") if instance.is_paused else instance.get_state_display(),
        "state_tone": TONES[InstanceState(instance.state)],
        "instance": instance,
        "facts": _facts(request, instance),
        "events": events_of(instance, steps),
        "picture": picture_of(instance, steps),
        "can_withdraw": can_withdraw,
        "in_full": in_full,
        "can_repair": allows(request.actor, Permission.REPAIR, on=instance),
        "can_pause": allows(request.actor, Permission.PAUSE, on=instance),
        "paused": pause_words(open_pause(instance)),
        **attaching(request, instance),
    }
    return form_page(request, "process/process.html", form, context)


def _facts(request: PageRequest, instance: Instance) -> list[tuple[str, object]]:
    panel = panel_of(request.actor, instance.kind, instance.subject)
    facts: list[tuple[str, object]] = [
        (_("事项"), link_to_subject(instance, panel)),
        (_("发起单位"), instance.organisation.name),
        (_("发起时间"), when(instance.started_at)),
    ]
    if instance.ended_at:
        facts.append((_("结束时间"), when(instance.ended_at)))
    return facts


@reads(may=Audience.SIGNED_IN)
def diagram(request: PageRequest, uuid: UUID) -> HttpResponse:
    """The BPMN file of the version a process runs on, its names in the reader's language."""
    instance, _in_full = process_at_hand(request.actor, uuid)
    return diagram_of(instance.definition)


def diagram_of(definition: Definition) -> HttpResponse:
    """A diagram with its names in the reader's language."""
    root = read_xml(definition.diagram.encode(), definition.key)
    for node in root.iter():
        if name := node.get("name"):
            node.set("name", called(name))
    return HttpResponse(etree.tostring(root, encoding="utf-8"), content_type="application/xml; charset=utf-8")
