"""Starting a process and taking its steps: each locks the instance, moves the tokens, and saves once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from heluo.engines.process.access import may_do
from heluo.engines.process.actions.steps import add_step, locked, own_files, require_going_on, settle, subject_of
from heluo.engines.process.enums import InstanceState, ItemState, StepKind
from heluo.engines.process.errors import (
    AlreadyDone,
    AlreadyRunning,
    AnswersInvalid,
    NoSuchProcess,
    NotTogether,
    TakenBySomebodyElse,
)
from heluo.engines.process.loading import Loaded, loaded
from heluo.engines.process.models import LONGEST_TROUBLE, Definition, Instance, Timer, WorkItem
from heluo.engines.process.registry import service_named
from heluo.engines.process.running import Perform, begin, complete, fire
from heluo.engines.process.vocabulary import Form, Subject, Values, called
from heluo.kernel.actors.errors import NotFound, Refusal, refused_as
from heluo.kernel.actors.public import Actor, is_kind, platform_actor, require_person
from heluo.kernel.organisations.models import Organisation

CLOCK = platform_actor("process", ())
"""Who lets timers fire."""
PUT_OFF = timedelta(hours=1)
MOST_TOGETHER = 50
_log = structlog.get_logger("heluo.process")


@transaction.atomic
def start_process(
    *, by: Actor, key: str, subject: Subject, organisation: Organisation, values: Values, now: datetime
) -> Instance:
    """Begin the current version of a process about a thing, at an organisation; one at a time about each thing.

    The calling domain has checked that `by` may do so. What the process does itself before the first step is done in
    the name of `by`.
    """
    definition = Definition.objects.filter(key=key, is_current=True).values_list("pk", flat=True).first()
    if definition is None:
        raise NoSuchProcess(key=key)
    if not is_kind(subject.kind):
        raise ImproperlyConfigured(f"no app names the kind {subject.kind!r} among the `kinds` of its manifest")
    running = loaded(definition)
    standing = begin(running.model, values, performer(by, subject, now))
    with refused_as(AlreadyRunning, constraint="one_running_process_of_a_subject", title=subject.title):
        instance = Instance.objects.create(
            definition_id=definition,
            key=key,
            kind=subject.kind,
            subject=subject.id,
            title=subject.title,
            organisation=organisation,
            started_by=by.person_id,
            started_at=now,
            tokens=standing.state,
        )
    place = organisation.pk
    add_step(instance, StepKind.STARTED, by=by, now=now, passed=standing.passed, place=place)
    settle(instance, standing, running, by=by, now=now)
    return instance


@transaction.atomic
def complete_item(
    *,
    by: Actor,
    item: WorkItem,
    answers: Mapping[str, object],
    text: str = "",
    files: Sequence[UUID] = (),
    now: datetime,
) -> Instance:
    """Do a step: take what its form says and pass the work on. It need not be claimed; nobody else may have done so."""
    instance = locked(item.instance_id)
    fresh = WorkItem.objects.get(pk=item.pk)
    require_doable(by, fresh)
    require_going_on(instance)
    running = loaded(instance.definition_id)
    checked, attached = checked_answers(running, fresh, answers), own_files(by, files)
    assert instance.tokens is not None  # noqa: S101  # an open item belongs to a running instance
    perform = performer(by, subject_of(instance), now)
    unsaid = dict.fromkeys(running.form_of(fresh).properties)  # nothing stands from when the step was done before
    standing = complete(running.model, instance.tokens, fresh.task, {**unsaid, **checked}, perform)
    fresh.state, fresh.ended_at = ItemState.DONE, now
    fresh.claimed_by, fresh.claimed_name = by.person_id, by.name
    fresh.save(update_fields=["state", "ended_at", "claimed_by", "claimed_name"])
    add_step(
        instance,
        StepKind.DONE,
        by=by,
        now=now,
        element=fresh.element,
        name=fresh.name,
        text=text.strip(),
        answers=checked,
        passed=standing.passed,
        place=fresh.place_id,
        files=attached,
    )
    settle(instance, standing, running, by=by, now=now, done=fresh)
    return instance


def complete_together(
    *, by: Actor, items: Sequence[WorkItem], answers: Mapping[str, object], now: datetime
) -> list[tuple[WorkItem, Refusal | None]]:
    """Do the same step of several processes with the same answers, each whole or not at all; beside each, why not.

    Raises `NotTogether` where there are none, too many, or steps with different forms.
    """
    steps = {(item.instance.definition_id, item.element) for item in items}
    if len(steps) != 1 or len(items) > MOST_TOGETHER:
        raise NotTogether(limit=MOST_TOGETHER)
    done: list[tuple[WorkItem, Refusal | None]] = []
    for item in items:
        try:
            complete_item(by=by, item=item, answers=answers, now=now)
        except AnswersInvalid:
            raise
        except Refusal as refusal:
            done.append((item, refusal))
        else:
            done.append((item, None))
    return done


@transaction.atomic
def retitle(kind: str, subject: UUID, title: str) -> None:
    """Call a thing in the processes that run about it as its domain calls it now. The caller has checked the right."""
    Instance.objects.filter(kind=kind, subject=subject, state=InstanceState.RUNNING).update(title=title)


@transaction.atomic
def fire_timer(*, timer: int, now: datetime) -> bool:
    """Let one timer fire, if it is still waited for and due: safe to run twice, by two workers at once."""
    found = Timer.objects.filter(pk=timer).values_list("instance_id", flat=True).first()
    if found is None:
        return False
    instance = locked(found)
    waiting = instance.timers.filter(pk=timer, due_at__lte=now, is_held=False).first()
    if waiting is None or not instance.is_running:
        return False
    running = loaded(instance.definition_id)
    assert instance.tokens is not None  # noqa: S101  # it runs
    perform = performer(CLOCK, subject_of(instance), now)
    standing = fire(running.model, instance.tokens, waiting.task, perform)
    drawn = running.model.diagram.elements[waiting.element]
    add_step(instance, StepKind.FIRED, by=CLOCK, now=now, element=drawn.id, name=drawn.name, passed=standing.passed)
    settle(instance, standing, running, by=CLOCK, now=now)
    return True


@transaction.atomic
def put_off_timer(*, timer: int, trouble: str, now: datetime) -> None:
    """Try a timer again in an hour, and say at its process what kept it from firing."""
    found = Timer.objects.select_for_update(of=("self",)).filter(pk=timer).first()
    if found is not None:
        found.due_at, found.failing_since = now + PUT_OFF, found.failing_since or now
        found.save(update_fields=["due_at", "failing_since"])
        Instance.objects.filter(pk=found.instance_id).update(trouble=trouble[:LONGEST_TROUBLE])


def fire_or_put_off(*, timer: int, now: datetime) -> bool:
    """Let one timer fire. One that fails is put off and noted at its process, and keeps no other waiting."""
    try:
        return fire_timer(timer=timer, now=now)
    except Exception as trouble:  # whatever it is, the other processes go on
        _log.exception("timer failed", timer=timer)
        put_off_timer(timer=timer, trouble=str(trouble) or type(trouble).__name__, now=now)
        return False


def require_doable(by: Actor, item: WorkItem) -> None:
    """Refuse whoever the item is not asked of ("not there"), what is done, and what somebody else has claimed."""
    require_person(by)
    if not may_do(by, item):
        raise NotFound
    if not item.is_open:
        raise AlreadyDone
    if item.claimed_by not in {None, by.person_id}:
        raise TakenBySomebodyElse(name=item.claimed_name)


def checked_answers(running: Loaded, item: WorkItem, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers, if they fit the form of the step. A step without a form takes none."""
    form = running.form_of(item)
    validator = Draft202012Validator(form.schema_of(), format_checker=FormatChecker(["date"]))
    for error in sorted(validator.iter_errors(dict(answers)), key=lambda error: list(error.path)):
        name = _field_at_fault(error, form)
        title = called(form.properties[name].title if name in form.properties else item.name)
        raise AnswersInvalid(field=name or None, title=title, problem=_problem_of(error))
    return dict(answers)


