"""When a row last changed, as the database itself noted it."""

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
