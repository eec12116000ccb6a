"""Two trees: administrative regions (GB/T 2260) and the management tree of organisations."""

from django.db import models
from django.db.models import Q

from heluo.kernel.organisations.enums import Level, OrganisationKind, Stage


class Region(models.Model):
    """An administrative division in one version of GB/T 2260. A code may recur in several versions."""

    code = models.CharField(max_length=6)
    name = models.CharField(max_length=40)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text="Where this row was read: standard, edition, day.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="region_code_once_per_version"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{6}$"), name="region_code_six_digits"),
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A node of the management tree: who answers to whom, which is not where it lies on the map."""

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    name = models.CharField(max_length=120)
    name_sort = models.CharField(max_length=240, editable=False, help_text="Pinyin of the name, for sorting.")
    code = models.CharField(
        max_length=10, null=True, blank=True, unique=True, help_text="学校（机构）标识码, 10 digits; bureaus have none."
    )
    school_type = models.CharField(max_length=3, blank=True, help_text="办学类型 (JY/T 1001 BXLX).")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=255, unique=True, db_collation="C", editable=False)
    parent_source = models.CharField(max_length=200, help_text="Provenance of the place in the management tree.")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    @property
    def access_path(self) -> str:
        return self.path


class Klass(models.Model):
    """班级: a class of one school, named by stage and entry year so that its grade follows the calendar."""

    uuid = models.UUIDField(unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="classes")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    entry_year = models.PositiveSmallIntegerField(help_text="Year in which the pupils entered the stage.")
    number = models.PositiveSmallIntegerField(help_text="班号 within its year group.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "stage", "entry_year", "number"], name="klass_once_in_its_school"
            ),
        ]

    @property
    def access_path(self) -> str:
        return self.school.path
