"""Some versions hold until a day. A published one may change its state and last longer, and nothing else of it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("draft", "草稿"),
    ("submitted", "待审核"),
    ("returned", "已退回（需修改）"),
    ("published", "已发布"),
    ("withdrawn", "已下架"),
    ("expired", "已到期"),
]
STEPS = [
    ("submitted", "提交审核"),
    ("approved", "审核通过并发布"),
    ("returned", "退回修改"),
    ("taken_back", "收回提交"),
    ("taken_over", "整批入库并发布"),
    ("withdrawn", "下架"),
    ("expired", "有效期已满，平台下架"),
    ("prolonged", "延长有效期"),
]
OPEN = ["draft", "returned", "submitted"]
SHOWN = ["expired", "published", "withdrawn"]
OF_VALIDITY = ["expired", "prolonged"]

FUNCTION = """
CREATE OR REPLACE FUNCTION resources_keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR {changed}
            OR (OLD.state, NEW.state) NOT IN ({ways})
        THEN
            RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
WAYS = "('published', 'published'), ('published', 'withdrawn'), ('withdrawn', 'withdrawn')"
BEFORE = FUNCTION.format(changed="(to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state')", ways=WAYS)
AFTER = FUNCTION.format(
    changed="""(to_jsonb(NEW) - '{state,valid_until}'::text[])
                IS DISTINCT FROM (to_jsonb(OLD) - '{state,valid_until}'::text[])
            OR (NEW.valid_until IS DISTINCT FROM OLD.valid_until
                AND NOT coalesce(NEW.valid_until > OLD.valid_until, false))""",
    ways=f"""{WAYS}, ('published', 'expired'), ('expired', 'expired'),
                ('expired', 'published'), ('expired', 'withdrawn')""",
)


class Migration(migrations.Migration):
    dependencies = [("resources", "0011_sheets"), ("people", "0005_where_posts_are_listed")]

    operations = [
        migrations.AddField(
            model_name="resourceversion",
            name="valid_until",
            field=models.DateField(
                blank=True,
                help_text="Last day in China on which the public may see it.",
                null=True,
                verbose_name="有效期至",
            ),
        ),
        migrations.AlterField(
            model_name="resourceversion",
            name="state",
            field=models.CharField(choices=STATES, default="draft", max_length=12),
        ),
        migrations.RemoveConstraint(model_name="resourceversion", name="version_has_a_day_of_publication"),
        migrations.AddConstraint(
            model_name="resourceversion",
            constraint=models.CheckConstraint(
                condition=Q(state__in=SHOWN, published_at__isnull=False)
                | (Q(state__in=OPEN) & Q(published_at__isnull=True)),
                name="version_has_a_day_of_publication",
            ),
        ),
        migrations.AddConstraint(
            model_name="resourceversion",
            constraint=models.CheckConstraint(
                condition=~Q(state="expired") | Q(valid_until__isnull=False), name="only_what_ends_is_over"
            ),
        ),
        migrations.AddIndex(
            model_name="resourceversion",
            index=models.Index(
                fields=["valid_until"],
                condition=Q(state="published", valid_until__isnull=False),
                name="version_that_ends",
            ),
        ),
        migrations.AlterField(
            model_name="reviewstep",
            name="step",
            field=models.CharField(choices=STEPS, max_length=12),
        ),
        migrations.AddField(
            model_name="reviewstep",
            name="until",
            field=models.DateField(blank=True, help_text="The day it ended on, or that it was prolonged to.", null=True),
        ),
        migrations.AlterField(
            model_name="reviewstep",
            name="by",
            field=models.ForeignKey(
                blank=True,
                help_text="None: the platform.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewstep",
            constraint=models.CheckConstraint(
                condition=Q(step="expired", by__isnull=True) | (~Q(step="expired") & Q(by__isnull=False)),
                name="only_time_acts_without_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewstep",
            constraint=models.CheckConstraint(
                condition=Q(step__in=OF_VALIDITY, until__isnull=False)
                | (~Q(step__in=OF_VALIDITY) & Q(until__isnull=True)),
                name="only_a_change_of_validity_names_a_day",
            ),
        ),
        migrations.RunSQL(AFTER, BEFORE),
    ]
