"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.nodes.access import Permission


class NodesApp(HeluoApp):
    name = "heluo.kernel.nodes"
    label = "nodes"
    manifest = Manifest(
        title=_("节点"),
        grants={Role.OPERATOR: {Permission.MANAGE}},
        navigation=(
            NavigationEntry(
                title=_("节点"),
                route="nodes:nodes",
                icon="sitemap",
                place=Place.OPERATIONS,
                may=Permission.MANAGE,
                order=55,
            ),
        ),
        deeds={
            "nodes.join_asked": _("申请接入其他节点"),
            "nodes.join_approved": _("批准了节点接入"),
            "nodes.card_trusted": _("按带来的名片接入了节点"),
            "nodes.join_refused": _("没有批准节点接入"),
            "nodes.ended": _("停止了与节点的往来"),
            "nodes.key_rotated": _("更换了本节点的密钥"),
            "nodes.key_announced": _("收到了节点更换密钥的通知"),
            "nodes.key_revoked": _("吊销了节点的密钥"),
            "nodes.message_retried": _("重试了其他节点的消息"),
        },
        kinds={"node": _("节点")},
        actors={
            "nodes": _("节点之间的交换"),
            "heluo nodes": _("命令行：节点"),
        },
    )
