"""Whatever is asked, the service answers in the standard's words and never fails."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heluo.gateways.oneroster.pages.service import ENDPOINTS
from heluo.gateways.oneroster.tables import Table
from tests.gateways.oneroster.conftest import Program, Register
from tests.gateways.oneroster.standard import check_collection, check_refusal, check_single

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
ODD = st.sampled_from(["", "0", "-1", "1e9", "99999999999999999999", "NaN", "٣", "'", "%", "\\", "9999-12-31", "null"])
PREDICATES = st.sampled_from(["=", "!=", ">", ">=", "<", "<=", "~", "==", ""])


def filters(table: Table) -> st.SearchStrategy[str]:
    fields = st.one_of(st.sampled_from(sorted(table.fields)), TEXTS)
    values = st.one_of(TEXTS, ODD, st.dates().map(str), st.datetimes().map(str))
    one = st.builds(lambda field, how, value: f"{field}{how}'{value}'", fields, PREDICATES, values)
    two = st.builds(lambda left, how, right: f"{left} {how} {right}", one, st.sampled_from(["AND", "OR"]), one)
    return st.one_of(one, two, TEXTS)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
def test_no_question_breaks_an_endpoint(endpoint: object, register: Register, county: Program) -> None:
    one = next(known for known in ENDPOINTS if known is endpoint)
    known_ids = st.sampled_from(
        [str(register.here.uuid), str(register.room.uuid), str(register.pupil.uuid), "2026-2027-1", "membership-1"]
    )
    paths = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=20)
    names = [step[1:-1] for step in one.address.split("/") if step.startswith("{")]
    asked = st.fixed_dictionaries(
        {},
        optional={
            "limit": st.one_of(ODD, st.integers(-5, 20000).map(str), TEXTS),
            "offset": st.one_of(ODD, st.integers(-5, 10).map(str), TEXTS),
            "sort": st.one_of(st.sampled_from(sorted(one.table.fields)), TEXTS),
            "orderBy": st.one_of(st.sampled_from(["asc", "desc"]), TEXTS),
            "filter": filters(one.table),
            "fields": st.one_of(st.lists(st.sampled_from(one.table.names)).map(",".join), TEXTS),
            "after": st.one_of(ODD, TEXTS),
        },
    )

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({name: st.one_of(known_ids, paths) for name in names}), asked)
    def ask(ids: dict[str, str], query: dict[str, str]) -> None:
        answer = county.get(one.address.format(**{name: quote(value, safe="") for name, value in ids.items()}), **query)
        assert answer.status_code in {200, 400, 404, 422}
        if answer["Content-Type"] != "application/json":
            assert answer.status_code == 404  # an address that is none of the service's
        elif answer.status_code != 200:
            check_refusal(answer.json())
        elif not query.get("fields"):
            check = check_single if one.single else check_collection
            check(answer.json(), one.table.single)

    ask()
