"""`{% load feedback %}{% feedback_panel subject %}`: the panel of a subject, in any page."""

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from heluo.kernel.feedback.enums import ReportReason
from heluo.kernel.feedback.forms import CommentForm
from heluo.kernel.feedback.queries import panel_of
from heluo.kernel.feedback.registry import takes_feedback
from heluo.kernel.feedback.vocabulary import SubjectRef

register = template.Library()


@register.simple_tag(takes_context=True)
def feedback_panel(context: Context, subject: SubjectRef) -> SafeString | str:
    """The panel, as whoever asks may see it; nothing for kinds that take no feedback."""
    if not takes_feedback(subject.kind):
        return ""
    request: Any = context["request"]
    shown = {
        "panel": panel_of(actor=request.actor, subject=subject),
        "form": CommentForm(),
        "reasons": ReportReason.choices,
    }
    return render_to_string("feedback/panel.html", shown, request)
