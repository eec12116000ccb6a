"""A resource of another platform: its files are shown where they are here, and can be brought here."""

from io import BytesIO
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from heluo.domains.resources.queries import openable_copies
from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import Entry
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.transfers.models import Copy
from heluo.kernel.transfers.public import copies_of, keep_copy
from tests.domains.allocations.conftest import HUB, World, _own_data_folder, world
from tests.domains.resources.conftest import browser_of
from tests.factories import NOON
from tests.kernel.transfers.conftest import FETCHER, TEXT, hashed

__all__ = ["_own_data_folder", "world"]
pytestmark = pytest.mark.django_db
SHA256 = hashed(TEXT)


@pytest.fixture
def resource(world: World) -> UUID:
    [identifier] = world.entries(1, origin=HUB)
    file = {"name": "教案.txt", "sha256": SHA256, "size": len(TEXT), "type": "text/plain"}
    Entry.objects.filter(uuid=identifier).update(payload={"files": [file], "platform": "省平台"})
    return identifier


def page(resource: UUID, behind: str = "") -> str:
    return reverse("resources:detail", args=[resource]) + behind


def test_an_officer_has_the_files_brought_here(world: World, resource: UUID, client: Client) -> None:
    world.hub()
    officer = browser_of(world.officer)
    assert "取到本平台" in officer.get(page(resource)).content.decode()
    visitor = client.get(page(resource)).content.decode()
    assert "还在来源平台上的文件" in visitor
    assert "取到本平台" not in visitor
    assert officer.get(page(resource, "fetch/")).status_code == 302
    assert not Copy.objects.exists()
    officer.post(page(resource, "fetch/"))
    assert Copy.objects.get().node == HUB
    assert "等待取回" in client.get(page(resource)).content.decode()


def test_who_may_not_fetch_is_refused(world: World, resource: UUID, client: Client) -> None:
    assert browser_of(world.teacher).post(page(resource, "fetch/")).status_code in {403, 404}
    assert client.post(page(resource, "fetch/")).status_code in {302, 403}
    assert not Copy.objects.exists()
    Entry.objects.update(visibility=Visibility.TREE)
    assert browser_of(world.county).post(page(UUID(int=99), "fetch/")).status_code == 404


def test_files_that_are_here_are_shown_and_downloaded_like_own_ones(resource: UUID, client: Client) -> None:
    keep_copy(by=FETCHER, sha256=SHA256, name="教案.txt", content=BytesIO(TEXT), now=NOON)
    file = copies_of([SHA256])[SHA256]
    shown = client.get(page(resource)).content.decode()
    download = reverse("resources:download", args=[resource, file.uuid])
    assert download in shown
    assert "还在来源平台上的文件" not in shown
    assert client.post(download).status_code == 302
    assert client.get(reverse("resources:download", args=[resource, UUID(int=5)])).status_code == 404
    assert list(openable_copies(PUBLIC_ACTOR, [file.uuid, UUID(int=5)])) == [file.uuid]


def test_a_file_is_not_there_for_whoever_does_not_see_its_resource(resource: UUID, client: Client) -> None:
    keep_copy(by=FETCHER, sha256=SHA256, name="教案.txt", content=BytesIO(TEXT), now=NOON)
    file = copies_of([SHA256])[SHA256]
    Entry.objects.update(visibility=Visibility.SIGNED_IN)
    assert client.get(page(resource)).status_code == 404
    assert client.post(reverse("resources:download", args=[resource, file.uuid])).status_code == 404
    assert openable_copies(PUBLIC_ACTOR, [file.uuid]) == {}
