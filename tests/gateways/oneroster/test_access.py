"""Who gets in, and what is noted of it: no token, no scope, another's register, a token that ended."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from django.test import Client

from heluo.gateways.oneroster.access import Permission
from heluo.gateways.oneroster.actions import add_client, note_reading, revoke_client
from heluo.gateways.oneroster.enums import Scope
from heluo.gateways.oneroster.errors import AlreadyRevoked, ClientNameMissing, NoScopes
from heluo.gateways.oneroster.models import Reading, RosterClient
from heluo.gateways.oneroster.pages.service import ENDPOINTS
from heluo.kernel.access.models import Knock
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import now
from tests.gateways.oneroster.conftest import (
    BASE,
    CHINESE,
    MATHS,
    OPERATOR,
    Program,
    Register,
    a_client,
    program,
    token_for,
)
from tests.gateways.oneroster.standard import check_refusal
from tests.gateways.oneroster.test_asking import minor
from tests.gateways.oneroster.test_service import ids_of
from tests.register import NOON, actor_at, browser, person

pytestmark = pytest.mark.django_db


def addresses(register: Register) -> list[str]:
    return [one.address.format(**ids_of(register), sourcedId=register.pupil.uuid) for one in ENDPOINTS]


# -- the token --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "no-such-token", "heluo_0000", "ey.ey.ey"])
def test_without_a_token_every_endpoint_is_shut(token: str, register: Register) -> None:
    for address in addresses(register):
        answer = Program(token=token).get(address)
        assert (answer.status_code, minor(answer)) == (401, "unauthorisedrequest"), address
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_signed_in_officer_is_not_a_program(register: Register) -> None:
    officer = browser(person(Role.COUNTY_OFFICER, register.county, "伊水", username="officer"))
    assert officer.get(f"{BASE}/users").status_code == 401


def test_an_expired_token_opens_nothing(register: Register, here: Program) -> None:
    assert here.get("users").status_code == 200
    Token.objects.update(expires_at=now() - timedelta(seconds=1))
    assert here.get("users").status_code == 401


def test_a_token_lasts_an_hour_and_cannot_be_renewed(register: Register) -> None:
    told = token_for(a_client(register.here)).json()  # type: ignore[attr-defined]  # of the test client
    assert (told["expires_in"], told["token_type"]) == (3600, "Bearer")
    assert "refresh_token" not in told


def test_the_secret_may_stand_in_the_body_too(register: Register) -> None:
    new = a_client(register.here)
    asked = {"grant_type": "client_credentials", "client_id": new.client.client_id, "client_secret": new.secret}
    assert Client().post("/identity/o/api/token", asked).status_code == 200
    assert Client().post("/identity/o/api/token", asked | {"client_secret": "x"}).status_code == 401


def test_a_client_gets_no_scope_it_was_not_given(register: Register) -> None:
    new = a_client(register.here, Scope.CORE)
    assert token_for(new, Scope.ROSTER).status_code == 400
    assert token_for(new, Scope.CORE).status_code == 200


def test_a_client_of_sign_in_gets_no_roster(register: Register) -> None:
    """A system that signs people in has no organisation: even with a roster scope it reads nothing."""
    outer = OAuthClient(name="x", grant_types="client_credentials")
    outer.set_scopes([Scope.ROSTER])
    outer.save(force_insert=True)
    token = Token(type=Token.Type.ACCESS_TOKEN, client=outer, expires_at=now() + timedelta(hours=1))
    token.set_value("stray")
    token.set_scopes([Scope.ROSTER])
    token.save()
    assert Program(token="stray").get("users").status_code == 401


def test_a_token_of_the_roster_opens_nothing_else(register: Register, here: Program) -> None:
    headers = {"Authorization": f"Bearer {here.token}"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert Client().get("/identity/o/api/userinfo", headers=headers).status_code in {401, 403}


# -- scopes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_opens_what_the_standard_says(scope: Scope, register: Register) -> None:
    asking = program(a_client(register.here, scope))
    for one in ENDPOINTS:
        answer = asking.get(one.address.format(**ids_of(register), sourcedId="x"))
        plural = one.address.split("/")[0]
        is_nested = "/" in one.address and not one.single
        opens = (
            plural == "demographics"
            if scope == Scope.DEMOGRAPHICS
            else plural != "demographics" and not (is_nested and scope == Scope.CORE)
        )
        assert (answer.status_code != 403) == opens, one.address
        if not opens:
            assert minor(answer) == "forbidden"


# -- another's register -----------------------------------------------------------------------------------------------


def test_other_organisations_are_not_there(register: Register, here: Program, county: Program) -> None:
    room, school = register.other_room.uuid, register.there.uuid
    theirs = [
        f"orgs/{school}",
        f"schools/{school}",
        f"orgs/{register.county.uuid}",
        f"users/{register.stranger.uuid}",
        f"students/{register.stranger.uuid}",
        f"demographics/{register.stranger.uuid}",
        f"classes/{room}",
        f"courses/{school}-homeroom",
        f"schools/{school}/classes",
        f"schools/{school}/students",
        f"schools/{school}/terms",
        f"schools/{school}/enrollments",
        f"classes/{room}/students",
        f"students/{register.stranger.uuid}/classes",
        f"courses/{school}-homeroom/classes",
        *(f"enrollments/{one}" for one in county.ids("enrollments", filter=f"school.sourcedId='{school}'")),
    ]
    for address in theirs:
        if str(register.county.uuid) not in address:
            assert county.get(address).status_code == 200, address
        answer = here.get(address)
        assert (answer.status_code, minor(answer)) == (404, "unknownobject"), address


def test_lists_end_at_the_organisation(register: Register, here: Program) -> None:
    told = "".join(
        here.get(one.address, limit=10_000).content.decode()
        for one in ENDPOINTS
        if not one.single and "{" not in one.address
    )
    for secret in (register.there.uuid, register.stranger.uuid, register.other_room.uuid, register.county.uuid):
        assert str(secret) not in told


@pytest.mark.parametrize("sourced_id", ["x", "0", "2026-2028", "2026-2027-3", "membership-99999999999999999999", "%27"])
def test_an_id_that_cannot_be_is_not_there(sourced_id: str, here: Program) -> None:
    for one in ENDPOINTS:
        if one.single:
            answer = here.get(one.address.format(sourcedId=sourced_id))
            assert (answer.status_code, minor(answer)) == (404, "unknownobject"), one.address


def test_ids_of_another_kind_are_not_there(register: Register, here: Program) -> None:
    assert here.get(f"students/{register.teacher.uuid}").status_code == 404
    assert here.get(f"teachers/{register.pupil.uuid}").status_code == 404
    assert here.get(f"classes/{register.room.uuid}-99").status_code == 404
    assert here.get(f"courses/{register.here.uuid}-99").status_code == 404
    [place] = register.pupil.class_memberships.all()
    assert here.get(f"enrollments/membership-{place.pk}-{MATHS}").status_code == 200
    assert here.get(f"enrollments/membership-{place.pk}-99").status_code == 404
    assert here.get(f"terms/{ids_of(register)['termSourcedId'][:-2]}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes(method: str, here: Program) -> None:
    answer = getattr(Client(), method)(f"{BASE}/users", headers={"Authorization": f"Bearer {here.token}"})
    check_refusal(answer.json())
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


# -- clients ----------------------------------------------------------------------------------------------------------


def test_a_client_is_added_with_a_secret_that_is_not_kept(register: Register) -> None:
    new = a_client(register.here, Scope.CORE, name="  某  平台 ")
    assert new.client.name == "某 平台"
    outer = OAuthClient.objects.get(pk=new.client.client_id)
    assert new.secret not in outer.secret
    assert outer.get_grant_types() == ["client_credentials"]
    row = AuditRow.objects.get(deed="oneroster.client_added")
    assert (row.subject_title, row.path) == ("某 平台", register.here.path)
    assert new.secret not in str(row.details)


def test_a_revoked_client_is_out_at_once(register: Register) -> None:
    new = a_client(register.here)
    asking = program(new)
    revoke_client(by=OPERATOR, client=new.client, now=now())
    assert asking.get("users").status_code == 401
    assert token_for(new).status_code == 401
    assert RosterClient.objects.get().revoked_at is not None
    with pytest.raises(AlreadyRevoked):
        revoke_client(by=OPERATOR, client=new.client, now=now())


def test_a_client_needs_a_name_and_a_scope(register: Register) -> None:
    with pytest.raises(ClientNameMissing):
        add_client(by=OPERATOR, name=" ", organisation=register.here, scopes=[Scope.CORE], now=NOON)
    with pytest.raises(ClientNameMissing):
        add_client(by=OPERATOR, name="长" * 61, organisation=register.here, scopes=[Scope.CORE], now=NOON)
    with pytest.raises(NoScopes):
        add_client(by=OPERATOR, name="x", organisation=register.here, scopes=[], now=NOON)


def test_nobody_else_adds_or_revokes(register: Register) -> None:
    client = a_client(register.here).client
    for stranger in (platform_actor("x", []), *(actor_at(role, register.county) for role in Role)):
        with pytest.raises(NotAllowed):
            add_client(by=stranger, name="x", organisation=register.here, scopes=[Scope.CORE], now=NOON)
        with pytest.raises(NotAllowed):
            revoke_client(by=stranger, client=client, now=NOON)


def test_permissions_are_named_after_the_app() -> None:
    assert all(permission.startswith("oneroster.") for permission in Permission)


# -- what is noted ----------------------------------------------------------------------------------------------------


def test_reads_are_counted_and_audited_once_an_hour(register: Register) -> None:
    new = a_client(register.here)
    asking = program(new)
    for _again in range(3):
        asking.read("users", limit=2)
    asking.read("orgs")
    counted = {reading.endpoint: (reading.requests, reading.objects_given) for reading in Reading.objects.all()}
    assert counted == {"getAllUsers": (3, 6), "getAllOrgs": (1, 1)}
    rows = AuditRow.objects.filter(deed="oneroster.register_read")
    assert sorted(row.details["endpoint"] for row in rows) == ["getAllOrgs", "getAllUsers"]
    note_reading(client=new.client, endpoint="getAllUsers", given=5, now=now() + timedelta(hours=1))
    assert rows.all().count() == 3


def test_a_refused_request_gave_nothing(register: Register, here: Program) -> None:
    here.get("users", filter="x")
    assert not Reading.objects.exists()


def test_too_many_requests_wait(register: Register, here: Program) -> None:
    here.read("orgs")
    Knock.objects.filter(caller__startswith="oneroster:").update(count=600)
    answer = here.get("orgs")
    assert (answer.status_code, minor(answer)) == (429, "server_busy")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_subject_of_the_address_is_one_of_ours(register: Register, here: Program) -> None:
    assert here.get(f"courses/{register.here.uuid}-{CHINESE}").status_code == 200
