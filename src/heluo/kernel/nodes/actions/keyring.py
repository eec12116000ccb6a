"""A new key of one's own, told to everybody; and the end of somebody else's."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import WHOLE_TREE, Actor, platform_actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.crypto import key_id_in, proven, signed, unproven
from heluo.kernel.nodes.enums import TokenType
from heluo.kernel.nodes.errors import ExchangeRefused, KeyAlreadyRevoked
from heluo.kernel.nodes.keys import fresh_key, own_key
from heluo.kernel.nodes.models import Node, NodeKey, Outgoing, OwnKey
from heluo.kernel.nodes.vocabulary import MOST_KEYS, KeyClaims, MessageClaims
from heluo.kernel.signing.public import key_id_of, public_key_of, text_of

AT_ONCE = 500


@transaction.atomic
def rotate_key(*, by: Actor, revoke: bool, now: datetime) -> OwnKey:
    """Sign with a new key from now on; the other nodes learn of it at their next exchange, by the old key's word.

    `revoke`: the old key may be in other hands, so nothing it signs is to be believed any more. What waits to be sent
    is signed anew either way: it must hold though it arrives in a month.
    """
    require(by, Permission.MANAGE)
    old_id, old = own_key(now=now)
    former = OwnKey.objects.select_for_update().get(key_id=old_id)
    key = fresh_key()
    public, key_id = text_of(key.public_key()), key_id_of(key.public_key())
    announced = {"iss": settings.NODE_DOMAIN, "iat": int(now.timestamp()), "key": public, "revokes": revoke}
    former.retired_at = now
    former.revoked_at = now if revoke else None
    former.save(update_fields=["retired_at", "revoked_at"])
    made = OwnKey.objects.create(
        key_id=key_id,
        public=public,
        announcement=signed(announced, kind=TokenType.KEY, key_id=old_id, key=old),
        made_at=now,
    )
    list(Node.objects.select_for_update(no_key=True).order_by("pk"))  # nobody sends with the old key meanwhile
    last = 0
    while batch := list(Outgoing.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for message in batch:
            claims = unproven(message.token, MessageClaims).model_dump(mode="json")
            message.token = signed(claims, kind=TokenType.MESSAGE, key_id=key_id, key=key)
        Outgoing.objects.bulk_update(batch, ["token"])
        last = batch[-1].pk
    record(by=by, at=now, deed="nodes.key_rotated", subject=_self(), details={"fingerprint": made.fingerprint})
    return made


@transaction.atomic
def revoke_key(*, by: Actor, key: NodeKey, now: datetime) -> None:
    """Believe nothing any more that a key of another node signs. Refusal: KeyAlreadyRevoked."""
    require(by, Permission.MANAGE)
    locked = NodeKey.objects.select_for_update().filter(pk=key.pk).first()
    if locked is None:
        raise NotFound
    if locked.revoked_at is not None:
        raise KeyAlreadyRevoked
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    record(
        by=by,
        at=now,
        deed="nodes.key_revoked",
        subject=subject_of(key.node.domain, key.node.name),
        details={"fingerprint": locked.fingerprint},
    )


@transaction.atomic
def learn_keys(*, node: Node, announcements: list[str], now: datetime) -> None:
    """Take the new keys that another node announces, each by the word of a key that is believed already.

    The rest is passed over: a node announces its whole line of keys each time, and begins before we knew it.
    """
    if not announcements:
        return
    Node.objects.select_for_update(no_key=True).get(pk=node.pk)
    known = {key.key_id: key for key in NodeKey.objects.filter(node=node)}
    for token in announcements[:MOST_KEYS]:
        try:
            signer = known.get(key_id_in(token, kind=TokenType.KEY))
            if signer is None or signer.revoked_at is not None:
                continue
            said = proven(token, KeyClaims, public=signer.public)
            fresh = public_key_of(said.key)
        except (ExchangeRefused, ValueError):
            continue
        key_id = key_id_of(fresh)
        if said.iss != node.domain or key_id in known:
            continue
        known[key_id] = NodeKey.objects.create(node=node, key_id=key_id, public=said.key, known_since=now)
        if said.revokes:
            signer.revoked_at = now
            signer.save(update_fields=["revoked_at"])
        record(
            by=platform_actor("nodes", ()),
            at=now,
            deed="nodes.key_announced",
            subject=subject_of(node.domain, node.name),
            details={"fingerprint": known[key_id].fingerprint},
        )


def subject_of(domain: str, name: str) -> Subject:
    return Subject(kind="node", id=domain, title=name, path=WHOLE_TREE)


def _self() -> Subject:
    return subject_of(settings.NODE_DOMAIN, settings.NODE_NAME)
