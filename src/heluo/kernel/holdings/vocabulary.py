"""The words in which apps tell what they hold: facts with their source."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Source:
    """Who answers for a fact. Only an organisation can be asked to correct it."""

    title: str | Promise
    organisation: UUID | None = None


OWN = Source(_("本人填写"))
PLATFORM = Source(_("平台运行产生"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing held about a person, as the person may read it; numbers masked.

    `key` names the fact among those of its holding, for a request to correct it. `url` is where its source changes it.
    `is_masked` says that two different values may look the same. `exact` is what is kept where `value` is words.
    """

    label: str
    value: str
    source: Source
    key: str = ""
    note: str = ""
    since: date | datetime | None = None
    url: str = ""
    is_masked: bool = False
    exact: str = ""

    @property
    def can_be_corrected(self) -> bool:
        return bool(self.key and self.source.organisation)


@dataclass(frozen=True, slots=True)
class Asked:
    """The day for which facts are told, and how many at most of what can be many (None: all)."""

    on: date
    most: int | None = None
