"""The textbook tree from the command line: shown first, taken over after a yes, wrong cells named; and handed out."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from heluo.domains.textbooks.models import IN_USE, Chapter, Textbook
from heluo.kernel.audit.models import AuditRow
from heluo.site.commands import textbooks
from tests.domains.textbooks.conftest import BOOK, TREE, a_chapter, a_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _database_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textbooks, "platform_at_hand", lambda *_told: nullcontext())


def told(*words: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(textbooks.command, [str(word) for word in words], input=answer)


def a_path(folder: Path, *rows: tuple[str, ...]) -> Path:
    file = folder / "目录.csv"
    file.write_bytes(a_file(*rows))
    return file


def test_what_would_change_is_shown_and_written_after_a_yes(tmp_path: Path) -> None:
    file = a_path(tmp_path, *TREE)
    refused = told("import", file, answer="n\n")
    assert refused.exit_code == 1
    assert "章节 / Chapter：新增 / New 3" in refused.stdout
    assert "1.1 几分之一（示例数学三年级上册）" in refused.stdout
    assert not Textbook.objects.exists()
    done = told("import", file, answer="y\n")
    assert done.exit_code == 0, done.output
    assert "已导入 5 处变化 / imported, changes: 5" in done.stdout
    assert Chapter.objects.count() == 3
    row = AuditRow.objects.get(deed="textbooks.imported")
    assert (row.by, row.by_name) == (None, "heluo textbooks import")


def test_with_yes_nobody_is_asked_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    file = a_path(tmp_path, *TREE)
    assert told("import", file, "--yes").exit_code == 0
    again = told("import", file, "--yes")
    assert (again.exit_code, "没有变化" in again.stdout) == (0, True)
    fewer = a_path(tmp_path, BOOK, a_chapter("1", "分一分"))
    assert told("import", fewer, "--complete", "--yes").exit_code == 0
    assert list(Chapter.objects.filter(IN_USE).values_list("number", flat=True)) == ["1"]


def test_wrong_cells_are_named_with_row_and_column_in_both_languages(tmp_path: Path) -> None:
    refused = told("import", a_path(tmp_path, BOOK, a_chapter("1.1", "节")), "--yes")
    assert refused.exit_code == 1
    assert "G3 编号 “1.1”: 文件里这本教材没有上一级 1" in refused.stderr
    assert "第 3 行“编号”" in refused.stderr
    assert "The first is row 3, “编号”: the file has no 1 above it" in refused.stderr
    assert not Textbook.objects.exists()


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "目录.xlsx"
    file.write_bytes(b"PK\x03\x04 nothing")
    refused = told("import", file, "--yes")
    assert (refused.exit_code, "打不开" in refused.stderr) == (1, True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_handed_out_can_be_taken_in_again(tmp_path: Path, form: str) -> None:
    assert told("import", a_path(tmp_path, *TREE), "--yes").exit_code == 0
    out = tmp_path / f"out.{form}"
    handed = told("export", out)
    assert (handed.exit_code, "textbooks: 1, knowledge points: 1" in handed.stdout) == (0, True)
    assert "没有变化" in told("import", out, "--yes").stdout
    assert told("export", out).exit_code == 1, "nothing is written over"
    assert told("export", tmp_path / "out.txt").exit_code == 1
    assert "textbooks: 0" in told("export", tmp_path / f"other.{form}", "--stage", "senior").stdout