def _field_at_fault(error: ValidationError, form: Form) -> str:
    if error.path:
        return str(error.path[0])
    given = error.instance if isinstance(error.instance, dict) else {}
    if error.validator != "required" or not isinstance(error.validator_value, list):
        return ""
    return next((name for name in error.validator_value if name in form.properties and name not in given), "")


def _problem_of(error: ValidationError) -> object:
    limit = error.validator_value
    if error.validator == "type":
        return TYPES[str(limit)]
    if error.validator == "minItems" and not error.instance and limit == 1:
        return PROBLEMS["required"]
    return format_lazy(PROBLEMS[str(error.validator)], limit=limit)


PROBLEMS = {
    "required": _("必须填写"),
    "pattern": _("必须填写"),
    "enum": _("请从列出的选项中选择"),
    "format": _("日期要写成 2026-09-01 这样"),
    "minimum": _("不能小于 {limit}"),
    "maximum": _("不能大于 {limit}"),
    "maxLength": _("最多 {limit} 个字符"),
    "minItems": _("请逐项核对，全部勾选"),
    "uniqueItems": _("同一项选了两次"),
    "additionalProperties": _("含有表单以外的字段"),
}
"""By the keyword of JSON Schema that does not hold."""
TYPES = {
    "string": _("要填文字"),
    "integer": _("要填整数"),
    "number": _("要填数字"),
    "boolean": _("要填是或否"),
    "array": _("要从列出的选项中选择"),
}


def performer(by: Actor, subject: Subject, now: datetime) -> Perform:
    """Does what a process asks the platform to do, in the name of `by`."""

    def perform(action: str, values: Values) -> Values | None:
        service = service_named(action)
        if service is None:
            raise LookupError(f"no app offers the action {action!r}")
        return service(by=by, subject=subject, values=values, now=now)

    return perform
