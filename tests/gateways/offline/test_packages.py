"""A package is written, read, refused."""

import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.domains.allocations.enums import Mark
from heluo.domains.allocations.models import Order, OrderItem
from heluo.domains.textbooks.models import Chapter
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import EntryDraft, publish_entries
from heluo.gateways.harvesting.models import Arrival, Source
from heluo.gateways.offline.access import CARRIER
from heluo.gateways.offline.actions import note_taken, order_package, read_package, write_package, writing
from heluo.gateways.offline.enums import PackageState
from heluo.gateways.offline.errors import (
    BaseMissing,
    ContentLost,
    MuchWouldGo,
    NoAcknowledgement,
    NotAPackage,
    NothingChosen,
    NumberReused,
    OlderPackage,
    OrderUnknown,
    PartDamaged,
    PartMissing,
    SetUnknown,
    TargetFull,
    TargetGone,
)
from heluo.gateways.offline.models import Item, Package
from heluo.gateways.offline.parts import tape
from heluo.gateways.offline.protocol import MANIFEST, part_name
from heluo.gateways.offline.selection import Chosen
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.files.storage import current_storage
from heluo.kernel.nodes.enums import Fault
from heluo.kernel.nodes.errors import ExchangeRefused, OtherFingerprint
from heluo.kernel.nodes.models import Node, NodeKey, Outgoing, Trouble
from heluo.kernel.nodes.public import Message
from heluo.kernel.transfers.models import Copy
from tests.domains.textbooks.conftest import TREE, imported
from tests.engines.catalogue.conftest import tell
from tests.factories import a_bureau, a_person
from tests.gateways.offline.conftest import ALL, BOX, HUB, KEEPER, NOW, Desk, states

pytestmark = pytest.mark.django_db


def files(folder: Path) -> dict[str, bytes]:
    return {place.name: place.read_bytes() for place in folder.iterdir()}


def nothing_applied() -> bool:
    return not (Arrival.objects.exists() or Copy.objects.exists() or Package.objects.filter(state="applied").exists())


def test_what_everybody_may_see_goes_there_with_its_files(desk: Desk) -> None:
    desk.publish(1, 2, 3)
    folder = desk.export()
    assert folder.name == f"heluo-{HUB}-1"
    written = Package.objects.get()
    assert (written.entries, written.contents, written.gone, written.left_out) == (3, 3, 0, [])
    assert set(files(folder)) == {MANIFEST, *(part_name(number + 1) for number in range(len(files(folder)) - 1))}
    read = desk.take(folder)
    assert (read.contents, read.left_out, read.held) == (3, [], 0)
    assert Arrival.objects.filter(origin=HUB, is_gone=False).count() == 3
    source = Source.objects.get()
    assert (source.origin, source.is_active) == (HUB, False)
    with desk.at(BOX):
        for copy in Copy.objects.all():
            assert current_storage().has(copy.sha256)
    again = desk.take(folder, trusting=False)
    assert again.was_here
    assert Package.objects.filter(state=PackageState.APPLIED).count() == 1


def test_standard_tools_read_a_package(desk: Desk) -> None:
    desk.publish(1)
    folder = desk.export()
    together = b"".join(place.read_bytes() for place in sorted(folder.glob("part-*.bin")))
    told = subprocess.run(["tar", "t"], input=together, capture_output=True, check=True).stdout.decode().split()
    assert [one.partition("/")[0] for one in told] == ["records", "contents"]


def test_a_set_and_single_entries_are_chosen_and_an_unknown_set_is_refused(desk: Desk) -> None:
    desk.publish(1, 2)
    with desk.at(HUB):
        assert desk.order(Chosen(entries=(UUID(int=2),))).entries == 1
        assert desk.order(Chosen(sets=("subject:14",))).entries == 2
        with pytest.raises(SetUnknown):
            desk.order(Chosen(sets=("subject:99",)))
        with pytest.raises(NothingChosen):
            desk.order(Chosen(entries=(UUID(int=9),)))
        with pytest.raises(NoAcknowledgement):
            desk.order(since_last=True)
    assert len(list((desk.disk.parent / HUB / "offline").iterdir())) == 1, "what was refused or dropped left nothing"


