"""How processes are set: their steps, deadlines and holders, what was changed, and changing it by two people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heluo.engines.process.access import Permission
from heluo.engines.process.actions import approve_change, propose_change, refuse_change, withdraw_change
from heluo.engines.process.actions.defining import require_usable
from heluo.engines.process.durations import whole_days
from heluo.engines.process.enums import ChangeState
from heluo.engines.process.errors import ChangeDecided, ChangeOutdated, OwnChange, ReasonNeeded
from heluo.engines.process.expressions import names_in
from heluo.engines.process.forms import ChangeForm, CommentForm, FormChangeForm, StepForm, TableForm
from heluo.engines.process.loading import Loaded, loaded, rules_of, tables_of
from heluo.engines.process.models import SettingsChange
from heluo.engines.process.pages.following import diagram_of
from heluo.engines.process.pages.showing import Picture
from heluo.engines.process.queries import changes_of, current_definition, current_definitions, versions_of
from heluo.engines.process.running import decide
from heluo.engines.process.tables import Rule, Table, with_rules
from heluo.engines.process.vocabulary import Deadline, Form, Holder, Settings, called
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes

SHOWN = 20
"""Changes and versions on the page; all changes are told by API."""
CHANGE_TONES = {
    ChangeState.OPEN: Tone.WAITING,
    ChangeState.APPROVED: Tone.SUCCESS,
    ChangeState.REFUSED: Tone.DANGER,
    ChangeState.WITHDRAWN: Tone.NEUTRAL,
}


@reads(may=Permission.CHANGE)
def definitions(request: PageRequest) -> HttpResponse:
    page = keyset_page(current_definitions(), order=("key",), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("流程设置"),
        "lead": _("每个流程由谁办理、多少天办完。修改由一人提出、另一人批准，批准后新发起的流程按新设置。"),
        "page": page,
        "rows": [(one, called(one.title)) for one in page.items],
    }
    return page_response(request, "process/definitions.html", context, fragments=("listing",))


@writes(may=Permission.CHANGE)
def definition(request: PageRequest, key: str) -> HttpResponse:
    """One process as it is set now, what waits for approval, and what was changed before."""
    current = current_definition(key)
    running = loaded(current.pk)
    changes = list(changes_of(key)[:SHOWN])
    made = {one.result_id for one in changes}
    waiting = next((one for one in changes if one.state == ChangeState.OPEN), None)
    form = CommentForm(request.POST if request.method == "POST" else None, label=_("意见"))
    form.fields["text"].required = False
    if request.method == "POST" and waiting is not None and form.is_valid():
        return _decided(request, waiting, form.cleaned_data["text"])
    context = {
        "heading": called(current.title),
        "lead": _("第 {version} 版").format(version=current.version),
        "crumbs": [(_("流程设置"), reverse("process:definitions"))],
        "definition": current,
        "steps": steps_of(running),
        "picture": Picture(
            url=reverse("process:definition_diagram", args=[key]), current=[], passed=[], label=_("流程图")
        ),
        "tables": [(one, called(one.title)) for one in tables_of(current)],
        "waiting": waiting,
        "lines": lines_of(waiting) if waiting else [],
        "is_own": waiting is not None and waiting.proposed_by == request.actor.person_id,
        "versions": [(one, one.pk in made) for one in versions_of(key)[:SHOWN]],
        "history": [(one, CHANGE_TONES[ChangeState(one.state)], lines_of(one)) for one in changes if one != waiting],
    }
    return form_page(request, "process/definition.html", form, context)


def _decided(request: PageRequest, change: SettingsChange, text: str) -> HttpResponse:
    try:
        if "approve" in request.POST:
            made = approve_change(by=request.actor, change=change, text=text, now=now())
            messages.success(request, _("已批准，新发起的流程按第 {version} 版。").format(version=made.version))
        elif "refuse" in request.POST:
            refuse_change(by=request.actor, change=change, text=text, now=now())
            messages.success(request, _("没有批准，流程不变。"))
        elif "withdraw" in request.POST:
            withdraw_change(by=request.actor, change=change, now=now())
            messages.success(request, _("已撤回。"))
    except (ChangeDecided, ChangeOutdated, OwnChange, ReasonNeeded) as refusal:
        messages.error(request, str(refusal))
    return redirect("process:definition", key=change.key)


@writes(may=Permission.CHANGE)
def change(request: PageRequest, key: str) -> HttpResponse:
    """Propose other deadlines and holders; what would differ is asked about first, in words."""
    current = current_definition(key)
    running = loaded(current.pk)
    form = ChangeForm(running, request.POST if request.method == "POST" else None)
    back = reverse("process:definition", args=[key])
    if request.method == "POST" and form.is_valid():
        deadlines, holders = form.deadlines_given(), form.holders_given()
        lines = differences(running, running.settings.changed(deadlines, holders))
        question = Question(
            title=_("提出对“{process}”的修改？").format(process=called(current.title)),
            verb=_("提出修改"),
            text="；".join(line.words for line in lines),
        )
        if lines and (asked := ask_first(request, question, back=request.path)):
            return asked
        with form.refusals():
            propose_change(
                by=request.actor,
                definition=current,
                deadlines=deadlines,
                holders=holders,
                reason=form.cleaned_data["reason"],
                now=now(),
            )
            messages.success(request, _("已提出，等另一个有权限的人批准。"))
            return redirect(back)
    context = {
        "heading": _("修改“{process}”").format(process=called(current.title)),
        "lead": _("只改期限和办理角色。批准之前什么都不变；正在办理的流程按原来的设置办完。"),
        "crumbs": [(_("流程设置"), reverse("process:definitions")), (called(current.title), back)],
        "submit_label": _("核对改动"),
        "cancel_url": back,
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.CHANGE)
def form_change(request: PageRequest, key: str, element: str) -> HttpResponse:
    """Propose another form of a step: the differences in words and the form as it would be are shown before."""
    current = current_definition(key)
    running = loaded(current.pk)
    stands = running.settings.forms.get(element)
    step = running.model.diagram.elements.get(element)
    if stands is None or step is None:
        raise NotFound
    form = FormChangeForm(stands, request.POST if request.method == "POST" else None)
    back = reverse("process:definition", args=[key])
    wanted: Form | None = None
    if request.method == "POST" and form.is_valid():
        change = form.change()
        with form.refusals():
            if "propose" in request.POST:
                propose_change(
                    by=request.actor,
                    definition=current,
                    deadlines={},
                    holders={},
                    forms={element: change},
                    reason=form.cleaned_data["reason"],
                    now=now(),
                )
                messages.success(request, _("已提出，等另一个有权限的人批准。"))
                return redirect(back)
            wanted = change.of(stands)
            require_usable(current, element, stands, wanted)
    name, preview = called(step.name), StepForm(wanted or stands)
    preview.auto_id = "preview_%s"
    lines = form_differences(name, stands, wanted) if wanted else []
    context = {
        "heading": _("修改“{step}”的表单").format(step=name),
        "lead": _("改怎样问、哪些必填、有哪些选项和顺序。批准之前什么都不变；正在办理的流程按原来的表单办完。"),
        "crumbs": [(_("流程设置"), reverse("process:definitions")), (called(current.title), back)],
        "cancel_url": back,
        "lines": [line for line in lines if line.before != line.after],
        "is_checked": wanted is not None,
        "preview": preview,
    }
    return form_page(request, "process/form_change.html", form, context)


@writes(may=Permission.CHANGE)
def table_change(request: PageRequest, key: str, decision: str) -> HttpResponse:
    """Propose other rules of a decision table; it is tried with some values before, and differences are in words."""
    current = current_definition(key)
    table = next((one for one in tables_of(current) if one.key == decision), None)
    if table is None:
        raise NotFound
    form = TableForm(table, request.POST if request.method == "POST" else None)
    back = reverse("process:definition", args=[key])
    rules: list[Rule] = []
    tried = ""
    if request.method == "POST" and form.is_valid():
        rules = form.rules()
        with form.refusals():
            if "propose" in request.POST:
                propose_change(
                    by=request.actor,
                    definition=current,
                    deadlines={},
                    holders={},
                    decisions={table.file: rules},
                    reason=form.cleaned_data["reason"],
                    now=now(),
                )
                messages.success(request, _("已提出，等另一个有权限的人批准。"))
                return redirect(back)
            content = with_rules(current.decisions[table.file].encode(), table.file, rules)
            tried = _tried(table, rules, decide(content, table.file, form.values()))
    context = {
        "heading": _("修改决策表“{table}”").format(table=called(table.title)),
        "lead": _("从上往下，第一条符合的规则起作用。整行清空就去掉这一条；输入格填“-”或不填表示不论怎样。"),
        "crumbs": [(_("流程设置"), reverse("process:definitions")), (called(current.title), back)],
        "cancel_url": back,
        "table": table,
        "legend": _legend(loaded(current.pk).settings, table),
        "lines": table_differences(table, rules) if rules else [],
        "tried": tried,
    }
    return form_page(request, "process/table_change.html", form, context)


@dataclass(frozen=True, slots=True)
class CodesRead:
    """What may stand in a column of a decision table, and what each code means."""

    column: str
    codes: list[tuple[str, str]]


def _legend(settings: Settings, table: Table) -> list[CodesRead]:
    """The codes of a table's columns in words: answers of forms that it reads, roles that it names."""
    roles = {key: holder.title for key, holder in settings.holders.items()}
    columns = []
    for column in table.inputs:
        for name in names_in(column.name):
            forms = (form for form in settings.forms.values() if name in form.properties)
            columns += [(column.label, titles) for form in forms if (titles := form.titles_of(name))][:1]
    for place, column in enumerate(table.outputs):
        named = {rule.outputs[place].strip('"') for rule in table.rules}
        if named <= roles.keys():
            columns.append((column.label, roles))
    return [
        CodesRead(label, [(f'"{code}"', called(str(title))) for code, title in titles.items()])
        for label, titles in columns
    ]


