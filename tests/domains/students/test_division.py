"""The division of a year group: balanced, drawn by lot, reproducible."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.domains.students.queries.division import ToDivide, balance_of, divide

marks = st.none() | st.decimals(min_value=0, max_value=150, places=1)
groups = st.lists(
    st.builds(ToDivide, person=st.uuids(), sex=st.sampled_from(["1", "2", ""]), mark=marks),
    max_size=60,
    unique_by=lambda pupil: pupil.person,
)


@given(groups, st.integers(1, 7), st.text(max_size=8))
def test_classes_differ_by_one_at_most_in_all_and_in_each_sex(group: list[ToDivide], classes: int, seed: str) -> None:
    drawn = divide(group, classes=classes, seed=seed)
    assert set(drawn) == {pupil.person for pupil in group}
    for sexes in ({"1"}, {"2"}, {""}, {"1", "2", ""}):
        sizes = [sum(drawn[p.person] == place for p in group if p.sex in sexes) for place in range(classes)]
        assert max(sizes) - min(sizes) <= 1


@given(groups, st.integers(1, 7), st.randoms())
def test_the_draw_is_the_same_whatever_order_pupils_come_in(group: list[ToDivide], classes: int, order: object) -> None:
    shuffled = list(group)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert divide(group, classes=classes, seed="河洛") == divide(shuffled, classes=classes, seed="河洛")


def test_another_seed_is_another_draw() -> None:
    group = [ToDivide(UUID(int=place), "12"[place % 2]) for place in range(40)]
    draws = {tuple(sorted(divide(group, classes=4, seed=str(seed)).items())) for seed in range(5)}
    assert len(draws) == 5


def test_the_best_do_not_sit_together() -> None:
    group = [ToDivide(UUID(int=place), "1", Decimal(100 - place)) for place in range(8)]
    drawn = divide(group, classes=2, seed="1")
    sums = [sum(p.mark or 0 for p in group if drawn[p.person] == place) for place in (0, 1)]
    assert abs(sums[0] - sums[1]) <= 2


def test_there_must_be_a_class() -> None:
    with pytest.raises(ValueError, match="at least one class"):
        divide([], classes=0, seed="")


def test_the_balance_tells_size_sexes_and_mean() -> None:
    balance = balance_of([("1", Decimal(80)), ("2", Decimal(91)), ("2", None)])
    assert (balance.size, balance.by_sex, balance.mean) == (3, {"1": 1, "2": 2}, Decimal("85.5"))
    assert balance_of([]).mean is None
