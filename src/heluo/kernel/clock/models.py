"""When a row last changed, as the database itself noted it; the days that are not what their weekday says."""

from django.db import models
from django.db.models.functions import Now


class Stamped(models.Model):
    """A row that says when it last changed. The database writes it, so that no set-based write can forget it.

    A table that takes this over needs the trigger of its own, in a migration:
    `CREATE TRIGGER <table>_stamp BEFORE UPDATE ON <table> FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION clock_stamp()`. An update that changes nothing leaves the stamp alone, and so does whoever writes
    a value of their own. An instance in memory keeps the stamp it was read with.
    """

    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


LONGEST_DAY_NAME = 40


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday on a weekday, or a weekend day that is worked.

    No arrangement is shipped: each year's is published anew, and officers enter it.
    """

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=LONGEST_DAY_NAME, help_text="e.g. 国庆节, 调休上班.")
    source = models.CharField(max_length=200, help_text="The notice it was read in.")
