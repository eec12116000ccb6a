"""What is wanted comes, whole and right, or says why not; what came on a disk is kept the same way."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.files import spool
from heluo.kernel.files.errors import Mislabelled
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.nodes.models import Node
from heluo.kernel.outward.public import Answer, Unreachable
from heluo.kernel.outward.public import Trouble as Why
from heluo.kernel.transfers.actions import ask_which, claim_due, fetch_copy, keep_copy, want_contents
from heluo.kernel.transfers.enums import CopyState, Trouble
from heluo.kernel.transfers.errors import HashMalformed, OtherBytes
from heluo.kernel.transfers.models import Copy
from heluo.kernel.transfers.queries import copies_of, held_of
from heluo.kernel.transfers.vocabulary import MOST_ASKED, TICKET, Wanted, had_in, mask_of
from tests.kernel.nodes.conftest import NOON, THERE, later, read
from tests.kernel.transfers.conftest import FETCHER, TEXT, hashed, wanted

Change = Callable[[bytes], bytes]


class Provider:
    """The other node as it answers: what it has, and what goes wrong."""

    def __init__(self) -> None:
        self.has = {hashed(TEXT): TEXT}
        self.asked: list[str] = []
        self.silent = False
        self.tickets: list[dict[str, Any]] = []

    def ask(self, address: str, *, body: bytes | None = None, headers: Any = None, **_how: Any) -> Answer:
        self.asked.append(address)
        if self.silent:
            raise Unreachable(Why.NO_ANSWER)
        if body is not None:
            said = read(body.decode())
            assert (said["aud"], said["asks"]) == (THERE, "contents.which")
            mask = mask_of(said["body"]["sha256s"], set(self.has))
            return self._answer(200, json.dumps({"has": mask}).encode())
        if TICKET in headers:
            self.tickets.append(read(headers[TICKET]))
        content = self.has.get(address.rpartition("/")[2])
        if content is None:
            return self._answer(404, b"")
        first, last = (int(text) for text in headers["Range"].removeprefix("bytes=").split("-"))
        part = f"bytes {first}-{last}/{len(content)}"
        return self._answer(206, content[first : last + 1], {"content-range": part})

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> Answer:
        return Answer(status=status, address="", headers=headers or {}, body=body)


@pytest.fixture
def provider(node: Node, monkeypatch: pytest.MonkeyPatch) -> Provider:
    Node.objects.filter(pk=node.pk).update(address="https://there.example")
    made = Provider()
    monkeypatch.setattr("heluo.kernel.transfers.asking.ask", made.ask)
    return made


def want(*contents: Wanted, node: str = THERE) -> list[int]:
    want_contents(contents or [wanted()], from_node=node, by=FETCHER, now=NOON)
    return [copy.pk for copy in Copy.objects.order_by("pk")]


def fetch(key: int) -> Copy:
    while fetch_copy(by=FETCHER, key=key, now=NOON):
        pass
    return Copy.objects.get(pk=key)


@pytest.mark.django_db
def test_a_wanted_content_comes_with_a_signed_ticket(provider: Provider) -> None:
    [key] = want()
    assert claim_due(now=NOON) == {THERE: [key]}
    assert claim_due(now=NOON) == {}
    assert ask_which(by=FETCHER, domain=THERE, keys=[key], now=NOON) == [key]
    copy = fetch(key)
    assert (copy.state, copy.trouble, copy.next_at) == (CopyState.HERE, "", None)
    [ticket] = provider.tickets
    assert (ticket["aud"], ticket["asks"], ticket["body"]) == (THERE, "contents.get", {"sha256": hashed(TEXT)})
    file = copies_of([hashed(TEXT), "0" * 64])[hashed(TEXT)]
    assert (file.name, file.size, file.owner_id) == ("教案.txt", len(TEXT), None)
    assert not spool.place_for(copy.spooled_as).exists()
    assert want_contents([wanted()], from_node=THERE, by=FETCHER, now=NOON) == 0


@pytest.mark.django_db
def test_a_large_content_makes_room_for_others(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.kernel.transfers.asking.PIECE", 100)
    monkeypatch.setattr("heluo.kernel.transfers.actions.fetching.PIECES", 2)
    [key] = want()
    assert fetch_copy(by=FETCHER, key=key, now=NOON)
    copy = Copy.objects.get(pk=key)
    assert (copy.state, spool.received(copy.spooled_as)) == (CopyState.ARRIVING, 200)
    assert fetch(key).state == CopyState.HERE


@pytest.mark.django_db
def test_what_the_other_side_does_not_give_is_asked_for_later(provider: Provider) -> None:
    provider.has = {}
    [key] = want()
    assert ask_which(by=FETCHER, domain=THERE, keys=[key], now=NOON) == []
    copy = Copy.objects.get()
    assert (copy.state, copy.trouble, copy.next_at) == (CopyState.WANTED, Trouble.NOT_GIVEN, later(minutes=1))
    ask_which(by=FETCHER, domain=THERE, keys=[key], now=NOON)
    assert Copy.objects.get().next_at == later(minutes=2)


@pytest.mark.django_db
def test_what_no_node_has_is_taken_from_its_own_address(provider: Provider) -> None:
    sha256 = hashed(TEXT)
    keys = want(wanted(href=f"https://elsewhere.example/{sha256}"), node="unknown.example")
    assert ask_which(by=FETCHER, domain="unknown.example", keys=keys, now=NOON) == keys
    assert fetch(keys[0]).state == CopyState.HERE
    assert provider.asked == [f"https://elsewhere.example/{sha256}"]
    assert provider.tickets == []


@pytest.mark.django_db
def test_whoever_knows_no_source_is_told_so(provider: Provider) -> None:
    keys = want(node="unknown.example")
    assert ask_which(by=FETCHER, domain="unknown.example", keys=keys, now=NOON) == []
    copy = Copy.objects.get()
    assert (copy.state, copy.trouble, copy.next_at) == (CopyState.FAILED, Trouble.NO_SOURCE, None)


@pytest.mark.django_db
def test_a_node_that_is_away_loses_nothing_that_came(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.kernel.transfers.asking.PIECE", 100)
    monkeypatch.setattr("heluo.kernel.transfers.actions.fetching.PIECES", 1)
    [key] = want()
    fetch_copy(by=FETCHER, key=key, now=NOON)
    provider.silent = True
    assert not fetch_copy(by=FETCHER, key=key, now=NOON)
    copy = Copy.objects.get()
    assert (copy.state, copy.trouble, spool.received(copy.spooled_as)) == (CopyState.WANTED, Trouble.UNREACHABLE, 100)
    provider.silent = False
    assert fetch(key).state == CopyState.HERE


@pytest.mark.django_db
def test_wrong_bytes_are_thrown_away_counted_and_in_the_end_given_up(provider: Provider) -> None:
    provider.has[hashed(TEXT)] = TEXT.replace("小数".encode(), "分数".encode())
    [key] = want()
    for count in (1, 2, 3):
        copy = fetch(key)
        assert (copy.wrong, copy.trouble) == (count, Trouble.WRONG_BYTES)
        assert not spool.place_for(copy.spooled_as).exists()
    assert (copy.state, copy.next_at) == (CopyState.FAILED, None)
    assert copies_of([hashed(TEXT)]) == {}
    assert not StoredFile.objects.exists()
    provider.has[hashed(TEXT)] = TEXT
    want()
    assert fetch(key).state == CopyState.HERE


@pytest.mark.django_db
def test_what_is_no_kind_of_file_we_take_is_not_kept(provider: Provider) -> None:
    program = b"\x7fELF" + bytes(range(256)) * 8
    provider.has[hashed(program)] = program
    [key] = want(wanted(program, "程序.bin"))
    copy = fetch(key)
    assert (copy.state, copy.trouble) == (CopyState.FAILED, Trouble.NOT_ACCEPTED)


@pytest.mark.django_db
def test_what_is_too_large_or_has_no_room_is_not_begun(provider: Provider, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 10
    [key] = want()
    assert fetch(key).trouble == Trouble.TOO_LARGE
    settings.MAX_UPLOAD_BYTES = 2**62
    sha256 = hashed(TEXT)
    [key] = want(Wanted(sha256=sha256, size=2**60, name="大.txt"))
    copy = fetch(key)
    assert (copy.trouble, copy.state) == (Trouble.NO_ROOM, CopyState.WANTED)
    assert provider.asked == []


@pytest.mark.django_db
def test_who_may_not_fetch_is_refused_and_no_hash_is_no_content(provider: Provider) -> None:
    with pytest.raises(NotAllowed):
        want_contents([wanted()], from_node=THERE, by=PUBLIC_ACTOR, now=NOON)
    with pytest.raises(NotAllowed):
        keep_copy(by=PUBLIC_ACTOR, sha256=hashed(TEXT), name="教案.txt", content=BytesIO(TEXT), now=NOON)
    with pytest.raises(HashMalformed):
        want(Wanted(sha256="../../etc/passwd", size=1, name="x"))
    with pytest.raises(HashMalformed):
        keep_copy(by=FETCHER, sha256="", name="教案.txt", content=BytesIO(TEXT), now=NOON)


@pytest.mark.django_db(transaction=True)
def test_what_came_on_a_disk_is_kept_once(tmp_path: Path) -> None:
    place = tmp_path / "contents"
    place.write_bytes(TEXT)
    file = keep_copy(by=FETCHER, sha256=hashed(TEXT), name="教案.txt", content=place, now=NOON)
    again = keep_copy(by=FETCHER, sha256=hashed(TEXT), name="别名.txt", content=BytesIO(TEXT), now=NOON)
    assert file == again
    assert held_of([hashed(TEXT)]) == {hashed(TEXT)}
    with pytest.raises(OtherBytes):
        keep_copy(by=FETCHER, sha256="0" * 64, name="教案.txt", content=place, now=NOON)
    picture = hashed(b"text")
    with pytest.raises(Mislabelled):
        keep_copy(by=FETCHER, sha256=picture, name="图.png", content=BytesIO(b"text"), now=NOON)
    assert Copy.objects.count() == StoredFile.objects.count() == Blob.objects.count() == 1


@pytest.mark.django_db
def test_wanting_many_costs_no_more_statements_than_wanting_one(provider: Provider) -> None:
    def statements(count: int, start: int) -> int:
        many = [Wanted(sha256=f"{start + number:064x}", size=1, name="x.txt") for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            want_contents(many, from_node=THERE, by=FETCHER, now=NOON)
        return len(captured)

    assert statements(1, 0) == statements(500, 1000)


def test_a_mask_says_which_and_a_broken_one_says_nothing() -> None:
    asked = [f"{number:064x}" for number in range(MOST_ASKED)]
    had = set(asked[::3])
    assert had_in(asked, mask_of(asked, had)) == had
    assert had_in(asked, mask_of(asked[:-8], had)) is None
    assert had_in(asked, "§") is None
