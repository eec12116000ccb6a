"""OneRoster 1.2 packages: what is read out of them, what is refused, and our own read back."""

import csv
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from heluo.domains.rosters.actions import confirm_batch, correct_batch
from heluo.domains.rosters.enums import BatchState, Choice, Fault, Severity
from heluo.domains.rosters.models import RosterBatch, RosterFinding
from heluo.gateways.oneroster.bulk import DEMOGRAPHICS_LAYOUT, LAYOUTS, write_bulk
from heluo.gateways.oneroster.queries import View
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day
from heluo.kernel.files.public import content_as_file
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.models import ClassMembership, Person, Post, Teaching
from tests.domains.rosters.made import (
    Office,
    Parcel,
    checked,
    found,
    fresh,
    held,
    imported,
    parcel,
    resident,
    room,
    seat,
    user,
)
from tests.domains.rosters.test_importing import whole
from tests.register import NOON, OTHER_COUNTY, person, school

LATER = NOON + timedelta(days=20)


def sent(office: Office, package: Parcel | bytes, **more: object) -> RosterBatch:
    content = package if isinstance(package, bytes) else package.content()
    return checked(office, content, name="名册.zip", **more)  # type: ignore[arg-type]


def taken(office: Office, package: Parcel | bytes, now: object = NOON) -> RosterBatch:
    """A package without errors, imported."""
    batch = sent(office, package, now=now)
    assert {one for one in found(batch) if one[3] not in WARNED} == set()
    confirm_batch(by=office.by, batch=batch, choice=Choice.ALL, endings_reason="期末清理", now=now)  # type: ignore[arg-type]
    return imported(batch, now=now)  # type: ignore[arg-type]


WARNED = {Fault.ROLE_IGNORED, Fault.SEAT_MISSING}


def changes(batch: RosterBatch) -> dict[str, int]:
    return {name: count for name, count in batch.counts.items() if count and name != "same"}


class TestWhatIsRead:
    def test_a_school_of_a_package_is_imported(self, office: Office) -> None:
        done = taken(office, parcel(office))
        assert (done.counts["new"], done.counts["guardianships_begun"]) == (6, 2)
        assert set(Post.objects.filter(role=Role.PUPIL).values_list("person__name", flat=True)) == {
            "河洛听雨乙",
            "河洛听雨丙",
            "河洛听雨丁",
        }
        assert set(ClassMembership.objects.values_list("klass", flat=True)) == {office.klass.pk}
        assert set(Teaching.objects.values_list("person__name", "subject", "is_homeroom")) == {
            ("嵩云知秋", "13", True),
            ("伊阙望舒", "14", False),
        }
        assert Person.objects.get(name="河洛听雨丙").sex == "2"

    def test_the_same_package_again_changes_nothing_and_a_shorter_one_ends(self, office: Office) -> None:
        taken(office, parcel(office))
        again = sent(office, parcel(office), now=LATER)
        assert (changes(again), again.counts["same"]) == ({}, 6)
        assert changes(sent(office, parcel(office, pupils=2), now=LATER)) == {"ended": 1}

    def test_a_new_class_is_opened(self, office: Office) -> None:
        package = parcel(office)
        package.lines["classes"].append(room("c2", "四年级二班", "k1", classType="homeroom", grades=""))
        package.lines["enrollments"][0]["classSourcedId"] = "c2"
        assert taken(office, package).counts["classes_opened"] == 1
        assert Klass.objects.filter(school=office.school, entry_year=2023, number=2).exists()

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
    def test_encodings_are_recognised(self, office: Office, encoding: str) -> None:
        batch = sent(office, replace(parcel(office), encoding=encoding))
        assert (found(batch), batch.counts["new"]) == (set(), 6)

    def test_a_folder_that_was_packed_with_its_files_is_looked_into(self, office: Office) -> None:
        out = BytesIO()
        with ZipFile(out, "w") as archive:
            for file, content in parcel(office).files().items():
                archive.writestr(f"导出/{file}", content)
            archive.writestr("__MACOSX/导出/._users.csv", b"\0")
        assert sent(office, out.getvalue()).counts["new"] == 6


