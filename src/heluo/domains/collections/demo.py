"""This app's share of the demo: a teacher's collection for a class, and one that everybody may see."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from heluo.domains.collections.actions import collect, propose_publication, share_collection, start_collection
from heluo.domains.collections.enums import KIND, SharedWith
from heluo.domains.collections.models import Collection
from heluo.domains.collections.queries import classes_to_share
from heluo.engines.catalogue.public import find_entries
from heluo.engines.process.public import complete_item, work_of
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.people.models import Account

AUTHOR, REVIEWER = "teacher1", "reviewer1"
FOR_CLASS = "demo/for-class"
FOR_ALL = "demo/for-all"


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Collect some of the demo's lessons; does nothing twice."""
    del size
    at = now - timedelta(days=2)
    author, reviewer = (_account(name, now) for name in (AUTHOR, REVIEWER))
    if not _is_there(FOR_CLASS):
        made = _filled(
            author,
            FOR_CLASS,
            title="分数复习单",
            description="课前自己看一遍，课上再讨论。",
            words="分数",
            notes=("先看前半段，想一想为什么要平均分。", "做完再对答案。"),
            now=at,
        )
        klass = classes_to_share(author, on=local_day(now))[0]
        share_collection(by=author, collection=made, reach=SharedWith.KLASS, klass=klass, now=at)
        say(made.title)
    if not _is_there(FOR_ALL):
        made = _filled(
            author,
            FOR_ALL,
            title="古诗诵读一组",
            description="适合晨读，每天一首。",
            words="古诗",
            notes=("跟着读两遍。",),
            now=at,
        )
        instance = propose_publication(by=author, collection=made, now=at)
        complete_item(by=reviewer, item=work_of(instance).get(), answers={"outcome": "publish"}, now=at)
        say(made.title)


def _is_there(local_id: str) -> bool:
    return Collection.objects.filter(uuid=mint_identifier(KIND, local_id)).exists()


def _filled(
    author: Actor, local_id: str, *, title: str, description: str, words: str, notes: Sequence[str], now: datetime
) -> Collection:
    made = start_collection(by=author, title=title, description=description, local_id=local_id, now=now)
    found = find_entries(actor=author, text=words, kinds=("resource",), size=4).items
    for place, entry in enumerate(found):
        note = notes[place] if place < len(notes) else ""
        collect(by=author, collection=made, entry=entry.uuid, note=note, now=now)
    return made


def _account(username: str, now: datetime) -> Actor:
    return actor_for(Account.objects.select_related("person").get(username=username), on=local_day(now))
