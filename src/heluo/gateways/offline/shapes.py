"""Entries as they are told on the line, in files of some hundred."""

from collections.abc import Sequence

from lxml import etree

from heluo.engines.catalogue.public import ToldLine
from heluo.gateways.oaipmh.enums import Prefix
from heluo.gateways.oaipmh.queries import words_of
from heluo.gateways.oaipmh.shapes import OAI, record


def records_of(lines: Sequence[ToldLine]) -> bytes:
    root = etree.Element(f"{{{OAI}}}ListRecords", nsmap={None: OAI})
    words = words_of(line.entry for line in lines if line.entry)
    for line in lines:
        record(root, line, Prefix.HELUO, words)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
