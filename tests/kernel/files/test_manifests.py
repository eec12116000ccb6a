"""What packages say about themselves is read; what breaks its own format is refused in words."""

import json
from pathlib import Path

import pytest

from heluo.kernel.files.enums import CoursewareKind, FileKind, ItemKind, Obstacle
from heluo.kernel.files.errors import ArchiveRefused, Mislabelled
from heluo.kernel.files.manifests import Manifest
from heluo.kernel.files.recognition import accept, courseware_in
from tests.kernel.files import packages


def read(tmp_path: Path, content: bytes, name: str = "课件.zip") -> Manifest:
    place = tmp_path / "content"
    place.write_bytes(content)
    assert accept(place, name=name).kind == FileKind.COURSEWARE
    manifest = courseware_in(place)
    assert Manifest.restored(json.loads(json.dumps(manifest.stored()))) == manifest
    return manifest


def refused(tmp_path: Path, content: bytes) -> str:
    place = tmp_path / "content"
    place.write_bytes(content)
    with pytest.raises(ArchiveRefused) as refusal:
        accept(place, name="课件.zip")
    return str(refusal.value)


def test_scorm_1_2(tmp_path: Path) -> None:
    manifest = read(tmp_path, packages.scorm12())
    assert manifest.kind == CoursewareKind.SCORM12
    assert (manifest.version, manifest.title, manifest.description) == ("1.2", "分数的初步认识", "认识几分之一。")
    assert (manifest.language, manifest.licence) == ("zh-CN", "CC-BY-4.0")
    assert manifest.keywords == ("分数", "几分之一", "数学")
    lesson, heading, notes = manifest.items
    assert (lesson.title, lesson.href, lesson.kind) == ("第一课", "lesson/index.html?from=start", ItemKind.PAGE)
    assert (lesson.mastery, lesson.launch_data, lesson.is_tracked) == (80.0, "hello", True)
    assert (heading.title, heading.kind, heading.depth) == ("阅读", ItemKind.HEADING, 0)
    assert (notes.href, notes.depth, notes.is_tracked) == ("read/notes.html", 1, False)
    assert [item.number for item in manifest.playable] == [1, 3]


def test_scorm_2004(tmp_path: Path) -> None:
    manifest = read(tmp_path, packages.scorm2004())
    assert (manifest.kind, manifest.version) == (CoursewareKind.SCORM2004, "2004 4th Edition")
    assert manifest.title == "面积单位"
    [item] = manifest.items
    assert (item.href, item.mastery, item.is_tracked) == ("index.html", 0.6, True)


def test_common_cartridge(tmp_path: Path) -> None:
    manifest = read(tmp_path, packages.cartridge(), "课程.imscc")
    assert (manifest.kind, manifest.version, manifest.title) == (CoursewareKind.CARTRIDGE, "1.3.0", "观察植物")
    assert [(item.title, item.kind, item.depth) for item in manifest.items] == [
        ("第一周", ItemKind.HEADING, 0),
        ("怎样观察", ItemKind.PAGE, 1),
        ("植物园", ItemKind.LINK, 1),
        ("小测验", ItemKind.TEST, 1),
        ("讨论", ItemKind.DISCUSSION, 1),
    ]
    assert manifest.items[2].href == "https://garden.example.org/"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "http://"])
def test_a_link_that_is_not_of_the_web_leads_nowhere(tmp_path: Path, address: str) -> None:
    manifest = read(tmp_path, packages.cartridge(address))
    assert (manifest.items[2].kind, manifest.items[2].href) == (ItemKind.OTHER, "")


def test_h5p(tmp_path: Path) -> None:
    manifest = read(tmp_path, packages.h5p(), "分数.h5p")
    assert (manifest.kind, manifest.title, manifest.language) == (CoursewareKind.H5P, "分数的大小", "zh-CN")
    assert (manifest.description, manifest.keywords) == ("比较两个分数的大小。", ("分数", "比较"))
    assert (manifest.licence, manifest.obstacle) == ("CC-BY-SA-4.0", "")


def test_an_h5p_without_its_libraries_says_which_are_missing(tmp_path: Path) -> None:
    files = packages.h5p_files()
    needs = {"preloadedDependencies": [{"machineName": "H5P.Question", "majorVersion": 1, "minorVersion": 5}]}
    files["H5P.Heluo-1.0/library.json"] = json.dumps(needs)
    manifest = read(tmp_path, packages.packed(files))
    assert (manifest.obstacle, manifest.missing) == (Obstacle.NO_LIBRARIES, ("H5P.Question-1.5",))


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("imsmanifest.xml", "<manifest", "不是合法的 XML"),
        ("imsmanifest.xml", "<other/>", "根元素不是 manifest"),
        ("imsmanifest.xml", packages.SCORM12.replace("lesson/index.html", "gone.html"), "不在课件包里"),
        (
            "imsmanifest.xml",
            '<!DOCTYPE manifest [<!ENTITY a SYSTEM "file:///etc/passwd">]><manifest>&a;</manifest>',
            "DOCTYPE",
        ),
        (
            "imsmanifest.xml",
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><manifest>&c;</manifest>',
            "DOCTYPE",
        ),
        ("h5p.json", "{", "不是合法的 JSON"),
        ("h5p.json", "[]", "不是合法的 JSON"),
        ("h5p.json", "[" * 100_000, "不是合法的 JSON"),
        ("h5p.json", "{}", "没有写明主内容库"),
    ],
)
def test_a_package_that_breaks_its_format_is_refused(tmp_path: Path, path: str, content: str, said: str) -> None:
    assert said in refused(tmp_path, packages.packed({**packages.scorm12_files(), path: content}))


def test_a_package_in_a_package_is_named(tmp_path: Path) -> None:
    assert "另一个压缩包" in refused(tmp_path, packages.packed({"里面.h5p": packages.h5p()}))
    wrapped = {f"我的课件/{path}": content for path, content in packages.scorm12_files().items()}
    assert "多套了一层文件夹“我的课件”" in refused(tmp_path, packages.packed(wrapped))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("课.h5p", packages.packed({"a.txt": "x"})),
        ("课.h5p", packages.scorm12()),
        ("课.imscc", packages.h5p()),
        ("课.mp4", packages.h5p()),
    ],
)
def test_a_package_that_lies_about_its_type_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    place = tmp_path / "content"
    place.write_bytes(content)
    with pytest.raises(Mislabelled):
        accept(place, name=name)


@pytest.mark.parametrize("content", [packages.h5p(), packages.cartridge(), packages.scorm2004()])
def test_courseware_may_be_called_a_zip(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content).items
