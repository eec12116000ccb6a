"""The bulk file: what is in it is what the service tells; who may have it; how long it stays."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import connection
from pytest_django import Settings

from heluo.gateways.oneroster import jobs
from heluo.gateways.oneroster.actions import order_export
from heluo.gateways.oneroster.bulk import DEMOGRAPHICS_LAYOUT, FILES, LAYOUTS, write_bulk
from heluo.gateways.oneroster.errors import ExportUnderWay
from heluo.gateways.oneroster.jobs import make_export
from heluo.gateways.oneroster.models import Export
from heluo.gateways.oneroster.queries import View
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.public import KEPT_FOR, OrderState, expire_orders
from heluo.kernel.files.storage import current_storage
from heluo.kernel.people.models import Person, Post
from tests.gateways.oneroster.conftest import OPERATOR, Program, Register, a_client, a_register, people, program
from tests.register import actor_at, browser, person

Files = dict[str, list[dict[str, str]]]


def read(content: bytes) -> Files:
    """The archive as a reader of our own sees it: file → rows by column."""
    with ZipFile(BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }


def packed(register: Register, *, with_demographics: bool = True) -> Files:
    written = BytesIO()
    view = View(path=register.here.path, today=local_day(now()))
    write_bulk(view, written, with_demographics=with_demographics, system="测试节点")
    return read(written.getvalue())


@pytest.fixture
def whole(transactional_db: None, _data: None) -> Register:
    """For what needs a snapshot of its own: committed rows."""
    return a_register()


@pytest.mark.slow
class TestContent:
    def test_the_file_holds_what_the_service_tells(self, whole: Register) -> None:
        files, asking = packed(whole), program(a_client(whole.here))
        for layout in (*LAYOUTS, DEMOGRAPHICS_LAYOUT):
            if layout.name == "roles":
                continue
            told = {
                shape["sourcedId"]: shape
                for shape in asking.read(layout.table.plural, limit=1000)[layout.table.plural]
                if shape["status"] == "active"
            }
            rows = files[layout.name]
            assert [row["sourcedId"] for row in rows] == sorted(told)
            for row in rows:
                assert set(row) == set(layout.columns)
                [line] = layout.lines(told[row["sourcedId"]])
                assert list(row.values()) == list(line), layout.name
                assert (row["status"], row["dateLastModified"]) == ("", "")

    def test_references_lead_to_rows(self, whole: Register) -> None:
        files = packed(whole)
        ids = {name: {row.get("sourcedId", "") for row in rows} for name, rows in files.items()}
        columns = {
            "orgSourcedId": "orgs",
            "schoolSourcedId": "orgs",
            "courseSourcedId": "courses",
            "classSourcedId": "classes",
            "userSourcedId": "users",
            "termSourcedIds": "academicSessions",
            "parentSourcedId": None,
            "agentSourcedIds": "users",
            "primaryOrgSourcedId": "orgs",
        }
        seen = set()
        for name, rows in files.items():
            for row in rows:
                for column, target in columns.items():
                    for one in filter(None, row.get(column, "").split(",")):
                        assert one in ids[target or name], (name, column)
                        seen.add(column)
        assert seen == set(columns)

    def test_roles_are_rows_of_their_own(self, whole: Register) -> None:
        roles = [row for row in packed(whole)["roles"] if row["userSourcedId"] == str(whole.leader.uuid)]
        assert [(row["role"], row["roleType"], row["orgSourcedId"]) for row in roles] == [
            ("teacher", "primary", str(whole.here.uuid))
        ]

    def test_the_manifest_names_every_file(self, whole: Register) -> None:
        files = packed(whole, with_demographics=False)
        told = {row["propertyName"]: row["value"] for row in files.pop("manifest")}
        assert (told["manifest.version"], told["oneroster.version"]) == ("1.0", "1.2")
        assert told["source.systemName"] == "测试节点"
        kinds = {name: told[f"file.{name}"] for name in FILES}
        assert {name for name, kind in kinds.items() if kind == "bulk"} == set(files)
        assert kinds["demographics"] == "absent"
        assert "birthDate" not in str(files)

    def test_values_stand_exactly_as_they_are(self, whole: Register) -> None:
        odd = '=HYPERLINK("x"), 张\n三'
        Person.objects.filter(pk=whole.pupil.pk).update(name=odd)
        [row] = [row for row in packed(whole)["users"] if row["sourcedId"] == str(whole.pupil.uuid)]
        assert row["familyName"] + row["givenName"] == odd

    def test_only_what_holds_and_only_from_here(self, whole: Register) -> None:
        Post.objects.filter(person=whole.sister).update(ends_on=local_day(now()) - timedelta(days=1))
        told = str(packed(whole))
        assert str(whole.sister.uuid) not in str(packed(whole)["users"])
        for secret in (whole.stranger.uuid, whole.there.uuid, whole.other_room.uuid):
            assert str(secret) not in told

    def test_more_than_one_batch_of_rows(self, whole: Register) -> None:
        people(*((f"河洛第{number}", Role.PUPIL, whole.here, whole.room) for number in range(2100)))
        files = packed(whole)
        assert len(files["users"]) == 2105
        assert len({row["sourcedId"] for row in files["enrollments"]}) == len(files["enrollments"]) == 3 * 2102 + 3


# -- ordering, making, fetching ---------------------------------------------------------------------------------------


@pytest.fixture
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_URL = ""


@pytest.mark.slow
@pytest.mark.usefixtures("_store")
def test_an_administrator_orders_and_fetches(whole: Register) -> None:
    page = browser(person(Role.SCHOOL_ADMIN, whole.here, "伊水", username="a.yishui"))
    chosen = {"organisation": str(whole.here.uuid), "with_demographics": "on"}
    assert page.post("/exports/oneroster/", chosen).status_code == 302
    export = Export.objects.get()
    assert (export.state, export.with_demographics) == (OrderState.WAITING, True)
    assert "hx-trigger" in page.get("/exports/oneroster/").content.decode()
    again = page.post("/exports/oneroster/", chosen)
    assert again.status_code == 422
    make_export(export_id=export.pk)
    export.refresh_from_db()
    assert export.state == OrderState.READY
    assert export.file is not None
    stored = b"".join(current_storage().read(export.file.blob.sha256))
    assert len(read(stored)["users"]) == 6
    answer = page.post(f"/exports/oneroster/{export.pk}/")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(".zip")
    make_export(export_id=export.pk)  # run twice: nothing more happens
    deeds = list(AuditRow.objects.filter(deed__startswith="oneroster.export").values_list("deed", flat=True))
    assert sorted(deeds) == ["oneroster.export_fetched", "oneroster.export_made", "oneroster.export_ordered"]
    assert expire_orders(Export, now=now() + KEPT_FOR) == 1
    assert page.post(f"/exports/oneroster/{export.pk}/").status_code == 404


@pytest.mark.django_db
def test_nobody_fetches_another_s(register: Register) -> None:
    admin = person(Role.SCHOOL_ADMIN, register.here, "伊水", username="a.yishui")
    export = order_export(
        by=actor_at(Role.SCHOOL_ADMIN, register.here, admin),
        organisation=register.here,
        with_demographics=False,
        now=now(),
    )
    stranger = browser(person(Role.SCHOOL_ADMIN, register.there, "洛水", username="a.luoshui"))
    assert stranger.post(f"/exports/oneroster/{export.pk}/").status_code == 404
    assert stranger.get("/exports/oneroster/").context["page"].items == []
    assert stranger.post("/exports/oneroster/", {"organisation": str(register.here.uuid)}).status_code == 422
    teacher = browser(person(Role.TEACHER, register.here, "澗水", username="t.jianshui"))
    assert teacher.get("/exports/oneroster/").status_code == 403
    for other in (actor_at(Role.SCHOOL_ADMIN, register.there), platform_actor("x", []), OPERATOR):
        with pytest.raises(NotAllowed):
            order_export(by=other, organisation=register.here, with_demographics=False, now=now())


@pytest.mark.django_db
def test_a_failed_export_makes_room_for_another(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise OSError("no room")

    admin = actor_at(
        Role.SCHOOL_ADMIN, register.here, person(Role.SCHOOL_ADMIN, register.here, "伊水", username="a.yishui")
    )

    def order() -> Export:
        return order_export(by=admin, organisation=register.here, with_demographics=False, now=now())

    first = order()
    with pytest.raises(ExportUnderWay):
        order()
    monkeypatch.setattr(jobs, "write_bulk", fail)
    with pytest.raises(OSError, match="no room"):
        make_export(export_id=first.pk)
    first.refresh_from_db()
    assert first.state == OrderState.FAILED
    assert order().pk != first.pk
    assert connection.is_usable()


def test_a_program_never_gets_the_bulk_page(here: Program) -> None:
    answer = here.web.get("/exports/oneroster/", headers={"Authorization": f"Bearer {here.token}"})
    assert answer.status_code == 302
