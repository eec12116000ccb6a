"""What a bureau said about a pair is added, never changed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("students", "0004_duplicates_and_transfers")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER students_duplicateopinion_no_change BEFORE UPDATE OR DELETE ON students_duplicateopinion"
            " FOR EACH ROW EXECUTE FUNCTION register_refuse_change()",
            "DROP TRIGGER students_duplicateopinion_no_change ON students_duplicateopinion",
        ),
    ]
