"""Going on where one stopped: kept for oneself, as long as there is something to go on with."""

import wave
from datetime import timedelta
from io import BytesIO
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.resources.actions import (
    keep_place,
    remove_file,
    start_new_version,
    submit_resource,
    withdraw_resource,
)
from heluo.domains.resources.actions.watching import FORGOTTEN_AFTER
from heluo.domains.resources.models import Playback, Resource
from heluo.domains.resources.queries import being_watched, places_in
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound, SignInNeeded
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.feedback.models import UseCount
from heluo.kernel.feedback.public import UseKind, roll_up_uses
from heluo.kernel.files.models import Blob, StoredFile
from tests.domains.resources.conftest import House, browser_of, make_house
from tests.factories import NOON, a_draft, a_file, a_person, a_published_resource, approved
from tests.serial import serial

MINUTE = 60_000


def a_film(owner: Actor, *, minutes: int = 10, name: str = "课.wav") -> StoredFile:
    """A recording of a second, taken to be as long as a lesson."""
    sound = BytesIO()
    with wave.open(sound, "wb") as written:
        written.setparams((1, 1, 8000, 0, "NONE", ""))
        written.writeframes(bytes([128, serial() % 256]) * 4000)
    film = a_file(owner, name=name, content=sound.getvalue())
    Blob.objects.filter(pk=film.blob_id).update(duration_ms=minutes * MINUTE)
    return film


def a_lesson(house: House, *films: StoredFile) -> tuple[Resource, StoredFile]:
    """A published resource and its first film."""
    films = films or (a_film(house.teacher),)
    resource = a_published_resource(house.teacher, house.school, house.reviewer, files=films)
    return resource, films[0]


def keep(by: Actor, resource: Resource, film: StoredFile, second: float, *, later: int = 0) -> None:
    keep_place(by=by, resource=resource.uuid, file=film.uuid, second=second, now=NOON + timedelta(minutes=later))


def begun(actor: Actor) -> list[tuple[UUID, int]]:
    return [(playback.resource.uuid, playback.position_ms) for playback in being_watched(actor)]


@pytest.mark.django_db
def test_the_last_place_is_kept_for_oneself(house: House) -> None:
    resource, film = a_lesson(house)
    keep(house.stranger, resource, film, 100)
    keep(house.stranger, resource, film, 90.5, later=1)

    assert begun(house.stranger) == [(resource.uuid, 90_500)]
    assert places_in(house.stranger, resource)[film.uuid].percent == 15
    assert begun(house.teacher) == []
    assert places_in(house.teacher, resource) == {}
    assert places_in(PUBLIC_ACTOR, resource) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("second", [0, 4.9, 570, 600, 100_000])
def test_at_the_beginning_and_at_the_end_nothing_is_kept(house: House, second: float) -> None:
    resource, film = a_lesson(house)
    keep(house.stranger, resource, film, 100)
    keep(house.stranger, resource, film, second)
    assert not Playback.objects.exists()


@pytest.mark.django_db
def test_coming_to_the_end_counts_once_a_day(house: House) -> None:
    resource, film = a_lesson(house)
    for second in (0, 100, 590, 595, 0):
        keep(house.stranger, resource, film, second)
    keep(house.teacher, resource, film, 580)
    roll_up_uses(now=NOON)
    assert UseCount.objects.get(subject=resource.uuid, use=UseKind.FINISH).count == 2


@pytest.mark.django_db
def test_what_does_not_play_or_is_not_public_is_not_there(house: House) -> None:
    resource, film = a_lesson(house)
    picture = a_published_resource(house.teacher, house.school, house.reviewer)
    draft = a_draft(house.teacher, house.school, files=[a_film(house.teacher)])
    with pytest.raises(NotFound):
        keep(house.stranger, picture, picture.published.files.get(), 100)  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        keep(house.teacher, draft.resource, draft.files.get(), 100)
    with pytest.raises(NotFound):
        keep(house.stranger, resource, draft.files.get(), 100)
    with pytest.raises(SignInNeeded):
        keep(PUBLIC_ACTOR, resource, film, 100)


@pytest.mark.django_db
def test_a_new_version_keeps_the_place_in_a_file_that_stays(house: House) -> None:
    stays, goes = a_film(house.teacher), a_film(house.teacher, name="旧.wav")
    resource, _film = a_lesson(house, stays, goes)
    keep(house.stranger, resource, stays, 100)
    keep(house.stranger, resource, goes, 200, later=1)
    assert begun(house.stranger) == [(resource.uuid, 200_000)], "of a resource, what was played last"

    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    remove_file(by=house.teacher, version=draft, file=goes, now=NOON)
    approved(submit_resource(by=house.teacher, version=draft, now=NOON), by=house.reviewer)
    assert begun(house.stranger) == [(resource.uuid, 100_000)]

    resource.refresh_from_db()
    withdraw_resource(by=house.teacher, resource=resource, reason="过时", now=NOON)
    assert begun(house.stranger) == []


