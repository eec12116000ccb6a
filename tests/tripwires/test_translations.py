"""Two apps must not put one text into English differently: Django reads all catalogues into one."""

from pathlib import Path

import pytest

from tools import translations
from tools.translations import Part, quarrels


def part(folder: Path, *texts: tuple[str, str, str]) -> Part:
    """An app whose catalogue holds these: context, Chinese, English."""
    body = "".join(
        (f'msgctxt "{context}"\n' if context else "") + f'msgid "{chinese}"\nmsgstr "{english}"\n\n'
        for context, chinese, english in texts
    )
    made = Part(folder)
    made.po.parent.mkdir(parents=True)
    made.po.write_text(translations.HEADER + body)
    return made


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    return tmp_path


def test_a_text_said_in_two_ways_is_named_with_both_apps(package: Path) -> None:
    one = part(package / "kernel" / "jobs", ("", "取消", "Cancelled"), ("", "保存", "Save"))
    other = part(package / "kernel" / "pages", ("", "取消", "Cancel"), ("", "保存", "Save"))
    [quarrel] = quarrels([one, other])
    for words in ("取消", "kernel.jobs “Cancelled”", "kernel.pages “Cancel”"):
        assert words in quarrel


def test_a_name_that_is_no_app_is_refused(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("kernel/jobs", "kernel/rooms", "domains/rooms"):
        (package / folder).mkdir(parents=True)
        (package / folder / "apps.py").write_text("")

    def extract(name: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["translations.py", "extract", name])
        return translations.main(), capsys.readouterr().out

    assert extract("kernel.jobs")[0] == extract("jobs")[0] == extract("domains.rooms")[0] == 0
    status, said = extract("classrooms")
    assert (status, "classrooms: 没有这个应用 / no such app" in said) == (1, True)
    status, said = extract("rooms")
    assert (status, "domains.rooms、kernel.rooms" in said) == (1, True)


def test_a_context_tells_them_apart(package: Path) -> None:
    one = part(package / "kernel" / "jobs", ("what happened", "取消", "Cancelled"))
    other = part(package / "kernel" / "pages", ("", "取消", "Cancel"))
    assert not list(quarrels([one, other]))
