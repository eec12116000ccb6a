"""The copy to take along: one readable page, and the same for machines, one JSON file for each holding."""

import json
from dataclasses import asdict
from datetime import date
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import QuerySet
from django.template.loader import render_to_string

from heluo.domains.subject_rights.models import Copy
from heluo.domains.subject_rights.queries.held import Held, SeenLook, held_about, who_looked
from heluo.domains.subject_rights.queries.subjects import subject_for
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.holdings.public import Fact
from heluo.kernel.people.models import Person

READABLE = "subject_rights/copy.html"


def copies_of(person: Person) -> QuerySet[Copy]:
    return Copy.objects.filter(person=person).select_related("person", "asked_by", "file__blob")


def copy_for(actor: Actor, person: Person, copy_id: int, *, on: date) -> Copy:
    """One copy of somebody the actor may ask about."""
    subject_for(actor, person.uuid, on=on)
    found = copies_of(person).filter(pk=copy_id).first()
    if found is None:
        raise NotFound
    return found


def write_copy(person: Person, target: IO[bytes], *, on: date) -> None:
    """Everything, without the limits of the page. Numbers stay masked: a lost file must not give them away."""
    groups = held_about(person, on=on)
    looks = who_looked(person)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        page = {"person": person, "groups": groups, "looks": looks, "day": on}
        archive.writestr("index.html", render_to_string(READABLE, page))
        for group in groups:
            archive.writestr(f"json/{group.holding.key}.json", _json(_holding(group)))
        archive.writestr("json/looks.json", _json([_look(look) for look in looks]))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _holding(group: Held) -> dict[str, object]:
    return {
        "key": group.holding.key,
        "title": str(group.holding.title),
        "facts": [_fact(fact) for fact in group.facts],
    }


def _fact(fact: Fact) -> dict[str, object]:
    return {
        "label": fact.label,
        "value": fact.exact or fact.value,
        "source": str(fact.source.title),
        "since": fact.since.isoformat() if fact.since else None,
        "note": fact.note,
        "is_masked": fact.is_masked,
    }


def _look(look: SeenLook) -> dict[str, object]:
    return {**asdict(look), "at": look.at.isoformat()}
