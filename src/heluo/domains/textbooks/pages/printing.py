"""Sheets of QR codes to print."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from heluo.domains.textbooks.models import IN_USE
from heluo.domains.textbooks.queries.browsing import textbook_with
from heluo.domains.textbooks.queries.codes import Label, code_sheet
from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import PageRequest, reads

PDF = "application/pdf"
MOST_CODES = 500
"""Codes that one document takes."""


@reads(may=Audience.SIGNED_IN)
def chapter_codes(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A code for each chapter of a textbook, to paste where it is taught."""
    book = textbook_with(uuid)
    labels = [
        Label(settings.PUBLIC_URL + reverse("textbooks:chapter", args=[one.uuid]), str(one))
        for one in book.chapters.filter(IN_USE).order_by("path")[:MOST_CODES]
    ]
    content = code_sheet(title=book.title, lead=_("扫码打开这一节的资源。"), labels=labels)
    response = HttpResponse(content, content_type=PDF)
    name = _("二维码-{title}.pdf").format(title=book.title)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
