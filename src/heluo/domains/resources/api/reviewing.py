"""What reviewers do."""

from ninja import Router

from heluo.domains.resources.access import Permission, can_review, may_see_content
from heluo.domains.resources.actions import approve_resource, return_for_correction
from heluo.domains.resources.api.schemas import (
    CommentIn,
    FileOut,
    QueuePage,
    ReturnIn,
    ReviewOut,
    SubmissionOut,
    VersionOut,
)
from heluo.domains.resources.queries import files_of, review_queue, submission_for
from heluo.kernel.clock.public import now
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()


@router.get("/reviews", response=QueuePage, summary="Submissions waiting for me, oldest first")
@operation(may=Permission.REVIEW)
def list_queue(request: PageRequest, cursor: str = "") -> QueuePage:
    page = keyset_page(review_queue(request.actor), order=("at", "id"), cursor=cursor or None)
    return QueuePage(items=[SubmissionOut.of(submission) for submission in page.items], next=page.next_cursor)


@router.get("/reviews/{submission}", response=ReviewOut, summary="A submission with all there is to judge")
@operation(may=Permission.REVIEW)
def read_review(request: PageRequest, submission: int) -> ReviewOut:
    found = submission_for(request.actor, submission)
    version = found.version
    is_shown = may_see_content(request.actor, version)
    return ReviewOut(
        **SubmissionOut.of(found).dict(),
        content=VersionOut.of(version) if is_shown else None,
        third_party_statement=version.third_party_statement if is_shown else "",
        shown_files=[FileOut.of(file) for file in files_of(version)] if is_shown else [],
        can_decide=can_review(request.actor, version) and not found.answered_by.exists(),
    )


@router.post("/reviews/{submission}/approval", response=VersionOut, summary="Publish a submission")
@operation(may=Permission.REVIEW)
def approve(request: PageRequest, submission: int, decision: CommentIn) -> VersionOut:
    decided = approve_resource(
        by=request.actor,
        submission=submission_for(request.actor, submission),
        comment=decision.comment,
        now=now(),
    )
    return VersionOut.of(decided)


@router.post("/reviews/{submission}/return", response=VersionOut, summary="Send a submission back")
@operation(may=Permission.REVIEW)
def send_back(request: PageRequest, submission: int, decision: ReturnIn) -> VersionOut:
    decided = return_for_correction(
        by=request.actor,
        submission=submission_for(request.actor, submission),
        reasons=decision.reasons,
        comment=decision.comment,
        now=now(),
    )
    return VersionOut.of(decided)
