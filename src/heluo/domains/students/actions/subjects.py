"""Records as the audit names them: by platform identifier and tree path, never by a number from elsewhere."""

from collections.abc import Sequence

from heluo.domains.students.models import StudentRecord
from heluo.kernel.actors.public import Actor, Grant
from heluo.kernel.audit.public import Subject
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.access import Permission as PeoplePermission


def subject_of(record: StudentRecord) -> Subject:
    return Subject(kind="student_record", id=str(record.uuid), title=record.person.name, path=record.school.path)


def group_subject(records: Sequence[StudentRecord]) -> Subject:
    """One record, or the school of a batch of them."""
    if len(records) == 1:
        return subject_of(records[0])
    school = records[0].school
    return Subject(kind="organisation", id=str(school.uuid), title=school.name, path=school.path)


def as_registrar(by: Actor, *places: Organisation) -> Actor:
    """The same person, able to move pupils at some schools.

    Used where the decision is complete by the rules of this app: the two schools and two bureaus of a transfer agreed,
    though the one who decides last holds no post in the other county.
    """
    grants = {Grant(permission=str(PeoplePermission.MANAGE), path=place.path) for place in places}
    return Actor(kind=by.kind, name=by.name, person_id=by.person_id, posts=by.posts, grants=by.grants | grants)