class TestOurOwn:
    """What the platform writes it reads back, and finds nothing to change."""

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.slow
    def test_a_package_of_the_platform_changes_nothing(self, office: Office) -> None:
        batch = checked(office, whole())
        confirm_batch(by=office.by, batch=batch, choice=Choice.ALL, now=NOON)
        imported(batch)
        for serial, name in enumerate(("阿依古丽·买买提", "Anna Maria Schmidt", "欧阳修远", "高")):
            person(Role.TEACHER, office.school, name, username=f"x.t{serial}")
        written = BytesIO()
        view = View(path=office.school.path, today=local_day(LATER))
        write_bulk(view, written, with_demographics=True, system="测试节点")
        again = sent(office, written.getvalue(), now=LATER)
        errors = RosterFinding.objects.filter(batch=again, severity=Severity.ERROR)
        assert list(errors.values_list("sheet", "number", "column", "fault", "details")) == []
        assert changes(again) == {}
        assert again.counts["same"] == 14

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.slow
    def test_what_came_in_goes_out_equal(self, office: Office) -> None:
        package = parcel(office)
        taken(office, package)
        written = BytesIO()
        view = View(path=office.school.path, today=local_day(NOON))
        write_bulk(view, written, with_demographics=True, system="测试节点")
        with ZipFile(written) as archive:
            out = {
                name.removesuffix(".csv"): list(csv.DictReader(StringIO(archive.read(name).decode(), newline="")))
                for name in archive.namelist()
            }
        assert told(out) == told(package.lines)

    def test_every_column_the_platform_writes_is_known(self, office: Office) -> None:
        package = parcel(office)
        for layout in (*LAYOUTS, DEMOGRAPHICS_LAYOUT):
            package.columns[layout.name] = " ".join(layout.columns)
        assert found(sent(office, package)) == set()


def told(lines: dict[str, list[dict[str, str]]]) -> dict[str, set[tuple[str, ...]]]:
    """What a package says, without ids: who is what, born when, with whom, in which lesson as what."""
    names = {line["sourcedId"]: line["familyName"] + line["givenName"] for line in lines["users"]}
    rosters = {"student", "teacher", "guardian"}
    families = {
        tuple(sorted((names[line["sourcedId"]], names[agent])))
        for line in lines["users"]
        for agent in filter(None, line.get("agentSourcedIds", "").split(","))
    }
    rooms = {
        line["sourcedId"]: (line["grades"], "" if line["classType"] == "homeroom" else line["title"][-2:])
        for line in lines["classes"]
    }
    seats = {
        (names[line["userSourcedId"]], line["role"], *rooms[line["classSourcedId"]])
        for line in lines["enrollments"]
        if line["role"] == "teacher" or not rooms[line["classSourcedId"]][1]
    }
    roles = {(names[line["userSourcedId"]], line["role"]) for line in lines["roles"] if line["role"] in rosters}
    pupils = {name for name, role in roles if role == "student"}
    births = {
        (names[line["sourcedId"]], line["birthDate"], line["sex"])
        for line in lines["demographics"]
        if names[line["sourcedId"]] in pupils
    }
    return {"roles": roles, "families": families, "seats": seats, "births": births}


class TestChangesOnly:
    def delta(self, office: Office) -> Parcel:
        package = parcel(office)
        package.modes = dict.fromkeys(package.lines, "delta")
        for lines in package.lines.values():
            for line in lines:
                line |= {"status": "active", "dateLastModified": "2026-10-09T04:00:00Z"}
        return package

    def test_nobody_is_missing_from_a_package_of_changes(self, office: Office) -> None:
        taken(office, parcel(office))
        package = self.delta(office)
        package.lines["users"] = package.lines["users"][:1]
        package.lines["roles"] = package.lines["roles"][:1]
        package.lines["enrollments"] = package.lines["enrollments"][:1]
        package.lines["users"][0]["givenName"] = "听雪"
        batch = sent(office, package, now=LATER)
        assert (found(batch), batch.is_delta, changes(batch)) == (set(), True, {"changed": 1})

    def test_a_user_alone_is_whatever_the_register_says(self, office: Office) -> None:
        taken(office, parcel(office))
        one, other = Person.objects.filter(name__startswith="河洛").order_by("name")[:2]
        renamed = user("x1", "听雪", "河洛", userIds=f"{{platformNumber:{one.number}}}", status="active")
        gone = user("x2", "", "", identifier=other.number, status="tobedeleted")
        batch = sent(office, Parcel({"users": [renamed, gone]}, modes={"users": "delta"}), now=LATER)
        assert (found(batch), changes(batch)) == (set(), {"changed": 1, "ended": 1})

    def test_what_is_to_be_deleted_ends(self, office: Office) -> None:
        taken(office, parcel(office))
        package = self.delta(office)
        package.lines["users"][0]["status"] = "tobedeleted"
        package.lines["roles"][0]["status"] = "tobedeleted"
        package.lines["enrollments"] = package.lines["enrollments"][-1:]
        package.lines["enrollments"][0]["status"] = "tobedeleted"
        package.lines["users"] = [line for line in package.lines["users"] if line["sourcedId"] != "g1"]
        package.lines["roles"] = package.lines["roles"][:-1]
        batch = sent(office, package, now=LATER)
        assert changes(batch) == {"ended": 1, "teachings_ended": 1}
        confirm_batch(by=office.by, batch=batch, choice=Choice.ALL, endings_reason="转往外省", now=LATER)
        imported(batch, now=LATER)
        assert Post.objects.get(role=Role.PUPIL, ends_on__isnull=False).person.name == "河洛听雨乙"
        assert Teaching.objects.get(ends_on__isnull=False).subject == "14"

    def test_a_program_that_read_our_ids_may_point_to_them(self, office: Office) -> None:
        taken(office, parcel(office))
        teacher = Person.objects.get(name="嵩云知秋")
        lesson = {"status": "active", "classSourcedId": f"{office.klass.uuid}-14"}
        package = Parcel(
            {"enrollments": [seat("e9", "", str(teacher.uuid), "teacher", **lesson)]}, modes={"enrollments": "delta"}
        )
        batch = sent(office, package, now=LATER)
        assert (found(batch), changes(batch)) == (set(), {"teachings_begun": 1})

    def test_a_state_must_be_told(self, office: Office) -> None:
        package = self.delta(office)
        package.lines["users"][0]["status"] = ""
        package.lines["users"][1]["status"] = "gone"
        wrong = found(sent(office, package))
        assert ("users.csv", 2, "status", Fault.REQUIRED) in wrong
        assert ("users.csv", 3, "status", Fault.NOT_IN_TABLE) in wrong


