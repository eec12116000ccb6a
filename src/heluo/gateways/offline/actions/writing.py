"""A package is ordered first: what goes into it is settled and lies in the data folder. Then it is written, part by
part, and goes on where it was interrupted, however that happened. The manifest comes last: without it there is none.
"""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from pydantic import BaseModel

from heluo.engines.catalogue.public import ToldLine
from heluo.gateways.offline.access import Permission
from heluo.gateways.offline.enums import PackageState
from heluo.gateways.offline.errors import (
    ContentLost,
    NoAcknowledgement,
    NothingChosen,
    PartSizeRefused,
    TargetFull,
    TargetGone,
    TooMuchChosen,
)
from heluo.gateways.offline.models import Item, Package
from heluo.gateways.offline.parts import is_whole, length_of, settle, tape, write_parts
from heluo.gateways.offline.protocol import (
    CONTENTS,
    LARGEST_PART,
    LEAST_PART,
    MANIFEST,
    MOST_MEMBERS,
    POST,
    RECORDS,
    Member,
    Part,
    part_name,
)
from heluo.gateways.offline.queries import (
    acknowledged,
    chosen_entries,
    contents_carried,
    entries_carried,
    entries_had,
    lines_to_carry,
    next_number,
)
from heluo.gateways.offline.selection import Chosen
from heluo.gateways.offline.shapes import records_of
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.files.storage import StorageTrouble, current_storage
from heluo.kernel.nodes.models import Node
from heluo.kernel.nodes.public import ANYBODY, Standing, card_for, node_called, post_for, sign_carried
from heluo.kernel.transfers.public import contents_for

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NUMBER_LOCK = 0x0FF11E
ITEMS_AT_ONCE = 2000
Say = Callable[[str], None]


class _Plan(BaseModel):
    """What a package that is being written will hold."""

    members: list[Member]


def order_package(
    *,
    by: Actor,
    to: str,
    chosen: Chosen,
    target: Path,
    part_size: int,
    since_last: bool = False,
    now: datetime,
) -> Package:
    """Settle what goes into a package for a node (or `ANYBODY`), unless the same was ordered before and interrupted.

    Only what everybody may see goes, and of its contents those that are here. `since_last`: not what the node told that
    it has. Refusals: NotAllowed, NotFound, NoAcknowledgement, PartSizeRefused, SetUnknown, NothingChosen,
    TooMuchChosen, TargetGone.
    """
    require(by, Permission.CARRY)
    if not LEAST_PART <= part_size <= LARGEST_PART:
        raise PartSizeRefused(field="part_size", least="64 KiB", most="4 GiB − 1")
    if since_last and to == ANYBODY:
        raise NoAcknowledgement
    node = None if to == ANYBODY else node_called(to)
    asked = {**chosen.written(), "since_last": since_last, "target": str(target), "part_size": part_size}
    unfinished = list(Package.objects.filter(state=PackageState.WRITING, node=to))
    for package in unfinished:
        if package.chosen == asked and _plan_file(package).is_file():
            return package
    package = Package(uuid=uuid4(), state=PackageState.WRITING, node=to, part_size=part_size, chosen=asked, made_at=now)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
            Package.objects.filter(pk__in=[before.pk for before in unfinished]).update(
                state=PackageState.DROPPED, ended_at=now
            )
            package.number = next_number()
            package.folder = str(target / f"heluo-{settings.NODE_DOMAIN}-{package.number}")
            _settle(by, package, node, chosen, since_last=since_last, now=now)
    except BaseException:
        shutil.rmtree(plan_folder(package), ignore_errors=True)
        raise
    for before in unfinished:
        shutil.rmtree(plan_folder(before), ignore_errors=True)
    return package


def _settle(by: Actor, package: Package, node: Node | None, chosen: Chosen, *, since_last: bool, now: datetime) -> None:
    """Note what goes into a package, and lay it ready. A content is named by its hash: it lies in the store."""
    has = acknowledged(package.node) if since_last else Package.objects.none()
    package.base = has.aggregate(newest=Max("number"))["newest"] or 0
    package.save()
    folder = plan_folder(package)
    (folder / RECORDS).mkdir(parents=True)
    members: list[Member] = []
    if node is not None and node.standing == Standing.ACTIVE:
        post = post_for(node=node, now=now)
        package.messages = post.count
        said = json.dumps({"envelope": post.envelope, "messages": list(post.messages)}).encode()
        members.append(_kept(folder, POST, said))
    contents: dict[str, str] = {}
    for lines in _lines(package, chosen, has):
        members.append(_kept(folder, f"{RECORDS}{len(members) + 1:05d}.xml", records_of(lines)))
        Item.objects.bulk_create(
            [Item(package=package, entry=line.identifier, version=_version(line)) for line in lines]
        )
        package.entries += sum(line.entry is not None for line in lines)
        package.gone += sum(line.entry is None for line in lines)
        for entry in (line.entry for line in lines if line.entry):
            contents.update({content.sha256: content.name for content in entry.contents if content.sha256})
    if not members:
        raise NothingChosen
    members += _contents(package, contents, contents_carried(has))
    if len(members) > MOST_MEMBERS:
        raise TooMuchChosen(limit=MOST_MEMBERS)
    package.size = length_of(members)
    package.save()
    _plan_file(package).write_text(_Plan(members=members).model_dump_json())
    details = {
        "to": package.node,
        "entries": package.entries,
        "contents": package.contents,
        "size": package.size,
    }
    record(by=by, at=now, deed="offline.package_ordered", subject=subject_of(package), details=details)


