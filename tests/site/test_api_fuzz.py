"""Every operation of the API with input made from its own description: no failure of ours, answers as described."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from heluo.kernel.access.public import issue_token
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.people.models import Account
from heluo.site.api import API, PREFIX
from heluo.site.wsgi import application
from tests.accounts import MakeAccount

EXAMPLES = 12
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
pytestmark = pytest.mark.slow

OPERATIONS = sorted(
    (method, path.replace("uuidstr:", ""))
    for path, _view, operation in API.operations()
    for method in operation.methods
)


def token_of(account: Account) -> str:
    return issue_token(
        by=platform_actor("fuzz", ()),
        account=account,
        label="fuzz",
        lifetime=timedelta(hours=1),
        now=datetime.now(UTC),
    ).secret


@pytest.fixture
def headers_as(_one_connection: None, make_account: MakeAccount) -> dict[str, dict[str, str]]:
    """The headers of each kind of caller."""
    return {"nobody": {}} | {
        role.value: {"Authorization": f"Bearer {token_of(make_account(role.value, role))}"}
        for role in (Role.TEACHER, Role.OPERATOR)
    }


@pytest.fixture
def operations(db: None, _one_connection: None) -> dict[tuple[str, str], APIOperation]:
    schema = schemathesis.openapi.from_wsgi(f"/{PREFIX}openapi.json", application)
    return {(found.ok().method.upper(), found.ok().path): found.ok() for found in _all(schema)}


def _all(schema: schemathesis.BaseSchema) -> Iterator[object]:
    yield from schema.get_all_operations()


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests through WSGI share the test's connection, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _knock_as_often_as_you_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.kernel.access.middleware.KNOCKS_PER_MINUTE", 1_000_000)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("caller", ["nobody", "teacher", "operator"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_bears_whatever_comes(  # noqa: PLR0917  # pytest gives them by name
    operations: dict[tuple[str, str], APIOperation],
    headers_as: dict[str, dict[str, str]],
    method: str,
    path: str,
    caller: str,
    mode: GenerationMode,
) -> None:
    operation = operations[method, path]

    @effort(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def bears(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers_as[caller], checks=CHECKS)

    bears()
