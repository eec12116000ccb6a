"""The sealer's pulse and the verification job."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.audit.actions import VERIFY_TASK, note_progress, note_result
from heluo.kernel.audit.sealer import SEALED_AT_ONCE, Sealer
from heluo.kernel.audit.verifier import verify
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task

_sealer = Sealer()


@pulse(every=0.4, title=_("为审计记录封签"))
def seal_committed_rows() -> None:
    while _sealer.seal(now=now()) == SEALED_AT_ONCE:
        pass


@task(name=VERIFY_TASK, title=_("核对审计链"), idempotent=True)
def check_chain(*, verification_id: int) -> None:
    report = verify(
        progress=lambda checked, total: note_progress(verification_id=verification_id, checked=checked, total=total)
    )
    note_result(verification_id=verification_id, report=report, now=now())
