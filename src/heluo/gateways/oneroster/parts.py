"""The nested collections: which part of a table the ids in an address choose, once what they name was found."""

from collections.abc import Callable, Mapping

from heluo.gateways.oneroster.errors import UnknownObject
from heluo.gateways.oneroster.queries import Row, View, one_of
from heluo.gateways.oneroster.tables import CLASSES, COURSES, ORGS, SESSIONS, USERS, Part
from heluo.gateways.oneroster.tables.keys import session_key
from heluo.gateways.oneroster.tables.organisations import SCHOOLS
from heluo.gateways.oneroster.tables.people import STUDENTS, TEACHERS
from heluo.gateways.oneroster.tables.sessions import TERMS
from heluo.kernel.people.models import ClassMembership, Teaching, in_period

Ids = Mapping[str, str]
Seen = tuple[View, Part]

NOW = "({0}.starts_on <= %(today)s AND ({0}.ends_on IS NULL OR {0}.ends_on >= %(today)s))"
POSTED = (
    "AND p.person_id IN (SELECT h.person_id FROM people_post h"
    " WHERE h.organisation_id = %(school)s AND h.role = %(role)s AND " + NOW.format("h") + ")"
)
SITTING = (
    "AND p.person_id IN (SELECT m.person_id FROM people_classmembership m"
    " JOIN organisations_klass k ON k.id = m.klass_id WHERE k.uuid = %(klass)s AND " + NOW.format("m") + ")"
)
TEACHING = (
    "AND p.person_id IN (SELECT t.person_id FROM people_teaching t JOIN organisations_klass k ON k.id = t.klass_id"
    " WHERE k.uuid = %(klass)s AND {what} AND " + NOW.format("t") + ")"
)


def _school(view: View, ids: Ids) -> Row:
    return one_of(view, ORGS, ids["schoolSourcedId"], SCHOOLS)


def _class(view: View, ids: Ids) -> Row:
    return one_of(view, CLASSES, ids["classSourcedId"])


def _class_in_school(view: View, ids: Ids) -> Row:
    school, klass = _school(view, ids), _class(view, ids)
    if klass["school"] != school["sourcedId"]:
        raise UnknownObject
    return klass


def school_classes(view: View, ids: Ids) -> Seen:
    """Classes, courses and enrollments of a school."""
    return view, Part({"klasses": "AND o.id = %(school)s"}, values={"school": _school(view, ids)["_id"]})


def _posted(view: View, ids: Ids, role: str, who: Part) -> Seen:
    school = _school(view, ids)
    return view, Part({"people": POSTED}, who.rows, {"school": school["_id"], "role": role})


def school_students(view: View, ids: Ids) -> Seen:
    return _posted(view, ids, "pupil", STUDENTS)


def school_teachers(view: View, ids: Ids) -> Seen:
    return _posted(view, ids, "teacher", TEACHERS)


def school_terms(view: View, ids: Ids) -> Seen:
    """The terms as they hold for a school: seen from there."""
    return View(path=_school(view, ids)["_path"], today=view.today), Part()


def _students(klass: Row) -> Part:
    return Part({"people": SITTING}, STUDENTS.rows, {"klass": str(klass["sourcedId"])[:36]})


def _teachers(klass: Row) -> Part:
    what = "t.subject = %(subject)s" if klass["subject"] else "t.is_homeroom"
    values = {"klass": str(klass["sourcedId"])[:36], "subject": klass["subject"]}
    return Part({"people": TEACHING.format(what=what)}, TEACHERS.rows, values)


def class_students(view: View, ids: Ids) -> Seen:
    return view, _students(_class(view, ids))


def class_teachers(view: View, ids: Ids) -> Seen:
    return view, _teachers(_class(view, ids))


def school_class_students(view: View, ids: Ids) -> Seen:
    return view, _students(_class_in_school(view, ids))


def school_class_teachers(view: View, ids: Ids) -> Seen:
    return view, _teachers(_class_in_school(view, ids))


