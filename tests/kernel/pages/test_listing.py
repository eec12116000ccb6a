"""Facets, sorts and tabs are links that change one thing and return to the first page."""

from django.http import QueryDict

from heluo.kernel.pages.listing import choices, chosen_values, facet

LABELS = {"chinese": "语文", "maths": "数学", "english": "英语"}


def test_a_value_is_switched_on_beside_others_and_off_again() -> None:
    query = QueryDict("subject=maths&q=面积&cursor=abc")
    values = {value.value: value for value in facet(query, name="subject", title="学科", labels=LABELS).values}
    assert QueryDict(values["chinese"].url[1:]) == QueryDict("subject=maths&subject=chinese&q=面积")
    assert QueryDict(values["maths"].url[1:]) == QueryDict("q=面积")
    assert [value.is_chosen for value in values.values()] == [False, True, False]


def test_a_single_choice_replaces_the_other() -> None:
    one = facet(QueryDict("subject=maths"), name="subject", title="学科", labels=LABELS, is_single=True)
    assert one.values[0].url == "?subject=chinese"


def test_values_that_nothing_has_are_left_out_unless_chosen() -> None:
    counts = {"chinese": 3}
    one = facet(QueryDict("subject=maths"), name="subject", title="学科", labels=LABELS, counts=counts)
    assert [(value.value, value.count) for value in one.values] == [("chinese", 3), ("maths", 0)]
    assert [value.label for value in chosen_values([one])] == ["数学"]


def test_the_default_of_choices_needs_no_parameter() -> None:
    sorts = choices(QueryDict("sort=best&q=a"), name="sort", labels={"new": "最新", "best": "评分最高"})
    assert [QueryDict(sort.url[1:]) for sort in sorts] == [QueryDict("q=a"), QueryDict("q=a&sort=best")]
    assert [sort.is_current for sort in sorts] == [False, True]
    assert choices(QueryDict("sort=nonsense"), name="sort", labels={"new": "最新"})[0].is_current
