"""Reads for the health check and the operators' pages."""

from datetime import timedelta

from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateWorker

from heluo.kernel.jobs.models import WorkerBeat

ALIVE_WITHIN = timedelta(seconds=20)


def worker_alive() -> bool:
    """Whether some worker both takes jobs and runs pulses: two signs of life, each at most 20 s old."""
    since = Now() - ALIVE_WITHIN
    return (
        WorkerBeat.objects.filter(beat_at__gte=since).exists()
        and ProcrastinateWorker.objects.filter(last_heartbeat__gte=since).exists()
    )
