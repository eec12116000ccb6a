"""The register in the layout of JY/T 1002: what is in a package, whose numbers are in clear, who may have it."""

import csv
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from pytest_django import Settings

from heluo.domains.students.actions import NewRecord, open_records, register_change
from heluo.domains.students.enums import STAGE_DEFAULTS, ChangeKind
from heluo.gateways.jyt1002.actions import order_package, order_package_in_clear
from heluo.gateways.jyt1002.bulk import DICTIONARY, DICTIONARY_TITLES, REPORT, WORKBOOK, write_package
from heluo.gateways.jyt1002.errors import NotConfirmed, PackageUnderWay
from heluo.gateways.jyt1002.jobs import make_package
from heluo.gateways.jyt1002.models import Package
from heluo.gateways.jyt1002.queries import View, masked_numbers
from heluo.gateways.jyt1002.tables import NOT_TOLD, SUBCLASSES, fields_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import resident_check
from heluo.kernel.files.public import OrderState
from heluo.kernel.files.storage import current_storage
from heluo.kernel.organisations.actions import OrganisationFacts, record_facts
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.pages.sheets import BYTE_ORDER_MARK, from_csv_cell
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import RevealReasonMissing
from heluo.kernel.people.models import Person, Reveal
from heluo.kernel.people.public import NewIdentifier, NewTeaching, assign_teachings, record_identifiers
from heluo.kernel.tables.public import open_workbook
from tests.accounts import PASSWORD
from tests.register import CLERK, TERM_START, actor_at, browser, bureau, bureaus, klass, person, school

BIRTHDAY = date(2016, 3, 2)
REASON = "按上级通知报送学籍数据"
ADDRESS = "=示例路 1 号"
Files = dict[str, list[dict[str, str]]]


def resident(serial: int) -> str:
    first_17 = f"999999{BIRTHDAY:%Y%m%d}{serial:03d}"
    return first_17 + resident_check(first_17)


class House:
    """A school of a county, told in full; and another in which nobody of these has any business."""

    def __init__(self) -> None:
        bureaus()
        self.year = SchoolYear.on(local_day(now())).starts
        self.school: Organisation = school()
        self.other: Organisation = school("2141970002", "另一小学", county="410324")
        record_facts(
            by=CLERK,
            organisation=self.school,
            facts=OrganisationFacts(
                address=ADDRESS, postcode="471000", founded_on=date(1958, 9, 1), run_by="11", settlement="111"
            ),
            now=now(),
        )
        self.room: Klass = klass(self.school, self.year - 2, 1)
        self.next_room: Klass = klass(self.school, self.year - 2, 2)
        self.leader: Person = person(Role.TEACHER, self.school, "嵩云知秋", born_on=date(1985, 1, 9))
        self.pupil: Person = person(Role.PUPIL, self.school, "河洛听雨", born_on=BIRTHDAY, sits_in=self.room)
        self.stranger: Person = person(Role.PUPIL, self.other, "伊阙望舒", born_on=BIRTHDAY)
        self.admin: Person = person(Role.SCHOOL_ADMIN, self.school, "伊水", username="a.yishui")
        task = NewTeaching(person=self.leader, klass=self.room, subject="13", is_homeroom=True)
        assign_teachings(by=CLERK, teachings=[task], starts_on=TERM_START, now=now())
        numbers = [(self.pupil, resident(7)), (self.stranger, resident(8))]
        record_identifiers(
            by=CLERK,
            identifiers=[NewIdentifier(who, IdentifierKind.RESIDENT_ID, value) for who, value in numbers],
            now=now(),
        )
        self.actor: Actor = actor_at(Role.SCHOOL_ADMIN, self.school, self.admin)
        category, length = STAGE_DEFAULTS[Stage.PRIMARY]
        record = NewRecord(
            person=self.pupil,
            school=self.school,
            stage=Stage.PRIMARY,
            entry_year=self.year - 2,
            category=category,
            length=length,
            origin_school="示例幼儿园",
        )
        [opened] = open_records(by=self.actor, records=[record], on=TERM_START, now=now())
        register_change(
            by=self.actor,
            record=opened,
            kind=ChangeKind.CLASS_CHANGED,
            on=local_day(now()),
            klass=self.next_room,
            now=now(),
        )


