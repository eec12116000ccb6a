"""Notices for programs."""

from datetime import datetime
from uuid import UUID

from ninja import Router, Schema

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import require_person
from heluo.kernel.clock.public import now
from heluo.kernel.notices.actions import read_all, read_notice
from heluo.kernel.notices.models import Notice
from heluo.kernel.notices.queries import NEWEST, notices_of, unread_count
from heluo.kernel.notices.registry import kind_named
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()


class NoticeOut(Schema):
    """What the caller was told. `words` is in the language asked for; `url` is the path of the page it leads to."""

    id: UUID
    kind: str
    words: str
    parameters: dict[str, str]
    url: str
    at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> "NoticeOut":
        kind = kind_named(notice.kind)
        return cls(
            id=notice.uuid,
            kind=notice.kind,
            words=kind.words(notice.parameters) if kind else "",
            parameters=notice.parameters,
            url=notice.url,
            at=notice.at,
            read_at=notice.read_at,
        )


class NoticePage(Schema):
    """`unread` is counted up to 100."""

    items: list[NoticeOut]
    next: str | None
    unread: int


class ReadOut(Schema):
    """How many were marked as read."""

    count: int


@router.get("/notices", response=NoticePage, summary="What I was told, the newest first")
@operation(may=Audience.SIGNED_IN)
def list_notices(request: PageRequest, cursor: str = "", unread: bool = False) -> NoticePage:
    found = notices_of(request.actor, only_unread=unread)
    page = keyset_page(found, order=NEWEST, cursor=cursor or None)
    return NoticePage(
        items=[NoticeOut.of(one) for one in page.items],
        next=page.next_cursor,
        unread=unread_count(require_person(request.actor)),
    )


@router.post("/notices/reading", response=ReadOut, summary="Mark all my notices as read")
@operation(may=Audience.SIGNED_IN)
def read_everything(request: PageRequest) -> ReadOut:
    return ReadOut(count=read_all(by=request.actor, now=now()))


@router.post("/notices/{notice}/reading", response=NoticeOut, summary="Mark one of my notices as read")
@operation(may=Audience.SIGNED_IN)
def read_one(request: PageRequest, notice: UUID) -> NoticeOut:
    return NoticeOut.of(read_notice(by=request.actor, uuid=notice, now=now()))
