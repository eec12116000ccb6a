"""Decision tables changed without code: each cell of the language, tried before, approved by another."""

from datetime import timedelta
from typing import Any

import pytest

from heluo.engines.process.actions import approve_change, propose_change
from heluo.engines.process.actions.defining import MOST_RULES
from heluo.engines.process.errors import NothingChanges, NotPublishable, TableInvalid
from heluo.engines.process.loading import overlaid, publish_definition, tables_of
from heluo.engines.process.models import Definition, SettingsChange
from heluo.engines.process.packages import Package
from heluo.engines.process.public import complete_item
from heluo.engines.process.queries import current_definition
from heluo.engines.process.running import decide
from heluo.engines.process.tables import Rule, read_table, with_rules
from heluo.engines.process.vocabulary import Settings
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal
from tests.engines.process.conftest import SETTINGS, Story
from tests.engines.process.diagrams import END, START, decision, flow, process, user_task
from tests.factories import NOON, Somebody, a_bureau, a_person
from tests.register import browser

LATER = NOON + timedelta(hours=1)
BASE = "/operations/definitions/two-step/"
DECIDING = (
    START,
    user_task("check", "审核", "reviewer"),
    '<bpmn:businessRuleTask id="grade" implementation="urn:heluo:decision:level"/>',
    END,
    flow("start", "check"),
    flow("check", "grade"),
    flow("grade", "done"),
)
RULES = [Rule(("> 500",), ('"nation"',)), Rule(("> 100",), ('"province"',)), Rule(("-",), ('"school"',))]


def deciding(content: bytes | None = None) -> Package:
    return Package(process(DECIDING), {"level.dmn": content or decision()}, Settings.model_validate(SETTINGS))


@pytest.fixture
def admin(story: Story) -> Somebody:
    publish_definition(deciding(), now=NOON)
    return a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))


@pytest.fixture
def operator(admin: Somebody) -> Somebody:
    del admin
    return a_person(Role.OPERATOR, a_bureau("410000"))


def propose(by: Somebody, rules: list[Rule], *, file: str = "level.dmn") -> SettingsChange:
    return propose_change(
        by=by.actor,
        definition=current_definition("two-step"),
        deadlines={},
        holders={},
        decisions={file: rules},
        reason="大部头另走一路",
        now=LATER,
    )


def level_of(story: Story, pages: int) -> object:
    instance = story.start()
    answers = {"outcome": "approve", "pages": pages}
    return complete_item(
        by=story.reviewer.actor, item=story.item(instance, "check"), answers=answers, now=LATER
    ).values["level"]


def test_a_table_is_read_and_written_back() -> None:
    table = read_table(decision(), "level.dmn")
    assert (table.key, table.title, table.columns, table.names) == ("level", "级别", ["pages", "level"], ["pages"])
    assert table.rules == (Rule(("> 100",), ('"province"',)), Rule(("-",), ('"school"',)))
    again = read_table(with_rules(decision(), "level.dmn", RULES), "level.dmn")
    assert (again.rules, again.columns) == (tuple(RULES), table.columns)
    assert table.words(RULES[0]) == '如果页数 > 500，则level = "nation"'
    assert table.words(RULES[2]) == '如果不论怎样，则level = "school"'


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"pages": 600}, (1, {"level": "nation"})),
        ({"pages": 101}, (2, {"level": "province"})),
        ({"pages": 1}, (3, {"level": "school"})),
    ],
)
def test_trying_a_table_says_which_rule_holds(values: dict[str, object], found: tuple[int, dict[str, str]]) -> None:
    assert decide(with_rules(decision(), "level.dmn", RULES), "level.dmn", values) == found


def test_trying_says_when_none_holds_or_it_cannot_be_decided() -> None:
    content = with_rules(decision(), "level.dmn", RULES[:1])
    assert decide(content, "level.dmn", {"pages": 3}) is None
    for values in ({"pages": "many"}, {}):
        with pytest.raises(Refusal):
            decide(content, "level.dmn", values)


def test_new_processes_decide_by_the_changed_table(story: Story, admin: Somebody, operator: Somebody) -> None:
    old = story.start()
    change = propose(operator, RULES)
    assert level_of(story, 600) == "province", "nothing changes before the approval"
    made = approve_change(by=admin.actor, change=change, now=LATER)
    assert (made.is_current, [table.rules for table in tables_of(made)]) == (True, [tuple(RULES)])
    assert [level_of(story, pages) for pages in (600, 101, 1)] == ["nation", "province", "school"]
    answers = {"outcome": "approve", "pages": 600}
    ended = complete_item(by=story.reviewer.actor, item=story.item(old, "check"), answers=answers, now=LATER)
    assert ended.values["level"] == "province", "what runs ends on its version"


