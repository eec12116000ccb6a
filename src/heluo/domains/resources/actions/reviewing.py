"""From the submission to the decision, as services of the process `resource-review`; and taking back what is public."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from heluo.domains.resources.access import require_author, require_reviewer, require_withdrawal
from heluo.domains.resources.actions.deriving import require_possible_licence, tell_of_adaptation
from heluo.domains.resources.actions.drafting import require_checked, require_day_to_come
from heluo.domains.resources.actions.lasting import settle_warnings
from heluo.domains.resources.actions.links import note_links
from heluo.domains.resources.actions.steps import add_step, locked, tell
from heluo.domains.resources.enums import EDITABLE_STATES, OPEN_STATES, ResourceState, Step, VersionState
from heluo.domains.resources.errors import (
    AlreadyUnderReview,
    LicenceConflict,
    MetadataIncomplete,
    NoReplacement,
    NotEditable,
    NotPublished,
    NotUnderReview,
    WithdrawalReasonNeeded,
)
from heluo.domains.resources.events import (
    ResourcePublished,
    ResourceReturned,
    ResourceSubmitted,
    ResourceTakenBack,
    ResourceWithdrawn,
)
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import KIND, REVIEW, catalogue_entry, conflicts_of
from heluo.engines.catalogue.public import publish_entry, withdraw_entry
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.public import (
    Subject,
    complete_item,
    own_step,
    processes_about,
    retitle,
    start_process,
    withdraw_process,
)
from heluo.engines.process.vocabulary import Values
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day


@transaction.atomic
def submit_resource(*, by: Actor, version: ResourceVersion, now: datetime) -> ResourceVersion:
    """Send a complete draft with checked files to the nearest reviewers, or back to them after a correction."""
    resource = version.resource
    require_author(by, resource)
    if not resource.versions.filter(pk=version.pk, state__in=OPEN_STATES).exists():
        raise NotEditable
    revision = own_step(by, REVIEW, resource.uuid)
    if revision is not None:
        complete_item(by=by, item=revision, answers={}, now=now)
    else:
        start_process(
            by=by,
            key=REVIEW,
            subject=Subject(KIND, resource.uuid, version.title),
            organisation=resource.organisation,
            values={},
            now=now,
        )
    return resource.versions.get(pk=version.pk)


@transaction.atomic
def register_submission(*, by: Actor, subject: Subject, values: Values, now: datetime) -> None:
    """What the author submits is complete, checked and free of conflicts, and waits for a decision from now on."""
    del values
    resource = locked(_named(subject))
    require_author(by, resource)
    draft = _open_version(resource)
    if draft.state == VersionState.SUBMITTED:
        raise AlreadyUnderReview
    if draft.state not in EDITABLE_STATES:
        raise NotEditable
    files = list(draft.files.select_related("blob"))
    if missing := draft.missing(file_count=len(files)):
        raise MetadataIncomplete(missing)
    require_day_to_come(draft.valid_until, local_day(now))
    require_checked(files)
    require_possible_licence(draft)
    if found := conflicts_of(draft):
        raise LicenceConflict(field="licence", **found[0].in_words())
    draft.state = VersionState.SUBMITTED
    draft.changed_at = now
    draft.save(update_fields=["state", "changed_at"])
    retitle(KIND, resource.uuid, draft.title)
    add_step(by, now, draft, Step.SUBMITTED)
    tell(ResourceSubmitted, by, now, draft)


@transaction.atomic
def publish_submission(*, by: Actor, subject: Subject, values: Values, now: datetime) -> None:
    """Publish what was submitted: the public sees it at once, under the same identifier as earlier versions.

    What has become over while it waited goes back to its author instead.
    """
    resource, version, submission = _under_review(by, subject)
    require_day_to_come(version.valid_until, local_day(now))
    if resource.published is not None:
        settle_warnings([resource.published], now=now)
    add_step(by, now, version, Step.APPROVED, answers=submission, comment=_comment(values))
    version.state = VersionState.PUBLISHED
    version.published_at = now
    version.save(update_fields=["state", "published_at"])
    resource.state = ResourceState.PUBLISHED
    resource.published = version
    resource.replaced_by = None
    resource.save(update_fields=["state", "published", "replaced_by"])
    publish_entry(by=by, identifier=resource.uuid, draft=catalogue_entry(version), now=now)
    note_links([version], now=now)
    tell(ResourcePublished, by, now, version)
    tell_of_adaptation(version, now=now)


@transaction.atomic
def return_submission(*, by: Actor, subject: Subject, values: Values, now: datetime) -> None:
    """Send a submission back to its author; the form has asked for the reasons and for what to change."""
    _resource, version, submission = _under_review(by, subject)
    reasons = values.get("reasons")
    add_step(
        by,
        now,
        version,
        Step.RETURNED,
        answers=submission,
        reasons=sorted(map(str, reasons)) if isinstance(reasons, list) else (),
        comment=_comment(values),
    )
    version.state = VersionState.RETURNED
    version.save(update_fields=["state"])
    tell(ResourceReturned, by, now, version)


@transaction.atomic
def take_back_resource(*, by: Actor, resource: Resource, now: datetime) -> None:
    """Make what waits for a decision a draft again, for its author: with its review, or where that was ended from above
    without it.
    """
    require_author(by, resource)
    if not resource.versions.filter(state=VersionState.SUBMITTED).exists():
        raise NotUnderReview
    review = processes_about(by, KIND, resource.uuid).filter(key=REVIEW, state=InstanceState.RUNNING).first()
    if review is not None:
        withdraw_process(by=by, instance=review, text=gettext("作者收回提交"), now=now)
    else:
        take_back_submission(by=by, subject=Subject(KIND, resource.uuid, ""), values={}, now=now)


@transaction.atomic
def take_back_submission(*, by: Actor, subject: Subject, values: Values, now: datetime) -> None:
    """The author takes back what waits for a decision, or for their own correction; it is a draft again."""
    del values
    resource = locked(_named(subject))
    require_author(by, resource)
    version = _open_version(resource)
    version.state = VersionState.DRAFT
    version.save(update_fields=["state"])
    add_step(by, now, version, Step.TAKEN_BACK)
    tell(ResourceTakenBack, by, now, version)


@transaction.atomic
def withdraw_resource(
    *, by: Actor, resource: Resource, reason: str, replacement: Resource | None = None, now: datetime
) -> None:
    """Take a published resource from the public. Its page says so for ever and leads on to what replaces it; a new
    version may bring it back. One that is over already is so for good from then on: it cannot be prolonged.
    """
    resource = locked(resource)
    require_withdrawal(by, resource)
    if not reason.strip():
        raise WithdrawalReasonNeeded(field="reason")
    was_over = resource.is_over
    version = resource.last_shown if was_over else resource.published
    if version is None:
        raise NotPublished
    if replacement is not None and (replacement.pk == resource.pk or replacement.state != ResourceState.PUBLISHED):
        raise NoReplacement(field="replacement")
    resource.state = ResourceState.WITHDRAWN
    resource.published = None
    resource.replaced_by = replacement
    resource.save(update_fields=["state", "published", "replaced_by"])
    version.state = VersionState.WITHDRAWN
    version.save(update_fields=["state"])
    settle_warnings([version], now=now)
    add_step(by, now, version, Step.WITHDRAWN, comment=reason.strip())
    if not was_over:
        withdraw_entry(by=by, identifier=resource.uuid, reason=reason.strip(), now=now)
    tell(ResourceWithdrawn, by, now, version)


def _named(subject: Subject) -> Resource:
    found = Resource.objects.filter(uuid=subject.id).first()
    if found is None:
        raise NotFound
    return found


def _open_version(resource: Resource) -> ResourceVersion:
    version = resource.versions.filter(state__in=OPEN_STATES).first()
    if version is None:
        raise NotEditable
    version.resource = resource
    return version


def _under_review(by: Actor, subject: Subject) -> tuple[Resource, ResourceVersion, ReviewStep]:
    """The resource, the version that waits for a decision and its submission, if this actor may decide."""
    resource = locked(_named(subject))
    require_reviewer(by, resource)
    version = _open_version(resource)
    if version.state != VersionState.SUBMITTED:
        raise NotUnderReview
    return resource, version, version.steps.filter(step=Step.SUBMITTED).latest("at", "id")


def _comment(values: Values) -> str:
    return str(values.get("comment") or "").strip()
