"""Real use begins with the bureaus; keys can be changed from the command line."""

from pathlib import Path

import pytest

from tests.site.platform import heluo


@pytest.mark.slow
def test_bureaus_are_founded_and_keys_changed_on_a_folder_without_a_demo(tmp_path: Path) -> None:
    data = tmp_path / "var"
    assert heluo(data, "migrate").returncode == 0
    first, again = heluo(data, "register", "bureaus"), heluo(data, "register", "bureaus")
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "founded: 175" in first.stdout
    assert "founded: 0" in again.stdout
    rotated = heluo(data, "register", "rotate-keys", IDENTIFIER_CIPHER="sm4-gcm")
    assert rotated.returncode == 0, rotated.stderr
    assert "key k2" in rotated.stdout
    (data / "keys" / "identifiers.json").chmod(0o644)
    refused = heluo(data, "register", "rotate-keys")
    assert refused.returncode == 1
    assert "0600" in refused.stderr