def school_class_enrollments(view: View, ids: Ids) -> Seen:
    klass = _class_in_school(view, ids)
    return view, Part(
        {"klasses": "AND k.uuid = %(klass)s"},
        rows="class = %(klass_id)s",
        values={"klass": str(klass["sourcedId"])[:36], "klass_id": klass["sourcedId"]},
    )


def course_classes(view: View, ids: Ids) -> Seen:
    course = one_of(view, COURSES, ids["courseSourcedId"])
    return view, Part(
        {"klasses": "AND o.uuid = %(school)s"},
        rows="course = %(course)s",
        values={"school": course["org"], "course": course["sourcedId"]},
    )


def term(view: View, ids: Ids) -> Seen:
    """Nothing but whether the term is there: no term of ours has grading periods."""
    one_of(view, SESSIONS, ids["termSourcedId"], TERMS)
    return view, Part()


def term_classes(view: View, ids: Ids) -> Seen:
    """The classes of a term's year for whose school no nearer plan of the same term stands."""
    one_of(view, SESSIONS, ids["termSourcedId"], TERMS)
    key = session_key(ids["termSourcedId"])
    if key is None:
        raise UnknownObject
    nearer = (
        "NOT EXISTS (SELECT FROM organisations_termplan q JOIN organisations_organisation w ON w.id = q.organisation_id"
        " WHERE q.school_year = %(term_year)s AND q.number = %(term_number)s AND starts_with(_path, w.path){further})"
    )
    values: dict[str, object] = {"term_year": key.year, "term_number": key.number}
    if key.planner is None:
        rows = nearer.format(further="")
    else:
        planner = "(SELECT path FROM organisations_organisation WHERE uuid = %(planner)s)"
        further = f" AND length(w.path) > length({planner})"
        rows = f"starts_with(_path, {planner}) AND {nearer.format(further=further)}"
        values["planner"] = key.planner
    return view, Part(rows=f"_year = %(term_year)s AND {rows}", values=values)


def _classes_of(view: View, user: Row, *, as_student: bool, as_teacher: bool) -> Seen:
    """The classes somebody sits in, with those of their subjects, and the ones they teach."""
    places, taught = [], []
    if as_student:
        places = list(
            ClassMembership.objects.filter(in_period(view.today), person=user["_id"]).values_list("klass", flat=True)
        )
    tasks = (
        Teaching.objects.filter(in_period(view.today), person=user["_id"]) if as_teacher else Teaching.objects.none()
    )
    keys = set(places)
    for klass, uuid, subject, is_homeroom in tasks.values_list("klass", "klass__uuid", "subject", "is_homeroom"):
        keys.add(klass)
        if is_homeroom:
            taught.append(str(uuid))
        if subject:
            taught.append(f"{uuid}-{subject}")
    values = {"keys": sorted(keys), "places": places, "taught": taught}
    rows = '_klass = ANY(%(places)s::bigint[]) OR "sourcedId" = ANY(%(taught)s::text[])'
    return view, Part({"klasses": "AND k.id = ANY(%(keys)s::bigint[])"}, rows, values)


def user_classes(view: View, ids: Ids) -> Seen:
    return _classes_of(view, one_of(view, USERS, ids["userSourcedId"]), as_student=True, as_teacher=True)


def student_classes(view: View, ids: Ids) -> Seen:
    user = one_of(view, USERS, ids["studentSourcedId"], STUDENTS)
    return _classes_of(view, user, as_student=True, as_teacher=False)


def teacher_classes(view: View, ids: Ids) -> Seen:
    user = one_of(view, USERS, ids["teacherSourcedId"], TEACHERS)
    return _classes_of(view, user, as_student=False, as_teacher=True)


PARTS: dict[str, Callable[[View, Ids], Seen]] = {
    "school_classes": school_classes,
    "school_students": school_students,
    "school_teachers": school_teachers,
    "school_terms": school_terms,
    "class_students": class_students,
    "class_teachers": class_teachers,
    "school_class_students": school_class_students,
    "school_class_teachers": school_class_teachers,
    "school_class_enrollments": school_class_enrollments,
    "course_classes": course_classes,
    "term": term,
    "term_classes": term_classes,
    "user_classes": user_classes,
    "student_classes": student_classes,
    "teacher_classes": teacher_classes,
}
