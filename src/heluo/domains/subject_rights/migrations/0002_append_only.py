"""Steps of requests are added, never changed: the database refuses anything else."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subject_rights", "0001_initial"), ("organisations", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER subject_rights_step_no_change BEFORE UPDATE OR DELETE ON subject_rights_step"
            " FOR EACH ROW EXECUTE FUNCTION register_refuse_change()",
            "DROP TRIGGER subject_rights_step_no_change ON subject_rights_step",
        )
    ]
