"""Two trees: administrative regions (GB/T 2260) and the management tree of organisations."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from heluo.kernel.clock.models import Stamped
from heluo.kernel.clock.public import SchoolYear, Term
from heluo.kernel.codes.models import in_force
from heluo.kernel.organisations.enums import ChangeKind, Level, OrganisationKind, Stage
from heluo.kernel.organisations.grades import grade_label


class RegionQuerySet(models.QuerySet["Region"]):
    def in_force(self, day: date) -> "RegionQuerySet":
        """The regions of the edition that holds on a day."""
        return self.filter(in_force(day))


class Region(models.Model):
    """An administrative division in one version of GB/T 2260. A code or a place may recur in several versions."""

    code = models.CharField(max_length=6)
    name = models.CharField(max_length=40)
    name_sort = models.CharField(max_length=120, editable=False, help_text="Pinyin of the name, for sorting.")
    level = models.CharField(max_length=10, choices=Level.choices)
    ranks_as_city = models.BooleanField(
        default=False, help_text="A county-level code under the province itself that stands beside the cities (济源)."
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField(null=True, blank=True, help_text="Empty: since before the oldest edition we have.")
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text="Where this row was read: standard, edition, day.")
    is_verified = models.BooleanField(default=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], nulls_distinct=False, name="region_code_once_per_version"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{6}$"), name="region_code_six_digits"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="region_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """With the city before a county: 洛阳市涧西区. Needs `parent`."""
        in_a_city = self.parent is not None and self.parent.level == Level.CITY
        return f"{self.parent.name}{self.name}" if in_a_city and self.parent else self.name


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def open_on(self, day: date) -> "OrganisationQuerySet":
        return self.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=day), Q(closed_on__isnull=True) | Q(closed_on__gt=day)
        )


class Organisation(Stamped):
    """A node of the management tree: who answers to whom, which is not where it lies on the map."""

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    name = models.CharField(max_length=120)
    name_sort = models.CharField(max_length=300, editable=False, help_text="Pinyin of the name, for sorting.")
    initials = models.CharField(max_length=120, editable=False, help_text="First letters of the pinyin.")
    code = models.CharField(
        max_length=10, null=True, blank=True, unique=True, help_text="学校（机构）标识码, 10 digits; bureaus have none."
    )
    school_type = models.CharField(max_length=3, blank=True, help_text="办学类型 (JY/T 1001 BXLX).")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=255, unique=True, db_collation="C", editable=False)
    parent_source = models.CharField(max_length=200, help_text="Provenance of the place in the management tree.")
    opened_on = models.DateField(null=True, blank=True, help_text="First day; empty where nobody knows it.")
    closed_on = models.DateField(null=True, blank=True, help_text="First day on which it is no more.")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(kind=OrganisationKind.BUREAU, closed_on__isnull=True),
                name="one_bureau_per_region",
            ),
            models.CheckConstraint(
                condition=Q(kind=OrganisationKind.SCHOOL, code__isnull=False)
                | (~Q(kind=OrganisationKind.SCHOOL) & Q(code__isnull=True)),
                name="schools_alone_have_a_code",
            ),
            models.CheckConstraint(condition=Q(path__regex=r"^(\d+\.)+$"), name="organisation_path_of_ids"),
        ]
        indexes = [models.Index(fields=["changed_at", "id"], name="organisations_by_change")]

    def __str__(self) -> str:
        return self.name

    @property
    def access_path(self) -> str:
        return self.path

    @property
    def is_school(self) -> bool:
        """A school or a teaching point."""
        return self.kind != OrganisationKind.BUREAU

    def is_open(self, day: date) -> bool:
        return (self.opened_on is None or self.opened_on <= day) and (self.closed_on is None or self.closed_on > day)


class SchoolCodeIssue(models.Model):
    """A school code that was given out once. It stays taken for ever, whatever becomes of the school."""

    code = models.CharField(max_length=10)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="code_issues")
    issued_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="school_code_once_for_ever"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(withdrawn_on__isnull=True), name="one_code_in_use_per_school"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{10}$"), name="school_code_ten_digits"),
        ]


class OrganisationChange(models.Model):
    """What happened to an organisation, when, by whom and why. Append-only; the database refuses anything else."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    effective_on = models.DateField(null=True, blank=True)
    before = models.CharField(max_length=200, blank=True, help_text="Name, superior or code before, in words.")
    after = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by_person = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["organisation", "-at", "-id"], name="organisation_change_newest")]


class Klass(Stamped):
    """班级: a class of one school, named by stage and entry year so that its grade follows the calendar."""

    uuid = models.UUIDField(unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="classes")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    entry_year = models.PositiveSmallIntegerField(help_text="Year in which the pupils entered the stage.")
    number = models.PositiveSmallIntegerField(help_text="班号 within its year group.")
    closed_on = models.DateField(null=True, blank=True, help_text="First day on which it is no more.")

    class Meta:
        ordering = ["school", "stage", "-entry_year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "stage", "entry_year", "number"], name="klass_once_in_its_school"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="klass_numbers_start_at_one"),
        ]
        indexes = [models.Index(fields=["changed_at", "id"], name="classes_by_change")]

    @property
    def access_path(self) -> str:
        return self.school.path

    def grade(self, year: SchoolYear) -> str:
        return grade_label(Stage(self.stage), self.entry_year, year)

    def label(self, year: SchoolYear) -> str:
        """三年级（2）班, as people say it in a school year."""
        return _("{grade}（{number}）班").format(grade=self.grade(year), number=self.number)


class TermPlan(Stamped):
    """First and last day of a term, as an organisation set them for itself and everything below it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="term_plans")
    school_year = models.PositiveSmallIntegerField(help_text="Year in which the school year starts.")
    number = models.PositiveSmallIntegerField(help_text="1 or 2.")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["organisation", "school_year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "school_year", "number"], name="term_planned_once"),
            models.CheckConstraint(condition=Q(number__in=(1, 2)), name="term_is_first_or_second"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["changed_at", "id"], name="term_plans_by_change")]

    @property
    def term(self) -> Term:
        return Term(SchoolYear(self.school_year), self.number)
