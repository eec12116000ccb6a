"""Two trees: administrative regions (GB/T 2260) and the management tree of organisations."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
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


class Facts(models.Model):
    """What is known of an organisation beside its name: JCXX0101 and the additions for schools. All may lack."""

    english_name = models.CharField(max_length=160, blank=True, default="", help_text="XXYWMC.")
    credit_code = models.CharField(max_length=18, blank=True, default="", help_text="统一社会信用代码 (GB 32100).")
    address = models.CharField(max_length=180, blank=True, default="", help_text="XXDZ.")
    postcode = models.CharField(max_length=6, blank=True, default="", help_text="XXYZBM.")
    phone = models.CharField(max_length=30, blank=True, default="", help_text="LXDH, of the office, nobody's own.")
    founded_on = models.DateField(null=True, blank=True, help_text="JXNY: founded, perhaps long before the register.")
    founder = models.CharField(max_length=3, blank=True, default="", help_text="举办者, code.")
    run_by = models.CharField(max_length=2, blank=True, default="", help_text="学校办别, code.")
    settlement = models.CharField(max_length=3, blank=True, default="", help_text="城乡类型, code.")

    class Meta:
        abstract = True


class Described(Facts):
    """What is true of an organisation for a time: the same columns on it (as it is) and on its states (as it was)."""

    name = models.CharField(max_length=120)
    name_sort = models.CharField(max_length=300, editable=False, help_text="Pinyin of the name, for sorting.")
    place_sort = models.CharField(
        max_length=320,
        editable=False,
        db_collation="C",
        default="",
        help_text="Place among those under one superior: bureaus by region, then schools by name.",
    )
    words = SearchVectorField(
        editable=False, default="", help_text="Pairs of the name, its pinyin from each syllable on, numbers."
    )
    code = models.CharField(
        max_length=10, null=True, blank=True, help_text="学校（机构）标识码, 10 digits; schools alone have one."
    )
    school_type = models.CharField(max_length=3, blank=True, help_text="办学类型 (JY/T 1001 BXLX).")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def open_on(self, day: date) -> "OrganisationQuerySet":
        return self.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=day), Q(closed_on__isnull=True) | Q(closed_on__gt=day)
        )


class Organisation(Described, Stamped):
    """A node of the management tree: who answers to whom, which is not where it lies on the map. As it is now.

    As it was: `OrganisationState`. The same actions write both.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=255, unique=True, db_collation="C", editable=False)
    parent_source = models.CharField(max_length=200, help_text="Provenance of the place in the management tree.")
    opened_on = models.DateField(null=True, blank=True, help_text="First day; empty where nobody knows it.")
    closed_on = models.DateField(null=True, blank=True, help_text="First day on which it is no more.")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="school_code_of_one_organisation"),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(closed_on__isnull=True) & ~Q(credit_code=""),
                name="credit_code_of_one_organisation",
            ),
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
            models.CheckConstraint(
                condition=~Q(kind__in=(OrganisationKind.ENTERPRISE, OrganisationKind.TRAINING)) | ~Q(credit_code=""),
                name="firms_are_known_by_their_credit_code",
            ),
            models.CheckConstraint(condition=Q(path__regex=r"^(\d+\.)+$"), name="organisation_path_of_ids"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="organisation_words"),
            models.Index(fields=["name_sort", "id"], name="organisations_by_name"),
            models.Index(fields=["parent", "place_sort", "id"], name="organisations_in_their_place"),
            models.Index(fields=["changed_at", "id"], name="organisations_by_change"),
        ]

    @property
    def access_path(self) -> str:
        return self.path

    @property
    def is_school(self) -> bool:
        """A school or a teaching point: a place that has classes."""
        return self.kind in {OrganisationKind.SCHOOL, OrganisationKind.TEACHING_POINT}

    def is_open(self, day: date) -> bool:
        return (self.opened_on is None or self.opened_on <= day) and (self.closed_on is None or self.closed_on > day)


class OrganisationStateQuerySet(models.QuerySet["OrganisationState"]):
    def on(self, day: date) -> "OrganisationStateQuerySet":
        """The states that hold on a day; an organisation that was not there on it has none."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )


class OrganisationState(Described):
    """An organisation as it was from one day to another. One at a time; none while it is closed.

    It names its superior of those days, not the way up: a county that moves gets one row, its schools none, and the way
    up on a day is read from the superiors' own states (`superiors_on`).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="states")
    parent = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(null=True, blank=True, help_text="First day; empty where nobody knows it.")
    valid_to = models.DateField(null=True, blank=True, help_text="First day on which it holds no more.")
    recorded_at = models.DateTimeField(help_text="When somebody told us.")

    objects = OrganisationStateQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_state_at_a_time",
                expressions=[
                    (
                        Func(
                            F("organisation"),
                            F("organisation"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("valid_from"), F("valid_to"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="state_ends_after_it_starts",
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="organisation_state_words"),
            models.Index(fields=["parent", "place_sort", "id"], name="states_in_their_place"),
            models.Index(fields=["name_sort", "id"], name="states_by_name"),
        ]

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to > day)


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
    other = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who else was part of it: the school merged into, the school split off.",
    )
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
                fields=["school", "stage", "entry_year", "number"],
                condition=Q(closed_on__isnull=True),
                name="klass_once_in_its_school",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="klass_numbers_start_at_one"),
        ]
        indexes = [models.Index(fields=["changed_at", "id"], name="classes_by_change")]

    @property
    def access_path(self) -> str:
        return self.school.path

    def grade(self, year: SchoolYear) -> str:
        return grade_label(Stage(self.stage), self.entry_year, year)

    def label(self, year: SchoolYear, *, number: int | None = None) -> str:
        """三年级（2）班, as people say it in a school year; by another number where it had another then."""
        return _("{grade}（{number}）班").format(grade=self.grade(year), number=number or self.number)


class ClassMove(models.Model):
    """A class passed from one school to another with its pupils: a merger or a split. Append-only.

    Where a class was on a day follows from these: the school it left by its first move after that day, else its school.
    """

    klass = models.ForeignKey(Klass, on_delete=models.PROTECT, related_name="moves")
    from_school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="classes_given")
    from_number = models.PositiveSmallIntegerField(help_text="Its number there.")
    to_school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="classes_taken")
    moved_on = models.DateField(help_text="First day at the new school.")

    class Meta:
        ordering = ["moved_on", "id"]


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
