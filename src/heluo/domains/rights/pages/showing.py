"""How complaints and orders look."""

from functools import partial
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.rights.access import Permission
from heluo.domains.rights.enums import ComplaintState
from heluo.domains.rights.models import Complaint
from heluo.domains.rights.queries import complaint_for
from heluo.engines.process.public import Panel
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.templatetags.pages import when

TONES = {
    ComplaintState.OPEN: Tone.WAITING,
    ComplaintState.FORWARDED: Tone.INFO,
    ComplaintState.UPHELD: Tone.DANGER,
    ComplaintState.RESTORED: Tone.SUCCESS,
}


def panel(actor: Actor, uuid: UUID) -> Panel | None:
    """A complaint beside the steps that are about it."""
    complaint = complaint_for(actor, uuid)
    if complaint is None:
        return None
    return Panel("rights/panel.html", partial(_shown, actor, complaint), reverse("rights:complaint", args=[uuid]))


def _shown(actor: Actor, complaint: Complaint) -> dict[str, object]:
    is_officer = allows(actor, Permission.ORDER, on=complaint)
    return {
        "complaint": complaint,
        "facts": facts_of(complaint, with_contact=is_officer),
        "work_url": reverse("resources:detail", args=[complaint.entry]) if complaint.kind == "resource" else "",
    }


def facts_of(complaint: Complaint, *, with_contact: bool) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("作品"), complaint.title),
        (_("什么权利"), complaint.get_ground_display()),
        (_("投诉人"), complaint.complainant),
        (_("提出时间"), when(complaint.at)),
        (_("提出于"), complaint.node),
    ]
    if with_contact:
        facts.append((_("联系方式"), complaint.contact))
    return facts
