"""People are found by parts of their names, by pinyin and by initials, each by an index."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
from django.db import migrations, models

from heluo.kernel.organisations.pinyin import pinyin_initials
from heluo.kernel.search.public import name_vector_text

AT_ONCE = 5000
NEXT = "SELECT id, name FROM people_person WHERE id > %s ORDER BY id LIMIT %s"
WRITE = """
    UPDATE people_person person SET initials = found.initials, words = found.words::tsvector
      FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS found(id, initials, words) WHERE person.id = found.id
"""
# What a name is found by follows from the name: nobody has changed.
STAMP = "ALTER TABLE people_person {} TRIGGER people_person_stamp"


def describe(apps, schema_editor):
    last = 0
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(STAMP.format("DISABLE"))
        while True:
            cursor.execute(NEXT, [last, AT_ONCE])
            rows = cursor.fetchall()
            if not rows:
                break
            keys, names = zip(*rows, strict=True)
            last = keys[-1]
            words = [name_vector_text(name) for name in names]
            cursor.execute(WRITE, [list(keys), [pinyin_initials(name) for name in names], words])
        cursor.execute(STAMP.format("ENABLE"))


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_changed_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='initials',
            field=models.CharField(db_collation='C', default='', editable=False, help_text='First letters of the pinyin.', max_length=60),
        ),
        migrations.AddField(
            model_name='person',
            name='words',
            field=django.contrib.postgres.search.SearchVectorField(default='', editable=False, help_text='Pairs of the name.'),
        ),
        migrations.AlterField(
            model_name='person',
            name='name_sort',
            field=models.CharField(db_collation='C', editable=False, help_text='Pinyin of the name, for sorting.', max_length=160),
        ),
        migrations.RunPython(describe, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['initials', 'name_sort', 'id'], name='people_by_initials'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(django.db.models.functions.text.Left('name', 1), models.F('name_sort'), models.F('id'), name='people_by_first_character'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='people_by_words'),
        ),
    ]
