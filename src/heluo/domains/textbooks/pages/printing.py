"""Sheets of QR codes to print."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from heluo.domains.textbooks.models import Textbook
from heluo.domains.textbooks.queries.browsing import chapters_of, textbook_with
from heluo.domains.textbooks.queries.codes import Label, code_sheet
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.pages.rules import PageRequest, reads

PDF = "application/pdf"
MOST_CODES = 500
"""Codes that one document takes; a textbook with more chapters is printed in parts."""


@reads(may=Audience.SIGNED_IN)
def chapter_codes(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A code for each chapter of a textbook, to paste where it is taught; in parts where there are many."""
    book = textbook_with(uuid)
    part = request.GET.get("part", "1")
    place = int(part) - 1 if part.isascii() and part.isdecimal() and len(part) < 4 else -1
    chapters = list(chapters_of(book))
    parts = parts_of(book, len(chapters))
    if not 0 <= place < len(parts):
        raise NotFound
    title = parts[place][0]
    labels = [
        Label(settings.PUBLIC_URL + reverse("textbooks:chapter", args=[one.uuid]), str(one))
        for one in chapters[place * MOST_CODES : (place + 1) * MOST_CODES]
    ]
    content = code_sheet(title=title, lead=_("扫码打开这一节的资源。"), labels=labels)
    response = HttpResponse(content, content_type=PDF)
    name = _("二维码-{title}.pdf").format(title=title)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


def parts_of(book: Textbook, count: int) -> list[tuple[str, str]]:
    """The documents that the codes of so many chapters take: the title of each and its address."""
    address = reverse("textbooks:codes", args=[book.uuid])
    if count <= MOST_CODES:
        return [(book.title, address)]
    return [
        (
            _("{title}（第 {first}–{last} 个章节）").format(
                title=book.title, first=first + 1, last=min(first + MOST_CODES, count)
            ),
            f"{address}?part={first // MOST_CODES + 1}",
        )
        for first in range(0, count, MOST_CODES)
    ]