def _tried(table: Table, rules: Sequence[Rule], found: tuple[int, dict[str, Any]] | None) -> str:
    if found is None:
        return _("没有一条规则符合。")
    number, _given = found
    return _("第 {number} 条起作用：{rule}").format(number=number, rule=table.words(rules[number - 1]))


@reads(may=Permission.CHANGE)
def diagram(_request: PageRequest, key: str) -> HttpResponse:
    """The BPMN file of the current version, its names in the reader's language."""
    return diagram_of(current_definition(key))


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step: who does it, until when."""

    element: str
    name: str
    holder: str
    deadline: str
    has_form: bool


def steps_of(running: Loaded) -> list[ShownStep]:
    """The steps that people do, in words."""
    settings = running.settings
    return [
        ShownStep(
            step.id,
            called(step.name),
            holder_words(settings.holders[step.owner]),
            deadline_words(settings.deadlines.get(step.id)),
            step.id in settings.forms,
        )
        for step in running.model.diagram.of_kind("userTask")
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One difference between two settings."""

    what: str
    before: str
    after: str

    @property
    def words(self) -> str:
        return _("{what}：{before} → {after}").format(what=self.what, before=self.before, after=self.after)


def differences(
    running: Loaded, wanted: Settings, decisions: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Line]:
    """What other settings of a process would change, in words."""
    stands = running.settings
    steps = [
        Line(
            called(step.name),
            deadline_words(stands.deadlines.get(step.id)),
            deadline_words(wanted.deadlines.get(step.id)),
        )
        for step in running.model.diagram.of_kind("userTask")
    ]
    holders = [
        Line(called(one.title), holder_words(one), holder_words(wanted.holders[key]))
        for key, one in stands.holders.items()
    ]
    forms = [
        line
        for step in running.model.diagram.of_kind("userTask")
        if step.id in stands.forms
        for line in form_differences(called(step.name), stands.forms[step.id], wanted.forms[step.id])
    ]
    tables = [
        line
        for table in tables_of(running.definition)
        if decisions and table.file in decisions
        for line in table_differences(table, rules_of(decisions[table.file]))
    ]
    return [line for line in (*steps, *holders, *forms, *tables) if line.before != line.after]


