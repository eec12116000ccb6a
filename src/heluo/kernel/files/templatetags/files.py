"""Tags that let pages take files: `{% load files %}`."""

from django import template
from django.conf import settings
from django.template.context import Context

register = template.Library()


@register.inclusion_tag("files/upload.html", takes_context=True)
def file_upload(context: Context, action: str, target: str) -> dict[str, object]:
    """Where a person adds files: with scripts resumably and several at once, without them one by one.

    Each file ends as a POST of the field `file` to `action` (see `file_from_form`), whose answer replaces the element
    with the id `target`. The page loads the bundle `upload`, and puts this outside that element.
    """
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "action": action,
        "target": target,
        "limit": settings.MAX_UPLOAD_BYTES,
    }
