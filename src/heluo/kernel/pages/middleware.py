"""A refusal that no page caught becomes an answer people and programs can read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.pages.refusals import answer


class AnswerRefusals:
    """Turn a `Refusal` raised by a page into the page, notice or problem document of its status.

    Refusals of other middleware's `process_view` do not pass here; those call `refusals.answer` themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if isinstance(error, Refusal) else None
