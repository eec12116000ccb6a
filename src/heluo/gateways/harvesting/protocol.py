"""Asking a provider of OAI-PMH 2.0, and reading what it answers: never more than it may say, never what it tells a
parser to do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from lxml import etree
from pydantic import BaseModel, Field, ValidationError

from heluo.gateways.harvesting.enums import Granularity, Prefix, Trouble
from heluo.gateways.harvesting.errors import SourceTroubled, TokenExpired
from heluo.gateways.harvesting.metadata import HELUO
from heluo.kernel.outward.public import Answer, Unreachable, ask

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
SECOND, DAY = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"
PURPOSE = "OAI-PMH harvest"
LARGEST_PAGE = 32 * 1024 * 1024
SECONDS = 60.0
SOONEST, LATEST = 1, 24 * 3600
"""Bounds of what `Retry-After` may ask for."""
LONGEST_TOKEN = 8000
LONGEST_ADDRESS = 500
DOMAIN = re.compile(r"(?=.{4,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_PROLOG = re.compile(r"<[A-Za-z]")
Hexadecimal = Annotated[str, Field(pattern=r"^[0-9a-f]{0,32}$")]
Element = etree._Element  # noqa: SLF001  # lxml has no other name for it


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider says of itself."""

    name: str
    granularity: Granularity
    keeps_deleted: str
    domain: str
    """Of its identifiers, where it says so."""
    prefix: Prefix
    proof_url: str
    """Where it proves what it has told, where it does."""


class ProvedPart(BaseModel):
    """Records whose identifiers begin alike."""

    prefix: Hexadecimal
    count: int
    hash: str


class ProvedEntry(BaseModel):
    """A record as its source has told it last; after its proof where `seq` is larger than the proof's."""

    identifier: UUID
    origin: str
    seq: int
    gone: bool
    leaf: str


class Proof(BaseModel):
    """What a source of our own kind has told, as `docs/oaipmh.md` has it."""

    seq: int
    depth: Annotated[int, Field(ge=0, le=8)]
    root: ProvedPart
    parts: list[ProvedPart]
    entries: list[ProvedEntry]


@dataclass(frozen=True, slots=True)
class Listed:
    """A record of a list; `metadata` is the element of its format."""

    identifier: str
    datestamp: str
    is_gone: bool
    metadata: Element | None
    element: Element


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `token` asks for the next one."""

    moment: datetime
    records: Sequence[Listed]
    token: str


def identify(base_url: str) -> Identity:
    """What a provider is and how it is read best. Raises `SourceTroubled`."""
    said = _verb(_asked(base_url, {"verb": "Identify"}), "Identify")
    if _text(said, "protocolVersion") != "2.0":
        raise SourceTroubled(Trouble.NOT_OAI, "protocolVersion")
    domain = next((one.text or "" for one in said.iter(f"{{{OAI_IDENTIFIER}}}repositoryIdentifier")), "")
    domain = domain.strip().lower()
    return Identity(
        name=_text(said, "repositoryName")[:120],
        granularity=Granularity.SECOND if "T" in _text(said, "granularity") else Granularity.DAY,
        keeps_deleted=_text(said, "deletedRecord"),
        domain=domain if DOMAIN.fullmatch(domain) else "",
        prefix=_best_format(base_url),
        proof_url=_address(next(iter(said.findall(f"{{{OAI}}}description/{{{HELUO}}}proof")), None)),
    )


def _address(element: Element | None) -> str:
    text = (element.text or "").strip() if element is not None else ""
    return text if text.startswith(("http://", "https://")) and len(text) <= LONGEST_ADDRESS else ""


def _best_format(base_url: str) -> Prefix:
    said = _verb(_asked(base_url, {"verb": "ListMetadataFormats"}), "ListMetadataFormats")
    offered = {
        _text(one, "metadataPrefix"): _text(one, "metadataNamespace") for one in said.iter(f"{{{OAI}}}metadataFormat")
    }
    found = next((prefix for prefix in Prefix if prefix.value in offered), None)
    if found is None:
        raise SourceTroubled(Trouble.NO_FORMAT, "、".join(sorted(offered))[:200])
    return found


def first_page(base_url: str, *, prefix: str, set_spec: str, since: datetime | None, granularity: str) -> Page:
    """The first page of what changed. Raises `SourceTroubled`."""
    asked = {"verb": "ListRecords", "metadataPrefix": prefix}
    if set_spec:
        asked["set"] = set_spec
    if since is not None:
        asked["from"] = since.astimezone(UTC).strftime(DAY if granularity == Granularity.DAY else SECOND)
    return _page(base_url, asked)


def next_page(base_url: str, token: str) -> Page:
    """The page a token asks for. Raises `TokenExpired`, `SourceTroubled`."""
    return _page(base_url, {"verb": "ListRecords", "resumptionToken": token})


def record_of(base_url: str, identifier: str, *, prefix: str) -> Listed | None:
    """One record by its identifier; none where the source no longer knows it. Raises `SourceTroubled`."""
    root = _asked(base_url, {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": identifier})
    error = root.find(f"{{{OAI}}}error")
    if error is not None and error.get("code") == "idDoesNotExist":
        return None
    return next((_listed(one) for one in _verb(root, "GetRecord").findall(f"{{{OAI}}}record")), None)


def proof(proof_url: str, *, set_spec: str, prefixes: Sequence[str]) -> Proof:
    """What a source proves of a set, and of its parts below some prefixes. Raises `SourceTroubled`."""
    asked = [("set", set_spec)] * bool(set_spec) + [("prefix", one) for one in prefixes]
    answer = _answer(f"{proof_url}?{urlencode(asked)}")
    if answer.status == 404:
        raise SourceTroubled(Trouble.NO_PROOF)
    if answer.status != 200:
        raise SourceTroubled(Trouble.REFUSED, f"HTTP {answer.status}")
    try:
        return Proof.model_validate_json(answer.body)
    except ValidationError:
        raise SourceTroubled(Trouble.BAD_PROOF) from None


def time_in(text: str) -> datetime | None:
    """A time as the protocol writes it: a second in UTC, or a day."""
    for form in (SECOND, DAY):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def read_xml(body: bytes) -> Element:
    """XML from somebody else. No document type, no entities, nothing fetched, nothing huge. Raises `SourceTroubled`."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceTroubled(Trouble.NOT_UTF8) from None
    start = _PROLOG.search(text)
    if "<!DOCTYPE" in text[: start.start() if start else None]:
        raise SourceTroubled(Trouble.UNSAFE_XML)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceTroubled(Trouble.NOT_XML, str(error)[:200]) from None
    if root.getroottree().docinfo.doctype or next(root.iter(etree.Entity), None) is not None:
        raise SourceTroubled(Trouble.UNSAFE_XML)
    return root


