import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

DECISIONS = ["approved", "returned"]
STEPS = [
    ("submitted", "提交审核"),
    ("approved", "审核通过并发布"),
    ("returned", "退回修改"),
    ("taken_back", "收回提交"),
    ("taken_over", "整批入库并发布"),
    ("withdrawn", "下架"),
]


class Migration(migrations.Migration):
    dependencies = [("resources", "0005_recognition"), ("process", "0003_apart_from")]

    operations = [
        migrations.AlterField(
            model_name="reviewstep",
            name="step",
            field=models.CharField(choices=STEPS, max_length=12),
        ),
        migrations.AlterField(
            model_name="reviewstep",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                default=list,
                help_text="Codes of the form.",
                size=None,
            ),
        ),
        migrations.RemoveConstraint(model_name="reviewstep", name="only_decisions_answer"),
        migrations.AddConstraint(
            model_name="reviewstep",
            constraint=models.CheckConstraint(
                condition=Q(step__in=DECISIONS, answers__isnull=False)
                | (~Q(step__in=DECISIONS) & Q(answers__isnull=True)),
                name="only_decisions_answer",
            ),
        ),
    ]
