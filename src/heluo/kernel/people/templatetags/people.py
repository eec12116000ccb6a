"""Tags that let other pages lead to people only where the reader may go: `{% load people %}`."""

from collections.abc import Sequence

from django import template

from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.queries import classes_open_to, count_people_at

register = template.Library()


@register.simple_tag
def open_classes(actor: Actor, classes: Sequence[tuple[str, Klass]]) -> set[int]:
    """Keys of those of some labelled classes whose pupils the actor may see, wherever they are by now. One query."""
    keys = [klass.pk for _label, klass in classes]
    return set(classes_open_to(actor, on=local_day(now())).filter(pk__in=keys).values_list("pk", flat=True))


@register.simple_tag
def people_at(organisations: Sequence[Organisation]) -> dict[str, int]:
    """How many hold a post at organisations today: `staff` and `pupils`. One query."""
    return count_people_at(organisations, on=local_day(now()))