def _page(base_url: str, asked: Mapping[str, str]) -> Page:
    root = _asked(base_url, asked)
    moment = time_in(_text(root, "responseDate"))
    if moment is None:
        raise SourceTroubled(Trouble.NOT_OAI, "responseDate")
    error = root.find(f"{{{OAI}}}error")
    if error is not None and error.get("code") == "noRecordsMatch":
        return Page(moment, [], "")
    if error is not None and error.get("code") == "badResumptionToken":
        raise TokenExpired
    listed = _verb(root, "ListRecords")
    token = _text(listed, "resumptionToken")
    if len(token) > LONGEST_TOKEN:
        raise SourceTroubled(Trouble.NOT_OAI, "resumptionToken")
    return Page(moment, [_listed(one) for one in listed.findall(f"{{{OAI}}}record")], token)


def _listed(element: Element) -> Listed:
    header = element.find(f"{{{OAI}}}header")
    held = element.find(f"{{{OAI}}}metadata")
    metadata = next((one for one in held if isinstance(one.tag, str)), None) if held is not None else None
    return Listed(
        identifier=_text(header, "identifier") if header is not None else "",
        datestamp=_text(header, "datestamp") if header is not None else "",
        is_gone=header is not None and header.get("status") == "deleted",
        metadata=metadata,
        element=element,
    )


def record_in(raw: bytes) -> Listed:
    """A record that was kept."""
    return _listed(read_xml(raw))


def records_in(raw: bytes) -> list[Listed]:
    """The records of a list that did not come as an answer. Raises `SourceTroubled`."""
    return [_listed(one) for one in read_xml(raw).findall(f"{{{OAI}}}record")]


def _asked(base_url: str, asked: Mapping[str, str]) -> Element:
    """The root of an answer. One that is busy says when to come back."""
    joint = "&" if "?" in base_url else "?"
    answer = _answer(f"{base_url}{joint}{urlencode(asked)}")
    if answer.status != 200:
        raise SourceTroubled(Trouble.REFUSED, f"HTTP {answer.status}")
    root = read_xml(answer.body)
    if root.tag != f"{{{OAI}}}OAI-PMH":
        raise SourceTroubled(Trouble.NOT_OAI)
    return root


def _answer(address: str) -> Answer:
    try:
        answer = ask(address, purpose=PURPOSE, most_bytes=LARGEST_PAGE + 1, seconds=SECONDS)
    except Unreachable as unreachable:
        raise SourceTroubled(Trouble.UNREACHABLE, str(unreachable.trouble.label)) from None
    if answer.status in {429, 503}:
        raise SourceTroubled(Trouble.BUSY, seconds=_wait(answer.headers.get("retry-after", "")))
    if answer.status >= 500:
        raise SourceTroubled(Trouble.UNREACHABLE, f"HTTP {answer.status}")
    if len(answer.body) > LARGEST_PAGE:
        raise SourceTroubled(Trouble.TOO_LARGE)
    return answer


def _wait(text: str) -> int | None:
    """Seconds that `Retry-After` asks for, within bounds; none where it is not to be understood."""
    if text.strip().isdecimal():
        return min(max(int(text), SOONEST), LATEST)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    left = (at - datetime.now(at.tzinfo)) // timedelta(seconds=1)
    return min(max(left, SOONEST), LATEST)


def _verb(root: Element, verb: str) -> Element:
    error = root.find(f"{{{OAI}}}error")
    if error is not None:
        said = f"{error.get('code', '')} {' '.join((error.text or '').split())}"
        no_format = error.get("code") == "cannotDisseminateFormat"
        raise SourceTroubled(Trouble.NO_FORMAT if no_format else Trouble.FAULT, said[:200])
    found = root.find(f"{{{OAI}}}{verb}")
    if found is None:
        raise SourceTroubled(Trouble.NOT_OAI, verb)
    return found


def _text(above: Element, name: str) -> str:
    return (above.findtext(f"{{{OAI}}}{name}") or "").strip()
