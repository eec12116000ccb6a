"""Harvest with one of two clients that others wrote, Sickle or oaipmh-scythe. Run by their own environment.

Takes one JSON object on stdin (`client`, `base_url`, `verb`, `asked`: arguments in the client's own words) and prints
one: what the client understood, record by record in the order they came, and the `responseDate` of the first answer.
"""

import json
import sys
from typing import Any

from oaipmh_scythe import Scythe
from oaipmh_scythe import exceptions as of_scythe
from sickle import Sickle, oaiexceptions
from sickle.iterator import OAIItemIterator

OF_SICKLE = tuple(one for one in vars(oaiexceptions).values() if isinstance(one, type))
METHODS = {
    "Identify": "identify",
    "GetRecord": "get_record",
    "ListSets": "list_sets",
    "ListMetadataFormats": "list_metadata_formats",
    "ListIdentifiers": "list_identifiers",
    "ListRecords": "list_records",
}


class Dated(OAIItemIterator):
    """Notes when the first page was answered."""

    first = ""

    def _next_response(self) -> None:
        super()._next_response()
        Dated.first = Dated.first or self.oai_response.xml.findtext(f"{self.sickle.oai_namespace}responseDate")


def told(one: Any) -> dict[str, Any]:
    """A record, header, set, format or description as JSON."""
    header = getattr(one, "header", one if hasattr(one, "datestamp") else None)
    if header is None:
        return dict(one)
    gone = bool(header.deleted)
    return {
        "identifier": header.identifier,
        "at": header.datestamp,
        "sets": list(header.setSpecs),
        "gone": gone,
        "metadata": None if gone else getattr(one, "metadata", None),
    }


def main() -> None:
    question = json.load(sys.stdin)
    verb, asked = question["verb"], question["asked"]
    try:
        if question["client"] == "sickle":
            found = getattr(Sickle(question["base_url"], iterator=Dated), verb)(**asked)
            answer = [told(found)] if verb in {"Identify", "GetRecord"} else [told(one) for one in found]
        else:
            with Scythe(question["base_url"]) as client:
                found = getattr(client, METHODS[verb])(**asked)
                answer = [told(found)] if verb in {"Identify", "GetRecord"} else [told(one) for one in found]
    except (*OF_SICKLE, of_scythe.OAIPMHException) as refusal:
        json.dump({"refused": type(refusal).__name__}, sys.stdout)
        return
    json.dump({"told": answer, "asked_at": Dated.first}, sys.stdout)


main()