def test_what_an_allocation_order_a_collection_or_a_chapter_holds_is_chosen(desk: Desk) -> None:
    desk.publish(1, 2, 3)
    order = Order.objects.create(
        uuid=UUID(int=70), organisation=desk.school, title="送往教学点", mark=Mark.REQUIRED, made_at=NOW
    )
    imported(a_person(Role.PROVINCE_ADMIN, a_bureau("410000")).actor, *TREE)
    unit = Chapter.objects.get(number="1").uuid
    entries = dict(Entry.objects.values_list("uuid", "pk"))
    OrderItem.objects.create(order=order, entry_id=entries[UUID(int=3)], position=1)
    OrderItem.objects.create(order=order, entry_id=entries[UUID(int=1)], position=2)
    with desk.at(HUB):
        publish_entries(
            by=KEEPER,
            drafts={
                UUID(int=80): EntryDraft(
                    kind="collection",
                    title="示例资源集",
                    organisation_id=desk.school.pk,
                    licence="CC-BY-4.0",
                    creator_name="示例教师",
                    payload={"version": 1, "items": [{"identifier": str(UUID(int=2)), "note": ""}]},
                ),
                UUID(int=81): EntryDraft(
                    kind="resource",
                    title="挂在章节上的一课",
                    organisation_id=desk.school.pk,
                    licence="CC-BY-4.0",
                    creator_name="示例教师",
                    facets={"chapter": [str(unit)]},
                    payload={"version": 1},
                ),
            },
            now=NOW,
        )
        tell()
        assert carried(desk.order(Chosen(orders=(order.uuid,)))) == {UUID(int=1), UUID(int=3)}
        assert carried(desk.order(Chosen(collections=(UUID(int=80),)))) == {UUID(int=2)}
        assert carried(desk.order(Chosen(chapters=(unit,)))) == {UUID(int=81)}
        with pytest.raises(OrderUnknown):
            desk.order(Chosen(orders=(UUID(int=71),)))


def carried(package: Package) -> set[UUID]:
    return set(Item.objects.filter(package=package, entry__isnull=False).values_list("entry", flat=True))


def test_only_operators_carry(desk: Desk) -> None:
    desk.publish(1)
    with desk.at(HUB):
        with pytest.raises(NotAllowed):
            order_package(by=PUBLIC_ACTOR, to="any", chosen=ALL, target=desk.disk, part_size=2**20, now=NOW)
        with pytest.raises(NotAllowed):
            write_package(by=PUBLIC_ACTOR, package=desk.order(), now=NOW)
    folder = desk.export()
    with desk.at(BOX), pytest.raises(NotAllowed):
        read_package(by=PUBLIC_ACTOR, folder=folder, now=NOW)


