"""Changing deadlines, holders and forms of a process without its diagram: proposed by one, approved by another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.access import Permission
from heluo.engines.process.enums import ChangeState
from heluo.engines.process.errors import (
    ChangeDecided,
    ChangeOutdated,
    ChangeUnderWay,
    FormChangeInvalid,
    NothingChanges,
    NotPublishable,
    OwnChange,
    ReasonNeeded,
    TableInvalid,
)
from heluo.engines.process.loading import (
    loaded,
    needed_by_app,
    package_of,
    publish_definition,
    read_by,
    tables_of,
    with_tables,
)
from heluo.engines.process.models import Definition, SettingsChange
from heluo.engines.process.packages import findings_in
from heluo.engines.process.tables import Rule
from heluo.engines.process.vocabulary import Form, FormChange, called
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require, require_person
from heluo.kernel.audit.public import Subject, record

MOST_RULES = 100
"""Of one decision table."""


@transaction.atomic
def propose_change(
    *,
    by: Actor,
    definition: Definition,
    deadlines: Mapping[str, Mapping[str, Any] | None],
    holders: Mapping[str, Mapping[str, Any]],
    forms: Mapping[str, FormChange] | None = None,
    decisions: Mapping[str, Sequence[Rule]] | None = None,
    reason: str,
    now: datetime,
) -> SettingsChange:
    """Propose other deadlines (null: none), holders (`at`, `role`), forms and rules of decision tables (by file).

    What is there already is left out.

    What could not run is refused at once, with the first finding.
    """
    require(by, Permission.CHANGE)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    if not Definition.objects.filter(pk=definition.pk, is_current=True).exists():
        raise ChangeOutdated
    stands = loaded(definition.pk).settings
    wanted = stands.changed(deadlines, holders, forms)
    changed_forms = {
        key: change.against(stands.forms[key]).model_dump(exclude_defaults=True)
        for key, change in (forms or {}).items()
        if key in stands.forms and not _same(wanted.forms[key], stands.forms[key])
    }
    changed_deadlines = {
        key: one.model_dump() if (one := wanted.deadlines.get(key)) else None
        for key in deadlines
        if wanted.deadlines.get(key) != stands.deadlines.get(key)
    }
    changed_holders = {
        key: {"at": one.at.value, "role": one.role.value if one.role else None}
        for key, one in wanted.holders.items()
        if one != stands.holders[key]
    }
    changed_tables = _changed_tables(definition, decisions or {})
    if not (changed_deadlines or changed_holders or changed_forms or changed_tables):
        raise NothingChanges
    for key in changed_forms:
        require_usable(definition, key, stands.forms[key], wanted.forms[key])
    if found := findings_in(with_tables(package_of(definition, wanted), changed_tables)):
        raise NotPublishable(process=definition.title, count=len(found), first=found[0])
    with refused_as(ChangeUnderWay, constraint="one_open_change_of_a_process", title=definition.title):
        change = SettingsChange.objects.create(
            key=definition.key,
            base=definition,
            deadlines=changed_deadlines,
            holders=changed_holders,
            forms=changed_forms,
            decisions=changed_tables,
            reason=reason.strip(),
            proposed_by=require_person(by),
            proposed_name=by.name,
            proposed_at=now,
        )
    _record("process.change_proposed", change, by=by, now=now, reason=change.reason)
    return change


@transaction.atomic
def approve_change(*, by: Actor, change: SettingsChange, text: str = "", now: datetime) -> Definition:
    """Make a proposal of somebody else the version of new instances; those that run end on theirs."""
    fresh = _to_decide(by, change)
    base = Definition.objects.select_for_update().get(pk=fresh.base_id)
    if not base.is_current:
        raise ChangeOutdated
    settings = loaded(base.pk).settings.changed(fresh.deadlines, fresh.holders, fresh.forms)
    fresh.result = publish_definition(with_tables(package_of(base, settings), fresh.decisions), now=now)
    _decide(fresh, ChangeState.APPROVED, by=by, text=text, now=now)
    return fresh.result


@transaction.atomic
def refuse_change(*, by: Actor, change: SettingsChange, text: str, now: datetime) -> SettingsChange:
    """Leave a process as it is, and say to whoever proposed otherwise why."""
    fresh = _to_decide(by, change)
    if not text.strip():
        raise ReasonNeeded(field="text")
    _decide(fresh, ChangeState.REFUSED, by=by, text=text, now=now)
    return fresh


@transaction.atomic
def withdraw_change(*, by: Actor, change: SettingsChange, now: datetime) -> SettingsChange:
    """Take one's own proposal back while it is open."""
    require(by, Permission.CHANGE)
    fresh = _locked(change)
    if fresh.proposed_by != by.person_id:
        raise NotFound
    if fresh.state != ChangeState.OPEN:
        raise ChangeDecided
    _decide(fresh, ChangeState.WITHDRAWN, by=by, text="", now=now)
    return fresh


