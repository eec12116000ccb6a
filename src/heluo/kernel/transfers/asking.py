"""Questions to other platforms: which contents they have, and pieces of one. What goes wrong is `Failed`."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from heluo.kernel.clock.public import now as present
from heluo.kernel.nodes.models import Node
from heluo.kernel.nodes.public import sign_asking
from heluo.kernel.outward.public import Answer, Unreachable, ask
from heluo.kernel.transfers.enums import Trouble
from heluo.kernel.transfers.vocabulary import GET, TICKET, WHICH, had_in

PURPOSE = "contents of other platforms"
PIECE = 1024 * 1024
"""Bytes asked for at a time: what a transfer that dies loses at most."""
WHOLE = 64 * PIECE
"""Largest content that is taken in one go from a server that knows no ranges."""
SECONDS = 120.0
"""For one piece."""
OK, PARTIAL, NOT_FOUND = 200, 206, 404
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)


class Failed(Exception):
    """What was asked for did not come."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Source:
    """Where a content is asked for: at a node, or at an address that belongs to none."""

    address: str
    node: str = ""

    def piece(self, sha256: str, *, offset: int, size: int) -> bytes:
        """The bytes from an offset on, as many as a piece holds. Raises `Failed`."""
        last = min(offset + PIECE, size) - 1
        answer = self._asked(sha256, f"bytes={offset}-{last}", most=PIECE)
        if answer.status == PARTIAL:
            return _part(answer, offset, size)
        if answer.status == OK and not offset:
            return self._whole(sha256, answer, size)
        if answer.status == OK:
            raise Failed(Trouble.NO_RANGES)
        raise Failed(Trouble.NOT_GIVEN if answer.status == NOT_FOUND else Trouble.REFUSED)

    def _asked(self, sha256: str, part: str, *, most: int) -> Answer:
        headers = {"Range": part} if part else {}
        if self.node:
            headers[TICKET] = sign_asking(to=self.node, asks=GET, body={"sha256": sha256}, now=present())
        try:
            return ask(
                self.address,
                purpose=PURPOSE,
                headers=headers,
                follow=not self.node,
                most_bytes=most,
                seconds=SECONDS,
            )
        except Unreachable:
            raise Failed(Trouble.UNREACHABLE) from None

    def _whole(self, sha256: str, answer: Answer, size: int) -> bytes:
        """From a server that answers with everything, whatever it is asked for."""
        if len(answer.body) == size:
            return answer.body
        if size > WHOLE:
            raise Failed(Trouble.NO_RANGES)
        return self._asked(sha256, "", most=size).body


def _part(answer: Answer, offset: int, size: int) -> bytes:
    said = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
    if said is None or int(said[1]) != offset or len(answer.body) != int(said[2]) - offset + 1:
        raise Failed(Trouble.REFUSED)
    if said[3] != "*" and int(said[3]) != size:
        raise Failed(Trouble.WRONG_BYTES)
    return answer.body


def which_of(node: Node, sha256s: Sequence[str]) -> set[str]:
    """Those of these contents that a node has for us. Raises `Failed`."""
    token = sign_asking(to=node.domain, asks=WHICH, body={"sha256s": list(sha256s)}, now=present())
    try:
        answer = ask(
            f"{node.address}/nodes/contents/which",
            purpose=PURPOSE,
            method="POST",
            body=token.encode(),
            media_type="application/jose",
        )
    except Unreachable:
        raise Failed(Trouble.UNREACHABLE) from None
    try:
        had = had_in(sha256s, json.loads(answer.body)["has"]) if answer.status == OK else None
    except (ValueError, KeyError, TypeError, RecursionError):
        had = None
    if had is None:
        raise Failed(Trouble.REFUSED)
    return had
