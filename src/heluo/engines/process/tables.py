"""Decision tables as rows of cells: read out of a DMN file, written back into it, and tried with some values."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from lxml import etree

from heluo.engines.process.diagrams import read_xml
from heluo.engines.process.expressions import names_in

ANY = "-"
"""A cell of an input that holds for every value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a decision table."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """An input with its expression, or an output with the name of its value."""

    title: str
    name: str

    @property
    def label(self) -> str:
        """The title in the reader's language, where its app has a translation."""
        return pgettext("process", self.title)


@dataclass(frozen=True, slots=True)
class Table:
    """The one table of a DMN file."""

    key: str
    file: str
    title: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]

    @property
    def columns(self) -> list[str]:
        """What must be the same for rules of another version to fit."""
        return [column.name for column in (*self.inputs, *self.outputs)]

    @property
    def names(self) -> list[str]:
        """The values of the process that its inputs read."""
        return list(dict.fromkeys(name for column in self.inputs for name in names_in(column.name)))

    def words(self, rule: Rule) -> str:
        """A rule as a sentence."""
        asked = [
            f"{column.label} {cell}"
            for column, cell in zip(self.inputs, rule.inputs, strict=True)
            if cell not in {"", ANY}
        ]
        given = [f"{column.label} = {cell}" for column, cell in zip(self.outputs, rule.outputs, strict=True)]
        return _("如果{inputs}，则{outputs}").format(inputs="、".join(asked) or _("不论怎样"), outputs="、".join(given))


def read_table(content: bytes, file: str) -> Table:
    """The table of a DMN file that has no findings."""
    table, space = _table(read_xml(content, file))
    decision = table.getparent()
    assert decision is not None  # noqa: S101  # found by it
    inputs = [
        Column(node.get("label") or text, text)
        for node in table.iterfind("dmn:input", space)
        for text in [node.findtext("dmn:inputExpression/dmn:text", "", space).strip()]
    ]
    outputs = [
        Column(node.get("label") or name, name)
        for node in table.iterfind("dmn:output", space)
        for name in [node.get("name") or node.get("label") or ""]
    ]
    rules = [
        Rule(
            tuple(cell or ANY for cell in _cells(node, "inputEntry", space)),
            _cells(node, "outputEntry", space),
        )
        for node in table.iterfind("dmn:rule", space)
    ]
    title = decision.get("name") or decision.get("id") or file
    return Table(decision.get("id", ""), file, title, tuple(inputs), tuple(outputs), tuple(rules))


def with_rules(content: bytes, file: str, rules: Sequence[Rule]) -> bytes:
    """The file with other rules; everything else in it stays."""
    root = read_xml(content, file)
    table, space = _table(root)
    for old in table.findall("dmn:rule", space):
        table.remove(old)
    for number, rule in enumerate(rules, 1):
        node = etree.SubElement(table, _tag(space, "rule"), id=f"rule{number}")
        for kind, cells in (("inputEntry", rule.inputs), ("outputEntry", rule.outputs)):
            for place, cell in enumerate(cells, 1):
                entry = etree.SubElement(node, _tag(space, kind), id=f"rule{number}_{kind}{place}")
                etree.SubElement(entry, _tag(space, "text")).text = cell
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _table(root: etree._Element) -> tuple[etree._Element, dict[str, str]]:
    space = {"dmn": str(etree.QName(root).namespace)}
    table = root.find("dmn:decision/dmn:decisionTable", space)
    assert table is not None  # noqa: S101  # a file without findings has one
    return table, space


def _cells(rule: etree._Element, kind: str, space: dict[str, str]) -> tuple[str, ...]:
    return tuple(node.findtext("dmn:text", "", space).strip() for node in rule.iterfind(f"dmn:{kind}", space))


def _tag(space: dict[str, str], name: str) -> str:
    return f"{{{space['dmn']}}}{name}"
