"""Names stay readable and never become paths."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.kernel.files.kinds import BY_EXTENSION
from heluo.kernel.files.limits import NAME_LENGTH
from heluo.kernel.files.names import clean_name, content_disposition, download_name, extension_of


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("牡丹.mp4", "牡丹.mp4"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\牡丹.doc", "牡丹.doc"),
        ("C:\\课件\\第一课.pptx", "第一课.pptx"),
        ("", "未命名"),
        ("..", "未命名"),
        ("/", "未命名"),
        (" . ", "未命名"),
        ("a\0b\r\nc.txt", "ab  c.txt"),
        ("课\u202e4pm.exe", "课4pm.exe"),
        ('他说"你好"?.txt', "他说_你好__.txt"),
        ("字" * 300 + ".mp4", "字" * (NAME_LENGTH - 4) + ".mp4"),
    ],
)
def test_a_name_is_made_harmless(raw: str, name: str) -> None:
    assert clean_name(raw) == name


@given(st.text(max_size=400))
def test_a_name_is_never_a_path_and_cleaning_is_settled(raw: str) -> None:
    name = clean_name(raw)
    assert name
    assert len(name) <= NAME_LENGTH
    assert not set(name) & set('/\\\0\r\n<>:"|?*')
    assert name not in {".", ".."}
    assert clean_name(name) == name


@given(st.text(min_size=1, max_size=100).map(clean_name))
def test_a_browser_reads_the_name_back(name: str) -> None:
    header = content_disposition(name, download=True)
    assert header.isascii()
    assert "\n" not in header
    assert unquote(header.rpartition("filename*=UTF-8''")[2]) == name


@pytest.mark.parametrize(
    ("name", "extension", "saved"),
    [
        ("图.jpg", "png", "图.png"),
        ("图.png", "png", "图.png"),
        ("图", "png", "图.png"),
        ("1.2 节", "pdf", "1.2 节.pdf"),
        ("图.JPEG", "jpg", "图.JPEG"),
    ],
)
def test_a_download_ends_as_its_content_does(name: str, extension: str, saved: str) -> None:
    assert download_name(name, BY_EXTENSION[extension]) == saved


def test_an_extension_is_short_and_plain() -> None:
    assert extension_of("a.MP4") == "mp4"
    assert extension_of("a.b c") == ""
    assert extension_of(".htaccess") == ""
