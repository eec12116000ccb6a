"""A run: every rule over an organisation and everything below, rule by rule, each in a transaction of its own."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from heluo.domains.quality.access import Permission
from heluo.domains.quality.actions.evaluating import evaluate, score
from heluo.domains.quality.enums import RunState
from heluo.domains.quality.errors import RunUnderWay
from heluo.domains.quality.events import QualityChecked, RunAdvanced
from heluo.domains.quality.models import Rule, Run
from heluo.domains.quality.queries import settings_in_force
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import subject_of

RUN_TASK = "quality.run"


@transaction.atomic
def order_run(*, by: Actor, organisation: Organisation, now: datetime) -> Run:
    """Have an organisation and everything below it checked by a job. Refuses a second run while one is under way."""
    require(by, Permission.DECIDE, on=organisation)
    with refused_as(RunUnderWay, constraint="one_quality_run_at_a_time", organisation=organisation.name):
        run = Run.objects.create(
            organisation=organisation,
            state=RunState.WAITING,
            rules_total=Rule.objects.count(),
            ordered_by=by.name,
            ordered_at=now,
        )
    record(by=by, at=now, deed="quality.run_ordered", subject=subject_of(organisation))
    defer(RUN_TASK, run=run.pk)
    return run


def carry_out_run(*, by: Actor, run: Run, now: datetime) -> Run:
    """Do what was ordered, from the rule where an interrupted attempt stopped. Each rule commits by itself."""
    require(by, Permission.DECIDE, on=run.organisation)
    below, today = run.organisation.path, local_day(now)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    settings = settings_in_force()
    rules = list(Rule.objects.order_by("position", "pk"))
    for rule in rules[run.rules_done :]:
        with transaction.atomic():
            counts = evaluate(rule, settings[rule.pk], below=below, on=today, now=now)
            Run.objects.filter(pk=run.pk).update(
                rules_done=F("rules_done") + 1,
                rules_total=len(rules),
                checked=F("checked") + counts.checked,
                found=F("found") + counts.found,
            )
            announce(RunAdvanced(run=run.pk), by=by, at=now)
    with transaction.atomic():
        score(below=below, on=today)
        Run.objects.filter(pk=run.pk).update(state=RunState.DONE, ended_at=now)
        announce(QualityChecked(run=run.pk, organisation=run.organisation.uuid), by=by, at=now)
    run.refresh_from_db()
    return run
