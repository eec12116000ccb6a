"""The generated reference can be written, whatever the code has come to hold."""

from pathlib import Path

import pytest

from heluo.kernel.actors.public import house_apps
from tools import reference


def test_the_reference_is_written_from_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "OUTPUT", tmp_path)
    reference.main()
    told = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(told) == {"roles.md", "events.md", "deeds.md", "settings.md", "addresses.md", "openapi.json"}
    assert "| resources.resource_published |" in told["events.md"]
    assert "ResourcePublished(" not in told["events.md"], "a signature is no meaning"
    assert all(config.label in told["deeds.md"] for config in house_apps() if config.manifest.deeds)
