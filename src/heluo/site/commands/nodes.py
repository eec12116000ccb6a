"""`heluo nodes`"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand

if TYPE_CHECKING:  # models may be imported only once Django is set up
    from heluo.kernel.actors.public import Actor
    from heluo.kernel.nodes.public import NodeFacts


@click.group()
def command() -> None:
    """其他节点：申请接入、批准、列出，更换本节点的密钥。

    Other nodes: ask to be let in, let in, list; change the key of this node.
    """


@contextmanager
def _platform() -> Iterator["Actor"]:
    with platform_at_hand(read_environment(), say):
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415  # needs Django
        from heluo.kernel.nodes.public import Permission  # noqa: PLC0415

        try:
            yield platform_actor("heluo nodes", [Permission.MANAGE])
        except Refusal as refusal:
            raise refused(refusal) from None


@command.command(short_help="申请接入一个节点 / ask a node to let this one in")
@click.argument("hub_url")
@click.option(
    "--fingerprint", default="", help="对方告知的密钥指纹，不符则不申请 / what the other side said its key is."
)
def join(hub_url: str, fingerprint: str) -> None:
    """向 HUB_URL 的节点申请接入。对方的运维人员批准后，本节点每分钟与它交换消息。

    Ask the node at HUB_URL to let this one in. Once an operator there has approved, this node exchanges messages with
    it each minute.
    """
    if read_environment().node_tier is None:
        raise click.ClickException(
            "请先设置 NODE_TIER（city、county 或 school），对方据此知道本节点是谁的\n"
            "set NODE_TIER first (city, county or school): the other side is told whose node this is"
        )
    with _platform() as by:
        from heluo.kernel.clock.public import now  # noqa: PLC0415  # needs Django
        from heluo.kernel.nodes.public import join_hub, keys_of, own_keys  # noqa: PLC0415

        node = join_hub(by=by, address=hub_url, fingerprint=fingerprint, now=now())
        theirs, ours = keys_of(node)[0].fingerprint, own_keys()[0].fingerprint
    click.echo(f"已申请接入 / asked to be let in: {node.name} ({node.domain})")
    click.echo(f"对方密钥指纹 / their key:  {theirs}")
    click.echo(f"本节点密钥指纹 / our key: {ours}")
    click.echo("请与对方互相核对指纹 / compare both fingerprints with the other side")


@command.command(short_help="批准一个节点接入 / let a node in")
@click.argument("domain")
@click.option("--fingerprint", required=True, help="申请者告知的密钥指纹 / what the node said its key is.")
def approve(domain: str, fingerprint: str) -> None:
    """批准域名 DOMAIN 的节点接入，指纹须与它的申请一致。

    Let the node DOMAIN in, if its request shows the key with this fingerprint.
    """
    with _platform() as by:
        from heluo.kernel.clock.public import now  # noqa: PLC0415  # needs Django
        from heluo.kernel.nodes.public import approve_request, waiting_requests  # noqa: PLC0415

        plain = "".join(fingerprint.split()).lower()
        waiting = [one for one in waiting_requests().filter(domain=domain) if one.fingerprint.replace(" ", "") == plain]
        if not waiting:
            raise click.ClickException(f"{domain} 没有用这把密钥申请 / {domain} did not ask with this key")
        node = approve_request(by=by, request=waiting[0], now=now())
    click.echo(f"已批准 / approved: {node.name} ({node.domain})")


@command.command(name="list", short_help="列出其他节点 / list the other nodes")
@click.option("--json", "as_json", is_flag=True, help="给程序读 / for programs.")
def listed(as_json: bool) -> None:  # a flag
    """列出其他节点和等待批准的申请 / list the other nodes and who asks to be let in."""
    with _platform():
        from heluo.kernel.nodes.public import facts_of, nodes, waiting_requests  # noqa: PLC0415  # needs Django

        found = [_told(facts) for facts in facts_of(nodes())]
        asking = [
            {
                "domain": one.domain,
                "name": one.name,
                "fingerprint": one.fingerprint,
                "asked_at": one.asked_at.isoformat(),
            }
            for one in waiting_requests()
        ]
    if as_json:
        click.echo(json.dumps({"nodes": found, "requests": asking}, ensure_ascii=False))
        return
    for node in found:
        click.echo(
            f"{node['domain']}  {node['name']}  {node['standing']}  {node['contact_at'] or '—'}  {node['waiting']}"
        )
    for one in asking:
        click.echo(f"{one['domain']}  {one['name']}  等待批准 / waits for approval  {one['fingerprint']}")
    if not found and not asking:
        click.echo("没有其他节点 / no other nodes")


@command.command(name="rotate-key", short_help="更换本节点的密钥 / change the key of this node")
@click.option(
    "--revoke", is_flag=True, help="旧密钥可能泄露，一并吊销 / the old key may be in other hands: revoke it too."
)
def rotate(revoke: bool) -> None:  # a flag
    """换一把新密钥，用旧密钥签名通知其他节点。

    Sign with a new key from now on. The other nodes learn of it at the next exchange, by the old key's word.
    """
    with _platform() as by:
        from heluo.kernel.clock.public import now  # noqa: PLC0415  # needs Django
        from heluo.kernel.nodes.public import rotate_key  # noqa: PLC0415

        made = rotate_key(by=by, revoke=revoke, now=now())
    click.echo(f"新密钥指纹 / new key: {made.fingerprint}")


def _told(facts: "NodeFacts") -> dict[str, object]:
    node = facts.node
    return {
        "domain": node.domain,
        "name": node.name,
        "tier": node.tier,
        "version": node.version,
        "standing": node.standing,
        "contact_at": node.contact_at.isoformat() if node.contact_at else None,
        "waiting": facts.waiting,
        "oldest_at": facts.oldest_at.isoformat() if facts.oldest_at else None,
        "in_trouble": facts.in_trouble,
        "troubles": facts.troubles,
        "failures": node.failures,
    }
