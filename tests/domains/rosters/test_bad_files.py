"""What people bring besides clean rosters: every sort is named, refused or read rightly."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from heluo.domains.rosters.actions import check_again, compare_batch, confirm_batch, import_batch, read_batch
from heluo.domains.rosters.actions import importing as importing_actions
from heluo.domains.rosters.enums import BatchState, Choice, Fault
from heluo.domains.rosters.errors import UNREADABLE, PreviewStale
from heluo.domains.rosters.models import RosterFinding
from heluo.kernel.actors.enums import Role
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.people.models import Person, Post
from heluo.kernel.tables.public import refuse_ole
from tests.domains.rosters.made import (
    CLASSES,
    GUARDIANS,
    HEADINGS,
    PUPILS,
    TEACHERS,
    TEACHINGS,
    Book,
    Office,
    checked,
    found,
    fresh,
    guardian,
    imported,
    name,
    phone,
    pupil,
    resident,
    sent,
    teacher,
)
from tests.register import COUNTY, NOON, OTHER_COUNTY, actor_at, klass, person, school

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CODE = (*HEADINGS[PUPILS], "学校标识码")


class TestCells:
    def test_merged_cells(self, office: Office) -> None:
        rows = [pupil(1), pupil(2), pupil(3)]
        batch = checked(office, Book({PUPILS: rows}, merged={PUPILS: ["F2:F3"]}))
        merged = {one for one in found(batch) if one[3] == Fault.MERGED}
        assert merged == {(PUPILS, 2, "年级", Fault.MERGED), (PUPILS, 3, "年级", Fault.MERGED)}

    def test_full_width_digits_spaces_and_invisible_marks(self, office: Office) -> None:
        row = pupil(
            1,
            姓名="河洛 甲乙\u200b",
            身份证号=resident(1).translate(FULL_WIDTH),
            学籍号=f" Ｇ{resident(1)}",
            出生日期="２０１６－０１－０１",
            班号="（１）班",
        )
        batch = checked(office, Book({PUPILS: [row]}))
        assert found(batch) == set()
        assert batch.rows.get().name == "河洛甲乙"

    @pytest.mark.parametrize(
        "written", ["2016-01-01", "2016/1/1", "2016.1.1", "2016年1月1日", "20160101", "42370", "2016-01-01 00:00:00"]
    )
    def test_dates_as_text(self, office: Office, written: str) -> None:
        batch = checked(office, Book({PUPILS: [pupil(1, 出生日期=written)]}))
        assert (found(batch), batch.rows.get().facts["born_on"]) == (set(), "2016-01-01")

    def test_dates_as_serials(self, office: Office) -> None:
        serial = (date(2016, 1, 1) - date(1899, 12, 30)).days
        rows = [pupil(1, 出生日期=serial), pupil(2, 出生日期=serial)]
        assert found(checked(office, Book({PUPILS: rows}, formats={"出生日期": "yyyy-mm-dd"}))) == set()
        assert found(checked(office, Book({PUPILS: rows}))) == set()

    @pytest.mark.parametrize(
        ("written", "fault"),
        [
            ("2016-02-30", Fault.DATE_UNREADABLE),
            ("01/02/2016", Fault.DATE_UNREADABLE),
            ("2062-01-01", Fault.DATE_UNLIKELY),
        ],
    )
    def test_dates_that_are_none(self, office: Office, written: str, fault: Fault) -> None:
        batch = checked(office, Book({PUPILS: [pupil(1, 出生日期=written)]}))
        assert found(batch) == {(PUPILS, 2, "出生日期", fault)}

    def test_formulas_and_numbers_that_lost_their_end(self, office: Office) -> None:
        rows = [pupil(1, 班号="=1+0"), pupil(2, 身份证号=int(resident(2)[:17]) * 10)]
        assert found(checked(office, Book({PUPILS: rows}))) == {
            (PUPILS, 2, "班号", Fault.FORMULA),
            (PUPILS, 3, "身份证号", Fault.LOST_DIGITS),
        }

    def test_a_text_that_begins_like_a_formula_is_no_formula_anywhere(self, office: Office) -> None:
        out = BytesIO()
        with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet(PUPILS)
            sheet.write_row(0, 0, HEADINGS[PUPILS])
            for place, cell in enumerate(pupil(1, 姓名="=HYPERLINK(1)")):
                sheet.write_string(1, place, str(cell))
        assert found(checked(office, out.getvalue())) == {(PUPILS, 2, "姓名", Fault.STRANGE_NAME)}


class TestSheets:
    def test_reordered_renamed_and_extra_headings(self, office: Office) -> None:
        headings = list(reversed(HEADINGS[PUPILS]))
        rows = [list(reversed(pupil(1)))]
        assert found(checked(office, Book({PUPILS: rows}, headings={PUPILS: headings}))) == set()
        renamed = ["学生姓名" if one == "姓名" else one for one in HEADINGS[PUPILS]]
        wrong = found(checked(office, Book({PUPILS: [pupil(1)]}, headings={PUPILS: renamed})))
        assert wrong == {(PUPILS, 1, "姓名", Fault.HEADER_MISSING), (PUPILS, 1, "学生姓名", Fault.HEADER_UNKNOWN)}
        twice = [*HEADINGS[PUPILS], "姓名"]
        wrong = found(checked(office, Book({PUPILS: [[*pupil(1), "x"]]}, headings={PUPILS: twice})))
        assert wrong == {(PUPILS, 1, "姓名", Fault.HEADER_TWICE)}

    def test_hidden_and_unknown_sheets(self, office: Office) -> None:
        book = Book({PUPILS: [pupil(1)], TEACHERS: [teacher(1)], "花名册": [["甲"]]}, hidden=[TEACHERS])
        batch = checked(office, book)
        assert found(batch) == {
            (TEACHERS, 1, "", Fault.SHEET_HIDDEN),
            ("花名册", 1, "", Fault.SHEET_UNKNOWN),
        }
        assert batch.rows.count() == 1

    def test_a_sheet_without_headings_and_a_book_without_sheets(self, office: Office) -> None:
        batch = checked(office, Book({PUPILS: [["甲", "乙"]]}, headings={PUPILS: ("一", "二")}))
        assert found(batch) == {(PUPILS, 1, "姓名", Fault.HEADER_MISSING)}
        assert checked(office, Book({"Sheet1": [pupil(1)]})).refusal == "not_a_roster"

    @pytest.mark.slow
    def test_a_million_empty_rows_cost_nothing_but_their_reading(self, office: Office) -> None:
        sheet = "".join(f'<row r="{place}"><c r="A{place}" s="0"/></row>' for place in range(3, 1_000_001))
        batch = checked(office, with_sheet(Book({PUPILS: [pupil(1)]}).content(), before="</sheetData>", put=sheet))
        assert (found(batch), batch.rows_read) == (set(), 1)


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password_protected"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"),
        ],
    )
    def test_a_file_that_cannot_be_opened_says_why(self, office: Office, content: bytes, code: str) -> None:
        with pytest.raises(UNREADABLE[code]):
            refuse_ole(BytesIO(content))

    def test_a_bomb_in_a_sheet(self, office: Office) -> None:
        bomb = with_sheet(Book({PUPILS: [pupil(1)]}).content(), before="</sheetData>", put=" " * (64 * 1024**2))
        batch = checked(office, bomb)
        assert (batch.state, batch.refusal) == (BatchState.REFUSED, "unfolds_too_far")

    def test_entities_that_unfold(self, office: Office) -> None:
        put = '<!DOCTYPE a [<!ENTITY b "bbbb">]>'
        batch = checked(office, with_sheet(Book({PUPILS: [pupil(1)]}).content(), before="<worksheet", put=put))
        assert batch.refusal == "unfolds_too_far"


class TestIds:
    def test_twice_in_one_file(self, office: Office) -> None:
        rows = [
            pupil(1),
            pupil(2),
            pupil(3, 身份证号=resident(1), 学籍号=""),
            pupil(4, 身份证号="", 学籍号=f"G{resident(2)}"),
        ]
        wrong = found(checked(office, Book({PUPILS: rows})))
        assert {(PUPILS, 4, "身份证号", Fault.TWICE), (PUPILS, 5, "学籍号", Fault.TWICE)} <= wrong
        assert {row for _sheet, row, _column, _fault in wrong} == {4, 5}

    def test_against_the_register(self, office: Office) -> None:
        done(office, Book({PUPILS: [pupil(1)], TEACHERS: [teacher(1)]}))
        batch = checked(office, Book({TEACHERS: [["邙岭别人", "女", "", "10000000001"]]}))
        assert found(batch) == {(TEACHERS, 2, "姓名", Fault.OTHER_NAME)}
        shown = RosterFinding.objects.get(batch=batch)
        assert "嵩云" not in shown.reason

    def test_a_pupil_of_another_school(self, office: Office) -> None:
        done(office, Book({PUPILS: [pupil(1)]}))
        other = school("2141970002", "第二小学")
        klass(other)
        batch = checked(office, Book({PUPILS: [pupil(1)]}), by=office.county_by, at=other)
        assert found(batch) == {(PUPILS, 2, "姓名", Fault.PUPIL_ELSEWHERE)}
        assert "示例小学" in RosterFinding.objects.get(batch=batch).reason

    def test_a_pupil_of_another_county_is_not_told_about(self, office: Office) -> None:
        far = school("2141970003", "远处小学", OTHER_COUNTY)
        klass(far)
        away = person(Role.SCHOOL_ADMIN, far, username="a.far")
        batch = checked(office, Book({PUPILS: [pupil(1)]}), by=actor_at(Role.SCHOOL_ADMIN, far, away), at=far)
        confirm_batch(by=actor_at(Role.SCHOOL_ADMIN, far, away), batch=batch, choice=Choice.ALL, now=NOON)
        imported(batch)
        twice = checked(office, Book({PUPILS: [pupil(1), pupil(2)]}))
        assert found(twice) == {(PUPILS, 2, "姓名", Fault.PUPIL_ELSEWHERE)}
        assert "远处小学" not in RosterFinding.objects.get(batch=twice).reason

    def test_a_class_without_school_and_a_pupil_in_two(self, office: Office) -> None:
        other = school("2141970002", "第二小学", COUNTY)
        klass(other)
        rows = [[*pupil(1), office.school.code], [*pupil(1), other.code], [*pupil(2), ""], [*pupil(3), "2141979999"]]
        book = Book(
            {CLASSES: [["四年级", "9", ""]], PUPILS: rows},
            headings={PUPILS: CODE, CLASSES: (*HEADINGS[CLASSES], "学校标识码")},
        )
        batch = checked(office, book, by=office.county_by, at=office.county)
        assert found(batch) == {
            (CLASSES, 2, "学校标识码", Fault.SCHOOL_MISSING),
            (PUPILS, 3, "身份证号", Fault.TWICE),
            (PUPILS, 3, "学籍号", Fault.TWICE),
            (PUPILS, 4, "学校标识码", Fault.SCHOOL_MISSING),
            (PUPILS, 5, "学校标识码", Fault.SCHOOL_UNKNOWN),
        }

    def test_a_guardian_points_to_a_row_that_is_wrong(self, office: Office) -> None:
        rows = {PUPILS: [pupil(1, 出生日期="不详")], GUARDIANS: [guardian(1, 1), guardian(2, 9)]}
        assert found(checked(office, Book(rows))) == {
            (PUPILS, 2, "出生日期", Fault.DATE_UNREADABLE),
            (GUARDIANS, 2, "学生身份证号或学籍号", Fault.POINTS_TO_WRONG),
            (GUARDIANS, 3, "学生身份证号或学籍号", Fault.NOT_HERE),
        }


class TestInterrupted:
    def test_reading_that_was_killed_starts_over(self, office: Office) -> None:
        batch = sent(office, Book({PUPILS: [pupil(1), pupil(2)]}).content())
        read_batch(batch_id=batch.pk, now=NOON)
        type(batch).objects.filter(pk=batch.pk).update(state=BatchState.READING)
        read_batch(batch_id=batch.pk, now=NOON)
        assert (fresh(batch).rows_read, batch.rows.count()) == (2, 2)

    def test_an_import_that_was_killed_goes_on_with_the_schools_not_done(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = school("2141970002", "第二小学", COUNTY)
        klass(other)
        rows = [[*pupil(1), office.school.code], [*pupil(2), other.code]]
        batch = checked(office, Book({PUPILS: rows}, headings={PUPILS: CODE}), by=office.county_by, at=office.county)
        confirm_batch(by=office.county_by, batch=batch, choice=Choice.ALL, now=NOON)
        merge, calls = importing_actions.merge_lists, []

        def killed(**said: object) -> object:
            calls.append(said)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return merge(**said)  # type: ignore[arg-type]

        monkeypatch.setattr(importing_actions, "merge_lists", killed)
        with pytest.raises(KeyboardInterrupt):
            import_batch(batch_id=batch.pk, now=NOON)
        assert (fresh(batch).state, Post.objects.filter(role=Role.PUPIL).count()) == (BatchState.IMPORTING, 1)
        monkeypatch.setattr(importing_actions, "merge_lists", merge)
        assert imported(batch).counts["new"] == 2
        assert imported(batch).counts["new"] == 2
        assert Person.objects.filter(name__in=[name(1), name(2)]).count() == 2
        assert AuditRow.objects.filter(deed="rosters.batch_imported").count() == 1
        assert OutboxRow.objects.filter(name="rosters.roster_imported").count() == 1

    def test_two_clerks_of_whom_the_second_checks_again(self, office: Office) -> None:
        one = checked(office, Book({PUPILS: [pupil(1)]}))
        other = checked(office, Book({PUPILS: [pupil(1), pupil(2)]}))
        confirm_batch(by=office.by, batch=one, choice=Choice.ALL, now=NOON)
        imported(one)
        type(one).objects.filter(pk=other.pk).update(checked_at=fresh(one).opened_at)
        type(one).objects.filter(pk=one.pk).update(finished_at=NOON.replace(hour=5))
        with pytest.raises(PreviewStale):
            confirm_batch(by=office.by, batch=fresh(other), choice=Choice.ALL, now=NOON)
        check_again(by=office.by, batch=fresh(other), now=NOON.replace(hour=6))
        compare_batch(batch_id=other.pk, now=NOON.replace(hour=6))
        assert (fresh(other).counts["new"], fresh(other).counts["same"]) == (1, 1)
        confirm_batch(by=office.by, batch=fresh(other), choice=Choice.ALL, now=NOON.replace(hour=6))
        assert imported(other, now=NOON.replace(hour=6)).counts["new"] == 1


def done(office: Office, book: Book) -> None:
    batch = checked(office, book)
    confirm_batch(by=office.by, batch=batch, choice=Choice.ALL, now=NOON)
    imported(batch)


def with_sheet(content: bytes, *, before: str, put: str) -> bytes:
    """A workbook with something put into its first sheet."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for info in archive.infolist():
            part = archive.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                part = part.replace(before.encode(), (put + before).encode(), 1)
            written.writestr(info.filename, part)
    return out.getvalue()


def test_what_shows_only_beside_other_rows_or_the_register_names_its_cell_too(office: Office) -> None:
    """Wherever the file has the column: here the name comes last, and the class number is in B."""
    done(office, Book({TEACHERS: [teacher(1)]}))
    pupils = [
        ["三年级", "9", "", resident(2), name(2)],
        ["三年级", "1", "", resident(3), name(3)],
        ["三年级", "1", "", resident(3), name(3)],
    ]
    rows = {
        TEACHERS: [[phone(1), "女", "邙岭别人"]],
        PUPILS: pupils,
        TEACHINGS: [["三年级", "1", phone(7), "语文", "否"]],
    }
    headings = {TEACHERS: ("手机号", "性别", "姓名"), PUPILS: ("年级", "班号", "学籍号", "身份证号", "姓名")}
    batch = checked(office, Book(rows, headings))
    assert {(wrong.sheet, wrong.fault, wrong.cell) for wrong in batch.findings.all()} == {
        (TEACHERS, Fault.OTHER_NAME, "C2"),
        (PUPILS, Fault.CLASS_UNKNOWN, "B2"),
        (PUPILS, Fault.TWICE, "D4"),
        (TEACHINGS, Fault.NOT_HERE, "C2"),
    }
