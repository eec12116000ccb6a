"""A package is believed, then read to the last byte, and only then applied: contents first, then the entries that name
them, then messages. Every step may be repeated, so that one that was interrupted is simply begun again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from heluo.gateways.harvesting.public import Source, carried_source, records_here, records_in, take_carried
from heluo.gateways.offline.access import Permission
from heluo.gateways.offline.actions.writing import subject_of
from heluo.gateways.offline.enums import PackageState
from heluo.gateways.offline.errors import (
    BaseMissing,
    ManifestMalformed,
    MuchWouldGo,
    NoOrganisation,
    NotAPackage,
    NumberReused,
    OlderPackage,
)
from heluo.gateways.offline.models import Package
from heluo.gateways.offline.parts import Place, Stick
from heluo.gateways.offline.protocol import CONTENTS, MANIFEST, MOST_MANIFEST_BYTES, POST, RECORDS, Manifest
from heluo.gateways.offline.queries import last_read
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.files.errors import StorageAway, StorageFull
from heluo.kernel.nodes.crypto import unproven
from heluo.kernel.nodes.models import Node
from heluo.kernel.nodes.public import Message, Post, read_carried, send_message, take_post, trust_card
from heluo.kernel.organisations.public import node_organisation
from heluo.kernel.transfers.public import held_of, keep_copy

TAKEN = "offline.package_taken"
"""The message by which whoever wrote a package hears that it was taken."""
FEW, SHARE = 20, 20
"""A package may retire so many entries, or so many in a hundred, without somebody being asked."""
LARGEST_RECORDS = 64 * 1024 * 1024
Say = Callable[[str], None]


@dataclass(slots=True)
class Read:
    """What came of a package."""

    package: Package
    was_here: bool = False
    new: int = 0
    changed: int = 0
    held: int = 0
    retired: int = 0
    contents: int = 0
    left_out: list[dict[str, str]] = field(default_factory=list)


def read_package(
    *,
    by: Actor,
    folder: Path,
    fingerprint: str = "",
    allow_deletions: bool = False,
    say: Say = lambda _text: None,
    now: datetime,
) -> Read:
    """Take a package in. Nothing of it is applied unless all of it is right.

    `fingerprint`: of a node that is not known yet; its card is in the package, and is believed by this word. Refusals:
    NotAllowed, NotAPackage, ExchangeRefused and those of `trust_card`, OlderPackage, NumberReused, BaseMissing,
    PartMissing, PartDamaged, ContentForged, MuchWouldGo, NoOrganisation, StorageFull, StorageAway.
    """
    require(by, Permission.CARRY)
    token = _manifest(folder)
    if fingerprint:
        trust_card(by=by, token=_card(token), fingerprint=fingerprint, now=now)
    node, manifest = read_carried(token=token, shape=Manifest, now=now)
    known = _in_its_turn(node, manifest)
    if known is not None and known.state == PackageState.APPLIED:
        return Read(known, was_here=True)
    stick = Stick(folder, manifest)
    say(f"{len(manifest.parts)} × part")
    stick.verify()
    source = _source(by, node, now)
    if not allow_deletions:
        _require_few_gone(source, manifest)
    read = Read(known or _begun(node, manifest, folder))
    _keep_contents(by, stick, read, now)
    for place in stick.places:
        if place.member.path.startswith(RECORDS):
            _take_records(by, source, _whole(stick, place), read, max(now, read.package.made_at))
    for place in stick.places:
        if place.member.path == POST:
            said = json.loads(_whole(stick, place))
            take_post(node=node, post=Post(said["envelope"], said["messages"]), now=now)
    _end(by, node, read, now)
    return read


def _manifest(folder: Path) -> str:
    place = folder / MANIFEST
    try:
        if place.stat().st_size > MOST_MANIFEST_BYTES:
            raise ManifestMalformed
        return place.read_text("ascii").strip()
    except OSError:
        raise NotAPackage(folder=folder) from None
    except UnicodeDecodeError:
        raise ManifestMalformed from None


def _card(token: str) -> str:
    return unproven(token, Manifest).card


def _in_its_turn(node: Node, manifest: Manifest) -> Package | None:
    """The row of this package, if reading it was begun before."""
    last = last_read(node.domain)
    if last is not None and last.uuid == manifest.package:
        return last
    if last is not None and last.number > manifest.number:
        raise OlderPackage(domain=node.domain, number=manifest.number, last=last.number)
    if last is not None and last.number == manifest.number:
        raise NumberReused(domain=node.domain, number=manifest.number)
    applied = Package.objects.filter(node=node.domain, state=PackageState.APPLIED)
    if manifest.base and not applied.filter(number=manifest.base).exists():
        raise BaseMissing(base=manifest.base)
    return None


def _source(by: Actor, node: Node, now: datetime) -> Source:
    organisation = node_organisation()
    if organisation is None:
        raise NoOrganisation
    return carried_source(by=by, domain=node.domain, name=node.name, organisation=organisation, now=now)


def _require_few_gone(source: Source, manifest: Manifest) -> None:
    here = records_here(source)
    if manifest.gone >= FEW and manifest.gone * 100 > SHARE * here:
        raise MuchWouldGo(gone=manifest.gone, here=here, domain=source.origin)


def _begun(node: Node, manifest: Manifest, folder: Path) -> Package:
    return Package.objects.create(
        uuid=manifest.package,
        state=PackageState.APPLYING,
        node=node.domain,
        number=manifest.number,
        base=manifest.base,
        folder=str(folder),
        part_size=manifest.part_size,
        entries=manifest.entries,
        gone=manifest.gone,
        contents=sum(member.path.startswith(CONTENTS) for member in manifest.members),
        size=sum(part.size for part in manifest.parts),
        made_at=datetime.fromtimestamp(manifest.iat, UTC),
    )


def _keep_contents(by: Actor, stick: Stick, read: Read, now: datetime) -> None:
    """Keep what is not here yet. What this platform does not accept is left out and told."""
    places = [place for place in stick.places if place.member.path.startswith(CONTENTS)]
    here = held_of({place.member.sha256 for place in places})
    for place in places:
        member = place.member
        if member.sha256 in here:
            continue
        try:
            keep_copy(by=by, sha256=member.sha256, name=member.shown, content=stick.opened(place), now=now)
            read.contents += 1
        except (StorageFull, StorageAway):
            raise
        except Refusal as refusal:
            read.left_out.append({"name": member.shown, "reason": refusal.code})


def _take_records(by: Actor, source: Source, raw: bytes, read: Read, now: datetime) -> None:
    """At the time of the package at least: a box without a network may not know what time it is."""
    taken = take_carried(by=by, source=source, records=records_in(raw), now=now)
    read.new, read.changed = read.new + taken.new, read.changed + taken.changed
    read.held, read.retired = read.held + taken.held, read.retired + taken.retired


def _whole(stick: Stick, place: Place) -> bytes:
    if place.member.size > LARGEST_RECORDS:
        raise ManifestMalformed
    return stick.opened(place).read()


@transaction.atomic
def _end(by: Actor, node: Node, read: Read, now: datetime) -> None:
    package = read.package
    package.state, package.ended_at, package.left_out = PackageState.APPLIED, now, read.left_out
    package.save(update_fields=["state", "ended_at", "left_out"])
    told = {"package": str(package.uuid), "number": package.number}
    send_message(kind=TAKEN, to=node.domain, body=told, by=by, now=now)
    details = {"entries": package.entries, "contents": read.contents, "retired": read.retired, "held": read.held}
    record(by=by, at=now, deed="offline.package_read", subject=subject_of(package), details=details)


def note_taken(message: Message) -> None:
    """A node tells that it has taken a package of ours. One written for another node it cannot have taken."""
    written = Package.objects.filter(state=PackageState.WRITTEN, node=message.sender, acknowledged_at=None)
    try:
        written.filter(uuid=UUID(str(message.body.get("package")))).update(acknowledged_at=message.now)
    except ValueError:
        raise ManifestMalformed from None
