"""The records of each subclass below an organisation: field code → value, in the standard's formats."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from heluo.domains.students.public import changes_below, open_records_below, seats_of
from heluo.gateways.jyt1002.access import Permission
from heluo.gateways.jyt1002.models import Package
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, paths_for, within
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.errors import OrganisationUnknown
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import grade_label, grade_number, organisation_called
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Identifier, Person, Post, Teaching, in_period

Record = Mapping[str, object]
Numbers = Callable[[Collection[int]], Mapping[int, str]]
"""Person keys → resident numbers, masked or in clear."""
Row = TypeVar("Row", bound=Model)
CHUNK = 1000
STAGE_CODES = {
    Stage.PRESCHOOL: "1",
    Stage.PRIMARY: "2",
    Stage.JUNIOR: "3",
    Stage.SENIOR: "4",
    Stage.VOCATIONAL: "6",
    Stage.HIGHER: "Z",
}
"""任课学段 (JY/T 1001)."""
RESIDENT_CARD = "1"
"""身份证件类型 (JY/T 1001): 居民身份证."""
SCHOOLS = (OrganisationKind.SCHOOL, OrganisationKind.TEACHING_POINT)


@dataclass(frozen=True, slots=True)
class View:
    """Below which node, on which day, and how numbers are told."""

    path: str
    today: date
    numbers: Numbers

    @property
    def year(self) -> SchoolYear:
        return SchoolYear.on(self.today)


# -- packages ---------------------------------------------------------------------------------------------------------


def own_organisations(actor: Actor) -> list[Organisation]:
    """The outermost organisations whose register an actor may take away."""
    return list(Organisation.objects.filter(path__in=paths_for(actor, Permission.EXPORT)).order_by("path"))


def part_of(actor: Actor, whole: Organisation, text: str, *, on: date) -> Organisation:
    """The one organisation within another that somebody means by a name or code. Refusals: OrganisationUnknown,
    OrganisationNotClear."""
    found = organisation_called(actor, text, on=on, field="part")
    if not found.path.startswith(whole.path):
        raise OrganisationUnknown(field="part", text=text)
    return found


def packages_for(actor: Actor) -> QuerySet[Package]:
    """The packages an actor may fetch, newest first; one with numbers in clear is for whoever gave the reason."""
    packages = Package.objects.filter(within(actor, Permission.EXPORT)).select_related(
        "organisation", "asked_by", "file__blob"
    )
    return packages.filter(Q(in_clear=False) | Q(asked_by__uuid=actor.person_id))


def package_for(actor: Actor, package_id: int) -> Package:
    found = packages_for(actor).filter(pk=package_id).first()
    if found is None:
        raise NotFound
    return found


def masked_numbers(people: Collection[int]) -> dict[int, str]:
    rows = Identifier.objects.filter(kind=IdentifierKind.RESIDENT_ID, person__in=people)
    return dict(rows.values_list("person_id", "masked"))


# -- records ----------------------------------------------------------------------------------------------------------


def schools(view: View) -> Iterator[Record]:
    """JCXX0101. Teaching points are no schools of their own."""
    rows = Organisation.objects.filter(path__startswith=view.path, kind=OrganisationKind.SCHOOL, closed_on=None)
    for one in rows.select_related("region").order_by("path").iterator(chunk_size=CHUNK):
        yield {
            "XXDM": one.code,
            "XXMC": one.name,
            "XXYWMC": one.english_name,
            "XXDZ": one.address,
            "XXYZBM": one.postcode,
            "XZQHM": one.region.code,
            "JXNY": month(one.founded_on),
            "XXBXLXM": one.school_type,
            "XXJBZM": one.founder,
            "ZZJGM": one.credit_code[8:17],
            "LXDH": one.phone,
            "XXBBM": one.run_by,
            "SZDCXLXM": one.settlement,
        }


def classes(view: View) -> Iterator[Record]:
    """JCXX02: the classes of this school year."""
    rows = Klass.objects.filter(school__path__startswith=view.path, closed_on=None)
    for chunk in chunks(rows.select_related("school__parent").order_by("school__path", "id")):
        tasks = Teaching.objects.filter(in_period(view.today), klass__in=chunk, is_homeroom=True)
        leaders = dict(tasks.values_list("klass_id", "person__number"))
        for one in chunk:
            if grade_number(Stage(one.stage), one.entry_year, view.year) is None:
                continue
            yield {
                "XXDM": school_code(one.school),
                "BH": class_number(one),
                "BJMC": one.label(view.year),
                "JBNY": f"{one.entry_year}09",
                "SSNJ": one.grade(view.year),
                "BZRGH": leaders.get(one.pk, ""),
            }


def staff(view: View) -> Iterator[Record]:
    """JCTB0201: whoever works at a school, once for each school."""
    rows = Post.objects.filter(
        in_period(view.today), organisation__path__startswith=view.path, organisation__kind__in=SCHOOLS
    ).exclude(role__in=(Role.PUPIL, Role.GUARDIAN))
    once = rows.order_by("organisation__path", "person_id", "id").distinct("organisation__path", "person_id")
    for chunk in chunks(once.select_related("person", "organisation__parent")):
        numbers = view.numbers({post.person_id for post in chunk})
        for post in chunk:
            yield {
                "XXDM": school_code(post.organisation),
                "RYH": post.person.number,
                **_person(post.person, numbers.get(post.person_id, "")),
            }


def pupils(view: View) -> Iterator[Record]:
    """JCXS0101: whoever is a pupil of a school."""
    rows = Post.objects.filter(
        in_period(view.today),
        organisation__path__startswith=view.path,
        organisation__kind__in=SCHOOLS,
        role=Role.PUPIL,
    )
    for chunk in chunks(rows.select_related("person", "organisation__parent").order_by("organisation__path", "id")):
        numbers = view.numbers({post.person_id for post in chunk})
        for post in chunk:
            yield {
                "XXDM": school_code(post.organisation),
                "XH": post.person.number,
                **_person(post.person, numbers.get(post.person_id, "")),
            }


def origins(view: View) -> Iterator[Record]:
    """JCXS0110: where the pupils with a record came from."""
    for record in open_records_below(view.path).iterator(chunk_size=CHUNK):
        yield {"XXDM": school_code(record.school), "XH": record.person.number, "YXXMC": record.origin_school}


def enrolments(view: View) -> Iterator[Record]:
    """JCXS0201: the open records."""
    for chunk in chunks(open_records_below(view.path)):
        seats = seats_of([record.person_id for record in chunk], on=view.today)
        for record in chunk:
            seat = seats.get(record.person_id)
            yield {
                "XXDM": school_code(record.school),
                "XH": record.person.number,
                "RXNY": f"{record.entry_year}09",
                "XSLBM": record.category,
                "XZ": record.length,
                "SZBH": class_number(seat) if seat else "",
                "SZNJ": record.grade(view.year),
                "XSDQZTM": record.state,
            }


def changes(view: View) -> Iterator[Record]:
    """JCXS0202: what happened to the records of these schools."""
    for change in changes_below(view.path).iterator(chunk_size=CHUNK):
        record, year = change.record, SchoolYear.on(change.on)
        moves = change.from_school_id is not None and change.from_school_id != change.to_school_id
        yield {
            "XXDM": school_code(record.school),
            "XH": record.person.number,
            "YDLBM": change.code,
            "YDRQ": day(change.on),
            "YDYYM": change.reason,
            "SPWH": change.document,
            "YDLYXXM": school_code(change.from_school) if moves else "",
            "YDQXXXM": school_code(change.to_school) if moves else "",
            "YDSM": change.note,
            "YBH": class_number(change.from_klass) if change.from_klass else "",
            "YNJ": _grade(record.stage, change.from_entry_year, year),
            "XBH": class_number(change.to_klass) if change.to_klass else "",
            "XNJ": _grade(record.stage, change.to_entry_year, year),
        }


RECORDS: Mapping[str, Callable[[View], Iterator[Record]]] = {
    "JCXX0101": schools,
    "JCXX02": classes,
    "JCTB0201": staff,
    "JCXS0101": pupils,
    "JCXS0110": origins,
    "JCXS0201": enrolments,
    "JCXS0202": changes,
}


# -- values -----------------------------------------------------------------------------------------------------------


def chunks(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    waiting = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def month(on: date | None) -> str:
    """YYYYMM."""
    return f"{on:%Y%m}" if on else ""


def day(on: date | None) -> str:
    """YYYYMMDD."""
    return f"{on:%Y%m%d}" if on else ""


def school_code(school: Organisation | None) -> str:
    """The code of a school. A teaching point has none and goes by its centre school's."""
    if school is None:
        return ""
    if school.kind == OrganisationKind.TEACHING_POINT and school.parent is not None:
        school = school.parent
    return school.code or ""


def class_number(klass: Klass) -> str:
    """班号: entry year, code of the stage, number in the year group; ours to make, for the school makes its own."""
    return f"{klass.entry_year}{STAGE_CODES[Stage(klass.stage)]}{klass.number:02d}"


def _person(person: Person, number: str) -> Record:
    return {
        "XM": person.name,
        "XMPY": person.name_sort,
        "XBM": person.sex,
        "CSRQ": day(person.born_on),
        "SFZJLXM": RESIDENT_CARD if number else "",
        "SFZJH": number,
    }


def _grade(stage: str, entry_year: int | None, year: SchoolYear) -> str:
    if entry_year is None or grade_number(Stage(stage), entry_year, year) is None:
        return ""
    return grade_label(Stage(stage), entry_year, year)
