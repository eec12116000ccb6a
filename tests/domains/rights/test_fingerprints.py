"""Contents that look alike are found by their ISCC codes, and reviewers and authors are told."""

from hashlib import sha256
from io import BytesIO
from random import Random

import pytest
from django.urls import reverse
from iscc_lib import conformance_selftest, gen_text_code_v0
from PIL import Image, ImageFilter

from heluo.domains.resources.queries import lookalikes_of
from heluo.domains.rights.actions import fingerprint_files
from heluo.domains.rights.enums import CodeKind
from heluo.domains.rights.models import Fingerprint
from heluo.domains.rights.public import NearCopy, near_copies
from heluo.domains.rights.queries.near import FARTHEST, bands_of
from heluo.kernel.actors.public import Actor
from heluo.kernel.files.models import Blob, StoredFile
from tests.domains.resources.conftest import browser_of
from tests.domains.rights.conftest import House
from tests.factories import a_file, a_published_resource, a_submission, a_teacher, review_of

WORDS = "分数的初步认识是小学三年级数学的重要内容孩子们在分苹果折纸片的活动中体会平均分的含义".replace(" ", "")


def a_text(seed: int, length: int = 1500) -> str:
    random = Random(seed)  # noqa: S311  # for a test
    return "".join(random.choice(WORDS) + ("。" if random.random() < 0.05 else "") for _letter in range(length))


def with_text(owner: Actor, text: str, name: str = "教案.png") -> StoredFile:
    file = a_file(owner, name=name, content=a_drawing(len(text) + sum(map(ord, text[:50]))))
    Blob.objects.filter(pk=file.blob_id).update(text=text)
    return file


def a_drawing(seed: int, *, soft: bool = False, size: int = 400) -> bytes:
    random = Random(seed)  # noqa: S311  # for a test
    picture = Image.new("RGB", (16, 12))
    picture.putdata([(random.randrange(256),) * 3 for _pixel in range(16 * 12)])
    picture = picture.resize((size, size * 3 // 4), Image.Resampling.BICUBIC)
    if soft:
        picture = picture.filter(ImageFilter.GaussianBlur(1))
    kept = BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def test_the_library_makes_the_codes_of_the_standard() -> None:
    assert conformance_selftest()


def a_code(number: int, code: int, of: CodeKind = CodeKind.TEXT) -> str:
    """A code of nothing, under a SHA-256 of its own."""
    content = sha256(str(number).encode()).hexdigest()
    signed = code - 2**64 if code >= 2**63 else code
    Fingerprint.objects.create(sha256=content, of=of, iscc="", code=signed, bands=bands_of(signed))
    return content


@pytest.mark.parametrize("seed", range(20))
def test_whatever_bits_differ_the_near_is_found_and_the_far_is_not(db: None, seed: int) -> None:
    random = Random(seed)  # noqa: S311  # for a test
    code = random.getrandbits(64)
    asked = a_code(0, code)
    expected = []
    for number in range(1, 13):
        bits = random.sample(range(64), number)
        content = a_code(number, code ^ sum(1 << bit for bit in bits))
        if number <= FARTHEST:
            expected.append(NearCopy(asked, content, round(100 * (64 - number) / 64)))
    a_code(99, code, CodeKind.IMAGE)

    assert near_copies([asked]) == expected


def test_a_text_with_some_words_changed_is_near_and_another_is_not(house: House) -> None:
    text = a_text(1)
    first = with_text(house.teacher, text)
    second = with_text(house.teacher, text.replace("苹果", "西瓜") + "课后练习见附页。")
    third = with_text(house.teacher, a_text(2))
    fingerprint_files(files=[first.uuid, second.uuid, third.uuid])

    found = near_copies([first.blob.sha256])

    assert [one.near for one in found if one.near != third.blob.sha256] == [second.blob.sha256]
    assert third.blob.sha256 not in {one.near for one in found}


def test_a_text_too_short_has_no_code(house: House) -> None:
    file = with_text(house.teacher, "太短")
    fingerprint_files(files=[file.uuid])
    assert not Fingerprint.objects.filter(of=CodeKind.TEXT).exists()


def test_a_picture_kept_smaller_and_softer_is_near_and_another_is_not(house: House) -> None:
    first = a_file(house.teacher, name="图.png", content=a_drawing(1))
    second = a_file(house.teacher, name="图.png", content=a_drawing(1, soft=True, size=320))
    third = a_file(house.teacher, name="图.png", content=a_drawing(2))
    assert fingerprint_files(files=[first.uuid, second.uuid, third.uuid]) == 3
    assert fingerprint_files(files=[first.uuid]) == 0

    assert [one.near for one in near_copies([first.blob.sha256])] == [second.blob.sha256]


def test_the_code_of_a_text_is_that_of_the_library(house: House) -> None:
    file = with_text(house.teacher, a_text(3))
    fingerprint_files(files=[file.uuid])
    assert Fingerprint.objects.get(of=CodeKind.TEXT).iscc == gen_text_code_v0(a_text(3)).iscc


def test_reviewer_and_author_see_what_looks_alike(house: House) -> None:
    original = a_file(house.teacher, name="图.png", content=a_drawing(5))
    a_published_resource(house.teacher, house.school, house.reviewer, files=[original], title="春天的校园")
    colleague = a_teacher(house.school).actor
    copy = a_file(colleague, name="照片.png", content=a_drawing(5, soft=True))
    fingerprint_files(files=[original.uuid, copy.uuid])
    version = a_submission(colleague, house.school, files=[copy], title="我拍的校园")

    [alike] = lookalikes_of(version)

    assert (alike.file, alike.version.title) == ("照片.png", "春天的校园")
    page = browser_of(house.reviewer).get(reverse("process:work_item", args=[review_of(version).uuid]))
    assert "相近（相似度" in page.content.decode()


def test_ones_own_and_what_is_no_longer_public_are_not_told(house: House) -> None:
    original = a_file(house.teacher, name="图.png", content=a_drawing(6))
    a_published_resource(house.teacher, house.school, house.reviewer, files=[original], title="春天的校园")
    copy = a_file(house.teacher, name="照片.png", content=a_drawing(6, soft=True))
    fingerprint_files(files=[original.uuid, copy.uuid])
    own = a_submission(house.teacher, house.school, files=[copy], title="重新整理的校园")
    assert near_copies([copy.blob.sha256])
    assert lookalikes_of(own) == []
