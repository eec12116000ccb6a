"""The example tree of the demo: taken over whole, said to be one everywhere, once."""

import pytest

from heluo.domains.textbooks import demo
from heluo.domains.textbooks.models import Chapter, KnowledgePoint, Textbook
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_the_example_says_that_it_is_one_and_is_built_once() -> None:
    said: list[str] = []
    for _time in range(2):
        demo.build(size="small", say=said.append, now=NOON)
    assert len(said) == 1
    assert Chapter.objects.exists()
    assert not Textbook.objects.exclude(is_example=True, title__contains="示例", edition__contains="示例").exists()
    assert not KnowledgePoint.objects.exclude(is_example=True).exists()
