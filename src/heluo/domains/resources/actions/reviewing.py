"""Deciding on a submission, and taking back what was published."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from heluo.domains.resources.access import require_reviewer, require_withdrawal
from heluo.domains.resources.actions.steps import add_step, locked, tell
from heluo.domains.resources.enums import ResourceState, ReturnReason, Step, VersionState
from heluo.domains.resources.errors import AlreadyDecided, NotPublished, ReasonNeeded, WithdrawalReasonNeeded
from heluo.domains.resources.events import ResourcePublished, ResourceReturned, ResourceWithdrawn
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import catalogue_entry
from heluo.engines.catalogue.public import publish_entry, withdraw_entry
from heluo.kernel.actors.public import Actor


@transaction.atomic
def approve_resource(*, by: Actor, submission: ReviewStep, comment: str = "", now: datetime) -> ResourceVersion:
    """Publish what was submitted: the public sees it at once, under the same identifier as earlier versions."""
    resource, version = _under_review(by, submission)
    add_step(by, now, version, Step.APPROVED, answers=submission, comment=comment)
    version.state = VersionState.PUBLISHED
    version.published_at = now
    version.save(update_fields=["state", "published_at"])
    resource.state = ResourceState.PUBLISHED
    resource.published = version
    resource.save(update_fields=["state", "published"])
    publish_entry(by=by, identifier=resource.uuid, draft=catalogue_entry(version), now=now)
    tell(ResourcePublished, by, now, version)
    return version


@transaction.atomic
def return_for_correction(
    *, by: Actor, submission: ReviewStep, reasons: Collection[ReturnReason], comment: str, now: datetime
) -> ResourceVersion:
    """Send a submission back to its author, saying why and what to change."""
    _resource, version = _under_review(by, submission)
    if not reasons or not comment.strip():
        raise ReasonNeeded(field="comment" if reasons else "reasons")
    add_step(
        by, now, version, Step.RETURNED, answers=submission, reasons=sorted(map(str, reasons)), comment=comment.strip()
    )
    version.state = VersionState.RETURNED
    version.save(update_fields=["state"])
    tell(ResourceReturned, by, now, version)
    return version


@transaction.atomic
def withdraw_resource(*, by: Actor, resource: Resource, reason: str, now: datetime) -> None:
    """Take a published resource from the public. Its page says so for ever; a new version may bring it back."""
    resource = locked(resource)
    require_withdrawal(by, resource)
    if not reason.strip():
        raise WithdrawalReasonNeeded(field="reason")
    version = resource.published
    if version is None:
        raise NotPublished
    resource.state = ResourceState.WITHDRAWN
    resource.published = None
    resource.save(update_fields=["state", "published"])
    version.state = VersionState.WITHDRAWN
    version.save(update_fields=["state"])
    add_step(by, now, version, Step.WITHDRAWN, comment=reason.strip())
    withdraw_entry(by=by, identifier=resource.uuid, reason=reason.strip(), now=now)
    tell(ResourceWithdrawn, by, now, version)


def _under_review(by: Actor, submission: ReviewStep) -> tuple[Resource, ResourceVersion]:
    """The resource and version a submission is about, if this actor may decide and nobody has yet."""
    resource = locked(submission.version.resource)
    require_reviewer(by, resource)
    if submission.answered_by.exists():
        raise AlreadyDecided
    return resource, resource.versions.get(pk=submission.version_id)
