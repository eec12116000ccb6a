import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

TROUBLES = [
    ("gone", "网页已经不在"),
    ("refused", "网站不接受这个网址"),
    ("failing", "网站出错"),
    ("malformed", "网址写得不对"),
    ("unknown_host", "找不到这个域名"),
    ("forbidden", "网址指向内部网络，平台不会访问"),
    ("no_answer", "网站没有响应"),
    ("too_slow", "网站没有在限定的时间里响应"),
    ("bad_certificate", "网站的证书无效"),
    ("too_many_redirects", "网址转来转去，没有尽头"),
]


class Migration(migrations.Migration):
    dependencies = [("resources", "0012_validity")]

    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=500)),
                ("host", models.CharField(max_length=253)),
                (
                    "due_at",
                    models.DateTimeField(blank=True, help_text="None: its version is not public now.", null=True),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, help_text="Days in a row on which it failed."),
                ),
                ("failed_on", models.DateField(blank=True, help_text="The last of them.", null=True)),
                ("trouble", models.CharField(blank=True, choices=TROUBLES, max_length=20)),
                ("broken_at", models.DateTimeField(blank=True, null=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="resources.resourceversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["version", "address"], name="link_once_in_its_version")
                ],
                "indexes": [
                    models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="link_due"),
                    models.Index(fields=["address"], name="link_by_address"),
                    models.Index(fields=["-broken_at", "-id"], condition=Q(broken_at__isnull=False), name="link_broken"),
                ],
            },
        ),
    ]