@pytest.mark.parametrize("seed", range(4))
def test_one_flipped_byte_names_the_part_and_the_content_and_nothing_is_applied(desk: Desk, seed: int) -> None:
    desk.publish(1, 2, 3)
    folder = desk.export()
    chance = Random(seed)  # noqa: S311  # a repeatable place
    parts = sorted(folder.glob("part-*.bin"))
    number = chance.randrange(len(parts)) + 1
    place = folder / part_name(number)
    content = bytearray(place.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    place.write_bytes(content)
    with pytest.raises(PartDamaged) as refused:
        desk.take(folder)
    assert refused.value.details["number"] == number
    assert f"第 {number} 卷" in str(refused.value)
    assert nothing_applied()


def test_a_flipped_byte_in_a_file_names_the_file(desk: Desk) -> None:
    desk.publish(1)
    folder = desk.export()
    place = folder / part_name(1)
    content = bytearray(place.read_bytes())
    content[-40] ^= 1
    place.write_bytes(content)
    with pytest.raises(PartDamaged) as refused:
        desk.take(folder)
    assert refused.value.details["contents"] == "教案1.txt"


def test_a_missing_part_is_named_with_its_size(desk: Desk) -> None:
    desk.publish(1, 2)
    folder = desk.export()
    size = (folder / part_name(2)).stat().st_size
    (folder / part_name(2)).unlink()
    with pytest.raises(PartMissing) as refused:
        desk.take(folder)
    assert (refused.value.details["number"], refused.value.details["size"]) == (2, size)
    assert nothing_applied()


def test_a_part_cut_short_is_damaged(desk: Desk) -> None:
    desk.publish(1, 2)
    folder = desk.export()
    with (folder / part_name(1)).open("r+b") as part:
        part.truncate(1000)
    with pytest.raises(PartDamaged):
        desk.take(folder)
    assert nothing_applied()


def test_an_older_package_after_a_newer_one_is_refused(desk: Desk) -> None:
    desk.publish(1)
    older = desk.export()
    desk.publish(1, title="第{}课（新）")
    newer = desk.export()
    desk.take(newer)
    before = states()
    with pytest.raises(OlderPackage) as refused:
        desk.take(older)
    assert (refused.value.details["number"], refused.value.details["last"]) == (1, 2)
    assert states() == before
    assert Arrival.objects.count() == 1


def test_another_package_under_a_number_that_was_read_is_refused(desk: Desk) -> None:
    desk.publish(1)
    folder = desk.export()
    desk.take(folder)
    Package.objects.filter(state=PackageState.WRITTEN).delete()  # the hub is restored from a backup
    shutil.rmtree(folder)
    with pytest.raises(NumberReused):
        desk.take(desk.export())


def test_without_a_manifest_it_is_no_package(desk: Desk) -> None:
    desk.publish(1)
    folder = desk.export()
    (folder / MANIFEST).unlink()
    with pytest.raises(NotAPackage):
        desk.take(folder)


def resigned(folder: Path, key: Ed25519PrivateKey, key_id: str, **changes: object) -> None:
    token = (folder / MANIFEST).read_text()
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    headers = {"kid": key_id, "typ": "heluo-package+jwt"}
    (folder / MANIFEST).write_text(jwt.encode(claims, key, algorithm="EdDSA", headers=headers))


def refused_for(desk: Desk, folder: Path) -> Fault:
    with pytest.raises(ExchangeRefused) as refused:
        desk.take(folder, trusting=False)
    assert Trouble.objects.filter(fault=refused.value.fault).exists(), "it is counted"
    return refused.value.fault


def test_a_node_nobody_knows_is_refused_until_somebody_says_its_fingerprint(desk: Desk) -> None:
    desk.publish(1)
    folder = desk.export()
    assert refused_for(desk, folder) == Fault.UNKNOWN_NODE
    with desk.at(BOX), pytest.raises(OtherFingerprint):
        read_package(by=CARRIER, folder=folder, fingerprint="0" * 64, now=NOW)
    assert not Node.objects.exists()
    assert nothing_applied()
    desk.take(folder)
    node = Node.objects.get(domain=HUB)
    assert (node.standing, node.address, node.ask_at) == ("active", "", None)


def test_a_forged_manifest_is_refused_whoever_signed_it(desk: Desk) -> None:
    desk.publish(1)
    desk.take(desk.export())
    folder = desk.export()
    known = NodeKey.objects.get(node__domain=HUB)
    thief = Ed25519PrivateKey.generate()
    genuine = (folder / MANIFEST).read_text()
    resigned(folder, thief, "0" * 16)
    assert refused_for(desk, folder) == Fault.UNKNOWN_KEY
    resigned(folder, thief, known.key_id)
    assert refused_for(desk, folder) == Fault.FORGED
    (folder / MANIFEST).write_text(genuine)
    NodeKey.objects.filter(pk=known.pk).update(revoked_at=NOW)
    assert refused_for(desk, folder) == Fault.REVOKED_KEY
    (folder / MANIFEST).write_text("heluo")
    assert refused_for(desk, folder) == Fault.MALFORMED
    assert Arrival.objects.count() == 1


def test_a_package_for_another_node_is_refused(desk: Desk) -> None:
    desk.publish(1)
    desk.take(desk.export())
    Node.objects.create(domain="other.example", standing="active", since=NOW, name="别处", tier="school", version="1")
    assert refused_for(desk, desk.export(to="other.example")) == Fault.WRONG_AUDIENCE


class Unplugged(BaseException):
    """Whatever ends a process in the middle."""


@pytest.mark.parametrize("seed", range(6))
def test_an_export_that_was_cut_off_anywhere_goes_on_and_ends_the_same(
    desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.publish(1, 2, 3)
    whole = tape_bytes(desk)
    chance = Random(seed)  # noqa: S311  # a repeatable place
    for _interruption in range(3):
        at = chance.randrange(whole)
        with monkeypatch.context() as patch, desk.at(HUB):
            patch.setattr(writing, "tape", cut_off(tape, at))
            try:
                folder = write_package(by=CARRIER, package=desk.order(), now=NOW)
            except Unplugged:
                folder = next(desk.disk.iterdir())
                assert not (folder / MANIFEST).exists()
    if not (folder / MANIFEST).exists():
        kept = {place.name: place.stat().st_ino for place in folder.glob("part-*.bin")}
        assert desk.export() == folder
        assert kept.items() <= {place.name: place.stat().st_ino for place in folder.glob("part-*.bin")}.items()
    assert not list(folder.glob(".*.draft"))
    assert desk.take(folder).contents == 3


def tape_bytes(desk: Desk) -> int:
    with desk.at(HUB):
        return desk.order().size


def cut_off(real: object, after: int) -> object:
    def pieces(*args: object, at: int, **more: object) -> Iterator[bytes]:
        left = after - at
        for piece in real(*args, at=at, **more):  # type: ignore[operator]
            if len(piece) > left:
                if left > 0:
                    yield piece[:left]
                raise Unplugged
            left -= len(piece)
            yield piece

    return pieces


def test_a_part_that_went_bad_on_the_disk_is_written_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish(1, 2, 3)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "tape", cut_off(tape, 3 * 64 * 1024))
        with pytest.raises(Unplugged):
            desk.export()
    folder = next(desk.disk.iterdir())
    (folder / part_name(2)).write_bytes(b"0" * 64 * 1024)
    desk.export()
    assert desk.take(folder).contents == 3


def test_a_full_disk_keeps_what_is_whole(desk: Desk) -> None:
    desk.publish(1, 2, 3)
    with desk.at(HUB):
        package = desk.order(part_size=100_000)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, hard))
        try:
            with pytest.raises(TargetFull):
                write_package(by=CARRIER, package=package, now=NOW)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        folder = write_package(by=CARRIER, package=desk.order(part_size=100_000), now=NOW)
    assert folder == Path(package.folder)
    assert desk.take(folder).contents == 3


