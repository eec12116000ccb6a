"""Asking before a deed that is hard to take back, once for all pages and with or without scripts.

The page that offers the deed shows `components/confirm.html` with the `Question`; the page that does it begins with

    if asked := ask_first(request, question, back=reverse("operations:job", args=[number])):
        return asked

A browser with scripts asks in a dialog and sends the answer along; without scripts the first click leads to a page
that asks, and the second click does it.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from heluo.kernel.pages.fragments import page_response

CONFIRMED = "confirmed"
"""The field that says the visitor was asked. `frontend/src/confirm.ts` sends it too."""
SECRET = "csrfmiddlewaretoken"  # noqa: S105  # a field's name


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a title that names the thing, what follows from it, and the button's verb."""

    title: str | Promise
    verb: str | Promise
    text: str | Promise = ""
    icon: str = ""
    look: str = "btn-outline-danger"


def ask_first(request: HttpRequest, question: Question, *, back: str) -> HttpResponse | None:
    """The page that asks, carrying on whatever was sent; None once the visitor has said yes."""
    if CONFIRMED in request.POST:
        return None
    sent = [(name, value) for name, values in request.POST.lists() if name != SECRET for value in values]
    context = {"heading": question.title, "question": question, "sent": sent, "confirmed": CONFIRMED, "back": back}
    return page_response(request, "pages/question.html", context)