def test_it_is_laid_over_what_the_app_ships_while_the_columns_fit(admin: Somebody, operator: Somebody) -> None:
    made = approve_change(by=admin.actor, change=propose(operator, RULES), now=LATER)
    assert publish_definition(overlaid(deciding()), now=LATER) == made
    other = decision().replace(b"<text>pages</text>", b"<text>words</text>")
    newer = publish_definition(overlaid(deciding(other)), now=LATER)
    assert len(tables_of(newer)[0].rules) == 2, "rules of other columns are left out"


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        ([Rule(("> 100",), ('"province"',)), Rule(("-",), ('"school"',))], NothingChanges),
        ([], TableInvalid),
        ([Rule(("-",), ('"x"',))] * (MOST_RULES + 1), TableInvalid),
        ([Rule(("-", "-"), ('"x"',))], TableInvalid),
        ([Rule(("__import__('os')",), ('"x"',))], NotPublishable),
        ([Rule(("> 100",), ("province",))], NotPublishable),
    ],
)
def test_each_refusal(operator: Somebody, rules: list[Rule], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        propose(operator, rules)
    with pytest.raises(NotFound):
        propose(operator, RULES, file="other.dmn")
    assert not SettingsChange.objects.exists()


def test_others_change_no_table(story: Story, admin: Somebody) -> None:
    del admin
    for somebody in (story.officer, story.reviewer, story.stranger):
        with pytest.raises(NotAllowed):
            propose(somebody, RULES)
        assert browser(somebody.person).get(f"{BASE}tables/level/").status_code == 403


def test_a_table_is_changed_and_tried_on_its_page(admin: Somebody, operator: Somebody) -> None:
    proposer, where = browser(operator.person), f"{BASE}tables/level/"
    assert where in proposer.get(BASE).content.decode()
    assert "&gt; 100" in proposer.get(where).content.decode()
    given = {
        "order_0": "2",
        "cell_0_0": "> 100",
        "cell_0_1": '"province"',
        "order_1": "3",
        "cell_1_0": "",
        "cell_1_1": '"school"',
        "order_2": "1",
        "cell_2_0": "> 500",
        "cell_2_1": '"nation"',
        "try_pages": "600",
        "reason": "大部头另走一路",
    }
    tried = proposer.post(where, {**given, "try": "1"}).content.decode()
    for words in ("第 1 条起作用：如果页数 &gt; 500", "级别，第 3 条：没有这一条 → 如果不论怎样"):
        assert words in tried
    assert (
        "没有一条规则符合"
        in proposer.post(where, {"cell_0_0": "> 100", "cell_0_1": '"x"', "try_pages": "1", "try": "1"}).content.decode()
    )
    wrong = proposer.post(where, {**given, "cell_2_0": "open('x')", "cell_0_1": "province", "propose": "1"})
    assert wrong.status_code == 422
    assert "不能使用" in wrong.content.decode()
    assert "文字要用双引号" in wrong.content.decode()
    assert proposer.post(where, {**given, "try_pages": "many", "try": "1"}).status_code == 422
    assert proposer.post(where, {**given, "reason": "", "propose": "1"}).status_code == 422
    assert not SettingsChange.objects.exists(), "trying changes nothing"
    assert proposer.post(where, {**given, "propose": "1"})["Location"] == BASE
    approver = browser(admin.person)
    assert "级别，第 1 条" in approver.get(BASE).content.decode()
    approver.post(BASE, {"approve": "1", "text": "同意"})
    assert tables_of(current_definition("two-step"))[0].rules == tuple(RULES)
    assert proposer.get(f"{BASE}tables/nothing/").status_code == 404


def test_a_program_proposes_a_table(operator: Somebody) -> None:
    client, where = browser(operator.person), "/api/v1/process-definitions/two-step/changes"

    def sent(*rules: Any) -> Any:
        body = {"reason": "大部头另走一路", "decisions": {"level.dmn": list(rules)}}
        return client.post(where, body, "application/json")

    assert sent({"inputs": ["exec('x')"], "outputs": ['"x"']}).status_code == 422
    rule = {"inputs": ["> 500"], "outputs": ['"nation"']}
    assert sent(rule).json()["decisions"] == {"level.dmn": [rule]}
    assert Definition.objects.filter(key="two-step").count() == 2
