"""What accompanies a diagram: who does a step, until when, and by which form. Read from `settings.json` beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import pgettext
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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
    """None with `at: starter` only."""


class Deadline(Strict):
    """How long a step may take. Working days are counted by the calendar of the platform."""

    within: str
    """ISO 8601."""
    working: bool = False
    """Whether the days of `within` and `warn` are working days."""
    warn: str = ""
    """How long before the end those who do the step are warned; empty: never."""


class Answer(Strict):
    """One field of a form: the part of JSON Schema that a form of ours can show."""

    type: Literal["string", "integer", "number", "boolean"]
    title: str
    description: str = ""
    enum: tuple[str, ...] | None = None
    enum_titles: tuple[str, ...] | None = Field(default=None, alias="enumTitles")
    """Titles of the values of `enum`, in their order."""
    format: Literal["date", "textarea"] | None = None
    max_length: int | None = Field(default=None, alias="maxLength", ge=1, le=5000)
    minimum: float | None = None
    maximum: float | None = None


class Form(Strict):
    """The form of a step: a JSON Schema object of flat fields."""

    type: Literal["object"] = "object"
    properties: dict[Name, Answer]
    required: tuple[Name, ...] = ()

    def schema_of(self) -> dict[str, Any]:
        """As JSON Schema 2020-12; nothing beyond the fields is taken."""
        plain = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        for answer in plain["properties"].values():
            answer.pop("enumTitles", None)
            if answer.get("format") == "textarea":
                del answer["format"]
            if answer["type"] == "string":
                answer.setdefault("maxLength", 2000)
        return {**plain, "additionalProperties": False}


class Settings(Strict):
    """What an operator may change without touching the diagram."""

    holders: dict[Name, Holder]
    deadlines: dict[str, Deadline] = {}
    """By element id."""
    forms: dict[str, Form] = {}
    """By element id; a step without one is done by saying so."""


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
