"""The register as the tables of OneRoster 1.2: one statement each, and the columns that filters and sorts may name."""

from heluo.gateways.oneroster.tables.classes import CLASSES, COURSES
from heluo.gateways.oneroster.tables.enrollments import ENROLLMENTS
from heluo.gateways.oneroster.tables.organisations import ORGS
from heluo.gateways.oneroster.tables.people import DEMOGRAPHICS, USERS
from heluo.gateways.oneroster.tables.sessions import SESSIONS
from heluo.gateways.oneroster.tables.table import Field, Kind, Part, Table

__all__ = [
    "CLASSES",
    "COURSES",
    "DEMOGRAPHICS",
    "ENROLLMENTS",
    "ORGS",
    "SESSIONS",
    "USERS",
    "Field",
    "Kind",
    "Part",
    "Table",
]