def test_a_disk_that_is_away_is_told_in_words(desk: Desk) -> None:
    desk.publish(1)
    desk.disk.write_text("")  # where a folder should be
    with pytest.raises(TargetGone):
        desk.export()


def test_a_content_that_is_broken_in_the_store_is_not_packed(desk: Desk) -> None:
    desk.publish(1)
    with desk.at(HUB):
        [place] = list((desk.disk.parent / HUB / "files").glob("??/??/*"))
        place.chmod(0o600)
        place.write_bytes(b"x" + place.read_bytes()[1:])
    with pytest.raises(ContentLost) as refused:
        desk.export()
    assert refused.value.details["name"] == "教案1.txt"


def test_an_import_that_was_cut_off_is_begun_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish(1, 2, 3)
    folder = desk.export()
    with monkeypatch.context() as patch:
        patch.setattr("heluo.gateways.offline.actions.reading._take_records", unplug)
        with pytest.raises(Unplugged):
            desk.take(folder)
    assert Package.objects.get(state=PackageState.APPLYING).number == 1
    read = desk.take(folder, trusting=False)
    assert (read.contents, Arrival.objects.count()) == (0, 3)
    assert Package.objects.get(state=PackageState.APPLIED).number == 1


def unplug(*_arguments: object) -> None:
    raise Unplugged


def test_what_is_withdrawn_goes_there_too_but_not_much_without_a_word(desk: Desk) -> None:
    desk.publish(*range(1, 31), size=200)
    desk.take(desk.export())
    desk.withdraw(*range(1, 26))
    folder = desk.export()
    assert Package.objects.filter(state=PackageState.WRITTEN).first().gone == 25  # type: ignore[union-attr]
    with pytest.raises(MuchWouldGo) as refused:
        desk.take(folder, trusting=False)
    assert (refused.value.details["gone"], refused.value.details["here"]) == (25, 30)
    assert not Arrival.objects.filter(is_gone=True).exists()
    desk.take(folder, trusting=False, allow_deletions=True)
    assert Arrival.objects.filter(is_gone=True).count() == 25


def acknowledge(domain: str = BOX) -> None:
    """What the box says of the packages it has read arrives at the hub."""
    for sent in Outgoing.objects.filter(node__domain=HUB, kind="offline.package_taken"):
        body = jwt.decode(sent.token, options={"verify_signature": False})["body"]
        note_taken(Message(id=sent.jti, sender=domain, kind=sent.kind, body=body, sent_at=NOW, now=NOW))


def box_is_known(desk: Desk) -> None:
    Node.objects.create(domain=BOX, standing="active", since=NOW, name="教学点", tier="school", version="1")


def test_since_the_last_one_leaves_out_what_was_acknowledged(desk: Desk) -> None:
    box_is_known(desk)
    desk.publish(1, 2)
    desk.take(desk.export(to=BOX))
    unheard = desk.export(to=BOX, since_last=True)
    assert Package.objects.get(folder=str(unheard)).contents == 2, "nobody told that they arrived"
    acknowledge("other.example")
    assert not Package.objects.exclude(acknowledged_at=None).exists(), "another node cannot tell"
    acknowledge()
    desk.publish(1, title="第{}课（新）")
    desk.publish(3)
    desk.withdraw(2)
    folder = desk.export(to=BOX, since_last=True)
    written = Package.objects.get(folder=str(folder))
    assert (written.base, written.entries, written.gone, written.contents) == (1, 2, 1, 1)
    assert desk.take(folder, trusting=False).contents == 1


def test_a_package_without_its_base_is_refused(desk: Desk) -> None:
    box_is_known(desk)
    desk.publish(1)
    desk.take(desk.export(to=BOX))
    acknowledge()
    desk.publish(2)
    folder = desk.export(to=BOX, since_last=True)
    Package.objects.filter(state=PackageState.APPLIED).delete()  # the box was set up anew
    with pytest.raises(BaseMissing):
        desk.take(folder)


def test_the_statements_of_an_order_do_not_grow_with_its_entries(desk: Desk) -> None:
    desk.publish(1, 2, size=200)
    with desk.at(HUB), CaptureQueriesContext(connection) as few:
        desk.order()
    desk.publish(*range(1, 31), size=200)
    with desk.at(HUB), CaptureQueriesContext(connection) as many:
        desk.order(Chosen(everything=True, own=True))
    assert len(many) <= len(few) + 2, "the one before is dropped"
