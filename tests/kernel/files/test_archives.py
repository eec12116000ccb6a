"""Archives that would harm whoever opens them are refused, each with its reason; the others are read byte for byte."""

import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.files import archives
from heluo.kernel.files.archives import Entry, Unreadable, look_through, reader_of, unpacked
from heluo.kernel.files.enums import FileKind
from heluo.kernel.files.errors import ArchiveRefused
from heluo.kernel.files.limits import LARGE_ENTRY
from heluo.kernel.files.recognition import accept
from tests.kernel.files import packages


def refused(tmp_path: Path, content: bytes, name: str = "课件.zip") -> str:
    place = tmp_path / "content"
    place.write_bytes(content)
    with pytest.raises(ArchiveRefused) as refusal:
        accept(place, name=name)
    assert name in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(
    "path",
    [
        "../outside.html",
        "a/../../outside.html",
        "/etc/passwd",
        "C:\\windows\\x.js",
        "..\\x.js",
        "a//b.html",
        "a/./b.js",
    ],
)
def test_no_path_leads_out_of_the_archive(tmp_path: Path, path: str) -> None:
    assert "指向压缩包之外" in refused(tmp_path, packages.packed({**packages.scorm12_files(), path: "x"}))


def test_of_a_plain_archive_nothing_is_opened_and_so_nothing_is_asked(tmp_path: Path) -> None:
    place = tmp_path / "content"
    place.write_bytes(packages.packed({"../x.txt": "x"}))
    assert accept(place, name="资料.zip").kind == FileKind.PACKAGE


def test_links_are_no_files(tmp_path: Path) -> None:
    made = BytesIO(packages.scorm12())
    with zipfile.ZipFile(made, "a") as target:
        link = zipfile.ZipInfo("lesson/secret.html")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        target.writestr(link, "/etc/passwd")
    assert "是链接或设备" in refused(tmp_path, made.getvalue())


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    made = BytesIO(packages.scorm12())
    with zipfile.ZipFile(made, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr("lesson/index.html", "another")
    assert "两个同名的文件" in refused(tmp_path, made.getvalue())


def encrypted(content: bytes) -> bytes:
    """The same archive, whose directory and headers say that it is encrypted."""
    spoilt = bytearray(content)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = spoilt.find(signature)
        while place >= 0:
            spoilt[place + at] |= 1
            place = spoilt.find(signature, place + 4)
    return bytes(spoilt)


@pytest.mark.parametrize("content", [packages.scorm12(), packages.h5p()], ids=["SCORM", "H5P"])
def test_what_is_encrypted_cannot_be_looked_through(tmp_path: Path, content: bytes) -> None:
    assert "去掉密码" in refused(tmp_path, encrypted(content))


def test_other_ways_of_packing_are_refused(tmp_path: Path) -> None:
    made = packages.packed(packages.scorm12_files(), compression=zipfile.ZIP_LZMA)
    assert "不常见的压缩方法" in refused(tmp_path, made)


def test_what_unfolds_out_of_proportion_is_refused(tmp_path: Path) -> None:
    bomb = packages.packed({**packages.scorm12_files(), "video.mp4": b"\0" * (LARGE_ENTRY + 1)})
    assert len(bomb) < 100_000
    assert "膨胀得异常大" in refused(tmp_path, bomb)


def test_what_unfolds_too_far_in_sum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1000)
    assert "解开后太大" in refused(tmp_path, packages.scorm12())


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 3)
    assert "最多 3 个" in refused(tmp_path, packages.scorm12())


def test_names_are_bounded(tmp_path: Path) -> None:
    assert "文件名太长" in refused(tmp_path, packages.packed({**packages.scorm12_files(), "a" * 401: "x"}))
    assert "文件夹太深" in refused(tmp_path, packages.packed({**packages.scorm12_files(), "/".join("a" * 25): "x"}))


def overlapping() -> bytes:
    """Two entries of the directory that share their bytes, as a bomb without nesting does it."""
    made = bytearray(packages.packed(packages.scorm12_files()))
    second = made.find(b"PK\x01\x02", made.find(b"PK\x01\x02") + 4)
    made[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(made)


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "content"
    place.write_bytes(overlapping())
    with pytest.raises(Refusal):
        accept(place, name="课件.zip")


def test_old_chinese_names_are_read(tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        info = zipfile.ZipInfo("xxxx.html")
        target.writestr(info, "x")
    name = "练习".encode("gb18030")
    with zipfile.ZipFile(BytesIO(made.getvalue().replace(b"xxxx", name))) as archive:
        assert list(look_through(archive)) == ["练习.html"]


def entries(content: bytes) -> dict[str, Entry]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return look_through(archive)


BODY = bytes(range(256)) * 3000
READS = [
    pytest.param(zipfile.ZIP_STORED, id="stored"),
    pytest.param(zipfile.ZIP_DEFLATED, id="deflated"),
]


@pytest.mark.parametrize("compression", READS)
@settings(max_examples=40)
@given(first=st.integers(0, len(BODY)), length=st.integers(1, len(BODY)))
def test_any_part_of_an_entry_is_read_as_it_was_packed(compression: int, first: int, length: int) -> None:
    made = packages.packed({"before.txt": "x", "video.mp4": BODY, "empty.txt": ""}, compression=compression)
    found = entries(made)
    read = reader_of(BytesIO(made))
    assert b"".join(unpacked(read, found["video.mp4"], first, first + length - 1)) == BODY[first : first + length]
    assert b"".join(unpacked(read, found["empty.txt"])) == b""


def test_an_entry_that_is_not_what_the_directory_says_is_unreadable() -> None:
    made = packages.packed({"a.html": "<p>" + "好" * 500})
    found = entries(made)["a.html"]
    spoilt = bytearray(made)
    spoilt[found.offset + 40] ^= 0xFF
    with pytest.raises(Unreadable):
        b"".join(unpacked(reader_of(BytesIO(bytes(spoilt))), found))
    with pytest.raises(Unreadable):
        b"".join(unpacked(reader_of(BytesIO(b"x" * len(made))), found))


@settings(max_examples=150)
@given(
    seed=st.sampled_from([packages.scorm12(), packages.h5p(), packages.cartridge(), packages.scorm2004()]),
    cut=st.integers(0, 4000),
    noise=st.binary(max_size=12),
    at=st.integers(0, 5000),
)
def test_no_spoilt_package_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, cut: int, noise: bytes, at: int
) -> None:
    """Whatever bytes are changed: accepted, or refused in words."""
    place = tmp_path_factory.getbasetemp() / "spoilt"
    content = bytearray(seed[: len(seed) - cut] if cut % 3 == 0 else seed)
    at %= len(content) + 1
    content[at : at + len(noise)] = noise
    place.write_bytes(bytes(content) or b"x")
    try:
        accept(place, name="课件.zip")
    except Refusal as refusal:
        assert str(refusal)  # noqa: PT017  # whatever is refused must be refused in words