def _lines(package: Package, chosen: Chosen, has: QuerySet[Package]) -> Iterator[list[ToldLine]]:
    """What is chosen, and the end of what went there before; not what the reader told that it has."""
    known, told = entries_had(has), entries_carried(package.node)
    wanted = dict.fromkeys(chosen_entries(chosen)) | dict.fromkeys(told)
    for lines in lines_to_carry(wanted):
        fresh = [
            line
            for line in lines
            if known.get(line.identifier) != _version(line) and (line.entry is not None or line.identifier in told)
        ]
        if fresh:
            yield fresh


def _contents(package: Package, named: Mapping[str, str], has: set[str]) -> Iterator[Member]:
    """The contents that are here and that may be given; the others are noted."""
    hashes = sorted(set(named) - has)
    for first in range(0, len(hashes), ITEMS_AT_ONCE):
        batch = hashes[first : first + ITEMS_AT_ONCE]
        here = contents_for(batch, domain=package.node)
        package.left_out += [{"name": named[one], "reason": "not_here"} for one in batch if one not in here]
        Item.objects.bulk_create([Item(package=package, content=one) for one in here])
        package.contents += len(here)
        for one in batch:
            if one in here:
                yield Member(path=f"{CONTENTS}{one}", size=here[one].size, sha256=one, name=named[one][:300])


def _version(line: ToldLine) -> int:
    return line.entry.version if line.entry else 0


def _kept(folder: Path, path: str, content: bytes) -> Member:
    (folder / path).write_bytes(content)
    return Member(path=path, size=len(content), sha256=sha256(content).hexdigest())


def write_package(*, by: Actor, package: Package, say: Say = lambda _text: None, now: datetime) -> Path:
    """Write what was ordered, or the rest of it; where it lies. Parts that are whole stay, once they are read again.

    Refusals: NotAllowed, TargetFull, TargetGone, ContentLost, OwnKeyMissing.
    """
    require(by, Permission.CARRY)
    members = _Plan.model_validate_json(_plan_file(package).read_bytes()).members
    target, folder = Path(package.folder), plan_folder(package)
    with _told_in_words(target):
        target.mkdir(parents=True, exist_ok=True)
        parts = _written_before(target, _progress(package))
        pieces = tape(
            members,
            opened=partial(_opened, folder),
            at=len(parts) * package.part_size,
            written_at=int(package.made_at.timestamp()),
        )
        count = -(-length_of(members) // package.part_size)
        with _progress(package).open("w") as progress:
            progress.writelines(f"{part.model_dump_json()}\n" for part in parts)
            for number, part in write_parts(target, pieces, size=package.part_size, first=len(parts) + 1):
                parts.append(part)
                progress.write(f"{part.model_dump_json()}\n")
                progress.flush()
                say(f"{part_name(number)}  {number} / {count}")
        _sign(package, members, parts, target, now=now)
    with transaction.atomic():
        package.state, package.ended_at = PackageState.WRITTEN, now
        package.save(update_fields=["state", "ended_at"])
        record(by=by, at=now, deed="offline.package_written", subject=subject_of(package), details={"to": package.node})
    shutil.rmtree(folder, ignore_errors=True)
    return target


def _sign(package: Package, members: Sequence[Member], parts: Sequence[Part], target: Path, *, now: datetime) -> None:
    body = {
        "form": "heluo-package-1",
        "package": str(package.uuid),
        "number": package.number,
        "base": package.base,
        "card": card_for(to=package.node, now=now),
        "part_size": package.part_size,
        "parts": [part.model_dump() for part in parts],
        "members": [member.model_dump() for member in members],
        "entries": package.entries,
        "gone": package.gone,
    }
    draft = target / f".{MANIFEST}.draft"
    with draft.open("w") as out:
        out.write(sign_carried(to=package.node, body=body, now=now))
        out.flush()
        os.fsync(out.fileno())
    settle(draft, target / MANIFEST)


def _written_before(target: Path, progress: Path) -> list[Part]:
    """The parts that an interrupted writing has left whole, up to the first that is not."""
    parts: list[Part] = []
    for line in progress.read_text().splitlines() if progress.is_file() else ():
        try:
            part = Part.model_validate_json(line)
        except ValueError:  # the line itself was cut off
            break
        if not is_whole(target, len(parts) + 1, part):
            break
        parts.append(part)
    return parts


def _opened(folder: Path, member: Member) -> Iterator[bytes]:
    if not member.path.startswith(CONTENTS):
        yield (folder / member.path).read_bytes()
        return
    try:
        yield from current_storage().read(member.sha256)
    except (StorageTrouble, OSError):
        raise ContentLost(name=member.shown) from None


@contextmanager
def _told_in_words(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise TargetFull(folder=target) from None
        raise TargetGone(folder=target, why=error.strerror or str(error)) from None


def plan_folder(package: Package) -> Path:
    return Path(settings.DATA) / "offline" / str(package.uuid)


def _plan_file(package: Package) -> Path:
    return plan_folder(package) / "plan.json"


def _progress(package: Package) -> Path:
    return plan_folder(package) / "parts.jsonl"


def subject_of(package: Package) -> Subject:
    return Subject(
        kind="offline_package", id=str(package.uuid), title=f"{package.node} · {package.number}", path=WHOLE_TREE
    )
