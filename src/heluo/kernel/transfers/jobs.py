"""Background entry points: bringing what is wanted, some pieces per job."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task
from heluo.kernel.transfers.access import Permission
from heluo.kernel.transfers.actions import ask_which, claim_due, fetch_copy

ACTOR = platform_actor("transfers", {Permission.FETCH})


@task(name="transfers.ask_which", title=_("询问来源平台有哪些文件"), idempotent=True)
def ask(*, domain: str, keys: list[int]) -> None:
    fetch.defer_many({"key": key} for key in ask_which(by=ACTOR, domain=domain, keys=keys, now=now()))


@task(name="transfers.fetch", title=_("从其他平台取回文件"), idempotent=True)
def fetch(*, key: int) -> None:
    """A large content makes room for others now and then."""
    if fetch_copy(by=ACTOR, key=key, now=now()):
        fetch.defer(key=key)


@pulse(every=15, title=_("查看该取回哪些文件"))
def look() -> None:
    with transaction.atomic():
        due = claim_due(now=now())
        ask.defer_many({"domain": domain, "keys": keys} for domain, keys in due.items())
