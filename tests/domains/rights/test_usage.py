"""Uses of works from elsewhere are told to their node as sums, once a day, and kept there with the newest word."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from heluo.domains.rights.actions import close_days, report_uses
from heluo.domains.rights.actions.wire import MOST_COUNTS
from heluo.domains.rights.models import Progress, RightsEvent, UsageElsewhere
from heluo.engines.catalogue.models import Entry
from heluo.kernel.feedback.models import UseCount
from heluo.kernel.feedback.public import roll_up_uses
from heluo.kernel.nodes.enums import IncomingState
from heluo.kernel.nodes.models import Incoming, Node, Outgoing
from tests.domains.rights.conftest import HERE, House, let_in, written
from tests.domains.rights.test_takedowns import a_copy
from tests.kernel.nodes.conftest import NOON as SENT
from tests.kernel.nodes.conftest import Other

DAY = date(2026, 9, 9)


def counted(entry: UUID, use: str, count: int, day: date = DAY) -> None:
    UseCount.objects.create(kind="resource", subject=entry, use=use, day=day, count=count)


def usage(other: Other, entry: UUID, views: int, **changes: Any) -> str:
    body = {"origin": HERE, "node": other.domain, "day": DAY.isoformat(), "counts": [[str(entry), views, 2, 1]]}
    return other.message({**body, **changes}, kind="rights.usage")


def test_a_view_of_a_work_from_elsewhere_counts(house: House, client: Client) -> None:
    copy = a_copy(house, "luoyang.example")
    page = client.get(reverse("resources:detail", args=[copy.uuid])).content.decode()
    assert reverse("resources:use", args=[copy.uuid]) in page

    assert client.post(reverse("resources:use", args=[copy.uuid])).status_code == 204
    roll_up_uses(now=SENT)

    assert UseCount.objects.get(subject=copy.uuid).count == 1


def test_the_sums_of_a_day_go_to_the_node_of_each_work(house: House, other: Other, node: Node, entry: Entry) -> None:
    copy = a_copy(house, other.domain)
    counted(copy.uuid, "view", 3)
    counted(copy.uuid, "download", 1)
    counted(copy.uuid, "view", 9, DAY - timedelta(days=1))
    counted(entry.uuid, "view", 5)  # our own

    report_uses(day=DAY, now=SENT)

    assert written(node) == [
        {"origin": other.domain, "node": HERE, "day": DAY.isoformat(), "counts": [[str(copy.uuid), 3, 1, 0]]}
    ]


def test_what_is_from_an_unknown_node_goes_by_the_hub(house: House, other: Other, node: Node) -> None:
    counted(a_copy(house, "xinan.example").uuid, "view", 1)
    report_uses(day=DAY, now=SENT)
    assert not Outgoing.objects.exists()

    Node.objects.filter(pk=node.pk).update(address="https://luoyang.example")
    report_uses(day=DAY, now=SENT)

    [told] = written(node)
    assert told["origin"] == "xinan.example"


def test_many_works_go_in_messages_that_are_small_enough(house: House, other: Other, node: Node) -> None:
    copy = a_copy(house, other.domain)
    rows = [Entry(**{**_columns(copy), "uuid": uuid4()}) for _one in range(MOST_COUNTS)]
    Entry.objects.bulk_create(rows)
    for row in [*rows, copy]:
        counted(row.uuid, "view", 2**31 - 1)

    assert report_uses(day=DAY, now=SENT) == 2

    assert sum(str(body["counts"]).count(str(2**31 - 1)) for body in written(node)) == MOST_COUNTS + 1


def _columns(entry: Entry) -> dict[str, Any]:
    return {
        field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields if not field.primary_key
    }


def test_days_are_closed_once_and_caught_up(house: House, other: Other, node: Node, entry: Entry) -> None:
    copy = a_copy(house, other.domain)
    night = SENT.replace(day=28, hour=20)  # four in the morning of the 29th in China
    for day in (26, 27, 28):
        counted(copy.uuid, "view", 1, date(2026, 11, day))
        counted(entry.uuid, "download", day, date(2026, 11, day))
    Progress.objects.create(day=date(2026, 11, 26))

    assert close_days(now=night) == 2
    assert close_days(now=night) == 0

    assert [body["day"] for body in written(node)] == ["2026-11-27", "2026-11-28"]
    noted = RightsEvent.objects.filter(kind="downloaded").order_by("at").values_list("count", flat=True)
    assert list(noted) == [27, 28]


def test_a_day_that_may_still_be_counted_waits(house: House, node: Node) -> None:
    just_after_midnight = SENT.replace(day=28, hour=17)  # one in the morning of the 29th
    Progress.objects.create(day=date(2026, 11, 27))
    assert close_days(now=just_after_midnight) == 0


def test_the_newest_word_for_a_day_counts(entry: Entry, other: Other, node: Node) -> None:
    other.send(usage(other, entry.uuid, 3))
    later = other.message(
        {"origin": HERE, "node": other.domain, "day": DAY.isoformat(), "counts": [[str(entry.uuid), 5, 2, 1]]},
        kind="rights.usage",
        now=SENT + timedelta(hours=1),
    )
    other.send(later, now=SENT + timedelta(hours=1))
    other.send(usage(other, entry.uuid, 4), now=SENT + timedelta(hours=1))  # written before, come after

    kept = UsageElsewhere.objects.get()
    assert (kept.entry, kept.node, kept.day, kept.views, kept.downloads) == (entry.uuid, other.domain, DAY, 5, 2)


@pytest.mark.usefixtures("node")
def test_what_is_not_ours_is_not_kept(house: House, other: Other) -> None:
    other.send(usage(other, uuid4(), 3), usage(other, a_copy(house, other.domain).uuid, 3))
    assert not UsageElsewhere.objects.exists()


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize(
    "wrong",
    [
        {"node": "xinan.example"},
        {"counts": [["no uuid", 1, 1, 1]]},
        {"counts": [[str(uuid4()), -1, 0, 0]]},
        {"day": 7.5},
    ],
    ids=["anothers word", "no uuid", "below nothing", "no day"],
)
def test_what_is_wrong_is_refused(entry: Entry, other: Other, wrong: dict[str, Any]) -> None:
    other.send(usage(other, entry.uuid, 3, **wrong))
    assert Incoming.objects.get().state == IncomingState.TROUBLE
    assert not UsageElsewhere.objects.exists()


def test_the_hub_hands_on_what_is_anothers(other: Other, node: Node) -> None:
    third = let_in(Other(domain="xinan.example"))
    other.send(usage(other, uuid4(), 3, origin="xinan.example"))
    [told] = written(third)
    assert (told["origin"], told["node"]) == ("xinan.example", other.domain)


def test_the_hub_speaks_for_those_beyond_it(entry: Entry, other: Other, node: Node) -> None:
    Node.objects.filter(pk=node.pk).update(address="https://luoyang.example")
    other.send(usage(other, entry.uuid, 3, node="xinan.example"))
    assert UsageElsewhere.objects.get().node == "xinan.example"
