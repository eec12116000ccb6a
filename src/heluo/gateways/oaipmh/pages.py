"""The one address of the protocol: six verbs, asked by GET or POST."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from lxml import etree

from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import (
    ToldLine,
    ToldPage,
    first_told,
    moment_of_asking,
    told_line,
    told_lines,
    told_sets,
    xml_text,
)
from heluo.gateways.harvesting.public import HarvestedFrom, harvested_from
from heluo.gateways.oaipmh.enums import Prefix, Verb
from heluo.gateways.oaipmh.errors import BadArgument, NoSets, NothingMatches, OaiRefusal, UnknownIdentifier
from heluo.gateways.oaipmh.queries import words_of
from heluo.gateways.oaipmh.selection import (
    SECOND,
    TOKEN,
    Asked,
    Part,
    known_prefix,
    oai_identifier,
    read_identifier,
    read_part,
    read_request,
    read_set_token,
    token_behind,
    token_behind_set,
)
from heluo.gateways.oaipmh.shapes import (
    FORMATS,
    HELUO,
    OAI,
    OAI_SCHEMA,
    SCHEMA_LOCATION,
    XSI,
    Element,
    child,
    header,
    record,
)
from heluo.kernel.access.errors import TooManyRequests
from heluo.kernel.access.knocks import count_knock
from heluo.kernel.access.middleware import address_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.pages.rules import PageRequest, PageRule, reads

KNOCKS_PER_MINUTE = 600
SCHEMA = Path(__file__).parent / "data" / "entry-1.xsd"
LANGUAGE = "zh-hans"
"""Of all that is told: the same for every harvester."""
SAMPLE = UUID("00000000-0000-5000-8000-000000000000")
OAI_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"


def provider(request: PageRequest) -> HttpResponseBase:
    """Answers a harvester, unless it asks too often: then it is told when to come back, as the protocol has it."""
    try:
        count_knock(f"oaipmh:{address_of(request)}", limit=KNOCKS_PER_MINUTE, now=now())
    except TooManyRequests as refusal:
        return HttpResponse(status=503, headers={"Retry-After": str(refusal.details["seconds"])})
    return _told(request)


provider.rule = PageRule(may=Audience.PUBLIC.value, may_write=False)  # type: ignore[attr-defined]  # read by the door
provider.csrf_exempt = True  # type: ignore[attr-defined]  # a POST only asks


@reads(may=Audience.PUBLIC, methods=("POST",))
@gzip_page
def _told(request: PageRequest) -> HttpResponse:
    """What everybody may see, whoever asks."""
    with translation.override(LANGUAGE):
        answer = _answer(request)
    return HttpResponse(
        etree.tostring(answer, encoding="UTF-8", xml_declaration=True), content_type="text/xml; charset=utf-8"
    )


@reads(may=Audience.PUBLIC)
def schema(request: PageRequest) -> HttpResponse:
    """The schema of our own format."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/xml; charset=utf-8")


def base_url() -> str:
    return f"{settings.PUBLIC_URL}{reverse('oaipmh:provider')}"


def _answer(request: PageRequest) -> Element:
    moment = moment_of_asking()
    root = etree.Element(f"{{{OAI}}}OAI-PMH", {SCHEMA_LOCATION: f"{OAI} {OAI_SCHEMA}"}, nsmap={None: OAI, "xsi": XSI})
    child(root, "responseDate", moment.strftime(SECOND))
    echo = child(root, "request", base_url())
    try:
        asked = read_request(request.POST if request.method == "POST" else request.GET)
    except OaiRefusal as refusal:
        _refuse(root, refusal)
        return root
    told = child(root, asked.verb)
    try:
        VERBS[asked.verb](told, asked, moment)
    except OaiRefusal as refusal:
        root.remove(told)
        _refuse(root, refusal)
        if isinstance(refusal, BadArgument):  # then nothing is repeated of what was asked (section 3.6)
            return root
    for name, value in {"verb": asked.verb, **asked.arguments}.items():
        echo.set(name, xml_text(value))
    return root


def _refuse(root: Element, refusal: OaiRefusal) -> None:
    child(root, "error", str(refusal)).set("code", refusal.fault)


# -- the verbs --------------------------------------------------------------------------------------------------------


