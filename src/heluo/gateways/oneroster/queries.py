"""Reads of the register as a client sees it: what lies below its organisation, and nothing else."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from heluo.gateways.oneroster.access import Permission
from heluo.gateways.oneroster.errors import UnknownObject
from heluo.gateways.oneroster.models import Export, RosterClient
from heluo.gateways.oneroster.selection import Selection
from heluo.gateways.oneroster.tables import SESSIONS, Part, Table
from heluo.gateways.oneroster.tables.keys import session_id
from heluo.gateways.oneroster.tables.people import EXTENSION, ROLES
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, paths_for, within
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.codes.public import code_set
from heluo.kernel.organisations.models import Organisation, TermPlan
from heluo.kernel.people.models import ClassMembership, Guardianship, Post, in_period

Row = Mapping[str, Any]
WHOLE = Part()

SETTLED = """
    SELECT coalesce(min(xact_start), clock_timestamp()) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class View:
    """From where, and on which day, the register is looked at."""

    path: str
    """Of the organisation; the view ends below it."""
    today: date

    @property
    def year(self) -> int:
        return SchoolYear.on(self.today).starts

    @property
    def kept_from(self) -> date:
        """What ended before this day is told no more: the first day of the school year before this one."""
        return SchoolYear(self.year - 1).first_day

    def values(self) -> dict[str, Any]:
        return {
            "scope": f"{self.path}%",
            "top": self.path,
            "today": self.today,
            "kept_from": self.kept_from,
            "year": self.year,
            "subjects": code_set("subject", on=self.today).pk,
        }


def view_of(client: RosterClient, *, at: datetime) -> View:
    return View(path=client.organisation.path, today=local_day(at))


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a collection, how many there are, and whether some follow these."""

    rows: list[Row]
    total: int
    has_next: bool


def page_of(view: View, table: Table, part: Part, selection: Selection) -> Page:
    """One page of a part of a table.

    What is asked for by its change ends at the start of the oldest transaction that still writes: what such a one
    changed carries an earlier stamp than the moment it is seen, and would be missed by the next reader.
    """
    conditions = [f"({condition})" for condition in (part.rows, selection.condition) if condition]
    values = {**view.values(), **part.values, **selection.values}
    if selection.follows_changes:
        conditions.append('"dateLastModified" < %(settled)s')
        values["settled"] = settled_until()
    total = int(_rows(_select("count(*) AS total", table, part, conditions), values)[0]["total"])
    if selection.after is not None:
        conditions.append('"sourcedId" COLLATE "C" > %(after)s')
        values["after"] = selection.after
    skip = 0 if selection.after is not None else selection.offset
    values |= {"limit": selection.limit + 1, "skip": skip}
    statement = f"{_select('*', table, part, conditions)} {_order(selection)} LIMIT %(limit)s OFFSET %(skip)s"
    rows = _rows(statement, values)
    return Page(rows=rows[: selection.limit], total=total, has_next=len(rows) > selection.limit)


def one_of(view: View, table: Table, sourced_id: str, part: Part = WHOLE) -> Row:
    """One object by its id. Raises `UnknownObject`."""
    found = table.find(sourced_id)
    if found is None:
        raise UnknownObject
    conditions = [f"({condition})" for condition in (part.rows, found.rows) if condition]
    values = {**view.values(), **part.values, **found.values}
    rows = _rows(_select("*", table, found, conditions), values)
    if not rows:
        raise UnknownObject
    return rows[0]


def each_of(view: View, table: Table, *, take: Callable[[list[Row]], None], at_once: int = 2000) -> None:
    """Every row of a table in the order of ids, some at a time, through a cursor of the server."""
    statement = f'{_select("*", table, WHOLE, [])} ORDER BY "sourcedId" COLLATE "C"'
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, view.values())
        names: list[str] = []
        while found := cursor.fetchmany(at_once):
            names = names or [column.name for column in cursor.description or ()]
            take([dict(zip(names, row, strict=True)) for row in found])


def settled_until() -> datetime:
    """Up to when everything that was stamped can be seen."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLED)
        (at,) = cursor.fetchone()
    settled: datetime = at
    return settled


def _select(what: str, table: Table, part: Part, conditions: Sequence[str]) -> str:
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {what} FROM ({table.written(part)}) AS found {where}"  # our own statements


def _order(selection: Selection) -> str:
    identity = '"sourcedId" COLLATE "C"'
    if selection.sort is None:
        return f"ORDER BY {identity}"
    column = f'({selection.sort.column}) COLLATE "C"' if selection.sort.kind == "text" else selection.sort.column
    direction = "DESC" if selection.descending else "ASC"
    return f"ORDER BY {column} {direction} NULLS LAST, {identity}"


def _rows(statement: str, values: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# -- what hangs on the rows of a page: one query each, however many rows ----------------------------------------------


def children_of_orgs(view: View, rows: Sequence[Row]) -> dict[object, list[str]]:
    """Key of an organisation → ids of those directly below it."""
    children: dict[object, list[str]] = defaultdict(list)
    below = (
        Organisation.objects.filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=view.today), parent__in=[row["_id"] for row in rows]
        )
        .order_by("uuid")
        .values_list("parent_id", "uuid")
    )
    for parent, uuid in below:
        children[parent].append(str(uuid))
    return children


