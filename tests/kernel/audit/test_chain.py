"""The sealer chains what is committed; the verifier names the first thing that is wrong."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.audit import keys
from heluo.kernel.audit.chain import canonical_row, link_hash
from heluo.kernel.audit.enums import Fault
from heluo.kernel.audit.models import AuditRow, Link, Seal
from heluo.kernel.audit.public import (
    Difference,
    Subject,
    export_heads,
    heads_from_text,
    heads_to_text,
    record,
    record_batch,
    verify,
)
from heluo.kernel.audit.sealer import Sealer
from heluo.kernel.events.public import advance_horizon
from tests.kernel.audit.conftest import Tamper

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
CLERK = platform_actor("测试员", ())
LAMP = Subject(kind="lamp", id="7", title="路灯七号", path="1.5.")


def write(count: int = 1) -> None:
    for number in range(count):
        record(by=CLERK, at=NOON, deed="tests.lamp_lit", subject=LAMP, details={"number": number})


def fault() -> tuple[Fault, int, int, int] | None:
    broken = verify().broken
    return None if broken is None else (broken.fault, broken.link, broken.seal, broken.seq)


@pytest.fixture
def chain(db: None) -> list[AuditRow]:
    """Six rows under three seals, one of them a batch, and everything settled."""
    sealer = Sealer()
    for _ in range(2):
        write(2)
        advance_horizon()
        sealer.seal(now=NOON)
    write()
    record_batch(
        by=CLERK, at=NOON, deed="tests.lamps_lit", subject=LAMP, differences=[Difference("1", {"on": 0}, {"on": 1.0})]
    )
    advance_horizon()
    sealer.seal(now=NOON + timedelta(days=1))
    return list(AuditRow.objects.order_by("seq"))


def test_an_intact_chain_is_intact(chain: list[AuditRow]) -> None:
    report = verify()
    assert (report.broken, report.links, report.seals, report.unsealed) == (None, 6, 3, 0)
    assert "6 条记录" in str(report)


def test_an_empty_log_is_intact(db: None) -> None:
    assert verify().intact
    assert Sealer().seal(now=NOON) == 0


def test_the_unsealed_tail_is_named(chain: list[AuditRow]) -> None:
    write(2)
    report = verify()
    assert (report.intact, report.unsealed, report.oldest_unsealed_at) == (True, 2, NOON)


def test_progress_is_told(chain: list[AuditRow]) -> None:
    told: list[tuple[int, int]] = []
    verify(progress=lambda checked, total: told.append((checked, total)))
    assert told == [(6, 6)]


@pytest.mark.parametrize(
    "change",
    [
        "by_name = '别人'",
        "deed = 'tests.lamp_unlit'",
        "details = '{}'",
        "at = at + interval '1 microsecond'",
        "subject_title = '路灯八号'",
        "path = '1.6.'",
        "ip = '127.0.0.1'",
        "request_id = 'x'",
        "differences_count = 1",
    ],
)
def test_a_changed_row_is_named(chain: list[AuditRow], tamper: Tamper, change: str) -> None:
    victim = chain[2]
    tamper(f"UPDATE audit_auditrow SET {change} WHERE seq = {victim.seq}")  # noqa: S608
    assert fault() == (Fault.ROW_CHANGED, 3, 0, victim.seq)
    assert "第 3 环" in str(verify())


def test_a_deleted_row_is_named(chain: list[AuditRow], tamper: Tamper) -> None:
    tamper(f"DELETE FROM audit_auditrow WHERE seq = {chain[1].seq}")  # noqa: S608
    assert fault() == (Fault.ROW_MISSING, 2, 0, chain[1].seq)


def test_a_row_deleted_with_its_link_is_named(chain: list[AuditRow], tamper: Tamper) -> None:
    tamper("DELETE FROM audit_link WHERE number = 2")
    tamper(f"DELETE FROM audit_auditrow WHERE seq = {chain[1].seq}")  # noqa: S608
    assert fault() == (Fault.LINK_MISSING, 2, 0, 0)


def test_a_changed_difference_is_named(chain: list[AuditRow], tamper: Tamper) -> None:
    tamper("UPDATE audit_auditdifference SET after = '{\"on\": 0}'")
    assert fault() == (Fault.DIFFERENCES_CHANGED, 6, 0, chain[5].seq)


def test_a_row_inserted_afterwards_is_named(chain: list[AuditRow]) -> None:
    forged = AuditRow.objects.get(seq=chain[0].seq)
    forged.seq = -5
    forged.save(force_insert=True)
    advance_horizon()
    assert Sealer().seal(now=NOON) == 0
    assert fault() == (Fault.ROW_INSERTED, 0, 0, -5)


def test_a_forged_link_is_named(chain: list[AuditRow]) -> None:
    write()
    row = AuditRow.objects.latest("seq")
    Link.objects.create(number=7, seq=row.seq, hash="sha256:00")
    assert fault() == (Fault.LINK_UNSEALED, 7, 0, 0)


def test_a_recomputed_chain_breaks_its_seal(chain: list[AuditRow], tamper: Tamper) -> None:
    """Who can rewrite every hash still cannot sign."""
    tamper("UPDATE audit_auditrow SET by_name = '别人' WHERE seq = (SELECT max(seq) FROM audit_auditrow)")
    row = AuditRow.objects.latest("seq")
    fifth = Link.objects.get(number=5)
    head = link_hash(fifth.hash, row)
    tamper(f"UPDATE audit_link SET hash = '{head}' WHERE number = 6")  # noqa: S608
    assert fault() == (Fault.SEAL_BROKEN, 0, 3, 0)
    tamper(f"UPDATE audit_seal SET head = '{head}' WHERE number = 3")  # noqa: S608
    assert fault() == (Fault.SEAL_BROKEN, 0, 3, 0)


@pytest.mark.parametrize("change", ["settled = settled - 1", "sealed_at = sealed_at - interval '1 day'"])
def test_a_changed_seal_is_named(chain: list[AuditRow], tamper: Tamper, change: str) -> None:
    tamper(f"UPDATE audit_seal SET {change} WHERE number = 2")  # noqa: S608
    assert fault() == (Fault.SEAL_BROKEN, 0, 2, 0)


def test_a_missing_seal_is_named(chain: list[AuditRow], tamper: Tamper) -> None:
    tamper("DELETE FROM audit_seal WHERE number = 2")
    assert fault() == (Fault.SEAL_MISSING, 0, 2, 0)


def test_a_cut_tail_shows_against_a_head_kept_elsewhere(chain: list[AuditRow], tamper: Tamper) -> None:
    kept = heads_from_text(heads_to_text(export_heads()))
    assert [head.seal for head in kept] == [2, 3]
    assert verify(heads=kept).intact
    tamper("DELETE FROM audit_seal WHERE number = 3")
    tamper("DELETE FROM audit_link WHERE number > 4")
    tamper("DELETE FROM audit_auditdifference")
    tamper(f"DELETE FROM audit_auditrow WHERE seq > {chain[3].seq}")  # noqa: S608
    assert verify().intact, "alone, the machine cannot know"
    broken = verify(heads=kept).broken
    assert broken is not None
    assert (broken.fault, broken.seal) == (Fault.TAIL_CUT, 3)


def test_a_seal_of_an_unknown_key_is_named(chain: list[AuditRow], tmp_path: Path) -> None:
    for path in (tmp_path / "keys").glob("*.pub"):
        path.unlink()
    assert fault() == (Fault.KEY_UNKNOWN, 0, 1, 0)


def test_a_new_key_goes_on_with_the_chain(chain: list[AuditRow], tmp_path: Path) -> None:
    (tmp_path / "keys" / "audit-seal.pem").unlink()
    keys._signing_key.cache_clear()
    write()
    Sealer().seal(now=NOON)
    assert Seal.objects.values("key_id").distinct().count() == 2
    assert verify().intact


def test_keys_are_for_their_owner_only(chain: list[AuditRow], tmp_path: Path) -> None:
    modes = {path.name[:11]: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert set(modes.values()) == {0o600}


details = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(some.characters(blacklist_characters="\0", blacklist_categories=["Cs"])),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.text(some.characters(codec="ascii", min_codepoint=1), max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(some.dictionaries(some.sampled_from("abc"), details))
def test_the_database_gives_back_what_was_hashed(values: dict[str, object]) -> None:
    """The canonical form before the insert equals the one after it, whatever the details hold."""
    record(by=CLERK, at=NOON, deed="tests.lamp_lit", subject=LAMP, details=values)
    row = AuditRow.objects.latest("seq")
    before = canonical_row(row)
    row.details = values
    assert canonical_row(row) == before


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_delays_no_seal_but_its_own() -> None:
    sealer = Sealer()
    entered, leave = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                write()
                entered.set()
                leave.wait(120)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    entered.wait(120)
    write(2)
    advance_horizon()
    assert sealer.seal(now=NOON) == 2
    leave.set()
    thread.join()
    assert sealer.seal(now=NOON) == 1
    assert verify().intact
    assert [link.seq for link in Link.objects.order_by("number")] != sorted(Link.objects.values_list("seq", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_batch_at_the_limit_leaves_the_rest_for_the_next() -> None:
    write(5)
    advance_horizon()
    sealer = Sealer()
    assert [sealer.seal(now=NOON, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert verify().intact


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_writers_and_two_sealers_at_full_speed() -> None:
    stop = threading.Event()

    def in_thread(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def seal_on() -> None:
        sealer = Sealer()
        while not stop.is_set():
            sealer.seal(now=NOON, limit=7)
            time.sleep(0.005)

    def horizon_on() -> None:
        while not stop.is_set():
            advance_horizon()
            time.sleep(0.005)

    others = [in_thread(seal_on), in_thread(seal_on), in_thread(horizon_on)]
    writers = [in_thread(lambda: write(60)) for _ in range(4)]
    for writer in writers:
        writer.join()
    stop.set()
    for other in others:
        other.join()
    while Sealer().seal(now=NOON):
        pass
    report = verify()
    assert (report.broken, report.links, report.unsealed) == (None, 240, 0)


@pytest.mark.django_db(transaction=True)
def test_the_log_cannot_be_emptied() -> None:
    write()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrow ENABLE TRIGGER audit_auditrow_no_truncate")
        try:
            with pytest.raises(Exception, match="append-only"):
                cursor.execute("TRUNCATE audit_auditrow CASCADE")
        finally:
            cursor.execute("ALTER TABLE audit_auditrow DISABLE TRIGGER audit_auditrow_no_truncate")
    assert AuditRow.objects.exists()