@pytest.fixture
def _data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    settings.IDENTIFIER_KEYS = None


@pytest.fixture
def house(transactional_db: None, _data: None) -> House:
    """Committed rows: a package is written in a transaction of its own."""
    return House()


def read(content: bytes) -> Files:
    """CSV files of a package as a reader sees them, each cell as it was."""
    files: Files = {}
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                text = archive.read(name).decode()
                assert text.startswith(BYTE_ORDER_MARK)
                rows = csv.DictReader(StringIO(text[1:], newline=""))
                files[name.removesuffix(".csv")] = [
                    {key: from_csv_cell(value) for key, value in row.items()} for row in rows
                ]
    return files


def packed(house: House) -> bytes:
    written = BytesIO()
    view = View(path=house.school.path, today=local_day(now()), numbers=masked_numbers)
    write_package(view, written, organisation=house.school.name, in_clear=False)
    return written.getvalue()


def stored(package: Package) -> Files:
    package.refresh_from_db()
    assert package.state == OrderState.READY
    assert package.file is not None
    return read(b"".join(current_storage().read(package.file.blob.sha256)))


@pytest.mark.slow
def test_a_package_tells_the_register_by_field_codes(house: House, tmp_path: Path) -> None:
    content = packed(house)
    files = read(content)
    for subclass in SUBCLASSES:
        for row in files[subclass]:
            assert list(row) == [one.code for one in fields_of(subclass)]
    [one] = files["JCXX0101"]
    assert (one["XXDM"], one["XXMC"], one["XXBXLXM"], one["XZQHM"], one["JXNY"]) == (
        house.school.code,
        "示例小学",
        "211",
        "410305",
        "195809",
    )
    assert one["XXDZ"] == ADDRESS
    by_number = {row["BH"]: row for row in files["JCXX02"]}
    room = by_number[f"{house.year - 2}201"]
    assert (room["BJMC"], room["SSNJ"], room["JBNY"]) == ("三年级（1）班", "三年级", f"{house.year - 2}09")
    assert room["BZRGH"] == house.leader.number
    staff = {row["RYH"]: row for row in files["JCTB0201"]}
    assert set(staff) == {house.leader.number, house.admin.number}
    assert staff[house.leader.number]["CSRQ"] == "19850109"
    [pupil] = files["JCXS0101"]
    assert (pupil["XH"], pupil["XM"], pupil["CSRQ"], pupil["SFZJLXM"]) == (
        house.pupil.number,
        "河洛听雨",
        "20160302",
        "1",
    )
    assert "*" in pupil["SFZJH"]
    assert files["JCXS0110"][0]["YXXMC"] == "示例幼儿园"
    [enrolment] = files["JCXS0201"]
    assert (enrolment["XSLBM"], enrolment["XZ"], enrolment["XSDQZTM"], enrolment["SZBH"]) == (
        "21100",
        "6",
        "01",
        f"{house.year - 2}202",
    )
    [change] = files["JCXS0202"]
    assert (change["YDLBM"], change["YDRQ"]) == ("29", f"{local_day(now()):%Y%m%d}")
    assert (change["YBH"], change["XBH"]) == (f"{house.year - 2}201", f"{house.year - 2}202")
    with ZipFile(BytesIO(content)) as archive:
        (tmp_path / WORKBOOK).write_bytes(archive.read(WORKBOOK))
        assert "以发布文本为准" in archive.read("说明.txt").decode()
    with open_workbook(tmp_path / WORKBOOK) as book:
        names = [sheet.name for sheet in book.sheets]
        assert names == ["说明", DICTIONARY, REPORT, *SUBCLASSES]
        for sheet in book.sheets[3:]:
            codes = [one.code for one in fields_of(sheet.name)]
            (_first, head), *rows = book.rows(sheet)
            assert [head[column].text for column in sorted(head)] == codes
            told = [{codes[column]: cell.text for column, cell in cells.items()} for _number, cells in rows]
            assert told == [{key: value for key, value in row.items() if value} for row in files[sheet.name]]


