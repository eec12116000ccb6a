"""Proofs of what the public was told; what was told before gets the leaf it would have got."""

import django.db.models.deletion
from django.db import migrations, models

LEAVES = r"""
UPDATE catalogue_publicface AS face SET leaf = sha256(uuid_send(entry.uuid) || sha256(convert_to(coalesce(entry.title, ''), 'UTF8')) || sha256(convert_to(coalesce(entry.description, ''), 'UTF8')) || sha256(convert_to(coalesce((
    SELECT string_agg(word, E'\n' ORDER BY place)
      FROM jsonb_array_elements_text(entry.keywords) WITH ORDINALITY AS said(word, place)
), ''), 'UTF8')) || sha256(convert_to(coalesce((
    SELECT string_agg(key || '=' || code, E'\n' ORDER BY key COLLATE "C", code COLLATE "C")
      FROM jsonb_each(entry.facets) AS facet(key, codes), jsonb_array_elements_text(codes) AS one(code)
     WHERE key <> ALL(ARRAY['licence', 'recognised', 'source'])
), ''), 'UTF8')) || sha256(convert_to(coalesce(entry.language, ''), 'UTF8')) || sha256(convert_to(coalesce(entry.licence, ''), 'UTF8')) || sha256(convert_to(coalesce(entry.creator_name, ''), 'UTF8')) || sha256(convert_to(coalesce(entry.creator_id::text, ''), 'UTF8')) || sha256(convert_to(coalesce(
    CASE jsonb_typeof(entry.payload -> 'version')
    WHEN 'number' THEN entry.payload ->> 'version' ELSE entry.version::text END
, ''), 'UTF8')) || sha256(convert_to(coalesce((
    SELECT string_agg(file ->> 'sha256', E'\n' ORDER BY place)
      FROM jsonb_array_elements(
             CASE jsonb_typeof(entry.payload -> 'files') WHEN 'array' THEN entry.payload -> 'files' ELSE '[]' END
           ) WITH ORDINALITY AS listed(file, place)
), ''), 'UTF8')))
  FROM catalogue_entry AS entry WHERE entry.id = face.entry_id
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_told_to_the_public")]

    operations = [
        migrations.AddField(
            "entryset",
            "seq",
            models.BigIntegerField(default=0, help_text="The telling that changed it last: what came in, or left."),
        ),
        migrations.AddField(
            "publicface",
            "leaf",
            models.BinaryField(max_length=32, null=True, help_text="SHA-256 of what was told, for proofs."),
        ),
        migrations.RunSQL(LEAVES, migrations.RunSQL.noop),
        migrations.AlterField(
            "publicface",
            "leaf",
            models.BinaryField(max_length=32, help_text="SHA-256 of what was told, for proofs."),
        ),
        migrations.CreateModel(
            "Proof",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        db_collation="C", help_text="Of the set; empty: everything.", max_length=200, unique=True
                    ),
                ),
                ("seq", models.BigIntegerField(help_text="How far the change log had been told.")),
                ("at", models.DateTimeField()),
                (
                    "depth",
                    models.PositiveSmallIntegerField(
                        help_text="Hexadecimal digits of the identifier, at the bottom."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "ProofPart",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "proof_id", "prefix", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "proof",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="catalogue.proof",
                    ),
                ),
                ("prefix", models.CharField(db_collation="C", max_length=32)),
                ("count", models.PositiveIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
        ),
    ]
