"""What accompanies a diagram: who does a step, until when, and by which form. Read from `settings.json` beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import pgettext
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from heluo.engines.process.enums import Reach
from heluo.kernel.actors.enums import Role

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
RESERVED = frozenset({"typename"})
"""What SpiffWorkflow itself keeps in a state."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Holder(Strict):
    """Who does the steps of one role of the process: whoever holds a role at a place, or who started it."""

    title: str
    """How the trail and the lists call them, in Chinese."""
    at: Reach
    role: Role | None = None
    """None where one person or a pool is asked: with `at: starter`, `at: named` and `at: pool`."""
    otherwise: tuple[Role, ...] = ()
    """With `at: nearest`: roles that do as well, where one of them is held nearer, or nobody holds `role`."""
    value: Name | None = None
    """With `at: named`: the value of the process that says who, by the UUID of the person."""
    apart: bool = False
    """Whether the starter is never among them, whatever they hold."""
    pool: Name | None = None
    """With `at: pool`: the key of the pool."""

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what is not said: what was stored before it could be said keeps its digest."""
        plain: dict[str, Any] = handler(self)
        if self.pool is None:
            plain.pop("pool", None)
        if not self.otherwise:
            plain.pop("otherwise", None)
        return plain

    @property
    def roles(self) -> tuple[Role, ...]:
        """All roles that may do its steps, the first one first."""
        return (self.role, *self.otherwise) if self.role else ()

    def changed(self, change: Mapping[str, Any]) -> "Holder":
        """With another place and role; other roles are asked only where the nearest is."""
        placed = Holder.model_validate({**self.model_dump(), **change})
        return placed if placed.at == Reach.NEAREST else placed.model_copy(update={"otherwise": ()})


class Deadline(Strict):
    """How long a step may take. Working days are counted by the calendar of the platform."""

    within: str
    """ISO 8601."""
    working: bool = False
    """Whether the days of `within` and `warn` are working days."""
    warn: str = ""
    """How long before the end those who do the step are warned; empty: never."""


class Options(Strict):
    """What may be chosen in a field of several answers."""

    type: Literal["string"] = "string"
    enum: tuple[str, ...]
    enum_titles: tuple[str, ...] | None = Field(default=None, alias="enumTitles")


class Answer(Strict):
    """One field of a form: the part of JSON Schema that a form of ours can show."""

    type: Literal["string", "integer", "number", "boolean", "array"]
    title: str
    description: str = ""
    enum: tuple[str, ...] | None = None
    enum_titles: tuple[str, ...] | None = Field(default=None, alias="enumTitles")
    """Titles of the values of `enum`, in their order."""
    items: Options | None = None
    """With `array`, and only there: each may be chosen once."""
    format: Literal["date", "textarea"] | None = None
    max_length: int | None = Field(default=None, alias="maxLength", ge=1, le=5000)
    minimum: float | None = None
    maximum: float | None = None

    @property
    def limits(self) -> dict[str, float]:
        """`minimum` and `maximum` where there are any, whole ones written as whole numbers."""
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        return {
            name: int(limit) if limit.is_integer() else limit for name, limit in limits.items() if limit is not None
        }

    @property
    def said(self) -> dict[str, Any]:
        """What JSON Schema asks beyond being there, so that a required answer says something."""
        if self.type == "array":
            return {"minItems": 1}
        return {"pattern": r"\S"} if self.type == "string" and not self.enum and self.format != "date" else {}


class Condition(Strict):
    """What one answer asks of the others."""

    answers: dict[Name, str]
    """Field → the value with which the condition holds."""
    required: tuple[Name, ...] = ()
    complete: tuple[Name, ...] = ()
    """Fields of several answers, every one of which must be chosen."""
    only: tuple[Name, ...] = ()
    """Fields that say something with this answer alone."""


class Form(Strict):
    """The form of a step: a JSON Schema object of flat fields."""

    type: Literal["object"] = "object"
    properties: dict[Name, Answer]
    required: tuple[Name, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def schema_of(self) -> dict[str, Any]:
        """As JSON Schema 2020-12; nothing beyond the fields is taken."""
        plain = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"conditions"})
        for name, answer in plain["properties"].items():
            answer.update(self.properties[name].limits)
            answer.update(self.properties[name].said if name in self.required else {})
            answer.pop("enumTitles", None)
            if answer["type"] == "array":
                answer["items"].pop("enumTitles", None)
                answer["uniqueItems"] = True
            if answer.get("format") == "textarea":
                del answer["format"]
            if answer["type"] == "string":
                answer.setdefault("maxLength", 2000)
        conditions = [self._schema_of(condition) for condition in self.conditions]
        return {**plain, "additionalProperties": False} | ({"allOf": conditions} if conditions else {})

    def _schema_of(self, condition: Condition) -> dict[str, Any]:
        said = {name: said for name in condition.required if (said := self.properties[name].said)}
        whole = {name: {"minItems": len(options.enum)} for name in condition.complete if (options := self.items(name))}
        given = {name: {"const": value} for name, value in condition.answers.items()}
        return {
            "if": {"properties": given, "required": list(given)},
            "then": {"properties": said | whole, "required": [*condition.required, *condition.complete]},
        }

    def only_with(self, name: str) -> Mapping[str, str]:
        """The answers with which alone a field says something; none where it always may."""
        return next((condition.answers for condition in self.conditions if name in condition.only), {})

    def titles_of(self, name: str) -> dict[str, str]:
        """Value → title of what can be chosen in a field."""
        answer = self.properties.get(name)
        options = answer and (answer.items or (answer if answer.enum else None))
        if not options or not options.enum:
            return {}
        return dict(zip(options.enum, options.enum_titles or options.enum, strict=True))

    def items(self, name: str) -> Options | None:
        """What may be chosen in a field of several answers."""
        return self.properties[name].items if name in self.properties else None


class FieldChange(Strict):
    """What is changed about a field of a form; null: nothing."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    description: Annotated[str, StringConstraints(max_length=300)] | None = None
    required: bool | None = None
    options: dict[Annotated[str, StringConstraints(min_length=1, max_length=40)], str] | None = None
    """Value → title of everything that may be chosen, in its order."""