def table_differences(table: Table, rules: Sequence[Rule]) -> list[Line]:
    """What other rules would change, row by row, in words."""
    lines = []
    for number, (before, after) in enumerate(zip_longest(table.rules, rules), 1):
        what = _("{table}，第 {number} 条").format(table=called(table.title), number=number)
        words = [table.words(rule) if rule else _("没有这一条") for rule in (before, after)]
        lines.append(Line(what, *words))
    return [line for line in lines if line.before != line.after]


def form_differences(step: str, stands: Form, wanted: Form) -> list[Line]:
    """What another form of a step would change, field by field, in words."""
    lines = [Line(_("{step}：顺序").format(step=step), *("、".join(_titles(one)) for one in (stands, wanted)))]
    if list(stands.properties) == list(wanted.properties):
        lines = []
    for name, before in stands.properties.items():
        after, what = wanted.properties[name], f"{step} · {called(before.title)}"
        options = [list(map(called, one.titles_of(name).values())) for one in (stands, wanted)]
        needed = [_("必填") if name in one.required else _("选填") for one in (stands, wanted)]
        lines += [
            Line(_("{field}：问什么").format(field=what), called(before.title), called(after.title)),
            Line(
                _("{field}：填写说明").format(field=what),
                *(called(one.description) or _("无") for one in (before, after)),
            ),
            Line(_("{field}：必填").format(field=what), *needed),
            Line(_("{field}：选项").format(field=what), *("、".join(one) for one in options)),
        ]
    return lines


def _titles(form: Form) -> list[str]:
    return [called(answer.title) for answer in form.properties.values()]


def lines_of(change: SettingsChange) -> list[Line]:
    """What a proposal changes about the version it was made for."""
    running = loaded(change.base_id)
    return differences(
        running, running.settings.changed(change.deadlines, change.holders, change.forms), change.decisions
    )


def holder_words(holder: Holder) -> str:
    """Who does a step."""
    place = str(holder.at.label)
    if holder.pool:
        return f"{place} · {holder.pool}"
    return f"{place} · {'、'.join(str(role.label) for role in holder.roles)}" if holder.role else place


def deadline_words(deadline: Deadline | None) -> str:
    """Until when, and when people are warned."""
    if deadline is None:
        return _("没有期限")
    within = _in_words(deadline.within, working=deadline.working)
    if not deadline.warn:
        return within
    warn = _in_words(deadline.warn, working=deadline.working)
    return _("{within}，提前 {warn}提醒").format(within=within, warn=warn)


def _in_words(text: str, *, working: bool) -> str:
    days = whole_days(text)
    if days is None:
        return text
    if working:
        return ngettext("{count} 个工作日", "{count} 个工作日", days).format(count=days)
    return ngettext("{count} 天", "{count} 天", days).format(count=days)