def children_of_sessions(view: View, rows: Sequence[Row]) -> dict[object, list[str]]:
    """Id of a school year → ids of its terms."""
    years = [row["sourcedId"] for row in rows if row["type"] == "schoolYear"]
    terms: dict[object, list[str]] = defaultdict(list)
    if years:
        part = Part(rows="parent = ANY(%(years)s)", values={"years": years})
        statement = f'{_select("*", SESSIONS, part, [part.rows])} ORDER BY "startDate", "sourcedId"'
        for row in _rows(statement, {**view.values(), **part.values}):
            terms[row["parent"]].append(row["sourcedId"])
    return terms


def terms_of(rows: Sequence[Row]) -> dict[tuple[str, int], list[str]]:
    """Path of a school and a year → ids of the terms as they hold there: the nearest plan, else the house's own."""
    wanted = {(str(row["_path"]), int(row["_year"])) for row in rows}
    keys = {int(step) for path, _year in wanted for step in path.split(".") if step}
    plans = (
        TermPlan.objects.filter(organisation__in=keys, school_year__in={year for _path, year in wanted})
        .order_by("organisation__path")
        .values_list("organisation__path", "organisation__uuid", "school_year", "number")
    )
    planned: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for path, uuid, year, number in plans:
        planned[year, number].append((path, session_id(uuid, year, number)))
    return {
        (path, year): [
            next(
                (term for above, term in reversed(planned[year, number]) if path.startswith(above)),
                session_id(None, year, number),
            )
            for number in (1, 2)
        ]
        for path, year in wanted
    }


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role at an organisation, in the standard's words."""

    org: str
    role: str
    is_primary: bool
    begins_on: date
    ends_on: date | None


def roles_of(view: View, rows: Sequence[Row]) -> dict[object, list[HeldRole]]:
    """Key of a person → their roles in the view, oldest first; past ones only of those who hold none any more.

    The first role at an organisation is the primary one there, every other secondary.
    """
    holds = {row["_id"]: row["_holds"] for row in rows}
    posts = (
        Post.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=view.kept_from),
            person__in=list(holds),
            organisation__path__startswith=view.path,
        )
        .order_by("starts_on", "id")
        .values_list("person_id", "role", "starts_on", "ends_on", "organisation__uuid")
    )
    roles: dict[object, list[HeldRole]] = defaultdict(list)
    for person, role, starts_on, ends_on, org in posts:
        if holds[person] and ends_on is not None and ends_on < view.today:
            continue
        theirs = ROLES.get(Role(role), f"{EXTENSION}{role}")
        is_primary = all(held.org != str(org) for held in roles[person])
        roles[person].append(HeldRole(str(org), theirs, is_primary, starts_on, ends_on))
    return roles


def agents_of(view: View, rows: Sequence[Row]) -> dict[object, list[str]]:
    """Key of a person → ids of their guardians and wards, as far as these hold a post in the view themselves."""
    keys = [row["_id"] for row in rows]
    known = Post.objects.filter(in_period(view.today), organisation__path__startswith=view.path).values("person_id")
    agents: dict[object, list[str]] = defaultdict(list)
    for mine, theirs in (("child", "guardian"), ("guardian", "child")):
        found = (
            Guardianship.objects.filter(in_period(view.today), **{f"{mine}__in": keys, f"{theirs}__in": known})
            .order_by("id")
            .values_list(f"{mine}_id", f"{theirs}__uuid")
        )
        for person, uuid in found:
            agents[person].append(str(uuid))
    return agents


def classes_of_pupils(view: View, rows: Sequence[Row]) -> dict[object, tuple[str, int]]:
    """Key of a pupil → stage and entry year of the class they sit in within the view."""
    found = (
        ClassMembership.objects.filter(
            in_period(view.today), person__in=[row["_id"] for row in rows], klass__school__path__startswith=view.path
        )
        .order_by("starts_on")
        .values_list("person_id", "klass__stage", "klass__entry_year")
    )
    return {person: (stage, entry_year) for person, stage, entry_year in found}


# -- clients and exports ----------------------------------------------------------------------------------------------


def clients() -> QuerySet[RosterClient]:
    """Every client, also those revoked, with its organisation."""
    return RosterClient.objects.select_related("organisation")


def own_organisations(actor: Actor) -> list[Organisation]:
    """The outermost organisations whose register an actor may take away: those of their posts."""
    paths = paths_for(actor, Permission.EXPORT)
    return list(Organisation.objects.filter(path__in=paths).order_by("path"))


def exports_for(actor: Actor) -> QuerySet[Export]:
    """The bulk files an actor may fetch, newest first."""
    return Export.objects.filter(within(actor, Permission.EXPORT)).select_related(
        "organisation", "asked_by", "file__blob"
    )


def export_for(actor: Actor, export_id: int) -> Export:
    """One bulk file as this actor may fetch it."""
    found = exports_for(actor).filter(pk=export_id).first()
    if found is None:
        raise NotFound
    return found
