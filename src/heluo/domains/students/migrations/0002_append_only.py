"""What happened to a record is added, never changed: the database refuses anything else."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("students", "0001_initial"), ("organisations", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER students_studentchange_no_change BEFORE UPDATE OR DELETE ON students_studentchange"
            " FOR EACH ROW EXECUTE FUNCTION register_refuse_change()",
            "DROP TRIGGER students_studentchange_no_change ON students_studentchange",
        ),
    ]