@pytest.mark.slow
def test_what_is_missing_is_listed_and_not_silently_blank(house: House) -> None:
    files = read(packed(house))
    report = {(row["子类"], row["记录"], row["字段代码"]): row["问题"] for row in files[REPORT]}
    assert report["JCXX0101", house.school.code or "", "LXDH"] == "必填，未填"
    assert report["JCXX0101", house.school.code or "", "XXJBZM"] == "必填，未填"
    assert report["JCXS0101", house.pupil.number, "XBM"] == "必填，未填"
    assert report["JCXX0101", "全部记录", "XZXM"].startswith("必填，本平台没有这一项")
    assert ("JCXX0101", house.school.code, "XXDZ") not in report
    assert {subclass for subclass, _record, code in report if not code} == set(NOT_TOLD)
    [told] = files["JCXX0101"]
    assert (told["XXBBM"], told["SZDCXLXM"], told["ZSBJ"]) == ("11", "111", "")
    assert report["JCXX0101", "全部记录", "XXBBM"].endswith("没有取得")
    assert report["JCXX0101", "全部记录", "ZSBJ"].endswith("本平台没有这一项，各记录均为空")
    assert {house.pupil.name, house.leader.name}.isdisjoint(value for row in files[REPORT] for value in row.values())
    assert [tuple(row) for row in files[DICTIONARY][:1]] == [DICTIONARY_TITLES]
    assert len(files[DICTIONARY]) == sum(len(fields_of(subclass)) for subclass in SUBCLASSES)


@pytest.mark.slow
def test_a_package_is_ordered_made_and_fetched_once(house: House) -> None:
    page = browser(house.admin)
    chosen = {"organisation": str(house.school.uuid)}
    assert page.post("/exports/jyt1002/", chosen).status_code == 302
    assert page.post("/exports/jyt1002/", chosen).status_code == 422
    package = Package.objects.get()
    make_package(package_id=package.pk)
    make_package(package_id=package.pk)  # run twice: nothing more happens
    assert stored(package)["JCXS0101"][0]["XH"] == house.pupil.number
    assert package.records == 9
    shown = page.get("/exports/jyt1002/").content.decode()
    assert "身份证件号已脱敏" in shown
    assert page.post(f"/exports/jyt1002/{package.pk}/").headers["Location"].endswith(".zip")
    deeds = AuditRow.objects.filter(deed__startswith="jyt1002.").values_list("deed", flat=True)
    assert sorted(deeds) == ["jyt1002.package_fetched", "jyt1002.package_made", "jyt1002.package_ordered"]
    assert not Reveal.objects.exists()


@pytest.mark.slow
def test_numbers_in_clear_are_for_a_reason_and_noted_for_each(house: House) -> None:
    package = order_package_in_clear(
        by=house.actor, organisation=house.school, reason=REASON, is_confirmed=True, now=now()
    )
    make_package(package_id=package.pk)
    [pupil] = stored(package)["JCXS0101"]
    assert pupil["SFZJH"] == resident(7)
    [reveal] = Reveal.objects.all()
    assert (reveal.identifier.person, reveal.by, reveal.reason) == (house.pupil, house.admin, REASON)
    row = AuditRow.objects.get(deed="people.identifiers_revealed")
    assert (row.details["reason"], row.path) == (REASON, house.school.path)
    other = browser(person(Role.SCHOOL_ADMIN, house.school, "洛水", username="a.luoshui"))
    assert other.post(f"/exports/jyt1002/{package.pk}/").status_code == 404
    assert other.get("/exports/jyt1002/").context["page"].items == []
    assert browser(house.admin).post(f"/exports/jyt1002/{package.pk}/").status_code == 302


