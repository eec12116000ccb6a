"""Pairs that may be one pupil: raised by the platform, judged by the bureaus, merged or left apart."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from heluo.domains.students.access import Permission
from heluo.domains.students.actions.applying import Planned, apply_changes, locked
from heluo.domains.students.actions.subjects import as_registrar, subject_of
from heluo.domains.students.enums import ChangeKind, DuplicateState, Ground
from heluo.domains.students.errors import AlreadySettled, AlreadySpoken, DecisionReasonNeeded, KeptRecordNeeded
from heluo.domains.students.events import DuplicateSettled, DuplicatesRaised, RecordsChanged
from heluo.domains.students.models import DuplicateCase, DuplicateOpinion, StudentRecord
from heluo.domains.students.queries.duplicates import (
    bureaus_of,
    deciding_for,
    newest_records,
    not_yet_raised,
    suspects,
)
from heluo.domains.students.queries.rules import rule_of
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor, platform_actor, require
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.audit.public import record as audit
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.jobs.public import defer
from heluo.kernel.people.public import formal_numbers_of_others, formalise_student_numbers, merge_people

CASES = "students_duplicatecase"
SEARCH_TASK = "students.find_duplicates"
SEEKER = platform_actor("students", [])


@transaction.atomic
def order_search(*, by: Actor, now: datetime) -> None:
    """Have the whole register compared by a job, now."""
    require(by, Permission.DECIDE)
    defer(SEARCH_TASK)
    audit(by=by, at=now, deed="students.search_ordered", subject=Subject("duplicate_case", "", "", ""))


def raise_duplicates(*, records: Collection[int] | None, now: datetime) -> int:
    """Open a case for each pair of pupils that may be one and that no case names yet; how many.

    `records`: only pairs with one of these (those just opened); None: everybody, numbers of others included.
    """
    pairs: dict[tuple[int, int], set[Ground]] = suspects(records)
    if records is None:
        for pair in not_yet_raised(_numbers_of_others()):
            pairs.setdefault(pair, set()).add(Ground.NUMBER_OF_OTHER)
    return _raise(pairs, now) if pairs else 0


def _numbers_of_others() -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    after: int | None = 0
    while after is not None:
        batch, after = formal_numbers_of_others(after=after)
        found += batch
    return found


@transaction.atomic
def _raise(pairs: dict[tuple[int, int], set[Ground]], now: datetime) -> int:
    records = newest_records([person for pair in pairs for person in pair])
    fit = [pair for pair in sorted(pairs) if pair[0] in records and pair[1] in records]
    keys = reserve_ids(CASES, len(fit))
    identifiers = [mint_identifier("duplicate-case", str(key)) for key in keys]
    DuplicateCase.objects.bulk_create(
        [
            DuplicateCase(
                pk=key,
                uuid=uuid,
                first_id=first,
                second_id=second,
                first_record=records[first],
                second_record=records[second],
                grounds=sorted(pairs[first, second]),
                opened_at=now,
            )
            for key, uuid, (first, second) in zip(keys, identifiers, fit, strict=True)
        ],
        ignore_conflicts=True,
    )
    made = DuplicateCase.objects.filter(pk__in=keys).values_list("uuid", flat=True)
    raised = tuple(made)
    if raised:
        record_batch(
            by=SEEKER,
            at=now,
            deed="students.duplicates_raised",
            subject=Subject(kind="duplicate_case", id=str(raised[0]), title="", path=""),
            differences=[Difference(subject_id=str(uuid)) for uuid in raised],
        )
        announce(DuplicatesRaised(case_ids=raised), by=SEEKER, at=now)
    return len(raised)


@transaction.atomic
def judge_duplicate(
    *, by: Actor, case: DuplicateCase, is_same: bool, kept: StudentRecord | None, reason: str, now: datetime
) -> DuplicateCase:
    """Say for one's bureau whether two entries are one pupil, and which record stays.

    Within one county its officer settles it. Across counties both must say the same; where they do not, whoever
    decides above both settles it.
    """
    fresh = (
        DuplicateCase.objects.select_for_update(of=("self",))
        .select_related("first", "second", "first_record__school", "second_record__school")
        .get(pk=case.pk)
    )
    speaking = deciding_for(by, fresh)
    if not speaking:
        raise NotAllowed
    if fresh.state != DuplicateState.WAITING:
        raise AlreadySettled
    if not reason.strip():
        raise DecisionReasonNeeded(field="reason")
    if is_same and (kept is None or kept.pk not in {fresh.first_record_id, fresh.second_record_id}):
        raise KeptRecordNeeded(field="kept")
    concerned = bureaus_of(fresh)
    spoken = {opinion.bureau_id: opinion for opinion in fresh.opinions.all()}
    silent = [bureau for bureau in speaking if bureau.pk not in spoken]
    has_last_word = len(speaking) == len(concerned)
    if not silent and not has_last_word:
        raise AlreadySpoken
    DuplicateOpinion.objects.bulk_create(
        [
            DuplicateOpinion(
                case=fresh,
                bureau=bureau,
                is_same=is_same,
                kept=kept if is_same else None,
                reason=reason.strip(),
                by_person=by.person_id,
                by_name=by.name,
                at=now,
            )
            for bureau in silent
        ]
    )
    audit(
        by=by,
        at=now,
        deed="students.duplicate_judged",
        subject=Subject("duplicate_case", str(fresh.uuid), fresh.first.name, concerned[0].path),
        details={"same_person": is_same, "reason": reason.strip()},
    )
    others = list(spoken.values())
    all_agree = len(silent) + len(spoken) == len(concerned) and all(
        (opinion.is_same, opinion.kept_id) == (is_same, kept.pk if is_same and kept else None) for opinion in others
    )
    if has_last_word or all_agree:
        _settle(by, fresh, kept if is_same else None, reason.strip(), now)
    return fresh


def _settle(by: Actor, case: DuplicateCase, kept: StudentRecord | None, reason: str, now: datetime) -> None:
    if kept is not None:
        _merge(by, case, kept, reason, now)
    case.state = DuplicateState.SAME if kept is not None else DuplicateState.DIFFERENT
    case.kept, case.settled_at = kept, now
    case.save(update_fields=["state", "kept", "settled_at"])
    announce(DuplicateSettled(case_id=case.uuid, is_same=kept is not None), by=by, at=now)


def _merge(by: Actor, case: DuplicateCase, kept: StudentRecord, reason: str, now: datetime) -> None:
    """The other record ends, and what its pupil is known by passes to the kept one."""
    today = local_day(now)
    records = {record.pk: record for record in locked([case.first_record, case.second_record])}
    stays = records.pop(kept.pk)
    [goes] = records.values()
    if goes.ended_on is None:
        rule = rule_of(goes.stage, ChangeKind.MERGED)
        apply_changes(by=by, planned=[Planned(record=goes, rule=rule, note=reason)], on=today, now=now)
    registrar = as_registrar(by, stays.school, goes.school)
    merge_people(by=registrar, kept=stays.person, other=goes.person, on=today, now=now)
    announce(RecordsChanged(record_ids=(goes.uuid,), kind=ChangeKind.MERGED), by=by, at=now)


@transaction.atomic
def confirm_number(*, by: Actor, record: StudentRecord, document: str, now: datetime) -> bool:
    """Turn a temporary number into the formal one after the nationwide comparison; False where there is nothing to do.

    `document` names the result of the comparison. Raises `IdentifierTaken` where somebody else bears the number.
    """
    require(by, Permission.DECIDE, on=record)
    made = formalise_student_numbers(by=as_registrar(by, record.school), people=[record.person], now=now)
    if made:
        audit(
            by=by,
            at=now,
            deed="students.number_confirmed",
            subject=subject_of(record),
            details={"document": document.strip()},
        )
    return bool(made)
