"""The home-made import contract must be able to fail."""

from pathlib import Path

import grimp
import pytest

from tools.doors import DoorsContract

FILES = {
    "house/__init__.py": "",
    "house/rooms/__init__.py": "",
    "house/rooms/kitchen/__init__.py": "",
    "house/rooms/kitchen/public.py": "from house.rooms.kitchen import models",
    "house/rooms/kitchen/models.py": "",
    "house/rooms/hall/__init__.py": "",
    "house/rooms/hall/polite.py": "from house.rooms.kitchen import public",
    "house/rooms/hall/nosy.py": "from house.rooms.kitchen import models",
    "house/site/__init__.py": "",
    "house/site/wiring.py": "from house.rooms.kitchen import models",
}


def test_a_look_into_another_room_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    graph = grimp.build_graph("house", cache_dir=None)
    contract = DoorsContract(
        name="doors",
        session_options={},
        contract_options={"houses": ["house.rooms"], "doors": ["public"], "keys": ["house.site"]},
    )

    check = contract.check(graph, verbose=False)

    assert not check.kept
    assert check.metadata["trespasses"] == [("house.rooms.hall.nosy", "house.rooms.kitchen.models")]
