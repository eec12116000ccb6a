"""The house of the resource centre, whose resources show packages."""

from tests.domains.resources.conftest import _own_data_folder, house

__all__ = ["_own_data_folder", "house"]