class TestWhatIsWrong:
    def test_wrong_cells_are_named_where_they_stand(self, office: Office) -> None:
        package = parcel(office)
        users, roles, enrollments = (package.lines[name] for name in ("users", "roles", "enrollments"))
        users[0] |= {"identifier": f"G{resident(1)[:-1]}0", "familyName": "河洛1"}
        users[4] |= {"sms": "", "phone": "0379-123"}
        users.append(user("p1", "重", "复"))
        package.lines["demographics"][1] |= {"birthDate": "不详", "sex": "女"}
        roles[1]["orgSourcedId"] = "o9"
        roles.append(held("r9", "p9", "student"))
        enrollments[1]["classSourcedId"] = "c9"
        package.lines["classes"].append(room("c7", "篮球社", "k1", classType="homeroom", grades=""))
        wrong = found(sent(office, package))
        assert wrong >= {
            ("users.csv", 2, "familyName", Fault.STRANGE_NAME),
            ("users.csv", 2, "userIds", Fault.NUMBER_CHECK),
            ("users.csv", 6, "phone", Fault.PHONE),
            ("users.csv", 8, "sourcedId", Fault.TWICE),
            ("demographics.csv", 3, "sex", Fault.NOT_IN_TABLE),
            ("roles.csv", 3, "orgSourcedId", Fault.REFERENCE_UNKNOWN),
            ("roles.csv", 8, "userSourcedId", Fault.REFERENCE_UNKNOWN),
            ("classes.csv", 5, "title", Fault.CLASS_UNPLACED),
        }

    def test_a_birthday_that_is_none(self, office: Office) -> None:
        package = parcel(office)
        package.lines["demographics"][1]["birthDate"] = "不详"
        assert found(sent(office, package)) == {
            ("demographics.csv", 3, "birthDate", Fault.DATE_UNREADABLE),
            ("users.csv", 7, "agentSourcedIds", Fault.POINTS_TO_WRONG),
        }

    def test_headings_files_roles_and_passwords(self, office: Office) -> None:
        package = parcel(office)
        package.columns["users"] += " favouriteColour"
        package.columns["roles"] = package.columns["roles"].replace("roleType", "type")
        package.lines["userProfiles"] = []
        package.columns["userProfiles"] = "sourcedId"
        package.extra = {"notes.txt": b"", "results.csv": b"sourcedId\n"}
        wrong = found(sent(office, package))
        assert wrong >= {
            ("users.csv", 1, "favouriteColour", Fault.HEADER_UNKNOWN),
            ("roles.csv", 1, "roleType", Fault.HEADER_MISSING),
            ("roles.csv", 1, "type", Fault.HEADER_UNKNOWN),
            ("userProfiles.csv", 1, "", Fault.FILE_IGNORED),
            ("results.csv", 1, "", Fault.FILE_UNLISTED),
            ("notes.txt", 1, "", Fault.FILE_UNKNOWN),
        }
        assert not [one for one in wrong if one[0] == "enrollments.csv"]

    def test_passwords_and_other_roles_are_said_not_to_be_taken(self, office: Office) -> None:
        package = parcel(office)
        package.lines["users"][0]["password"] = "geheim"
        package.lines["roles"].append(held("r8", "t1", "principal"))
        assert found(sent(office, package)) == {
            ("users.csv", 2, "password", Fault.PASSWORD_IGNORED),
            ("roles.csv", 8, "role", Fault.ROLE_IGNORED),
        }
        assert "geheim" not in str(list(RosterFinding.objects.values()))

    @pytest.mark.parametrize("change", [{"orgSourcedId": "o9"}, {"beginDate": "2027-09-01"}, {"userSourcedId": "p9"}])
    def test_a_role_that_cannot_be_read_ends_nobody(self, office: Office, change: dict[str, str]) -> None:
        taken(office, parcel(office))
        package = parcel(office)
        package.lines["roles"][0] |= change
        assert "ended" not in changes(sent(office, package, now=LATER))

    def test_columns_may_stand_in_any_order(self, office: Office) -> None:
        package = parcel(office)
        package.columns = {name: " ".join(reversed(columns.split())) for name, columns in package.columns.items()}
        assert found(sent(office, package)) == set()

    def test_a_torn_line_and_a_class_of_last_year(self, office: Office) -> None:
        package = parcel(office)
        package.lines["academicSessions"][0] |= {"startDate": "2025-09-01", "endDate": "2026-09-01"}
        batch = sent(office, package)
        assert ("classes.csv", 2, "termSourcedIds", Fault.OTHER_YEAR) in found(batch)
        files = parcel(office).files()
        torn = replace(parcel(office), extra={"roles.csv": files["roles.csv"] + b"r8,,,p1\r\n"})
        assert found(sent(office, torn)) == {("roles.csv", 8, "", Fault.LINE_LENGTH)}

    def test_a_school_that_is_not_ours_is_named_once(self, office: Office) -> None:
        elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
        package = parcel(office)
        package.lines["orgs"][0]["identifier"] = elsewhere.code or ""
        batch = sent(office, package)
        assert found(batch) == {("orgs.csv", 2, "identifier", Fault.SCHOOL_UNKNOWN)}
        assert batch.clean_rows == 0

    def test_a_platform_number_names_nobody_of_another_school(self, office: Office) -> None:
        elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
        stranger = person(Role.PUPIL, elsewhere, "别处人", username="x.y")
        package = parcel(office)
        package.lines["users"][2] |= {"identifier": "", "userIds": f"{{platformNumber:{stranger.number}}}"}
        assert found(sent(office, package)) == {("users.csv", 4, "familyName", Fault.NUMBER_UNKNOWN)}

    def test_the_package_comes_back_marked_and_can_be_brought_again(self, office: Office) -> None:
        package = parcel(office)
        package.lines["users"][0]["familyName"] = "河洛1"
        batch = sent(office, package)
        correct_batch(batch_id=batch.pk, now=NOON)
        kept = fresh(batch).corrections
        assert kept is not None
        assert kept.name == "名册-改正.zip"
        with content_as_file(kept) as path, ZipFile(path) as archive:
            content = path.read_bytes()
            users = list(csv.DictReader(StringIO(archive.read("users.csv").decode(), newline="")))
            assert archive.read("orgs.csv") == package.files()["orgs.csv"]
        assert "姓名里有不该出现的字符" in users[0]["metadata.problems"]
        assert users[2]["metadata.problems"] == ""
        assert found(sent(office, content)) == found(batch)


