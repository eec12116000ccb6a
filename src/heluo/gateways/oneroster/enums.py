"""Stable codes of the standard: scopes, states, reasons."""

from enum import StrEnum

SCOPE_ROOT = "https://purl.imsglobal.org/spec/or/v1p2/scope/"


class Scope(StrEnum):
    """What a client may read (OneRoster 1.2 Rostering Service REST binding, section 2.4)."""

    ROSTER = f"{SCOPE_ROOT}roster.readonly"
    """Everything but demographics."""
    CORE = f"{SCOPE_ROOT}roster-core.readonly"
    """Whole collections and single objects, none of the nested collections."""
    DEMOGRAPHICS = f"{SCOPE_ROOT}roster-demographics.readonly"
    """Birthdays and sexes."""


class Status(StrEnum):
    """Whether an object still holds."""

    ACTIVE = "active"
    TO_BE_DELETED = "tobedeleted"


class CodeMinor(StrEnum):
    """Why a request failed, in the standard's words."""

    FILTER = "invalid_filter_field"
    SELECTION = "invalid_selection_field"
    DATA = "invaliddata"
    UNAUTHORISED = "unauthorisedrequest"
    FORBIDDEN = "forbidden"
    BUSY = "server_busy"
    UNKNOWN = "unknownobject"
