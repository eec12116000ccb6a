"""What procrastinate does not keep: why a job failed, when each pulse ran, which worker is alive."""

from django.db import models

from heluo.kernel.jobs.enums import TroubleKind


class JobTrouble(models.Model):
    """One failed run of a job, with the reason. Kept as long as the job."""

    job_id = models.BigIntegerField(db_index=True, help_text="Row of procrastinate_jobs.")
    kind = models.CharField(max_length=20, choices=TroubleKind.choices)
    at = models.DateTimeField()
    sentence = models.TextField(blank=True, help_text="Last line of the error.")
    traceback = models.TextField(blank=True)


class PulseState(models.Model):
    """The last run of a pulse. Written every few seconds at most."""

    name = models.CharField(max_length=120, primary_key=True)
    started_at = models.DateTimeField()
    seconds = models.FloatField(help_text="How long the last run took.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed runs since the last good one.")
    trouble = models.TextField(blank=True, help_text="Why the last failed run failed.")


class WorkerBeat(models.Model):
    """A sign of life of one worker process."""

    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)