def zipped(files: dict[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", compression) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    """The flag of an encrypted member in every header."""
    changed = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        while place >= 0:
            changed[place + at] |= 1
            place = changed.find(mark, place + 4)
    return bytes(changed)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"manifest.csv": b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n"}, "manifest_wrong"),
            ({"manifest.csv": b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"}, "not_a_roster"),
            ({"../users.csv": b""}, "package_unsafe"),
            ({"C:\\users.csv": b""}, "package_unsafe"),
            ({"more.zip": b"PK"}, "package_nested"),
            ({"users.csv": "姓名".encode("utf-16")}, "text_unreadable"),
            ({"users.csv": b"a" * (40 * 1024**2)}, "package_unfolds_too_far"),
        ],
    )
    def test_packages_that_cannot_be_taken(self, office: Office, change: dict[str, bytes], code: str) -> None:
        batch = sent(office, zipped(parcel(office).files() | change))
        assert (batch.state, batch.refusal) == (BatchState.REFUSED, code)

    def test_without_manifest_with_a_missing_file_encrypted_and_damaged(self, office: Office) -> None:
        files = parcel(office).files()
        stored = zipped(files, ZIP_STORED)
        damaged = stored.replace("听雨乙".encode(), "听雨一".encode(), 1)
        assert damaged != stored
        for content, code in (
            (zipped({"users.csv": b""}), "manifest_missing"),
            (zipped({name: content for name, content in files.items() if name != "roles.csv"}), "package_incomplete"),
            (encrypted(zipped(files)), "package_encrypted"),
            (damaged, "package_damaged"),
        ):
            assert sent(office, content).refusal == code
