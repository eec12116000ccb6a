"""People as the audit names them: by number and tree path, never by an identifier from elsewhere."""

from heluo.kernel.audit.public import Subject
from heluo.kernel.people.models import Person
from heluo.kernel.people.queries import paths_of


def subject_of(person: Person, path: str | None = None) -> Subject:
    """The person at a place of the tree: the given one, or the first they belong to."""
    where = path if path is not None else next(iter(paths_of(person)), "")
    return Subject(kind="person", id=str(person.uuid), title=person.name, path=where)
