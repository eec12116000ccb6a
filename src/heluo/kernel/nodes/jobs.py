"""Asking the nodes that wait to be asked: this one may be where nobody can reach it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task
from heluo.kernel.nodes.actions import ask_node, claim_due, forget_messages
from heluo.kernel.nodes.models import Node


@task(name="nodes.ask", title=_("与其他节点交换消息"), idempotent=True)
def ask(*, node_id: int) -> None:
    ask_node(node=Node.objects.get(pk=node_id), now=now())


@pulse(every=5, title=_("查看该联系哪些节点"))
def look() -> None:
    with transaction.atomic():
        ask.defer_many({"node_id": node_id} for node_id in claim_due(now=now()))


@pulse(every=86400, title=_("清理已处理的节点消息"))
def forget() -> None:
    forget_messages(now=now())