@pytest.mark.slow
def test_whoever_lost_the_right_gets_no_numbers(house: House) -> None:
    package = order_package_in_clear(
        by=house.actor, organisation=house.school, reason=REASON, is_confirmed=True, now=now()
    )
    house.admin.posts.update(ends_on=TERM_START)
    with pytest.raises(NotAllowed):
        make_package(package_id=package.pk)
    package.refresh_from_db()
    assert package.state == OrderState.FAILED
    assert not Reveal.objects.exists()


def test_numbers_in_clear_need_a_reason_a_confirmation_and_the_right(house: House) -> None:
    def order(by: Actor = house.actor, reason: str = REASON, *, is_confirmed: bool = True) -> None:
        order_package_in_clear(by=by, organisation=house.school, reason=reason, is_confirmed=is_confirmed, now=now())

    with pytest.raises(RevealReasonMissing):
        order(reason="  要 ")
    with pytest.raises(NotConfirmed):
        order(is_confirmed=False)
    for stranger in (actor_at(Role.SCHOOL_ADMIN, house.other), actor_at(Role.TEACHER, house.school)):
        with pytest.raises(NotAllowed):
            order(by=stranger)
        with pytest.raises(NotAllowed):
            order_package(by=stranger, organisation=house.school, now=now())
    assert not Package.objects.exists()


def test_the_page_of_numbers_in_clear_asks_again_who_one_is(house: House) -> None:
    account = house.admin.account
    account.set_password(PASSWORD)
    account.save()
    page = browser(house.admin)
    answer = page.get("/exports/jyt1002/in-clear/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    page.post("/accounts/reauthenticate/", {"password": PASSWORD})
    wish = {"organisation": str(house.school.uuid), "reason": REASON}
    refused = page.post("/exports/jyt1002/in-clear/", wish)
    assert refused.status_code == 422
    assert "请勾选确认" in refused.content.decode()
    assert page.post("/exports/jyt1002/in-clear/", wish | {"is_confirmed": "on"}).status_code == 302
    assert Package.objects.get().in_clear
    teacher = browser(person(Role.TEACHER, house.school, "澗水", username="t.jianshui"))
    assert teacher.get("/exports/jyt1002/").status_code == 403
    assert teacher.get("/exports/jyt1002/in-clear/").status_code == 403


def test_one_is_made_at_a_time_for_each_who_asks(house: House) -> None:
    order_package(by=house.actor, organisation=house.school, now=now())
    with pytest.raises(PackageUnderWay):
        order_package(by=house.actor, organisation=house.school, now=now())
    officer = actor_at(
        Role.COUNTY_OFFICER,
        bureau("410305"),
        person(Role.COUNTY_OFFICER, bureau("410305"), "嵩云", username="o.songyun"),
    )
    order_package(by=officer, organisation=house.school, now=now())


def test_a_county_takes_one_school_and_no_other(house: House) -> None:
    officer = person(Role.COUNTY_OFFICER, bureau("410305"), "嵩云", username="o.songyun")
    page = browser(officer)
    whole = {"organisation": str(bureau("410305").uuid)}
    for elsewhere in ("另一小学", house.other.code, "没有这所学校"):
        refused = page.post("/exports/jyt1002/", {**whole, "part": elsewhere})
        assert refused.status_code == 422
        assert "part" in refused.context["form"].errors
    assert not Package.objects.exists()
    assert page.post("/exports/jyt1002/", {**whole, "part": house.school.code}).status_code == 302
    assert Package.objects.get().organisation == house.school


def test_the_fields_are_those_of_the_standard() -> None:
    """Each subclass has its fields once; what the platform fills has a name and fits the field."""
    for subclass in SUBCLASSES:
        codes = [one.code for one in fields_of(subclass)]
        assert len(codes) == len(set(codes))
        for one in fields_of(subclass):
            assert one.required in {"yes", "no", "link", "unknown"}
            assert one.required != "unknown" or not (one.number or one.length)
            assert one.required != "link" or (one.filled and not one.number)
