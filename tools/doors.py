"""Import contract "doors": of another domain, only the front door may be used.

A module outside a domain may import `public`, `events`, `enums` and `errors` of it and nothing else. import-linter's
own contract types cannot say "any module of A except these four, from any module not in A", so this one does.
"""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Options: `houses` (packages whose children are rooms), `doors` (module names open to others), `keys` (packages
    that may look into every room, such as the site that wires them)."""

    type_name = "doors"

    houses = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())
    keys = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        trespasses = [
            (importer, imported)
            for house in self.houses
            if house in graph.modules
            for room in sorted(graph.find_children(house))
            for imported in sorted(graph.find_descendants(room) | {room})
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not self._may_enter(importer, room, imported)
        ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def _may_enter(self, importer: str, room: str, imported: str) -> bool:
        if importer == room or importer.startswith(f"{room}."):
            return True
        if any(importer == key or importer.startswith(f"{key}.") for key in self.keys or ()):
            return True
        first_step = imported.removeprefix(room).lstrip(".").split(".")[0]
        return first_step in self.doors

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(f"{importer} looks into {imported}")
        output.print("Of another room only its doors may be imported: " + ", ".join(self.doors) + ".")
        output.print("Call its `public`, or let it announce an event and subscribe to that.")