class FormChange(Strict):
    """What is changed about the form of a step. Its fields stay, with their names: conditions and actions read them."""

    order: tuple[Name, ...] = ()
    """Fields that come first, in their order; empty: all stay where they are."""
    fields: dict[Name, FieldChange] = {}

    def of(self, form: Form) -> Form:
        """The form with what is changed; fields that are no longer there are left out."""
        first = [name for name in dict.fromkeys(self.order) if name in form.properties]
        names = [*first, *(name for name in form.properties if name not in first)]
        properties, required = {}, []
        for name in names:
            change = self.fields.get(name, FieldChange())
            properties[name] = _changed(form.properties[name], change)
            if change.required if change.required is not None else name in form.required:
                required.append(name)
        if set(required) == set(form.required):
            required = list(form.required)
        return form.model_copy(update={"properties": properties, "required": tuple(required)})

    def against(self, form: Form) -> "FormChange":
        """Without what the form says already: a later version of it then keeps what nobody wished to change."""
        wanted = self.of(form)
        fields = {
            name: FieldChange(
                title=after.title if after.title != before.title else None,
                description=after.description if after.description != before.description else None,
                required=name in wanted.required if (name in wanted.required) != (name in form.required) else None,
                options=wanted.titles_of(name) if _options(wanted, name) != _options(form, name) else None,
            )
            for name, before in form.properties.items()
            for after in [wanted.properties[name]]
        }
        order = () if list(wanted.properties) == list(form.properties) else tuple(wanted.properties)
        said = {name: change for name, change in fields.items() if change != FieldChange()}
        return FormChange(order=order, fields=said)


def _options(form: Form, name: str) -> list[tuple[str, str]]:
    return list(form.titles_of(name).items())


def _changed(answer: Answer, change: FieldChange) -> Answer:
    said = change.model_dump(include={"title", "description"}, exclude_none=True)
    if change.options is not None:
        options = {"enum": tuple(change.options), "enum_titles": tuple(change.options.values())}
        if answer.items:
            said["items"] = answer.items.model_copy(update=options)
        elif answer.enum:
            said |= options
    return answer.model_copy(update=said)


class Settings(Strict):
    """What an operator may change without touching the diagram."""

    holders: dict[Name, Holder]
    deadlines: dict[str, Deadline] = {}
    """By element id."""
    forms: dict[str, Form] = {}
    """By element id; a step without one is done by saying so."""
    withdrawn: str = ""
    """The action that takes back what the process has done so far when its starter withdraws it; empty: none."""

    def changed(
        self, deadlines: Mapping[str, Any], holders: Mapping[str, Any], forms: Mapping[str, Any] | None = None
    ) -> "Settings":
        """With some deadlines (null: none any more), some holders (their `at` and `role`) and some forms replaced.

        Steps and holders that are not there are left out: another version may no longer have them.
        """
        kept = {key: one for key, one in self.deadlines.items() if key not in deadlines}
        new = {key: Deadline.model_validate(one) for key, one in deadlines.items() if one is not None}
        placed = {
            key: one.changed(holders[key]) if one.role and key in holders else one for key, one in self.holders.items()
        }
        drawn = {
            key: FormChange.model_validate(forms[key]).of(form) if forms and key in forms else form
            for key, form in self.forms.items()
        }
        return self.model_copy(update={"deadlines": kept | new, "holders": placed, "forms": drawn})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a process is about: a stable kind and id, and its title on that day."""

    kind: str
    id: UUID
    title: str


Values = Mapping[str, object]


def called(name: str) -> str:
    """A name of a diagram or a title of its settings in the reader's language, where its app has a translation."""
    return pgettext("process", name) if name else ""
