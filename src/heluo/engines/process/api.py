"""Work and processes for programs: what waits for the caller, doing it, and where a process stands."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from heluo.engines.process.access import Permission
from heluo.engines.process.actions import (
    add_member,
    add_place,
    approve_change,
    claim_item,
    comment_on_process,
    complete_item,
    complete_together,
    delegate_item,
    end_process,
    make_pool,
    pause_process,
    propose_change,
    reassign_item,
    refuse_change,
    release_item,
    remove_member,
    remove_place,
    resume_process,
    retry_timers,
    withdraw_change,
    withdraw_process,
)
from heluo.engines.process.actions.defining import MOST_RULES
from heluo.engines.process.actions.moving import MOST_TOGETHER
from heluo.engines.process.actions.steps import MOST_FILES
from heluo.engines.process.enums import (
    ChangeState,
    InstanceState,
    ItemState,
    Reach,
    Repair,
    StepKind,
    TroubleKind,
)
from heluo.engines.process.loading import loaded, rules_of
from heluo.engines.process.models import Definition, Instance, Pool, SettingsChange, Step, WorkItem
from heluo.engines.process.queries import (
    BY_DUE,
    NEWEST,
    Trouble,
    change_with,
    changes_of,
    current_definition,
    current_definitions,
    my_work,
    open_pause,
    pool_for,
    process_at_hand,
    process_for,
    shares_of,
    trail_of,
    troubled,
    troubles_of,
    work_item_for,
    work_items_for,
    work_of,
)
from heluo.engines.process.tables import Rule
from heluo.engines.process.vocabulary import FormChange
from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.files.public import StoredFile, content_link
from heluo.kernel.organisations.public import organisation_for
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()

MOST_ANSWERS = 100


class WorkItemOut(Schema):
    """A step of a process. `element` is its id in the diagram; times are UTC."""

    id: UUID
    process: UUID
    element: str
    name: str
    title: str
    kind: str
    subject: UUID
    state: ItemState
    is_claimed: bool
    is_paused: bool
    opened_at: datetime
    warn_at: datetime | None
    due_at: datetime | None

    @classmethod
    def of(cls, item: WorkItem) -> "WorkItemOut":
        return cls(
            id=item.uuid,
            process=item.instance.uuid,
            element=item.element,
            name=item.name,
            title=item.instance.title,
            kind=item.instance.kind,
            subject=item.instance.subject,
            state=ItemState(item.state),
            is_claimed=item.claimed_by is not None,
            is_paused=item.is_open and item.instance.is_paused,
            opened_at=item.opened_at,
            warn_at=item.warn_at,
            due_at=item.due_at,
        )


class WorkPage(Schema):
    items: list[WorkItemOut]
    next: str | None


class WorkItemDetailOut(WorkItemOut):
    """A step with its form, a JSON Schema 2020-12; without one it takes no answers."""

    form: dict[str, Any] | None

    @classmethod
    def of(cls, item: WorkItem) -> "WorkItemDetailOut":
        form = loaded(item.instance.definition_id).form_of(item)
        return cls(**WorkItemOut.of(item).dict(), form=form.schema_of() if form.properties else None)


class AnswersIn(Schema):
    """What the form of the step asks for."""

    answers: Annotated[dict[str, str | int | float | bool | list[str]], Field(max_length=MOST_ANSWERS)] = {}


class CompletionIn(AnswersIn):
    """`files` are uploads of the caller, by the identifier their upload was given."""

    text: Annotated[str, Field(max_length=500)] = ""
    files: Annotated[list[UUID], Field(max_length=MOST_FILES)] = []


class CommentIn(Schema):
    """Something to say. `files` are uploads of the caller, by the identifier their upload was given."""

    text: Annotated[str, Field(max_length=500)]
    files: Annotated[list[UUID], Field(max_length=MOST_FILES)] = []


class TogetherIn(AnswersIn):
    """The same step of several processes."""

    items: Annotated[list[UUID], Field(min_length=1, max_length=MOST_TOGETHER)]


class OutcomeOut(Schema):
    """What became of one of them; `problem` says why it was not done."""

    id: UUID
    is_done: bool
    problem: str


class WordsIn(Schema):
    """Something to say, or why."""

    text: Annotated[str, Field(max_length=500)] = ""


class PauseIn(Schema):
    """Why, and when it goes on by itself; null: when somebody resumes it."""

    text: Annotated[str, Field(max_length=500)]
    until: AwareDatetime | None = None


class HandOverIn(Schema):
    """To which colleague, and why."""

    to: UUID
    text: Annotated[str, Field(max_length=500)]


class RepairIn(Schema):
    """What to do about a process that stands still, and why; reassigning names the step and where it is done then."""

    kind: Repair
    text: Annotated[str, Field(max_length=500)]
    item: UUID | None = None
    place: UUID | None = None


class TroubleOut(Schema):
    """Why a process stands still, and since when where that is known; the step, and who would have to do it."""

    kind: TroubleKind
    since: datetime | None
    item: UUID | None
    element: str
    place: str
    role: str

    @classmethod
    def of(cls, trouble: Trouble) -> "TroubleOut":
        item = trouble.item
        return cls(
            kind=trouble.kind,
            since=trouble.since,
            item=item.uuid if item else None,
            element=item.element if item else "",
            place=str(item.place or item.pool or "") if item else "",
            role=item.role if item else "",
        )


class TroubledOut(Schema):
    """A running process that stands still."""

    id: UUID
    process: str
    title: str
    organisation: str
    started_at: datetime
    troubles: list[TroubleOut]

    @classmethod
    def of(cls, instance: Instance, troubles: list[Trouble]) -> "TroubledOut":
        return cls(
            id=instance.uuid,
            process=instance.key,
            title=instance.title,
            organisation=instance.organisation.name,
            started_at=instance.started_at,
            troubles=[TroubleOut.of(one) for one in troubles],
        )


class TroubledPage(Schema):
    items: list[TroubledOut]
    next: str | None


class AttachmentOut(Schema):
    """A file beside a line of the trail; `url` is null until it was scanned, and valid for some hours."""

    name: str
    size: int
    media_type: str
    url: str | None

    @classmethod
    def of(cls, file: StoredFile) -> "AttachmentOut":
        url = content_link(file) if file.is_readable else None
        return cls(name=file.name, size=file.size, media_type=file.media_type, url=url)


class StepOut(Schema):
    """A line of the trail. `passed` are the elements the process went through, in their order."""

    kind: StepKind
    element: str
    name: str
    by: str
    at: datetime
    text: str
    answers: dict[str, Any]
    passed: list[str]
    files: list[AttachmentOut]

    @classmethod
    def of(cls, step: Step) -> "StepOut":
        return cls(
            kind=StepKind(step.kind),
            element=step.element,
            name=step.name,
            by=step.by_name if step.by_person else "",
            at=step.at,
            text=step.text,
            answers=step.answers,
            passed=step.passed,
            files=[AttachmentOut.of(file) for file in step.files],
        )


class ProcessOut(Schema):
    """Where a process stands, and how it came there. Who only repairs it reads no answers and no texts.

    `resumes_at` is when a paused one goes on by itself.
    """

    id: UUID
    process: str
    version: int
    kind: str
    subject: UUID
    title: str
    state: InstanceState
    is_paused: bool
    resumes_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    ended_with: str
    waiting: list[str]
    trail: list[StepOut]

    @classmethod
    def of(cls, instance: Instance, *, in_full: bool = True) -> "ProcessOut":
        pause = open_pause(instance)
        return cls(
            id=instance.uuid,
            process=instance.key,
            version=instance.definition.version,
            kind=instance.kind,
            subject=instance.subject,
            title=instance.title,
            state=InstanceState(instance.state),
            is_paused=instance.is_paused,
            resumes_at=pause.until if pause else None,
            started_at=instance.started_at,
            ended_at=instance.ended_at,
            ended_with=instance.ended_with,
            waiting=list(work_of(instance).values_list("element", flat=True)),
            trail=[StepOut.of(step) for step in trail_of(instance, in_full=in_full)],
        )


@router.get("/work-items", response=WorkPage, summary="Work that waits for me, what is due first on top")
@operation(may=Audience.SIGNED_IN)
def list_work(request: PageRequest, cursor: str = "", process: Annotated[str, Field(max_length=40)] = "") -> WorkPage:
    page = keyset_page(*my_work(request.actor, process=process), order=BY_DUE, cursor=cursor or None)
    return WorkPage(items=[WorkItemOut.of(item) for item in page.items], next=page.next_cursor)


@router.post("/work-items/completion", response=list[OutcomeOut], summary="Do the same step of several processes")
@operation(may=Audience.SIGNED_IN)
def complete_several(request: PageRequest, given: TogetherIn) -> list[OutcomeOut]:
    items = work_items_for(request.actor, given.items)
    results = complete_together(by=request.actor, items=items, answers=given.answers, now=now())
    return [OutcomeOut(id=item.uuid, is_done=why is None, problem=str(why or "")) for item, why in results]


@router.get("/work-items/{item}", response=WorkItemDetailOut, summary="A step with its form")
@operation(may=Audience.SIGNED_IN)
def read_work(request: PageRequest, item: UUID) -> WorkItemDetailOut:
    return WorkItemDetailOut.of(work_item_for(request.actor, item))


@router.post("/work-items/{item}/claim", response=WorkItemOut, summary="Claim a step, so that others leave it alone")
@operation(may=Audience.SIGNED_IN)
def claim(request: PageRequest, item: UUID) -> WorkItemOut:
    claim_item(by=request.actor, item=work_item_for(request.actor, item), now=now())
    return WorkItemOut.of(work_item_for(request.actor, item))


@router.post("/work-items/{item}/release", response=WorkItemOut, summary="Give a claimed step back")
@operation(may=Audience.SIGNED_IN)
def release(request: PageRequest, item: UUID, words: WordsIn) -> WorkItemOut:
    release_item(by=request.actor, item=work_item_for(request.actor, item), text=words.text, now=now())
    return WorkItemOut.of(work_item_for(request.actor, item))


@router.post("/work-items/{item}/completion", response=WorkItemOut, summary="Do a step")
@operation(may=Audience.SIGNED_IN)
def complete(request: PageRequest, item: UUID, given: CompletionIn) -> WorkItemOut:
    found = work_item_for(request.actor, item)
    complete_item(by=request.actor, item=found, answers=given.answers, text=given.text, files=given.files, now=now())
    return WorkItemOut.of(work_item_for(request.actor, item))


@router.post("/work-items/{item}/delegation", response=WorkItemOut, summary="Hand a step over to a colleague")
@operation(may=Audience.SIGNED_IN)
def delegate(request: PageRequest, item: UUID, given: HandOverIn) -> WorkItemOut:
    found = work_item_for(request.actor, item)
    delegate_item(by=request.actor, item=found, to=given.to, text=given.text, now=now())
    return WorkItemOut.of(work_item_for(request.actor, item))


@router.get("/processes/trouble", response=TroubledPage, summary="Running processes that stand still")
@operation(may=Permission.TROUBLE)
def list_trouble(request: PageRequest, cursor: str = "") -> TroubledPage:
    at = now()
    page = keyset_page(*troubled(request.actor, at), order=NEWEST, cursor=cursor or None)
    troubles = troubles_of(page.items, at)
    return TroubledPage(items=[TroubledOut.of(one, troubles[one.pk]) for one in page.items], next=page.next_cursor)


@router.get("/processes/{process}", response=ProcessOut, summary="Where a process stands, with its trail")
@operation(may=Audience.SIGNED_IN)
def read_process(request: PageRequest, process: UUID) -> ProcessOut:
    instance, in_full = process_at_hand(request.actor, process)
    return ProcessOut.of(instance, in_full=in_full)


@router.get("/processes/{process}/diagram", response={200: None}, summary="The BPMN file a process runs on")
@operation(may=Audience.SIGNED_IN)
def read_diagram(request: PageRequest, process: UUID) -> HttpResponse:
    instance, _in_full = process_at_hand(request.actor, process)
    return HttpResponse(instance.definition.diagram, content_type="application/xml; charset=utf-8")


@router.post("/processes/{process}/comments", response=StepOut, summary="Say something in the trail")
@operation(may=Audience.SIGNED_IN)
def comment(request: PageRequest, process: UUID, given: CommentIn) -> StepOut:
    found = process_for(request.actor, process)
    step = comment_on_process(by=request.actor, instance=found, text=given.text, files=given.files, now=now())
    return StepOut.of(step)


@router.post("/processes/{process}/withdrawal", response=ProcessOut, summary="Take back a process one started")
@operation(may=Audience.SIGNED_IN)
def withdraw(request: PageRequest, process: UUID, words: WordsIn) -> ProcessOut:
    found = process_for(request.actor, process)
    withdraw_process(by=request.actor, instance=found, text=words.text, now=now())
    return ProcessOut.of(process_for(request.actor, process))


@router.post("/processes/{process}/pause", response=ProcessOut, summary="Stop the clock of a process")
@operation(may=Permission.PAUSE)
def pause(request: PageRequest, process: UUID, given: PauseIn) -> ProcessOut:
    found, _in_full = process_at_hand(request.actor, process)
    pause_process(by=request.actor, instance=found, text=given.text, until=given.until, now=now())
    instance, in_full = process_at_hand(request.actor, process)
    return ProcessOut.of(instance, in_full=in_full)


@router.post("/processes/{process}/resumption", response=ProcessOut, summary="Let the clock of a process go on")
@operation(may=Permission.PAUSE)
def resume(request: PageRequest, process: UUID, words: WordsIn) -> ProcessOut:
    found, _in_full = process_at_hand(request.actor, process)
    resume_process(by=request.actor, instance=found, text=words.text, now=now())
    instance, in_full = process_at_hand(request.actor, process)
    return ProcessOut.of(instance, in_full=in_full)


@router.post("/processes/{process}/repairs", response=ProcessOut, summary="Set a process going again, or end it")
@operation(may=Permission.REPAIR)
def repair(request: PageRequest, process: UUID, given: RepairIn) -> ProcessOut:
    found, _in_full = process_at_hand(request.actor, process)
    at = now()
    match given.kind:
        case Repair.REASSIGN:
            item = work_of(found).filter(uuid=given.item).first() if given.item else None
            if item is None or given.place is None:
                raise NotFound
            reassign_item(by=request.actor, item=item, place=given.place, text=given.text, now=at)
        case Repair.RETRY:
            retry_timers(by=request.actor, instance=found, text=given.text, now=at)
        case Repair.END:
            end_process(by=request.actor, instance=found, text=given.text, now=at)
    instance, in_full = process_at_hand(request.actor, process)
    return ProcessOut.of(instance, in_full=in_full)


class PoolIn(Schema):
    """A new pool of an organisation; definitions name it by its key. `role` null: only listed people."""

    key: Annotated[str, Field(max_length=40)]
    title: Annotated[str, Field(min_length=1, max_length=80)]
    organisation: UUID
    role: Role | None = None


class PersonIn(Schema):
    person: UUID


class PlaceIn(Schema):
    organisation: UUID


class ShareOut(Schema):
    """Who has how much: claimed now, and done in the last 30 days. Who left may still have something claimed."""

    person: UUID
    name: str
    claimed: int
    done: int
    is_in: bool


class PoolOut(Schema):
    """A pool with what its people have in hand, and how much nobody has claimed."""

    key: str
    title: str
    organisation: str
    role: Role | None
    unclaimed: int
    people: list[ShareOut]

    @classmethod
    def of(cls, pool: Pool) -> "PoolOut":
        shares, unclaimed = shares_of(pool, now())
        return cls(
            key=pool.key,
            title=pool.title,
            organisation=pool.organisation.name,
            role=Role(pool.role) if pool.role else None,
            unclaimed=unclaimed,
            people=[
                ShareOut(person=one.person, name=one.name, claimed=one.claimed, done=one.done, is_in=one.is_in)
                for one in shares
            ],
        )


@router.post("/process-pools", response=PoolOut, summary="Make a pool")
@operation(may=Permission.POOLS)
def found_pool(request: PageRequest, given: PoolIn) -> PoolOut:
    place = organisation_for(request.actor, given.organisation)
    pool = make_pool(by=request.actor, key=given.key, title=given.title, organisation=place, role=given.role, now=now())
    return PoolOut.of(pool)


@router.get("/process-pools/{key}", response=PoolOut, summary="Who in a pool has how much")
@operation(may=Audience.SIGNED_IN)
def read_pool(request: PageRequest, key: str) -> PoolOut:
    return PoolOut.of(pool_for(request.actor, key))


@router.post("/process-pools/{key}/members", response=PoolOut, summary="List somebody in a pool")
@operation(may=Permission.POOLS)
def list_member(request: PageRequest, key: str, given: PersonIn) -> PoolOut:
    pool = pool_for(request.actor, key)
    add_member(by=request.actor, pool=pool, person=given.person, now=now())
    return PoolOut.of(pool)


@router.post("/process-pools/{key}/members/removal", response=PoolOut, summary="Take somebody off the list of a pool")
@operation(may=Permission.POOLS)
def unlist_member(request: PageRequest, key: str, given: PersonIn) -> PoolOut:
    pool = pool_for(request.actor, key)
    remove_member(by=request.actor, pool=pool, person=given.person, now=now())
    return PoolOut.of(pool)


@router.post("/process-pools/{key}/places", response=PoolOut, summary="Let the role at an organisation be in a pool")
@operation(may=Permission.POOLS)
def list_place(request: PageRequest, key: str, given: PlaceIn) -> PoolOut:
    pool = pool_for(request.actor, key)
    place = organisation_for(request.actor, given.organisation)
    add_place(by=request.actor, pool=pool, organisation=place, now=now())
    return PoolOut.of(pool)


@router.post("/process-pools/{key}/places/removal", response=PoolOut, summary="Take an organisation out of a pool")
@operation(may=Permission.POOLS)
def unlist_place(request: PageRequest, key: str, given: PlaceIn) -> PoolOut:
    pool = pool_for(request.actor, key)
    remove_place(by=request.actor, pool=pool, organisation=given.organisation, now=now())
    return PoolOut.of(pool)


class DeadlineOut(Schema):
    """ISO 8601; `working`: its days are working days."""

    within: Annotated[str, Field(max_length=40)]
    working: bool = False
    warn: Annotated[str, Field(max_length=40)] = ""


class HolderOut(Schema):
    """`at` is seen from where the process starts; `role` null: one person is asked."""

    at: Reach
    role: Role | None


class HolderIn(Schema):
    """Who is to do the steps of a role of the process."""

    at: Reach
    role: Role


class DefinitionOut(Schema):
    """How a process is set: deadlines and forms (JSON Schema) by element id, holders by their name in the diagram."""

    key: str
    version: int
    title: str
    made_at: datetime
    deadlines: dict[str, DeadlineOut]
    holders: dict[str, HolderOut]
    forms: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, definition: Definition) -> "DefinitionOut":
        settings = loaded(definition.pk).settings
        return cls(
            key=definition.key,
            version=definition.version,
            title=definition.title,
            made_at=definition.made_at,
            deadlines={key: DeadlineOut(**one.model_dump()) for key, one in settings.deadlines.items()},
            holders={key: HolderOut(at=one.at, role=one.role) for key, one in settings.holders.items()},
            forms={key: one.schema_of() for key, one in settings.forms.items()},
        )


class RuleOut(Schema):
    """A row of a decision table: a cell for each input and each output, as they stand in DMN."""

    inputs: list[Annotated[str, Field(max_length=200)]]
    outputs: list[Annotated[str, Field(max_length=200)]]


class ChangeIn(Schema):
    """Only what is to be another: a deadline of null takes it away."""

    deadlines: Annotated[dict[str, DeadlineOut | None], Field(max_length=100)] = {}
    holders: Annotated[dict[str, HolderIn], Field(max_length=100)] = {}
    decisions: Annotated[dict[str, Annotated[list[RuleOut], Field(max_length=MOST_RULES)]], Field(max_length=20)] = {}
    """By file: all rules of a decision table, in their order."""
    forms: Annotated[dict[str, FormChange], Field(max_length=100)] = {}
    """By element id of the step: what is changed about its form."""
    reason: Annotated[str, Field(max_length=500)]


class SettingsChangeOut(Schema):
    """A proposal for a version, and what became of it; `result` is the version it made."""

    id: UUID
    process: str
    version: int
    deadlines: dict[str, DeadlineOut | None]
    holders: dict[str, HolderOut]
    forms: dict[str, FormChange]
    decisions: dict[str, list[RuleOut]]
    reason: str
    state: ChangeState
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str
    result: int | None

    @classmethod
    def of(cls, change: SettingsChange) -> "SettingsChangeOut":
        return cls(
            id=change.uuid,
            process=change.key,
            version=change.base.version,
            deadlines=change.deadlines,
            holders=change.holders,
            forms=change.forms,
            decisions={
                file: [RuleOut(inputs=list(one.inputs), outputs=list(one.outputs)) for one in rules_of(changed)]
                for file, changed in change.decisions.items()
            },
            reason=change.reason,
            state=ChangeState(change.state),
            proposed_by=change.proposed_name,
            proposed_at=change.proposed_at,
            decided_by=change.decided_name,
            decided_at=change.decided_at,
            answer=change.answer,
            result=change.result.version if change.result else None,
        )


class ChangePage(Schema):
    items: list[SettingsChangeOut]
    next: str | None


@router.get("/process-definitions", response=list[DefinitionOut], summary="How every process is set now")
@operation(may=Permission.CHANGE)
def list_definitions(request: PageRequest) -> list[DefinitionOut]:
    return [DefinitionOut.of(one) for one in current_definitions()]


@router.get("/process-definitions/{key}", response=DefinitionOut, summary="How one process is set now")
@operation(may=Permission.CHANGE)
def read_definition(request: PageRequest, key: str) -> DefinitionOut:
    return DefinitionOut.of(current_definition(key))


@router.get("/process-definitions/{key}/changes", response=ChangePage, summary="What was proposed, the newest first")
@operation(may=Permission.CHANGE)
def list_changes(request: PageRequest, key: str, cursor: str = "") -> ChangePage:
    page = keyset_page(changes_of(current_definition(key).key), order=("-id",), cursor=cursor or None)
    return ChangePage(items=[SettingsChangeOut.of(one) for one in page.items], next=page.next_cursor)


@router.post("/process-definitions/{key}/changes", response=SettingsChangeOut, summary="Propose deadlines and holders")
@operation(may=Permission.CHANGE)
def propose(request: PageRequest, key: str, given: ChangeIn) -> SettingsChangeOut:
    change = propose_change(
        by=request.actor,
        definition=current_definition(key),
        deadlines={name: one.dict() if one else None for name, one in given.deadlines.items()},
        holders={name: one.dict() for name, one in given.holders.items()},
        forms=given.forms,
        decisions={
            file: [Rule(tuple(one.inputs), tuple(one.outputs)) for one in rules]
            for file, rules in given.decisions.items()
        },
        reason=given.reason,
        now=now(),
    )
    return SettingsChangeOut.of(change_with(change.uuid))


@router.post(
    "/process-changes/{change}/approval", response=SettingsChangeOut, summary="Approve what somebody else proposed"
)
@operation(may=Permission.CHANGE)
def approve(request: PageRequest, change: UUID, words: WordsIn) -> SettingsChangeOut:
    approve_change(by=request.actor, change=change_with(change), text=words.text, now=now())
    return SettingsChangeOut.of(change_with(change))


@router.post(
    "/process-changes/{change}/refusal", response=SettingsChangeOut, summary="Leave the process as it is, saying why"
)
@operation(may=Permission.CHANGE)
def refuse(request: PageRequest, change: UUID, words: WordsIn) -> SettingsChangeOut:
    refuse_change(by=request.actor, change=change_with(change), text=words.text, now=now())
    return SettingsChangeOut.of(change_with(change))


@router.post("/process-changes/{change}/withdrawal", response=SettingsChangeOut, summary="Take one's own proposal back")
@operation(may=Permission.CHANGE)
def withdraw_proposal(request: PageRequest, change: UUID) -> SettingsChangeOut:
    withdraw_change(by=request.actor, change=change_with(change), now=now())
    return SettingsChangeOut.of(change_with(change))