@pytest.mark.django_db
def test_old_places_are_forgotten(house: House) -> None:
    old, film = a_lesson(house)
    keep(house.stranger, old, film, 100)
    new, other = a_lesson(house)
    keep_place(by=house.stranger, resource=new.uuid, file=other.uuid, second=60, now=NOON + FORGOTTEN_AFTER * 1.01)
    assert begun(house.stranger) == [(new.uuid, 60_000)]


@pytest.mark.django_db
def test_the_page_plays_on_and_is_told(house: House, client: Client) -> None:
    resource, film = a_lesson(house)
    page, told = (
        reverse("resources:detail", args=[resource.uuid]),
        reverse("resources:place", args=[resource.uuid, film.uuid]),
    )
    reader = browser_of(house.stranger)
    assert f'data-place="{told}"' in reader.get(page).text
    assert reader.post(told, {"second": "83.2"}).status_code == 204
    assert "#t=83.2" in reader.get(page).text
    assert "上次看到 1:23" in reader.get(page).text
    for wrong in ("", "nan", "-1", "1e300", "x"):
        assert reader.post(told, {"second": wrong}).status_code == 204
    assert begun(house.stranger) == [(resource.uuid, 83_200)]

    assert "data-place" not in client.get(page).text
    assert client.post(told, {"second": "100"}).status_code in {302, 401, 403}
    nowhere = reverse("resources:place", args=[resource.uuid, UUID(int=1)])
    assert reader.post(nowhere, {"second": "100"}).status_code == 404


@pytest.mark.django_db
def test_a_child_without_consent_leaves_no_trace(house: House) -> None:
    resource, film = a_lesson(house)
    child = a_person(Role.PUPIL, house.school)
    child.person.born_on = NOON.date().replace(year=NOON.year - 8)
    child.person.save(update_fields=["born_on"])
    told = reverse("resources:place", args=[resource.uuid, film.uuid])
    assert browser_of(child.actor).post(told, {"second": "100"}).status_code in {302, 403}
    assert not Playback.objects.exists()


@pytest.mark.django_db
def test_pupils_and_teachers_go_on_from_the_workbench(house: House) -> None:
    resource, film = a_lesson(house)
    pupil = a_person(Role.PUPIL, house.school)
    assert "继续观看" not in browser_of(pupil.actor).get("/workbench/").text
    for actor in (pupil.actor, house.stranger):
        keep(actor, resource, film, 90)
        html = browser_of(actor).get("/workbench/").text
        assert "继续观看" in html
        assert "看到 1:30，共 10:00" in html
        assert f"{reverse('resources:detail', args=[resource.uuid])}#file-{film.pk}" in html


@pytest.mark.django_db
def test_three_cost_as_many_queries_as_one(house: House) -> None:
    reader = browser_of(house.stranger)

    def costs() -> tuple[int, int, int]:
        resource, film = a_lesson(house, a_film(house.teacher), a_film(house.teacher))
        told = reverse("resources:place", args=[resource.uuid, film.uuid])
        counted = []
        for ask in (
            lambda: reader.post(told, {"second": "100"}),
            lambda: reader.get(reverse("resources:detail", args=[resource.uuid])),
            lambda: reader.get("/workbench/blocks/resources.watching/"),
        ):
            ask()
            with CaptureQueriesContext(connection) as seen:
                ask()
            counted.append(len(seen))
        told_cost, page_cost, block_cost = counted
        return told_cost, page_cost, block_cost

    with_one = costs()
    costs()
    told_cost, _page_cost, block_cost = costs()
    assert (told_cost, block_cost) == (with_one[0], with_one[2])


@pytest.mark.django_db(transaction=True)
def test_two_windows_may_tell_at_once() -> None:
    house = make_house()
    resource, film = a_lesson(house)
    at_once = Barrier(2)
    troubles: list[Exception] = []

    def tell(second: float) -> None:
        at_once.wait()
        try:
            keep(house.stranger, resource, film, second)
        except Exception as trouble:  # told to the test
            troubles.append(trouble)
        finally:
            connection.close()

    windows = [Thread(target=tell, args=(second,)) for second in (60, 120)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert troubles == []
    assert Playback.objects.get().position_ms in {60_000, 120_000}
