"""The tape and its parts: whatever the sizes, whatever byte it was interrupted at, the bytes are the same."""

import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.gateways.offline.errors import ContentLost
from heluo.gateways.offline.parts import is_whole, laid_out, length_of, tape, write_parts
from heluo.gateways.offline.protocol import Member, Part, part_name
from tests.server import REPOSITORY


def content(number: int, size: int) -> bytes:
    return Random(number).randbytes(size)  # noqa: S311  # the same again


def members(sizes: Sequence[int]) -> list[Member]:
    hashes = [sha256(content(number, size)).hexdigest() for number, size in enumerate(sizes)]
    return [
        Member(path=f"records/{number:05d}.xml", size=size, sha256=hashed)
        for (number, size), hashed in zip(enumerate(sizes), hashes, strict=True)
    ]


def opened(member: Member) -> Iterator[bytes]:
    whole = BytesIO(content(int(member.path[8:13]), member.size))
    while piece := whole.read(700):
        yield piece


def whole_tape(listed: Sequence[Member], at: int = 0) -> bytes:
    return b"".join(tape(listed, opened=opened, at=at, written_at=0))


@given(st.lists(st.integers(0, 3000), max_size=8), st.data())
def test_a_tape_is_a_tar_and_goes_on_from_any_byte(sizes: list[int], data: st.DataObject) -> None:
    listed = members(sizes)
    whole = whole_tape(listed)
    assert len(whole) == length_of(listed)
    with tarfile.open(fileobj=BytesIO(whole)) as tar:
        assert [(one.name, one.offset_data) for one in tar] == [(p.member.path, p.start) for p in laid_out(listed)]
    at = data.draw(st.integers(0, len(whole)))
    assert whole_tape(listed, at) == whole[at:]


@given(st.lists(st.integers(0, 3000), max_size=6), st.integers(1500, 9000), st.integers(0, 6))
def test_parts_together_are_the_tape_wherever_writing_began_again(sizes: list[int], size: int, kept: int) -> None:
    listed = members(sizes)
    whole = whole_tape(listed)
    count = -(-len(whole) // size)
    kept = min(kept, count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(1, kept + 1):
            (folder / part_name(number)).write_bytes(whole[(number - 1) * size : number * size])
        parts = dict(
            write_parts(folder, tape(listed, opened=opened, at=kept * size, written_at=0), size=size, first=kept + 1)
        )
        assert list(parts) == list(range(kept + 1, count + 1))
        files = sorted(folder.iterdir())
        assert [one.name for one in files] == [part_name(number) for number in range(1, count + 1)]
        assert b"".join(one.read_bytes() for one in files) == whole
        assert all(is_whole(folder, number, part) for number, part in parts.items())


def test_a_content_that_is_no_longer_what_it_was_stops_the_tape() -> None:
    listed = members([10, 2000])
    listed[1] = listed[1].model_copy(update={"sha256": "0" * 64})
    with pytest.raises(ContentLost):
        whole_tape(listed)


KILLED = """
import sys, time
from pathlib import Path
import django
django.setup()
from heluo.gateways.offline.parts import write_parts
def pieces():
    for number in range(400):
        time.sleep(0.001)
        yield bytes([number % 251]) * 997
for number, part in write_parts(Path(sys.argv[1]), pieces(), size=20_000, first=1):
    print(part.model_dump_json(), flush=True)
"""


@pytest.mark.parametrize("after", [0.0, 0.03, 0.1, 0.2])
def test_a_writer_that_is_killed_leaves_no_half_part_under_a_name(tmp_path: Path, after: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "DJANGO_SETTINGS_MODULE": "heluo.site.settings"},
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline()]
        time.sleep(after)
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.readlines()
    whole = b"".join(bytes([number % 251]) * 997 for number in range(400))
    named = sorted(tmp_path.glob("part-*.bin"))
    assert len(named) >= len(told) > 0
    for number, place in enumerate(named):
        assert place.read_bytes() == whole[number * 20_000 : (number + 1) * 20_000]
    for number, line in enumerate(told, 1):
        assert is_whole(tmp_path, number, Part.model_validate_json(line))
