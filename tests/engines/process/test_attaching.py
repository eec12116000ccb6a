"""Files in the trail: whose they may be, who opens them, that they stay, and the pages where they are added."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.engines.process.actions.steps import MOST_FILES
from heluo.engines.process.errors import TooManyFiles
from heluo.engines.process.models import Attachment, Instance
from heluo.engines.process.public import comment_on_process, complete_item
from heluo.engines.process.queries import process_at_hand, trail_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.errors import FileInfected, FileMissing
from heluo.kernel.files.limits import UNUSED_FILE_LIFETIME
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.queries import unused_files
from tests.engines.process.conftest import Story
from tests.factories import NOON, a_bureau, a_file, a_person, a_picture
from tests.register import browser

LATER = NOON + timedelta(hours=1)


def at_check(story: Story) -> Instance:
    instance = story.start()
    return complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=NOON)


def test_files_stand_beside_a_comment_and_a_step(story: Story) -> None:
    instance = story.start()
    first, second = a_file(story.author.actor, name="说明.png"), a_file(story.reviewer.actor, name="意见.png")
    item = story.item(instance, "write")
    complete_item(by=story.author.actor, item=item, answers={}, files=[first.uuid, first.uuid], now=NOON)
    comment_on_process(by=story.reviewer.actor, instance=instance, text="见附件", files=[second.uuid], now=LATER)
    assert [step.files for step in trail_of(instance)] == [[], [first], [second]]


def test_each_refusal_leaves_the_trail_as_it_was(story: Story) -> None:
    instance = at_check(story)
    item, theirs = story.item(instance, "check"), a_file(story.author.actor)
    infected = a_file(story.reviewer.actor, name="坏.png")
    Blob.objects.filter(pk=infected.blob_id).update(scan_state=ScanState.INFECTED)
    many = [uuid4() for _ in range(MOST_FILES + 1)]
    for files, refusal in (
        ([theirs.uuid], FileMissing),
        ([uuid4()], FileMissing),
        ([infected.uuid], FileInfected),
        (many, TooManyFiles),
    ):
        with pytest.raises(refusal):
            comment_on_process(by=story.reviewer.actor, instance=instance, text="看", files=files, now=LATER)
        with pytest.raises(refusal):
            complete_item(by=story.reviewer.actor, item=item, answers={"outcome": "approve"}, files=files, now=LATER)
    own = a_file(story.stranger.actor)
    with pytest.raises(NotFound):
        comment_on_process(by=story.stranger.actor, instance=instance, text="看", files=[own.uuid], now=LATER)
    instance.refresh_from_db()
    assert (instance.steps, Attachment.objects.count(), story.item(instance, "check").is_open) == (2, 0, True)


def test_a_file_in_a_trail_stays(story: Story) -> None:
    instance = at_check(story)
    kept, left = a_file(story.author.actor), a_file(story.author.actor)
    comment_on_process(by=story.author.actor, instance=instance, text="见附件", files=[kept.uuid], now=LATER)
    unused = unused_files(at=NOON + UNUSED_FILE_LIFETIME + timedelta(days=365))
    assert (kept in unused, left in unused) == (False, True)
    for change in (
        lambda: Attachment.objects.update(file=left),
        lambda: Attachment.objects.all().delete(),
        lambda: StoredFile.objects.filter(pk=kept.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_who_only_repairs_reads_no_files(story: Story) -> None:
    instance = at_check(story)
    file = a_file(story.author.actor, name="隐私.png")
    comment_on_process(by=story.author.actor, instance=instance, text="见附件", files=[file.uuid], now=LATER)
    operator = a_person(Role.OPERATOR, a_bureau("410000"))
    found, in_full = process_at_hand(operator.actor, instance.uuid)
    assert [step.files for step in trail_of(found, in_full=in_full)] == [[], [], []]
    where = f"/workbench/processes/{instance.uuid}/"
    for somebody, seen in ((operator, False), (story.officer, True), (story.reviewer, True)):
        page = browser(somebody.person).get(where).content.decode()
        assert ("隐私.png" in page) == seen
        told = browser(somebody.person).get(f"/api/v1/processes/{instance.uuid}").json()["trail"][-1]["files"]
        assert [one["name"] for one in told] == (["隐私.png"] if seen else [])
    assert browser(story.stranger.person).get(where).status_code == 404


def test_a_trail_costs_the_same_however_many_files(story: Story) -> None:
    instance, counts = at_check(story), []
    for more in (1, 4):
        for _ in range(more):
            file = a_file(story.author.actor)
            comment_on_process(by=story.author.actor, instance=instance, text="见附件", files=[file.uuid], now=LATER)
        with CaptureQueriesContext(connection) as queries:
            assert [file.size for step in trail_of(instance) for file in step.files]
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_file_is_opened_only_once_it_is_scanned(story: Story) -> None:
    instance = at_check(story)
    file = a_file(story.author.actor, name="待查.png")
    Blob.objects.filter(pk=file.blob_id).update(scan_state=ScanState.PENDING)
    comment_on_process(by=story.author.actor, instance=instance, text="见附件", files=[file.uuid], now=LATER)
    where, reader = f"/workbench/processes/{instance.uuid}/", browser(story.reviewer.person)
    shown = reader.get(where).content.decode()
    assert "待查.png" in shown
    assert "现在不能打开" in shown
    assert reader.get(f"/api/v1/processes/{instance.uuid}").json()["trail"][-1]["files"][0]["url"] is None
    Blob.objects.filter(pk=file.blob_id).update(scan_state=ScanState.CLEAN)
    [told] = reader.get(f"/api/v1/processes/{instance.uuid}").json()["trail"][-1]["files"]
    assert told["url"]
    assert file.uuid.hex in told["url"]
    assert file.uuid.hex in reader.get(where).content.decode()


# -- pages ------------------------------------------------------------------------------------------------------------


def test_files_are_laid_beside_a_step_on_its_page(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    page, client = f"/workbench/items/{item.uuid}/", browser(story.reviewer.person)
    adding = f"/workbench/processes/{instance.uuid}/files/?item={item.uuid}"
    assert adding in client.get(page).content.decode()
    sent = client.post(adding, {"file": SimpleUploadedFile("核对单.png", a_picture(), "image/png")})
    assert (sent.status_code, sent["Location"]) == (302, page)
    uploaded = a_file(story.reviewer.actor, name="照片.png")
    part = client.post(adding, {"file": str(uploaded.uuid)}, headers={"HX-Request": "true", "HX-Target": "attached"})
    assert part.status_code == 200
    assert "核对单.png" in part.content.decode()
    assert "照片.png" in part.content.decode()
    refused = client.post(adding, {"file": str(uuid4())}, headers={"HX-Request": "true", "HX-Target": "attached"})
    assert "notice-danger" in refused.content.decode()
    client.post(adding, {"remove": str(uploaded.uuid)})
    assert "照片.png" not in client.get(page).content.decode()
    assert client.post(page, {"done": "1", "outcome": "maybe"}).status_code == 422
    assert "核对单.png" in client.get(page).content.decode(), "a refusal forgets no file"
    assert client.post(page, {"done": "1", "outcome": "return"}).status_code == 302
    assert [file.name for step in trail_of(instance) for file in step.files] == ["核对单.png"]
    shown = client.get(f"/workbench/processes/{instance.uuid}/").content.decode()
    assert 'name="remove"' not in shown, "it waits no longer"


def test_files_are_laid_beside_a_comment(story: Story) -> None:
    instance = at_check(story)
    where, client = f"/workbench/processes/{instance.uuid}/", browser(story.author.person)
    sent = client.post(f"{where}files/", {"file": SimpleUploadedFile("补充.png", a_picture(), "image/png")})
    assert (sent.status_code, sent["Location"]) == (302, where)
    assert client.post(where, {"say": "1", "text": "补充材料"}).status_code == 302
    assert [file.name for file in trail_of(instance)[-1].files] == ["补充.png"]


def test_a_stranger_adds_nothing(story: Story) -> None:
    where = f"/workbench/processes/{at_check(story).uuid}/files/"
    uploaded = a_file(story.stranger.actor)
    assert browser(story.stranger.person).post(where, {"file": str(uploaded.uuid)}).status_code == 404
    assert browser(story.stranger.person).get(where).status_code == 404


def test_a_program_attaches_its_uploads(story: Story) -> None:
    instance = at_check(story)
    reviewer, own, theirs = browser(story.reviewer.person), a_file(story.reviewer.actor), a_file(story.author.actor)
    where = f"/api/v1/processes/{instance.uuid}/comments"
    assert reviewer.post(where, {"text": "看", "files": [str(theirs.uuid)]}, "application/json").status_code == 404
    said = reviewer.post(where, {"text": "看", "files": [str(own.uuid)]}, "application/json").json()
    assert [(one["name"], one["media_type"]) for one in said["files"]] == [("图.png", "image/png")]
    item = story.item(instance, "check")
    body = {"answers": {"outcome": "approve"}, "files": [str(own.uuid)]}
    done = reviewer.post(f"/api/v1/work-items/{item.uuid}/completion", body, "application/json")
    assert done.json()["state"] == "done"
    assert [len(step.files) for step in trail_of(instance)] == [0, 0, 1, 1, 0]
