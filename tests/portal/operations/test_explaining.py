"""Errors in words: what to do, and nothing of what they quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from heluo.kernel.jobs.enums import TroubleKind
from heluo.kernel.jobs.models import JobTrouble
from heluo.portal.operations.pages.explaining import LONGEST_LINE, explain, explained, sanitised


@pytest.mark.parametrize(
    ("sentence", "words", "line"),
    [
        ("OperationalError: server closed the connection", "数据库", "OperationalError: server closed the connection"),
        ("Blob.DoesNotExist: Blob matching query", "不在了", "DoesNotExist: Blob matching query"),
        ("KeyError: 'name'", "技术人员", "KeyError"),
        (
            'IntegrityError: duplicate key "people_person"\nDETAIL:  Key (name)=(张三) already exists.',
            "冲突",
            "IntegrityError: duplicate key …",
        ),
        ("FileTooLarge: “张三的成绩.pdf”太大", "…", "FileTooLarge"),
        ("", "技术人员", ""),
    ],
)
def test_an_error_in_words(sentence: str, words: str, line: str) -> None:
    found = explained(sentence)
    assert words in found.words
    assert found.line == line
    assert "张三" not in found.words + found.line


@pytest.mark.parametrize("kind", [TroubleKind.WORKER_DIED, TroubleKind.STOPPED])
def test_the_end_of_a_worker_in_words(kind: TroubleKind) -> None:
    assert "没有做完" in explain(JobTrouble(kind=kind)).words.replace("还没有做完", "没有做完")


@given(some.text(), some.from_regex(r"[0-9]{17}[0-9Xx]", fullmatch=True), some.emails())
def test_no_number_name_or_address_gets_through(text: str, number: str, address: str) -> None:
    shown = sanitised(f"{text} {number} 张三 {address} {{'name': 'Li Si'}}")
    assert number not in shown
    assert address not in shown
    assert "张三" not in shown
    assert "Li Si" not in shown
    assert len(shown) <= LONGEST_LINE + 2
