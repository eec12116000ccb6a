"""A small tree, people who act in it, facets and drafts."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from heluo.engines.catalogue import registry
from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.models import Change
from heluo.engines.catalogue.public import (
    TOLD_AT_ONCE,
    EntryDraft,
    Facet,
    FacetValue,
    register_facets,
    tell_public,
)
from heluo.kernel.actors.enums import ActorKind, Role
from heluo.kernel.actors.public import Actor, Grant, Post
from heluo.kernel.events.models import Horizon
from heluo.kernel.organisations.enums import Level, OrganisationKind
from heluo.kernel.organisations.models import Organisation, Region

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
KIND = "entry"


@dataclass(frozen=True)
class Tree:
    """A province with two counties, a school in the first."""

    province: Organisation
    county: Organisation
    school: Organisation
    other_county: Organisation

    def someone(self, role: Role, at: Organisation, *permissions: Permission) -> Actor:
        return Actor(
            kind=ActorKind.PERSON,
            name="测试人",
            person_id=uuid4(),
            posts=(Post(role=role, organisation_id=at.pk, organisation_name=at.name, path=at.path),),
            grants=frozenset(Grant(permission=permission, path=at.path) for permission in permissions),
        )

    @property
    def reviewer(self) -> Actor:
        return self.someone(Role.RESOURCE_REVIEWER, self.county, Permission.PUBLISH, Permission.VIEW)

    def draft(self, **changes: Any) -> EntryDraft:
        usual = EntryDraft(
            kind=KIND,
            title="平行四边形的面积",
            organisation_id=self.school.pk,
            licence="CC-BY-4.0",
            creator_name="示例教师",
            facets={"subject": ["math"], "stage": ["primary"]},
        )
        return replace(usual, **changes)


@pytest.fixture
def tree(db: None) -> Tree:
    def node(name: str, region: str, path: str, level: Level, parent: Organisation | None) -> Organisation:
        return Organisation.objects.create(
            uuid=uuid4(),
            kind=OrganisationKind.SCHOOL if level == Level.SCHOOL else OrganisationKind.BUREAU,
            level=level,
            name=name,
            name_sort=name,
            region=Region.objects.get(code=region),
            code="2141980001" if level == Level.SCHOOL else None,
            parent=parent,
            path=path,
            parent_source="test",
            opened_on=date(2000, 1, 1),
        )

    province = node("河南省教育厅", "410000", "1.", Level.PROVINCE, None)
    county = node("涧西区教体局", "410305", "1.2.", Level.COUNTY, province)
    school = node("河洛示例小学", "410305", "1.2.3.", Level.SCHOOL, county)
    other = node("栾川县教体局", "410324", "1.4.", Level.COUNTY, province)
    return Tree(province=province, county=county, school=school, other_county=other)


@pytest.fixture(autouse=True)
def _facets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_facets", {})
    register_facets(
        [
            Facet("stage", "学段", (FacetValue("primary", "小学"), FacetValue("junior", "初中")), order=1),
            Facet(
                "subject",
                "学科",
                (FacetValue("math", "数学"), FacetValue("chinese", "语文")),
                order=2,
                makes_sets=True,
            ),
        ]
    )


def identifier(number: int) -> UUID:
    return UUID(int=number)


def tell() -> None:
    """Tell the public all that was written in this test's own transaction, as if everybody else's had ended."""
    drawn = Change.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    Horizon.objects.update_or_create(pk=1, defaults={"released": drawn})
    while tell_public() == TOLD_AT_ONCE:
        pass
