"""This app's share of the demo: one open request, which the school is to answer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from heluo.domains.subject_rights.actions import ask_correction
from heluo.domains.subject_rights.models import Request
from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.people.models import Account
from heluo.kernel.people.public import wards_of

PARENT = "parent1"


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """The demo's parent asks for a birthday to be corrected; does nothing twice."""
    account = Account.objects.select_related("person").filter(username=PARENT, is_demo=True).first()
    if account is None or Request.objects.exists():
        return
    parent = account.person
    ward = wards_of(parent, on=local_day(now)).first()
    if ward is None or ward.child.born_on is None:
        return
    made = ask_correction(
        by=Actor(kind=ActorKind.PERSON, name=parent.name, person_id=parent.uuid),
        person=ward.child,
        holding="people.basics",
        fact="born_on",
        wanted=(ward.child.born_on + timedelta(days=1)).isoformat(),
        reason="示例：与出生医学证明相差一天",
        now=now - timedelta(hours=3),
    )
    say(f"个人信息申请：{made.label} 1 份")
