"""Who says which contents another node may have of us.

    register_giver(entries_for)   # in `AppConfig.ready`

A giver gets hashes and the domain of the node that asks, and gives back those of them that this node may have, in a
number of queries that does not grow with them. Nobody registered: nothing is given.
"""

from collections.abc import Callable, Collection

Giver = Callable[[Collection[str], str], set[str]]

_givers: list[Giver] = []


def register_giver(giver: Giver) -> None:
    if giver not in _givers:
        _givers.append(giver)


def given(sha256s: Collection[str], *, to: str) -> set[str]:
    """Those of these contents that some giver lets a node have."""
    return set().union(*(giver(sha256s, to) for giver in _givers)) & set(sha256s)
