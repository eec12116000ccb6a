"""The repository keeps its own promises."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from heluo.kernel.actors.public import house_apps

REPOSITORY = Path(__file__).resolve().parents[2]
README_LINES = 25


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    return [REPOSITORY / name for name in listed.split("\0") if name]


def test_every_dependency_says_why_it_is_here() -> None:
    written = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    wanted = [*written["project"]["dependencies"], *written["dependency-groups"]["node"]]
    names = {re.match(r"[A-Za-z0-9-]+", requirement)[0].lower() for requirement in wanted}  # type: ignore[index]
    documented = set(re.findall(r"^\| ([a-z0-9-]+) \|", (REPOSITORY / "docs/dependencies.md").read_text(), re.M))
    assert names == documented - {"package"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_carry_hashes_and_no_addresses(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    assert "http" not in re.sub(r"^ *#.*$|^[a-z0-9-]*http[a-z0-9-]*==.*$", "", text, flags=re.M)
    assert "--index-url" not in text
    assert "--find-links" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
        if not block.startswith(("#", " ")):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_every_app_tells_what_it_owns_in_a_page() -> None:
    for config in house_apps():
        readme = Path(config.path) / "README.md"
        assert readme.exists(), f"{config.name} has no README.md"
        assert len(readme.read_text().splitlines()) <= README_LINES, f"{config.name}: README.md is no longer a page"


def test_no_junk_drawer() -> None:
    forbidden = {"utils", "common", "core", "helpers", "misc"}
    found = [path for path in tracked("src", "tests", "tools", "benchmarks") if forbidden & {path.stem, *path.parts}]
    assert not found


def test_no_generated_file_is_tracked() -> None:
    assert not tracked("*.mo", "*.pyc", "src/heluo/site/built/*", "node_modules/*")


def test_links_between_documents_lead_somewhere() -> None:
    links = [
        (page, target)
        for page in tracked("*.md")
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        if "://" not in target and not target.startswith("mailto:")
    ]
    broken = [
        f"{page.relative_to(REPOSITORY)} -> {target}" for page, target in links if not (page.parent / target).exists()
    ]
    assert not broken
