"""A provider of OAI-PMH on this machine, over HTTP: an ordinary one, or one that answers as a hostile one would."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

OAI = "http://www.openarchives.org/OAI/2.0/"
DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
DATESTAMP = "2026-09-01T00:00:00Z"
Answer = tuple[int, dict[str, str], bytes]
NAMESPACES = {
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "lom": "http://ltsc.ieee.org/xsd/LOM",
    "heluo": "urn:heluo:entry:1",
}


def dc(title: str = "分数", **said: str | Sequence[str]) -> str:
    """Metadata as Dublin Core."""
    values = {"title": title, "creator": "李老师", "rights": "CC-BY-4.0", **said}
    elements = "".join(
        f"<dc:{name}>{escape(one)}</dc:{name}>"
        for name, ones in values.items()
        for one in ([ones] if isinstance(ones, str) else ones)
        if one
    )
    return f"<oai_dc:dc {DC}>{elements}</oai_dc:dc>"


def record(identifier: str, metadata: str | None, datestamp: str = DATESTAMP) -> str:
    """A record, or the header of a deleted one."""
    status = ' status="deleted"' if metadata is None else ""
    body = "" if metadata is None else f"<metadata>{metadata}</metadata>"
    header = f"<identifier>{identifier}</identifier><datestamp>{datestamp}</datestamp>"
    return f"<record><header{status}>{header}</header>{body}</record>"


@dataclass
class Provider:
    """What it holds and how it answers. `instead` is asked first, with the arguments and the number of the request."""

    records: list[str] = field(default_factory=list)
    domain: str = "a.example"
    name: str = "示例市平台"
    formats: Sequence[str] = ("oai_dc",)
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    moment: str = "2026-09-10T04:00:00Z"
    size: int = 100
    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    proof: Callable[[list[str]], bytes] | None = None
    """Of a provider that proves what it has told: the answer to the prefixes asked for."""
    instead: Callable[[dict[str, str], int], Answer | str | None] = lambda _asked, _number: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/oai"

    def answer(self, asked: dict[str, str]) -> Answer:
        self.asked.append(asked)
        said = self.instead(asked, len(self.asked))
        if isinstance(said, tuple):
            return said
        if said is None:
            said = {
                "Identify": self._identify,
                "ListMetadataFormats": self._formats,
                "ListRecords": self._list,
                "GetRecord": self._get,
            }[asked["verb"]](asked)
        return 200, {}, self.whole(said).encode()

    def whole(self, said: str) -> str:
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{OAI}"><responseDate>{self.moment}</responseDate>'
            f"<request>{self.url}</request>{said}</OAI-PMH>"
        )

    def page(self, records: Sequence[str], token: str = "") -> str:
        behind = f"<resumptionToken>{token}</resumptionToken>" if token else ""
        return f"<ListRecords>{''.join(records)}{behind}</ListRecords>"

    def _identify(self, _asked: dict[str, str]) -> str:
        about = (
            '<description><oai-identifier xmlns="http://www.openarchives.org/OAI/2.0/oai-identifier">'
            f"<scheme>oai</scheme><repositoryIdentifier>{self.domain}</repositoryIdentifier></oai-identifier>"
            "</description>"
        )
        proved = f'<description><proof xmlns="urn:heluo:entry:1">{self.url}/proof</proof></description>'
        return (
            f"<Identify><repositoryName>{self.name}</repositoryName><protocolVersion>2.0</protocolVersion>"
            f"<deletedRecord>persistent</deletedRecord><granularity>{self.granularity}</granularity>"
            f"{about if self.domain else ''}{proved if self.proof else ''}</Identify>"
        )

    def _formats(self, _asked: dict[str, str]) -> str:
        said = "".join(
            f"<metadataFormat><metadataPrefix>{one}</metadataPrefix><schema/>"
            f"<metadataNamespace>{NAMESPACES.get(one, one)}</metadataNamespace></metadataFormat>"
            for one in self.formats
        )
        return f"<ListMetadataFormats>{said}</ListMetadataFormats>"

    def _list(self, asked: dict[str, str]) -> str:
        start = int(asked.get("resumptionToken", "0"))
        some = self.records[start : start + self.size]
        if not some:
            return '<error code="noRecordsMatch"/>'
        behind = start + self.size
        return self.page(some, str(behind) if behind < len(self.records) else "")

    def _get(self, asked: dict[str, str]) -> str:
        found = [one for one in self.records if f"<identifier>{asked['identifier']}</identifier>" in one]
        return f"<GetRecord>{found[0]}</GetRecord>" if found else '<error code="idDoesNotExist"/>'

    def lists(self) -> list[dict[str, str]]:
        return [asked for asked in self.asked if asked["verb"] == "ListRecords"]


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlsplit(self.path)
            asked = parse_qsl(where.query)
            if where.path.endswith("/proof") and provider.proof is not None:
                status, headers = 200, {}
                body = provider.proof([value for name, value in asked if name == "prefix"])
            else:
                status, headers, body = provider.answer(dict(asked))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield provider
        finally:
            server.shutdown()
