"""Refusals of the pages themselves."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class BadCursor(Refusal):
    """A position in a list that was not made by us, or for another order of the list."""

    status = 400
    code = "bad_cursor"
    message = _("这个列表位置已经失效，请从第一页重新看起。")
