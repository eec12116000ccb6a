"""About whom somebody may ask: themselves, and the minors they are guardian of now."""

from datetime import date
from uuid import UUID

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.codes.public import figure
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import me, wards_of

ADULT_AGE = "adult-age"


def is_minor(person: Person, *, on: date) -> bool:
    """Somebody whose birthday nobody recorded is a minor as long as they are registered as somebody's ward."""
    age = person.age_on(on)
    return age is None or age < figure(ADULT_AGE, on=on)


def subjects_of(actor: Actor, *, on: date) -> list[Person]:
    """Oneself first, then one's wards who are minors, eldest first."""
    own = me(actor)
    return [own, *(ward.child for ward in wards_of(own, on=on) if is_minor(ward.child, on=on))]


def subject_for(actor: Actor, uuid: UUID, *, on: date) -> Person:
    """Oneself or a minor ward; anybody else is not there."""
    found = next((person for person in subjects_of(actor, on=on) if person.uuid == uuid), None)
    if found is None:
        raise NotFound
    return found
