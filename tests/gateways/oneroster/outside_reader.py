"""Read a register with `timeback-oneroster`, a client that others wrote. Run by the client's own environment.

Takes one JSON object on stdin (`base_url`, `client_id`, `client_secret`, `limit`, `asked`) and prints one on stdout:
`objects` of every kind as the client's models give them, `refused` what its models do not accept (then the object is
given as it came), and an answer to each question of `asked`.
"""

import asyncio
import json
import sys
from typing import Any

from pydantic import BaseModel, ValidationError
from timeback_common import APIError
from timeback_oneroster import OneRosterClient
from timeback_oneroster.lib.pagination import Paginator
from timeback_oneroster.types import AcademicSession, Class, Course, Demographics, Enrollment, Organization, User

# Where each kind stands, and under which name the standard's answers hold it. The client's own accessors for terms and
# grading periods look for `terms` and `gradingPeriods`; the standard's sets of sessions say `academicSessions`.
KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    "orgs": ("orgs", Organization),
    "schools": ("orgs", Organization),
    "academicSessions": ("academicSessions", AcademicSession),
    "terms": ("academicSessions", AcademicSession),
    "gradingPeriods": ("academicSessions", AcademicSession),
    "courses": ("courses", Course),
    "classes": ("classes", Class),
    "users": ("users", User),
    "students": ("users", User),
    "teachers": ("users", User),
    "enrollments": ("enrollments", Enrollment),
    "demographics": ("demographics", Demographics),
}


async def everything(client: OneRosterClient, limit: int) -> dict[str, Any]:
    """Every object of every kind, page by page."""
    objects: dict[str, list[Any]] = {}
    refused: dict[str, dict[str, list[str]]] = {}
    transport = client.get_transport()
    for kind, (key, model) in KINDS.items():
        told = Paginator(transport, f"{transport.paths.rostering}/{kind}", unwrap_key=key, limit=limit)
        objects[kind], refused[kind] = [], {}
        async for one in told:
            try:
                objects[kind].append(model.model_validate(one).model_dump(by_alias=True, exclude_none=True))
            except ValidationError as error:
                objects[kind].append(one)
                refused[kind][one["sourcedId"]] = [
                    ".".join(str(part) for part in problem["loc"] if not isinstance(part, int))
                    for problem in error.errors()
                ]
    return {"objects": objects, "refused": refused}


async def answer(client: OneRosterClient, question: dict[str, Any]) -> dict[str, Any]:
    """What the client's own methods make of a question: `kind` (attribute, or attribute, id and method), and how."""
    resource = getattr(client, question["kind"])
    ask = getattr(resource(question["of"]), question["part"]) if "of" in question else resource.list_all
    try:
        told = await ask(**question.get("how", {}))
    except APIError as error:
        return {"status": error.status_code, "said": error.message}
    return {"ids": [one.sourced_id for one in told]}


async def main() -> None:
    asked = json.load(sys.stdin)
    client = OneRosterClient(
        base_url=asked["base_url"],
        auth_url=f"{asked['base_url']}/identity/o/api/token",
        client_id=asked["client_id"],
        client_secret=asked["client_secret"],
    )
    async with client:
        told = await everything(client, asked["limit"]) if asked["limit"] else {}
        told["answers"] = [await answer(client, question) for question in asked["asked"]]
    json.dump(told, sys.stdout)


asyncio.run(main())
