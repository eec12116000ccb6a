"""A node is withdrawn, never deleted, and stands below one of its own textbook. The database refuses anything else."""

from django.db import migrations

NODES = ("textbooks_textbook", "textbooks_chapter", "textbooks_knowledgepoint")


class Migration(migrations.Migration):
    dependencies = [("textbooks", "0001_initial"), ("organisations", "0002_append_only")]
    operations = [
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION register_refuse_change()",
                f"DROP TRIGGER {table}_kept ON {table}",
            )
            for table in NODES
        ),
        migrations.RunSQL(
            "ALTER TABLE textbooks_chapter ADD CONSTRAINT chapter_with_its_textbook UNIQUE (id, textbook_id),"
            " ADD CONSTRAINT chapter_below_one_of_its_textbook FOREIGN KEY (parent_id, textbook_id)"
            " REFERENCES textbooks_chapter (id, textbook_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE textbooks_chapter DROP CONSTRAINT chapter_below_one_of_its_textbook,"
            " DROP CONSTRAINT chapter_with_its_textbook",
        ),
    ]
