"""Running numbers for whatever tests must tell apart, beginning anew with each test.

What a test makes is called the same whichever tests ran before it in the same process.
"""

from itertools import count

_tests = [count(1)]


def begin_anew() -> None:
    """Called before each test."""
    _tests[:] = [count(1)]


def serial() -> int:
    """The next number of this test, from 1."""
    return next(_tests[0])