def _changed_tables(definition: Definition, decisions: Mapping[str, Sequence[Rule]]) -> dict[str, Any]:
    tables = {table.file: table for table in tables_of(definition)}
    changed = {}
    for file, rules in decisions.items():
        table = tables.get(file)
        if table is None:
            raise NotFound
        shape = (len(table.inputs), len(table.outputs))
        if not 0 < len(rules) <= MOST_RULES or any((len(one.inputs), len(one.outputs)) != shape for one in rules):
            raise TableInvalid(title=called(table.title), limit=MOST_RULES)
        if tuple(rules) != table.rules:
            said = [{"inputs": list(one.inputs), "outputs": list(one.outputs)} for one in rules]
            changed[file] = {"columns": table.columns, "rules": said}
    return changed


def require_usable(definition: Definition, element: str, stands: Form, wanted: Form) -> None:
    """Refuse a form that says nothing where something is read: an answer that decides, a field the app relies on."""
    decides = read_by(definition, stands)
    floor = needed_by_app(definition.key, element)
    for name in wanted.properties:
        titles = wanted.titles_of(name)
        gone = stands.titles_of(name).keys() - titles.keys()
        problem: object = None
        if name in floor - set(wanted.required):
            problem = _("平台后面的步骤要用到它，不能改成选填。")
        elif stands.titles_of(name) and not titles:
            problem = _("至少要留一个选项。")
        elif any(not title.strip() for title in titles.values()):
            problem = _("每个选项都要有名称。")
        elif len(set(titles.values())) < len(titles):
            problem = _("有两个选项的名称相同。")
        elif used := gone & decides:
            kept = "、".join(sorted(called(stands.titles_of(name)[value]) for value in used))
            problem = format_lazy(_("流程按“{options}”决定往哪里走，这个选项不能去掉。"), options=kept)
        if problem is not None:
            raise FormChangeInvalid(field=name, title=called(stands.properties[name].title), problem=problem)


def _same(one: Form, other: Form) -> bool:
    return one == other and list(one.properties) == list(other.properties)


def _to_decide(by: Actor, change: SettingsChange) -> SettingsChange:
    require(by, Permission.CHANGE)
    fresh = _locked(change)
    if fresh.state != ChangeState.OPEN:
        raise ChangeDecided
    if fresh.proposed_by == require_person(by):
        raise OwnChange
    return fresh


def _locked(change: SettingsChange) -> SettingsChange:
    return SettingsChange.objects.select_for_update(of=("self",)).select_related("base").get(pk=change.pk)


def _decide(change: SettingsChange, state: ChangeState, *, by: Actor, text: str, now: datetime) -> None:
    change.state, change.answer = state, text.strip()
    change.decided_by, change.decided_name, change.decided_at = by.person_id, by.name, now
    change.save(update_fields=["state", "answer", "decided_by", "decided_name", "decided_at", "result"])
    _record(DEEDS[state], change, by=by, now=now, reason=change.answer)


DEEDS = {
    ChangeState.APPROVED: "process.change_approved",
    ChangeState.REFUSED: "process.change_refused",
    ChangeState.WITHDRAWN: "process.change_withdrawn",
}


def _record(deed: str, change: SettingsChange, *, by: Actor, now: datetime, reason: str) -> None:
    subject = Subject("process_definition", change.key, change.base.title, WHOLE_TREE)
    version = change.result.version if change.result else change.base.version
    record(by=by, at=now, deed=deed, subject=subject, details={"reason": reason, "version": version})