def _identify(told: Element, asked: Asked, moment: datetime) -> None:
    child(told, "repositoryName", _("河洛公共资源目录（{node}）").format(node=settings.NODE_DOMAIN))
    child(told, "baseURL", base_url())
    child(told, "protocolVersion", "2.0")
    child(told, "adminEmail", settings.ADMIN_EMAIL)
    child(told, "earliestDatestamp", (first_told() or moment).strftime(SECOND))
    child(told, "deletedRecord", "persistent")
    child(told, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    child(told, "compression", "gzip")
    about = etree.SubElement(
        child(told, "description"),
        f"{{{OAI_IDENTIFIER}}}oai-identifier",
        {SCHEMA_LOCATION: f"{OAI_IDENTIFIER} {OAI_IDENTIFIER}.xsd"},
        nsmap={None: OAI_IDENTIFIER, "xsi": XSI},
    )
    child(about, "scheme", "oai")
    child(about, "repositoryIdentifier", settings.NODE_DOMAIN)
    child(about, "delimiter", ":")
    child(about, "sampleIdentifier", oai_identifier(settings.NODE_DOMAIN, SAMPLE))
    proof = etree.SubElement(
        child(told, "description"),
        f"{{{HELUO}}}proof",
        {SCHEMA_LOCATION: f"{HELUO} {_schema_address()}"},
        nsmap={None: HELUO, "xsi": XSI},
    )
    proof.text = f"{settings.PUBLIC_URL}/api/v1/catalogue/proof"


def _schema_address() -> str:
    return f"{settings.PUBLIC_URL}{reverse('oaipmh:schema')}"


def _list_formats(told: Element, asked: Asked, moment: datetime) -> None:
    if "identifier" in asked.arguments:
        _line(asked)
    for prefix, (where, namespace) in FORMATS.items():
        element = child(told, "metadataFormat")
        child(element, "metadataPrefix", prefix)
        child(element, "schema", where or _schema_address())
        child(element, "metadataNamespace", namespace)


def _list_sets(told: Element, asked: Asked, moment: datetime) -> None:
    after, given = read_set_token(asked)
    size = settings.HARVEST_PAGE
    found = told_sets(after=after, size=size + 1)
    page = found[:size]
    if not page:
        raise NoSets
    for one in page:
        element = child(told, "set")
        child(element, "setSpec", one.name)
        child(element, "setName", one.title)
    behind = token_behind_set(page[-1].name, given=given + len(page)) if len(found) > size else ""
    _resume(told, behind, given)


def _get_record(told: Element, asked: Asked, moment: datetime) -> None:
    line = _line(asked)
    prefix = known_prefix(asked.arguments["metadataPrefix"])
    entries = [line.entry] if line.entry else []
    record(told, line, prefix, words_of(entries), _paths(entries).get(line.identifier))


def _list_identifiers(told: Element, asked: Asked, moment: datetime) -> None:
    part = read_part(asked)
    page = _page(part)
    for line in page.lines:
        header(told, line)
    _read_on(told, asked.verb, part, page)


def _list_records(told: Element, asked: Asked, moment: datetime) -> None:
    part = read_part(asked)
    page = _page(part)
    entries = [line.entry for line in page.lines if line.entry]
    words, paths = words_of(entries), _paths(entries)
    for line in page.lines:
        record(told, line, Prefix(part.prefix), words, paths.get(line.identifier))
    _read_on(told, asked.verb, part, page)


def _paths(entries: Sequence[Entry]) -> Mapping[UUID, HarvestedFrom]:
    """Of what came from other platforms, where it was harvested. A query for any of those."""
    foreign = [entry.uuid for entry in entries if entry.origin != settings.NODE_DOMAIN]
    return harvested_from(foreign) if foreign else {}


def _line(asked: Asked) -> ToldLine:
    origin, identifier = read_identifier(asked.arguments["identifier"])
    try:
        line = told_line(identifier)
    except NotFound:
        raise UnknownIdentifier from None
    if line.origin != origin:
        raise UnknownIdentifier
    return line


def _page(part: Part) -> ToldPage:
    page = told_lines(
        after=part.after, since=part.since, before=part.before, within=part.within, size=settings.HARVEST_PAGE
    )
    if not page.lines:
        raise NothingMatches
    return page


def _read_on(told: Element, verb: Verb, part: Part, page: ToldPage) -> None:
    behind = page.next_after and token_behind(verb, part, after=page.next_after, given=part.given + len(page.lines))
    _resume(told, behind or "", part.given)


def _resume(told: Element, token: str, given: int) -> None:
    """A token where there is more; an empty one on the last of several pages; none where the first is the last."""
    if token or given:
        child(told, TOKEN, token).set("cursor", str(given))


VERBS: Mapping[Verb, Callable[[Element, Asked, datetime], None]] = {
    Verb.IDENTIFY: _identify,
    Verb.FORMATS: _list_formats,
    Verb.SETS: _list_sets,
    Verb.RECORD: _get_record,
    Verb.IDENTIFIERS: _list_identifiers,
    Verb.RECORDS: _list_records,
}
