"""Files that people order and jobs make: written, kept, given up where that fails, let go after some days."""

from collections.abc import Callable
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, TypeVar

from django.db import transaction

from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import now as present
from heluo.kernel.files.actions.storing import store_file
from heluo.kernel.files.enums import FileKind, OrderState
from heluo.kernel.files.models import OrderedFile

KEPT_FOR = timedelta(days=7)
"""How long an ordered file lies ready: it is a copy of data that goes on changing."""
Order = TypeVar("Order", bound=OrderedFile)


def make_ordered(
    *,
    by: Actor,
    order: Order,
    name: str,
    write: Callable[[IO[bytes]], None],
    done: Callable[[Order], None],
    now: datetime,
) -> None:
    """Write a file that was ordered and put it where whoever ordered it can fetch it; `done` tells audit and listeners.

    An order that is no longer waiting is left alone, so that the job may run twice. Where writing fails the order is
    given up, another may then be made, and the error goes on to the job.
    """
    if order.state != OrderState.WAITING:
        return
    try:
        with TemporaryFile() as written:
            write(written)
            written.seek(0)
            _keep(by=by, order=order, name=name, content=written, done=done, now=now)
    except Exception:
        _give_up(order=order, now=present())
        raise


@transaction.atomic
def _keep(
    *, by: Actor, order: Order, name: str, content: IO[bytes], done: Callable[[Order], None], now: datetime
) -> None:
    file = store_file(by=by, name=name, content=content, wanted=(FileKind.PACKAGE,), now=now)
    fresh = type(order)._base_manager.select_for_update(of=("self",)).get(pk=order.pk)  # noqa: SLF001  # documented name
    if fresh.state != OrderState.WAITING:
        return
    fresh.state, fresh.file, fresh.done_at = OrderState.READY, file, now
    fresh.save(update_fields=["state", "file", "done_at"])
    done(fresh)


@transaction.atomic
def _give_up(*, order: OrderedFile, now: datetime) -> None:
    waiting = type(order)._base_manager.filter(pk=order.pk, state=OrderState.WAITING)  # noqa: SLF001  # documented name
    waiting.update(state=OrderState.FAILED, done_at=now)


@transaction.atomic
def expire_orders(kind: type[OrderedFile], *, now: datetime) -> int:
    """Let go of the files that lay ready long enough; the store discards what nobody points to. How many."""
    ready = kind._base_manager.filter(state=OrderState.READY, done_at__lte=now - KEPT_FOR)  # noqa: SLF001  # documented
    return ready.update(state=OrderState.EXPIRED, file=None)
