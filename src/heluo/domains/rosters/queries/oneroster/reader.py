"""The files of a package in the order in which they explain one another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import islice

from heluo.domains.rosters.enums import Fault, RowKind
from heluo.domains.rosters.errors import TooManyRows
from heluo.domains.rosters.queries.batches import ROLES
from heluo.domains.rosters.queries.cells import PLATFORM, Setting
from heluo.domains.rosters.queries.layout import NO, YES
from heluo.domains.rosters.queries.oneroster.index import Head, Held, Index, Known, Org, Room, Seat
from heluo.domains.rosters.queries.oneroster.lines import (
    ACTIVE,
    DELETED,
    EMPTY,
    KINDS,
    SEXES,
    UUID_LENGTH,
    filled,
    identity,
    is_deleted,
    listed_in,
    name_of,
    oddity,
    placed,
    platform_number_in,
    pointing,
    points_to_wrong,
    spot_in,
    spot_of,
    uuid_of,
)
from heluo.domains.rosters.queries.package import Line, Mode, Package
from heluo.domains.rosters.queries.reads import MOST_ROWS, Oddity, Read, Spot
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.models import Person, Post, in_period
from heluo.kernel.tables.public import Cell

CHUNK = 1000
"""Users whose names are looked up at once."""


def read_package(package: Package, setting: Setting) -> Iterator[Read | Oddity]:
    """Every row that a package comes to, and what is odd about it.

    Raises the refusals of `Unreadable`.
    """
    count = 0
    for item in _Reader(package, setting).items():
        if isinstance(item, Read):
            count += 1
            if count > MOST_ROWS:
                raise TooManyRows(most=MOST_ROWS)
        yield item


class _Reader:
    def __init__(self, package: Package, setting: Setting) -> None:
        self.package = package
        self.setting = setting
        self.index = Index()
        self.codes = {place.key: code for code, place in setting.schools.items()}
        """School → the one way in which rows name it."""

    def items(self) -> Iterator[Read | Oddity]:
        yield from self.package.oddities
        for table in self.package.tables.values():
            yield from table.oddities
        if any(odd.fault == Fault.HEADER_MISSING for table in self.package.tables.values() for odd in table.oddities):
            return  # whatever pointed into that file would be wrong as well
        yield from self.read_orgs()
        yield from self.read_sessions()
        yield from self.read_courses()
        yield from self.read_classes()
        self.know_rooms()
        yield from self.read_roles()
        yield from self.read_seats()
        yield from self.read_births()
        yield from self.know_users()
        yield from self.users()
        yield from self.users_elsewhere()
        yield from self.lessons()

    # -- lines --------------------------------------------------------------------------------------------------------

    def lines(self, name: str, *, again: bool = False) -> Iterator[Line | Oddity]:
        """The lines of a file that have an id and a state; `again` without a word about the others."""
        seen: dict[str, int] = {}
        is_delta = self.package.tables[name].mode == Mode.DELTA
        for line in self.package.lines(name):
            if isinstance(line, Oddity):
                odd: Oddity | None = line
            elif not line["sourcedId"]:
                odd = oddity(line, "sourcedId", Fault.REQUIRED)
            elif line["sourcedId"] in seen:
                odd = oddity(line, "sourcedId", Fault.TWICE, sheet=line.file, row=str(seen[line["sourcedId"]]))
            elif line["status"].lower() not in ({ACTIVE, DELETED} if is_delta else {ACTIVE, DELETED, ""}):
                fault = Fault.NOT_IN_TABLE if line["status"] else Fault.REQUIRED
                odd = oddity(line, "status", fault, choices=f"{ACTIVE}、{DELETED}")
            else:
                odd = None
            if odd is None and isinstance(line, Line):
                seen[line["sourcedId"]] = line.number
                yield line
            elif odd is not None and not again:
                yield odd

    def unknown(self, line: Line, column: str, name: str) -> Oddity:
        return oddity(line, column, Fault.REFERENCE_UNKNOWN, sheet=f"{name}.csv", found=line[column][:60] or EMPTY)

    # -- places -------------------------------------------------------------------------------------------------------

    def read_orgs(self) -> Iterator[Oddity]:
        for line in self.lines("orgs"):
            if isinstance(line, Oddity):
                yield line
                continue
            if is_deleted(line):
                yield oddity(line, "status", Fault.DELETION_IGNORED, is_warning=True)
            schools = self.setting.schools
            place = schools.get(line["identifier"]) or schools.get(line["sourcedId"])
            org = None
            if place is not None:
                org = Org(line.number, self.codes[place.key], place)
            elif line["type"] == "school":
                org = Org(line.number, line["identifier"] or line["sourcedId"], None)
            self.index.orgs[line["sourcedId"]] = org

    def org(self, sourced_id: str) -> Org | None:
        """A school of the package, or of the register where the package tells only what changed. Raises `KeyError`."""
        if sourced_id not in self.index.orgs and self.package.is_delta and sourced_id in self.setting.schools:
            place = self.setting.schools[sourced_id]
            self.index.orgs[sourced_id] = Org(0, self.codes[place.key], place)
        return self.index.orgs[sourced_id]

    def read_sessions(self) -> Iterator[Oddity]:
        for line in self.lines("academicSessions"):
            if isinstance(line, Oddity):
                yield line
                continue
            days = []
            for column in ("startDate", "endDate"):
                try:
                    days.append(date.fromisoformat(line[column][:10]))
                except ValueError:
                    yield oddity(line, column, Fault.DATE_UNREADABLE)
            if len(days) == 2:
                self.index.sessions[line["sourcedId"]] = (days[0], days[1])

    def read_courses(self) -> Iterator[Oddity]:
        for line in self.lines("courses"):
            if isinstance(line, Oddity):
                yield line
            else:
                self.index.courses[line["sourcedId"]] = line

    # -- classes ------------------------------------------------------------------------------------------------------

    def read_classes(self) -> Iterator[Read | Oddity]:
        for line in self.lines("classes"):
            if isinstance(line, Oddity):
                yield line
                continue
            if is_deleted(line):
                yield oddity(line, "status", Fault.DELETION_IGNORED, kind=RowKind.KLASS, is_warning=True)
                continue
            try:
                org = self.org(line["schoolSourcedId"])
            except KeyError:
                org = None
            if org is None:
                yield self.unknown(line, "schoolSourcedId", "orgs")
                continue
            room = self.room(line, org)
            self.index.rooms[line["sourcedId"]] = room
            if room.is_homeroom:
                spots = {"grade": "grades", "number": "title"}
                yield Read(
                    RowKind.KLASS,
                    line.file,
                    line.number,
                    {"school": Cell(org.code), **filled(grade=room.grade, number=room.klass)},
                    spots={"school": spot_of(org), **{key: spot_in(line, column) for key, column in spots.items()}},
                    waived=frozenset(spots),
                    wrongs=room.wrongs,
                )
            else:
                yield from room.wrongs

    def room(self, line: Line, org: Org) -> Room:
        kind = line["classType"].lower()
        is_homeroom = kind == "homeroom"
        grade, klass = placed(line, org.place)
        wrongs = []
        if kind not in {"homeroom", "scheduled"}:
            choices = "homeroom、scheduled"
            wrongs.append(oddity(line, "classType", Fault.NOT_IN_TABLE, kind=RowKind.KLASS, choices=choices))
        elif not (grade and klass):
            fault = Fault.CLASS_UNPLACED if is_homeroom else Fault.LESSON_UNPLACED
            wrongs.append(oddity(line, "title", fault, kind=RowKind.KLASS, is_warning=not is_homeroom))
        if self.is_of_another_year(line):
            wrongs.append(
                oddity(line, "termSourcedIds", Fault.OTHER_YEAR, kind=RowKind.KLASS, year=str(self.setting.year))
            )
        subject = "" if is_homeroom else self.subject_of(line)
        return Room(line.number, org, grade, klass, is_homeroom, subject, tuple(wrongs))

    def is_of_another_year(self, line: Line) -> bool:
        """Whether all the terms of a class that the package tells of lie outside this school year."""
        spans = [self.index.sessions[term] for term in listed_in(line["termSourcedIds"]) if term in self.index.sessions]
        first, after = self.setting.year.first_day, SchoolYear(self.setting.year.starts + 1).first_day
        return bool(spans) and all(end <= first or start >= after for start, end in spans)

    def subject_of(self, line: Line) -> str:
        """The name of a lesson's subject: by code or by name, from the class or from its course."""
        names = {code: name for name, code in self.setting.subjects.items()}
        course = self.index.courses.get(line["courseSourcedId"])
        said = [one for one in (line, course) if one is not None]
        for one in said:
            for code in listed_in(one["subjectCodes"]):
                if code in names:
                    return names[code]
            for name in listed_in(one["subjects"]):
                if name in self.setting.subjects:
                    return name
        title = course["title"] if course is not None else ""
        return next((name for one in said for name in listed_in(one["subjects"])), title or line["title"])

    def know_rooms(self) -> None:
        """Classes that a package of changes points to without telling of them: those of the register, by our ids."""
        if not self.package.is_delta:
            return
        lines = (line for line in self.lines("enrollments", again=True) if isinstance(line, Line))
        missing = {line["classSourcedId"] for line in lines} - self.index.rooms.keys()
        names = {code: name for name, code in self.setting.subjects.items()}
        uuids = {sourced_id: uuid_of(sourced_id[:UUID_LENGTH]) for sourced_id in missing}
        found = Klass.objects.filter(uuid__in=[uuid for uuid in uuids.values() if uuid], school__in=self.codes)
        rooms = {klass.uuid: klass for klass in found}
        labels = {place: label for label, place in self.setting.grades.items()}
        for sourced_id, uuid in uuids.items():
            if uuid is None or (klass := rooms.get(uuid)) is None:
                continue
            code = self.codes[klass.school_id]
            label = labels.get((Stage(klass.stage), self.setting.year.starts - klass.entry_year + 1), "")
            subject = names.get(sourced_id[UUID_LENGTH + 1 :], "")
            self.index.rooms[sourced_id] = Room(
                number=0,
                org=Org(0, code, self.setting.schools[code]),
                grade=label,
                klass=str(klass.number),
                is_homeroom=len(sourced_id) == UUID_LENGTH,
                subject=subject,
            )

    # -- what people are ----------------------------------------------------------------------------------------------

    def read_roles(self) -> Iterator[Oddity]:
        told: set[str] = set()
        for line in self.lines("roles"):
            if isinstance(line, Oddity):
                yield line
            elif (kind := KINDS.get(line["role"])) is not None:
                yield from self.role(line, kind)
            elif line["role"] not in told:
                told.add(line["role"])
                yield oddity(line, "role", Fault.ROLE_IGNORED, is_warning=True, role=line["role"][:40] or EMPTY)

    def role(self, line: Line, kind: RowKind) -> Iterator[Oddity]:
        try:
            org = self.org(line["orgSourcedId"])
        except KeyError:
            yield self.unknown(line, "orgSourcedId", "orgs")
            return
        if org is None:
            yield oddity(line, "orgSourcedId", Fault.SCHOOL_MISSING, kind=kind)
            return
        days: dict[str, date] = {}
        for column in ("beginDate", "endDate"):
            try:
                if line[column]:
                    days[column] = date.fromisoformat(line[column][:10])
            except ValueError:
                yield oddity(line, column, Fault.DATE_UNREADABLE, kind=kind)
        today = self.setting.today
        ends = is_deleted(line) or days.get("endDate", date.max) <= today
        if not ends and days.get("beginDate", today) > today:
            day = days["beginDate"].isoformat()
            yield oddity(line, "beginDate", Fault.ROLE_LATER, kind=kind, is_warning=True, day=day)
        elif not ends or self.package.is_delta:
            held = Held(line["sourcedId"], line.number, kind, org, ends)
            self.index.roles[line["userSourcedId"]].append(held)

    def read_seats(self) -> Iterator[Oddity]:
        """Where pupils sit, and which lessons each teacher has in a class."""
        left: dict[str, Line] = {}
        for line in self.lines("enrollments"):
            if isinstance(line, Oddity):
                yield line
                continue
            if line["role"] not in {"student", "teacher"}:
                continue
            room = self.index.rooms.get(line["classSourcedId"])
            if not self.is_over(line):
                self.enrol(line, room)
            elif line["role"] == "student" and room is not None and room.is_homeroom:
                left[line["userSourcedId"]] = line

        for user, line in left.items() if self.package.is_delta else ():
            if user not in self.index.seats and not any(held.ends for held in self.index.roles.get(user, ())):
                yield oddity(line, "status", Fault.DELETION_IGNORED, kind=RowKind.PUPIL, is_warning=True)

    def enrol(self, line: Line, room: Room | None) -> None:
        user = line["userSourcedId"]
        if line["role"] == "student":
            self.seat(line, user, room)
        elif room is not None and room.is_homeroom:
            head = Head(line["sourcedId"], user, line["primary"].lower() == "true")
            self.index.heads[room.key].append(head)
        elif room is not None:
            self.index.lessons[*room.key, user].append(line["sourcedId"])

    def is_over(self, line: Line) -> bool:
        """Whether an enrollment is to be deleted, or has had its last day."""
        return is_deleted(line) or (line["endDate"] != "" and line["endDate"][:10] <= self.setting.today.isoformat())

    def seat(self, line: Line, user: str, room: Room | None) -> None:
        held = self.index.seats.get(user)
        if room is None:
            wrong = self.unknown(line, "classSourcedId", "classes")
            self.index.seats[user] = Seat(None, line.number, (wrong,))
        elif held is None or (held.room is not None and not held.room.is_homeroom and room.is_homeroom):
            # A lesson tells the class of a pupil only where nothing better does.
            if room.is_homeroom or not room.wrongs:
                self.index.seats[user] = Seat(room, line.number)
        elif room.is_homeroom and held.room is not None and held.room.key != room.key:
            twice = oddity(line, "classSourcedId", Fault.SEAT_TWICE, kind=RowKind.PUPIL, row=str(held.number))
            self.index.seats[user] = Seat(held.room, held.number, (twice,))

    def read_births(self) -> Iterator[Oddity]:
        for line in self.lines("demographics"):
            if isinstance(line, Oddity):
                yield line
            elif not is_deleted(line):
                if line["sex"] and line["sex"] not in SEXES:
                    yield oddity(line, "sex", Fault.NOT_IN_TABLE, choices="、".join(SEXES))
                self.index.births[line["sourcedId"]] = line

    # -- who they are -------------------------------------------------------------------------------------------------

    def know_users(self) -> Iterator[Oddity]:
        """Whom roles, lessons and wards may point to, before the first row about anybody."""
        has_password = False
        for chunk in self.user_chunks():
            registered = self.names_of(chunk)
            for line in chunk:
                if isinstance(line, Oddity):
                    yield line
                    continue
                self.know(line, registered)
                if line["password"] and not has_password:
                    has_password = True
                    yield oddity(line, "password", Fault.PASSWORD_IGNORED, is_warning=True)
        yield from self.know_others()

    def user_chunks(self, *, again: bool = False) -> Iterator[list[Line | Oddity]]:
        lines = self.lines("users", again=again)
        while chunk := list(islice(lines, CHUNK)):
            yield chunk

    def names_of(self, lines: Iterable[Line | Oddity]) -> dict[str, str]:
        """Platform number → name, of those of some users whom the schools know."""
        numbers = [platform_number_in(line) for line in lines if isinstance(line, Line)]
        found = Person.objects.filter(number__in=[one for one in numbers if one], posts__organisation__in=self.codes)
        return dict(found.values_list("number", "name"))

    def know(self, line: Line, registered: Mapping[str, str]) -> None:
        user = line["sourcedId"]
        self.index.known[user] = Known(line.file, line.number, identity(line, registered))
        agents = listed_in(line["agentSourcedIds"])
        kinds = {held.kind for held in self.index.roles.get(user, ())}
        if RowKind.GUARDIAN in kinds:
            self.index.wards[user] += agents
        if RowKind.PUPIL in kinds:
            for agent in agents:
                self.index.wards[agent].append(user)

    def know_others(self) -> Iterator[Oddity]:
        """Users that lines point to and the package does not have: of the register, where it tells only changes."""
        missing = self.index.roles.keys() - self.index.known.keys()
        if self.package.is_delta:
            lines = (line for line in self.lines("enrollments", again=True) if isinstance(line, Line))
            missing |= {line["userSourcedId"] for line in lines} - self.index.known.keys()
            uuids = [uuid for uuid in map(uuid_of, missing) if uuid is not None]
            found = Person.objects.filter(uuid__in=uuids, posts__organisation__in=self.codes).distinct()
            for uuid, number in found.values_list("uuid", "number"):
                self.index.known[str(uuid)] = Known("", 0, {PLATFORM: Cell(number)})
        for user in sorted(self.index.roles.keys() - self.index.known.keys()):
            for held in self.index.roles[user]:
                details = {"sheet": "users.csv", "found": user[:60] or EMPTY}
                yield Oddity(
                    held.kind, "roles.csv", held.number, Fault.REFERENCE_UNKNOWN, "userSourcedId", details=details
                )

    def users(self) -> Iterator[Read | Oddity]:
        for chunk in self.user_chunks(again=True):
            registered = self.names_of(chunk)
            if self.package.is_delta:
                self.know_roles(chunk)
            for line in chunk:
                if isinstance(line, Line):
                    yield from self.user(line, registered)

    def know_roles(self, lines: Iterable[Line | Oddity]) -> None:
        """What users of a package of changes are whose roles it does not repeat: what they are in the register."""
        numbers: dict[str, str] = {}
        for line in lines:
            if isinstance(line, Line) and line["sourcedId"] not in self.index.roles:
                cell = self.index.known[line["sourcedId"]].cells.get(PLATFORM)
                if cell is not None:
                    numbers[cell.text] = line["sourcedId"]
        kinds = {role: kind for kind, role in ROLES.items()}
        posts = Post.objects.filter(
            in_period(self.setting.today), person__number__in=numbers, organisation__in=self.codes, role__in=kinds
        ).values_list("person__number", "role", "organisation")
        for number, role, school in posts:
            code = self.codes[school]
            org = Org(0, code, self.setting.schools[code])
            self.index.roles[numbers[number]].append(Held(role, 0, kinds[Role(role)], org, ends=False))

    def user(self, line: Line, registered: Mapping[str, str]) -> Iterator[Read | Oddity]:
        roles = self.index.roles.get(line["sourcedId"], [])
        ends = is_deleted(line)
        if ends and not self.package.is_delta:
            return
        if not roles:
            if ends or not self.package.is_delta:
                yield oddity(line, "sourcedId", Fault.ROLE_MISSING, is_warning=not ends)
        else:
            person = self.person(line, registered)
            for held in roles:
                yield from self.rows(line, person, replace(held, ends=held.ends or ends))

    def person(self, line: Line, registered: Mapping[str, str]) -> Read:
        """What a user's line and their demographics say, for rows of any kind to take from."""
        cells = dict(self.index.known[line["sourcedId"]].cells)
        number = cells.get(PLATFORM)
        cells |= filled(name=name_of(line, registered.get(number.text) if number else None))
        spots = {
            "name": spot_in(line, "familyName"),
            "resident_id": spot_in(line, "userIds"),
            "student_number": spot_in(line, "userIds"),
            "phone": spot_in(line, "sms" if line["sms"] else "phone"),
            "child": spot_in(line, "agentSourcedIds"),
        }
        birth = self.index.births.get(line["sourcedId"])
        if birth is not None:
            cells |= filled(born_on=birth["birthDate"], sex=SEXES.get(birth["sex"], ""))
            spots |= {"born_on": spot_in(birth, "birthDate"), "sex": spot_in(birth, "sex")}
        return Read(RowKind.PUPIL, line.file, line.number, cells, spots=spots)

    def rows(self, line: Line, person: Read, held: Held) -> Iterator[Read]:
        cells = {**person.cells, "school": Cell(held.org.code)}
        spots = {**person.spots, "school": spot_of(held.org)}
        waived = frozenset({"grade", "number", "phone", "child", *(("name",) if held.ends else ())})
        wrongs: tuple[Oddity, ...] = ()
        if held.kind == RowKind.PUPIL and not held.ends:
            more, wrongs = self.seat_of(line, held)
            cells |= more
        row = Read(
            held.kind,
            line.file,
            line.number,
            cells,
            spots=spots,
            waived=waived,
            wrongs=wrongs,
            source_key=held.sourced_id[:200],
            ends=held.ends,
        )
        children = self.wards_at(line["sourcedId"], held) if held.kind == RowKind.GUARDIAN and not held.ends else []
        if not children:
            yield row
        for child in children:
            known = self.index.known[child]
            yield replace(
                row,
                cells={**cells, **pointing("child", known)},
                wrongs=self.pointing_wrong(line, "agentSourcedIds", RowKind.GUARDIAN, known),
                source_key=f"{row.source_key}/{known.number}",
            )

    def pointing_wrong(self, line: Line, column: str, kind: RowKind, known: Known) -> tuple[Oddity, ...]:
        """What is wrong with pointing to somebody who cannot be found again."""
        if known.cells:
            return ()
        return (points_to_wrong(line, column, kind, known.file, known.number),)

    def seat_of(self, line: Line, held: Held) -> tuple[dict[str, Cell], tuple[Oddity, ...]]:
        """The class of a pupil as cells, and what is wrong with it."""
        seat = self.index.seats.get(line["sourcedId"])
        if seat is None or (seat.room is not None and seat.room.org.code != held.org.code):
            if self.package.is_delta:
                return {}, ()
            return {}, (oddity(line, "sourcedId", Fault.SEAT_MISSING, kind=RowKind.PUPIL, is_warning=True),)
        if seat.room is None or seat.wrongs:
            return {}, seat.wrongs
        if seat.room.wrongs:
            return {}, (points_to_wrong(line, "sourcedId", RowKind.PUPIL, "classes.csv", seat.room.number),)
        return filled(grade=seat.room.grade, number=seat.room.klass), ()

    def wards_at(self, guardian: str, held: Held) -> list[str]:
        """The children of a guardian who are pupils where the guardian's role is, each once."""
        children = dict.fromkeys(self.index.wards.get(guardian, ()))
        return [
            child
            for child in children
            if child in self.index.known
            and any(
                role.kind == RowKind.PUPIL and role.org == held.org and not role.ends
                for role in self.index.roles.get(child, ())
            )
        ]

    def users_elsewhere(self) -> Iterator[Read]:
        """Roles of users whom a package of changes does not repeat."""
        if not self.package.is_delta:
            return
        for user, known in self.index.known.items():
            for held in self.index.roles.get(user, ()) if not known.file else ():
                line = Line("roles.csv", held.number, {"sourcedId": user})
                row = Read(held.kind, line.file, line.number, dict(known.cells))
                for read in self.rows(line, row, held):
                    yield replace(read, waived=read.waived | {"name"})

    # -- lessons ------------------------------------------------------------------------------------------------------

    def lessons(self) -> Iterator[Read | Oddity]:
        """Who leads and who teaches a class. A leader who teaches the class too is one of its lessons, marked."""
        leaders, marked = self.leaders()
        for line in self.lines("enrollments", again=True):
            if isinstance(line, Oddity) or (self.is_over(line) and not self.package.is_delta):
                continue
            known = self.index.known.get(line["userSourcedId"])
            room = self.index.rooms.get(line["classSourcedId"])
            if line["role"] not in {"student", "teacher"}:
                continue
            kind = RowKind.PUPIL if line["role"] == "student" else RowKind.TEACHING
            if known is None:
                yield replace(self.unknown(line, "userSourcedId", "users"), kind=kind)
            elif kind == RowKind.TEACHING and room is None:
                yield replace(self.unknown(line, "classSourcedId", "classes"), kind=kind)
            elif kind == RowKind.TEACHING and room is not None:
                yield from self.task(line, room, known, leaders, marked)

    def task(
        self, line: Line, room: Room, known: Known, leaders: set[str], marked: Mapping[str, str]
    ) -> Iterator[Read | Oddity]:
        enrollment = line["sourcedId"]
        if self.is_over(line) or not room.is_homeroom:
            if not room.wrongs:
                leads = YES if enrollment in marked.values() else "" if self.package.is_delta else NO
                yield self.lesson(line, room, known, leads=leads)
        elif enrollment not in leaders:
            yield oddity(line, "primary", Fault.LEADER_IGNORED, kind=RowKind.TEACHING, is_warning=True)
        elif enrollment not in marked:
            yield self.lesson(line, room, known, leads=YES)

    def leaders(self) -> tuple[set[str], dict[str, str]]:
        """The enrollments of class leaders: marked as primary, or the only one; and the lesson that stands for one."""
        leaders: set[str] = set()
        marked: dict[str, str] = {}
        for key, heads in self.index.heads.items():
            for head in [head for head in heads if head.is_primary] or (heads if len(heads) == 1 else []):
                leaders.add(head.sourced_id)
                if lessons := self.index.lessons.get((*key, head.user)):
                    own = head.sourced_id.removesuffix("-homeroom")
                    marked[head.sourced_id] = own if own in lessons else lessons[0]
        return leaders, marked

    def lesson(self, line: Line, room: Room, known: Known, *, leads: str) -> Read:
        place = spot_in(line, "classSourcedId")
        subject = Spot("classes.csv", room.number, "subjectCodes") if room.number else place
        cells = {
            **filled(grade=room.grade, number=room.klass, subject=room.subject, is_homeroom=leads),
            "school": Cell(room.org.code),
            **pointing("teacher", known),
        }
        wrongs = self.pointing_wrong(line, "userSourcedId", RowKind.TEACHING, known)
        if room.wrongs:
            wrong = points_to_wrong(line, "classSourcedId", RowKind.TEACHING, "classes.csv", room.number)
            wrongs = (*wrongs, wrong)
        return Read(
            RowKind.TEACHING,
            line.file,
            line.number,
            cells,
            spots={
                "school": spot_of(room.org) if room.org.number else place,
                "grade": place,
                "number": place,
                "subject": subject,
                "teacher": spot_in(line, "userSourcedId"),
                "is_homeroom": spot_in(line, "primary"),
            },
            waived=frozenset({"grade", "number", "teacher", "subject"} if wrongs else ()),
            wrongs=wrongs,
            ends=self.is_over(line),
        )
