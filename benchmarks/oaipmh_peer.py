"""The peer: an OAI-PMH provider of a page, its records in memory, its tokens offsets. `benchmarks/oaipmh.py` serves it.

Same records, same fields of Dublin Core, same server. No database, no sets, no deletions, nothing checked.
"""

import os
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qs
from uuid import UUID
from xml.sax.saxutils import escape

from benchmarks.search import titles

PAGE = 100
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-28T00:00:00Z</responseDate>
<request verb="ListRecords">http://localhost/oai</request><ListRecords>{records}{token}</ListRecords></OAI-PMH>"""
RECORD = """<record><header><identifier>oai:peer.example:{uuid}</identifier><datestamp>2026-11-28T00:00:00Z</datestamp>
<setSpec>stage:{stage}</setSpec><setSpec>subject:{subject}</setSpec></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator><dc:subject>{stage}</dc:subject>
<dc:description>{description}</dc:description><dc:publisher>示例教学点</dc:publisher>
<dc:date>2026-11-28</dc:date><dc:identifier>http://localhost/resources/{uuid}/</dc:identifier>
<dc:identifier>oai:peer.example:{uuid}</dc:identifier><dc:language>zh-CN</dc:language>
<dc:rights>署名 CC BY 4.0</dc:rights><dc:rights>https://creativecommons.org/licenses/by/4.0/</dc:rights>
</oai_dc:dc></metadata></record>"""


@cache
def records() -> list[dict[str, str]]:
    made = titles(int(os.environ["PEER_SEED"]), int(os.environ["PEER_ENTRIES"]))
    return [
        {
            "uuid": str(UUID(int=serial)),
            "title": title,
            "description": description,
            "creator": creator,
            "stage": facets["stage"][0],
            "subject": facets["subject"][0],
        }
        for serial, (title, description, facets, creator) in enumerate(made, start=1)
    ]


def application(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
    asked = parse_qs(environ["QUERY_STRING"])
    after = int(asked["resumptionToken"][0]) if "resumptionToken" in asked else 0
    page = records()[after : after + PAGE]
    token = f"<resumptionToken>{after + PAGE if after + PAGE < len(records()) else ''}</resumptionToken>"
    told = "".join(RECORD.format(**{name: escape(text) for name, text in one.items()}) for one in page)
    start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
    return [ENVELOPE.format(records=told, token=token).encode()]
