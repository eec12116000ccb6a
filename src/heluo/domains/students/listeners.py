"""What student records hear: a record just opened is compared at once."""

from collections.abc import Sequence

from heluo.domains.students.actions.duplicates import raise_duplicates
from heluo.domains.students.events import RecordsOpened
from heluo.domains.students.models import StudentRecord
from heluo.kernel.events.public import Announcement, subscribe


@subscribe(RecordsOpened)
def compare_the_new(announcements: Sequence[Announcement[RecordsOpened]]) -> None:
    """Hearing it twice raises nothing twice."""
    opened = {uuid for heard in announcements for uuid in heard.event.record_ids}
    keys = list(StudentRecord.objects.filter(uuid__in=opened).values_list("pk", flat=True))
    raise_duplicates(records=keys, now=max(heard.at for heard in announcements))
