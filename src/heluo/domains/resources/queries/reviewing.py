"""What reviewers see: what waits, and what they decided."""

from datetime import date

from django.db.models import QuerySet

from heluo.domains.resources.access import reviewable, visible_to_reviewer
from heluo.domains.resources.enums import Step
from heluo.domains.resources.models import ResourceVersion, ReviewStep
from heluo.domains.resources.queries.rows import one, submissions
from heluo.kernel.actors.public import Actor, require_person


def review_queue(actor: Actor) -> QuerySet[ReviewStep]:
    """Submissions waiting for a decision this actor may take."""
    versions = ResourceVersion.objects.filter(reviewable(actor)).values("pk")
    return submissions().filter(answered_by__isnull=True, version__in=versions)


def submission_for(actor: Actor, pk: int) -> ReviewStep:
    """A submission where the actor reviews, decided or not."""
    versions = ResourceVersion.objects.filter(visible_to_reviewer(actor)).values("pk")
    return one(submissions().filter(pk=pk, version__in=versions))


def decided_on(actor: Actor, day: date) -> int:
    """How many decisions the actor took on a local day."""
    return ReviewStep.objects.filter(
        by__uuid=require_person(actor), step__in=[Step.APPROVED, Step.RETURNED], at__date=day
    ).count()
