"""What a request asks: its verb, its arguments, and which part of a list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import QueryDict

from heluo.engines.catalogue.public import is_set_name
from heluo.gateways.oaipmh.enums import Prefix, Verb
from heluo.gateways.oaipmh.errors import BadArgument, BadToken, BadVerb, UnknownFormat, UnknownIdentifier

TOKEN = "resumptionToken"  # noqa: S105  # the name of an argument
REQUIRED: Mapping[Verb, frozenset[str]] = {
    Verb.IDENTIFY: frozenset(),
    Verb.FORMATS: frozenset(),
    Verb.SETS: frozenset(),
    Verb.RECORD: frozenset({"identifier", "metadataPrefix"}),
    Verb.IDENTIFIERS: frozenset({"metadataPrefix"}),
    Verb.RECORDS: frozenset({"metadataPrefix"}),
}
OPTIONAL: Mapping[Verb, frozenset[str]] = {
    Verb.IDENTIFY: frozenset(),
    Verb.FORMATS: frozenset({"identifier"}),
    Verb.SETS: frozenset(),
    Verb.RECORD: frozenset(),
    Verb.IDENTIFIERS: frozenset({"from", "until", "set"}),
    Verb.RECORDS: frozenset({"from", "until", "set"}),
}
LISTS = frozenset({Verb.SETS, Verb.IDENTIFIERS, Verb.RECORDS})
"""Verbs whose answers come in pages; then a token takes the place of all other arguments."""
PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:([A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
OURS = re.compile(r"oai:(?P<origin>[^:]+):(?P<uuid>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
DAY, SECOND = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"
WRITTEN = {
    DAY: re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    SECOND: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII),
}
STEP = {DAY: timedelta(days=1), SECOND: timedelta(seconds=1)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A verb with its arguments, each known to the verb and given once."""

    verb: Verb
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list: of which set and time, and what of it was given already."""

    prefix: str
    within: str = ""
    since: datetime | None = None
    before: datetime | None = None
    after: int = 0
    given: int = 0


def read_request(query: QueryDict) -> Asked:
    """Verb and arguments of a request. Raises `BadVerb`, `BadArgument`."""
    verbs = query.getlist("verb")
    if len(verbs) != 1 or verbs[0] not in set(Verb):
        raise BadVerb
    verb = Verb(verbs[0])
    names = set(query) - {"verb"}
    if repeated := sorted(name for name in names if len(query.getlist(name)) > 1):
        raise BadArgument(problem=f"Given more than once: {', '.join(repeated)}.")
    if verb in LISTS and TOKEN in names:
        required, allowed = frozenset({TOKEN}), frozenset({TOKEN})
    else:
        required, allowed = REQUIRED[verb], REQUIRED[verb] | OPTIONAL[verb]
    if names - allowed:
        raise BadArgument(problem=f"{verb} takes here: {', '.join(sorted(allowed)) or 'no arguments'}.")
    if missing := sorted(required - names):
        raise BadArgument(problem=f"Missing: {', '.join(missing)}.")
    arguments = {name: str(query[name]) for name in sorted(names)}
    _check_prefix(arguments.get("metadataPrefix"))
    return Asked(verb, arguments)


def _check_prefix(prefix: str | None) -> None:
    if prefix is not None and not PREFIX.fullmatch(prefix):
        raise BadArgument(problem="metadataPrefix holds characters that no prefix has.")


def known_prefix(text: str) -> Prefix:
    """One of our formats. Raises `UnknownFormat`."""
    if text not in set(Prefix):
        raise UnknownFormat
    return Prefix(text)


def oai_identifier(origin: str, identifier: UUID) -> str:
    """An identifier as the protocol has it (guidelines for `oai-identifier`). The node that published a thing first is
    in it wherever it is told, so that whoever hears of it twice knows it again.
    """
    return f"oai:{origin}:{identifier}"


def read_identifier(text: str) -> tuple[str, UUID]:
    """Origin and identifier. Raises `BadArgument` for what is no URI, `UnknownIdentifier` for what is none of ours."""
    if not URI.fullmatch(text):
        raise BadArgument(problem="identifier is not a URI.")
    named = OURS.fullmatch(text)
    if named is None:
        raise UnknownIdentifier
    return named["origin"], UUID(named["uuid"])


def read_part(asked: Asked) -> Part:
    """Which part of a list of records is asked for. Raises `BadToken`, `BadArgument`, `UnknownFormat`."""
    if TOKEN in asked.arguments:
        return _resumed(asked)
    within = asked.arguments.get("set", "")
    if "set" in asked.arguments and not is_set_name(within):
        raise BadArgument(problem="set is not a setSpec.")
    since, before = _times(asked.arguments.get("from"), asked.arguments.get("until"))
    return Part(prefix=known_prefix(asked.arguments["metadataPrefix"]), within=within, since=since, before=before)


def _times(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """The first moment, and the first one behind the last. Both ends are inclusive in the protocol."""
    first, last = _instant("from", since), _instant("until", until)
    if first and last and first[1] != last[1]:
        raise BadArgument(problem="from and until must be of the same granularity.")
    if first and last and first[0] > last[0]:
        raise BadArgument(problem="from is later than until.")
    try:
        return first[0] if first else None, last[0] + STEP[last[1]] if last else None
    except OverflowError:
        return first[0] if first else None, None  # the last day there is


def _instant(name: str, text: str | None) -> tuple[datetime, str] | None:
    if text is None:
        return None
    for granularity, shape in WRITTEN.items():
        if shape.fullmatch(text):
            try:
                return datetime.strptime(text, granularity).replace(tzinfo=UTC), granularity
            except ValueError:
                break
    raise BadArgument(problem=f"{name} must be a date, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")


def token_behind(verb: Verb, part: Part, *, after: int, given: int) -> str:
    """A token with which to read on behind a line. It holds all there is to know, so it never runs out."""
    before = part.before.isoformat() if part.before else None
    return _signer(verb).sign_object([part.prefix, part.within, before, after, given])


def _resumed(asked: Asked) -> Part:
    prefix, within, before, after, given = _read_token(asked, parts=5)
    until = datetime.fromisoformat(before) if before else None
    return Part(prefix=prefix, within=within, before=until, after=after, given=given)


def token_behind_set(name: str, *, given: int) -> str:
    return _signer(Verb.SETS).sign_object([name, given])


def read_set_token(asked: Asked) -> tuple[str, int]:
    """The set behind which to read on, and how many were given. Raises `BadToken`."""
    if TOKEN not in asked.arguments:
        return "", 0
    name, given = _read_token(asked, parts=2)
    return name, given


def _signer(verb: Verb) -> Signer:
    return Signer(salt=f"heluo.gateways.oaipmh.{verb}")


def _read_token(asked: Asked, *, parts: int) -> Any:
    """What a token holds. One of an earlier edition of this gateway may hold something else: it is ours no more."""
    try:
        held = _signer(asked.verb).unsign_object(asked.arguments[TOKEN])
    except (BadSignature, ValueError):
        raise BadToken from None
    if len(held) != parts:
        raise BadToken
    return held
