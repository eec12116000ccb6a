"""Refusals: every expected "no" is a type with a status and a sentence; anything else is a bug."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """An expected refusal. Subclasses set `status`, `code` and `message`; a message may hold `{fields}`.

    `field` names the form field or API property at fault, when there is one. The message says what is wrong and
    what to do, in Chinese with an English translation.
    """

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("现在不能这样做。")
    errors: Sequence[dict[str, str]] = ()
    """Where one refusal stands for several faults: each with `field`, `detail`, `code`, and of a table `cell`, as the
    API lists them."""

    def __init__(self, *, field: str | None = None, **details: object) -> None:
        self.field = field
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message).format(**self.details)


class NotAllowed(Refusal):
    status = 403
    code = "not_allowed"
    message = _("您没有做这件事的权限。如果工作需要，请联系本单位管理员。")


class NotFound(Refusal):
    """Not there, or not yours: the two look the same."""

    status = 404
    code = "not_found"
    message = _("没有找到您要的内容。它可能已被移走，或者您没有查看它的权限。")


class SignInNeeded(Refusal):
    status = 401
    code = "sign_in_needed"
    message = _("请先登录。")


class Invalid(Refusal):
    """What was sent cannot be taken as it is."""

    status = 422
    code = "invalid"
    message = _("填写的内容有误。")


@contextmanager
def refused_as(
    refusal: type[Refusal], *, constraint: str, field: str | None = None, **details: object
) -> Iterator[None]:
    """Turn the database's "no" to one named constraint into the typed refusal; let every other error pass.

    Opens a savepoint, so that the caller's transaction stays usable after the refusal.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        if diagnostics is not None and diagnostics.constraint_name == constraint:
            raise refusal(field=field, **details) from error
        raise
