"""A hub and a box that no line joins: what they have to say goes there and back in a folder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import REPOSITORY
from tests.site.platform import Platform, heluo, variables

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]
NAMES = {
    "hub": {"NODE": "hub.example", "NODE_NAME": "河南省"},
    "box": {"NODE": "box.example", "NODE_NAME": "示例教学点", "NODE_TIER": "school"},
}
PUBLISH = """
import io, hashlib, sys, uuid
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand
with platform_at_hand(read_environment(), lambda text: None):
    from heluo.engines.catalogue.access import Permission
    from heluo.engines.catalogue.public import EntryDraft, publish_entries, tell_public
    from heluo.kernel.actors.public import platform_actor
    from heluo.kernel.clock.public import now
    from heluo.kernel.events.public import advance_horizon
    from heluo.kernel.files.access import Permission as Files
    from heluo.kernel.files.public import store_file
    from heluo.kernel.organisations.models import Organisation
    by = platform_actor("test", [*Permission, Files.UPLOAD])
    content = (sys.argv[1] * 4000).encode()
    file = store_file(by=by, name="教案.txt", content=io.BytesIO(content), now=now())
    draft = EntryDraft(kind="resource", title=sys.argv[1], organisation_id=Organisation.objects.get(parent=None).pk,
        licence="CC-BY-4.0", creator_name="示例教师", facets={"subject": ["14"]},
        payload={"version": 1, "files": [{"file": str(file.uuid), "name": "教案.txt", "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(), "type": "text/plain"}]})
    publish_entries(by=by, drafts={uuid.uuid4(): draft}, now=now())
    for turn in range(2):
        advance_horizon()
    tell_public()
"""
SHOWN = """
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand
with platform_at_hand(read_environment(), lambda text: None):
    from heluo.engines.catalogue.models import Entry
    from heluo.kernel.transfers.models import Copy
    for entry in Entry.objects.order_by("title"):
        print(entry.title, entry.origin, Copy.objects.filter(sha256=entry.contents[0].sha256).count())
"""


def heluo_at(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return heluo(data, *arguments, port=8000, timeout=180, **NAMES[data.name])


def said(data: Path, *arguments: str) -> str:
    told = heluo_at(data, *arguments)
    assert told.returncode == 0, told.stderr
    return told.stdout


def ran(data: Path, script: str, *arguments: str) -> str:
    told = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=REPOSITORY,
        env=variables(data, 8000, **NAMES[data.name]),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def written(data: Path, stick: Path, *options: str) -> Path:
    return Path(said(data, "package", "export", str(stick), "--part-size", "64K", *options).splitlines()[0])


def key_of(data: Path) -> str:
    told = said(data, "package", "fingerprint")
    found = re.fullmatch(r"(\S+)  (.+)\n", told)
    assert found is not None, told
    return found.group(2)


def test_what_the_hub_has_goes_to_the_box_and_what_the_box_made_comes_back(tmp_path: Path) -> None:
    """Commands alone: neither platform runs, and none could ask the other."""
    hub, box, stick = tmp_path / "hub", tmp_path / "box", tmp_path / "stick"
    for node in (hub, box):
        Platform(node, None, **NAMES[node.name]).wait_until_ready().stop()  # so that there is a database
        said(node, "register", "bureaus")
    ran(hub, PUBLISH, "小数乘整数")
    there = written(hub, stick, "--set", "subject:14")
    assert "+1" in said(box, "package", "import", str(there), "--trust", key_of(hub))
    assert ran(box, SHOWN) == "小数乘整数 hub.example 1\n"
    ran(box, PUBLISH, "村里的小数")
    back = written(box, stick, "--own", "--to", "hub.example")
    assert "+1" in said(hub, "package", "import", str(back), "--trust", key_of(box))
    assert ran(hub, SHOWN) == "小数乘整数 hub.example 0\n村里的小数 box.example 1\n"
    first = written(hub, stick, "--everything", "--to", "box.example")
    said(box, "package", "import", str(first))
    said(hub, "package", "import", str(written(box, stick, "--own", "--to", "hub.example")))
    assert "✓" in said(hub, "package", "list"), "the box told that it has the package"
    second = written(hub, stick, "--everything", "--to", "box.example", "--since-last")
    assert (second / "part-0001.bin").stat().st_size < (first / "part-0001.bin").stat().st_size
    refused = heluo_at(box, "package", "import", str(there))
    assert refused.returncode == 1
    assert "newer package" in refused.stderr
