"""What reviewers judge. They decide by the work item of the process `resource-review`."""

from uuid import UUID

from ninja import Router

from heluo.domains.resources.api.schemas import FileOut, SubmissionOut, VersionOut
from heluo.domains.resources.queries import files_of, submission_of, twins_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()


@router.get("/resources/{uuid}/submission", response=SubmissionOut, summary="What was submitted, with all to judge")
@operation(may=Audience.SIGNED_IN)
def read_submission(request: PageRequest, uuid: UUID) -> SubmissionOut:
    version = submission_of(request.actor, uuid)
    return SubmissionOut(
        content=VersionOut.of(version),
        author=version.resource.author.name,
        organisation=version.resource.organisation.name,
        third_party_statement=version.third_party_statement,
        shown_files=[FileOut.of(file) for file in files_of(version)],
        twins=[twin.version.resource.uuid for twin in twins_of(version)],
    )
