"""A virtual platform moves to another node, and back: one file with all it owns, every identifier as it was.

The file is a ZIP: `manifest.json` (whose, when, and the SHA-256 of every part), `tenant.json`, `contents.jsonl`, a
`shares/<name>.jsonl` for each app that gives something along, and the contents under `contents/<sha256>`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from io import BytesIO
from typing import IO, Any
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.files.public import StoredFile, content_as_file, store_file
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.tenants.access import Permission
from heluo.kernel.tenants.enums import TenantState
from heluo.kernel.tenants.errors import ExportDamaged, ExportOutdated, OrganisationMissing
from heluo.kernel.tenants.models import Tenant
from heluo.kernel.tenants.registry import Row, shares
from heluo.kernel.tenants.scope import in_tenant

FORMAT, VERSION = "heluo-tenant", 1
COLUMNS = ("label", "name", "short_name", "colour")


@transaction.atomic
def export_tenant(*, by: Actor, tenant: Tenant, target: IO[bytes], now: datetime) -> None:
    """Write everything it owns into one file. From then on an older file is refused here."""
    fresh = Tenant.objects.select_for_update(of=("self",)).select_related("organisation__region", "logo__blob")
    found = fresh.get(pk=tenant.pk)
    require(by, Permission.GRANT, on=found)
    sums: dict[str, str] = {}
    with ZipFile(target, "w") as bundle, in_tenant(found):

        def put(name: str, text: str) -> None:
            body = text.encode()
            sums[name] = sha256(body).hexdigest()
            bundle.writestr(name, body)

        files = {found.logo.uuid: found.logo} if found.logo else {}
        for share in shares():
            put(f"shares/{share.name}.jsonl", _lines(share.rows()))
            files |= {file.uuid: file for file in share.files()}
        put("tenant.json", json.dumps(_told(found), ensure_ascii=False))
        named = ({"uuid": str(one.uuid), "name": one.name, "sha256": one.sha256} for one in files.values())
        put("contents.jsonl", _lines(named))
        for content, file in {one.sha256: one for one in files.values()}.items():
            with content_as_file(file) as place:
                bundle.write(place, f"contents/{content}")
            sums[f"contents/{content}"] = content
        head = {"format": FORMAT, "version": VERSION, "node": settings.NODE_DOMAIN, "at": now.isoformat(), "sums": sums}
        bundle.writestr("manifest.json", json.dumps(head))
    Tenant.objects.filter(pk=found.pk).update(carried_at=now)
    _note(by, now, "tenants.exported", found)


def import_tenant(*, by: Actor, source: IO[bytes], now: datetime) -> Tenant:
    """Take in what `export_tenant` wrote, on another node or back on its own. All of it, or nothing.

    Every part is compared with its sum before the first row is written. The same file again changes nothing.
    """
    try:
        with ZipFile(source) as bundle:
            package = _read(bundle)
            tenant = _take_tenant(by, package, now)
            contents = _store(by, bundle, package, now)
            return _take_shares(by, tenant, package, contents, now)
    except BadZipFile as trouble:
        raise ExportDamaged(part="ZIP") from trouble


@dataclass(frozen=True, slots=True)
class Package:
    """An export whose every part is what it was."""

    at: datetime
    tenant: Mapping[str, Any]
    files: Sequence[Mapping[str, str]]
    rows: Mapping[str, Sequence[Row]]


def _read(bundle: ZipFile) -> Package:
    names = set(bundle.namelist())
    try:
        head = json.loads(bundle.read("manifest.json"))
        at, sums = datetime.fromisoformat(head["at"]), dict(head["sums"])
        is_ours = (head["format"], head["version"]) == (FORMAT, VERSION)
    except (KeyError, ValueError, TypeError) as trouble:
        raise ExportDamaged(part="manifest.json") from trouble
    if not is_ours or names != {*sums, "manifest.json"} or not {"tenant.json", "contents.jsonl"} <= names:
        raise ExportDamaged(part="manifest.json")
    for name, told in sums.items():
        with bundle.open(name) as part:
            if file_digest(part, "sha256").hexdigest() != told:  # type: ignore[arg-type]  # readable, as asked for
                raise ExportDamaged(part=name)
    rows = {share.name: _rows(bundle, f"shares/{share.name}.jsonl") for share in shares()}
    files = [{key: str(value) for key, value in row.items()} for row in _rows(bundle, "contents.jsonl")]
    return Package(at=at, tenant=json.loads(bundle.read("tenant.json")), files=files, rows=rows)


def _rows(bundle: ZipFile, name: str) -> list[Row]:
    if name not in bundle.namelist():
        return []
    return [json.loads(line) for line in bundle.read(name).decode().splitlines()]


def _lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _told(tenant: Tenant) -> dict[str, object]:
    place = tenant.organisation
    return {
        "uuid": str(tenant.uuid),
        **{column: getattr(tenant, column) for column in COLUMNS},
        "opened_at": tenant.opened_at.isoformat(),
        "logo": str(tenant.logo.uuid) if tenant.logo else None,
        "organisation": {
            "uuid": str(place.uuid),
            "name": place.name,
            "code": place.code or place.region.code,
            "kind": place.kind,
        },
    }


@transaction.atomic
def _take_tenant(by: Actor, package: Package, now: datetime) -> Tenant:
    """Whether it may be taken in, before any content is stored; not written yet where it is new."""
    told = package.tenant
    place = _organisation(told["organisation"])
    require(by, Permission.GRANT, on=place)
    standing = Tenant.objects.select_related("organisation").filter(uuid=told["uuid"]).first()
    if standing is not None and standing.carried_at is not None and package.at < standing.carried_at:
        raise ExportOutdated(here=f"{standing.carried_at:%Y-%m-%d %H:%M}", given=f"{package.at:%Y-%m-%d %H:%M}")
    return standing or Tenant(
        uuid=UUID(told["uuid"]), organisation=place, opened_at=datetime.fromisoformat(told["opened_at"])
    )


def _organisation(told: Mapping[str, str]) -> Organisation:
    """The same organisation on this node: by its identifier, else by the code of the school or of the region."""
    by_code = {"code": told["code"]} if told["kind"] == "school" else {"region__code": told["code"], "kind": "bureau"}
    for asked in ({"uuid": told["uuid"]}, by_code):
        found = Organisation.objects.filter(closed_on__isnull=True, **asked).first()
        if found is not None:
            return found
    raise OrganisationMissing(name=told["name"], code=told["code"])


def _store(by: Actor, bundle: ZipFile, package: Package, now: datetime) -> Mapping[str, StoredFile]:
    """Every file under the identifier it had. Contents go to the store outside of any transaction, as ever."""
    known = StoredFile.objects.in_bulk([UUID(row["uuid"]) for row in package.files], field_name="uuid")
    kept: dict[str, StoredFile] = {}
    for row in package.files:
        file = known.get(UUID(row["uuid"]))
        if file is None:
            content = BytesIO(bundle.read(f"contents/{row['sha256']}"))
            file = store_file(by=by, name=row["name"], content=content, uuid=UUID(row["uuid"]), now=now)
        kept[row["uuid"]] = file
    return kept


@transaction.atomic
def _take_shares(by: Actor, tenant: Tenant, package: Package, files: Mapping[str, StoredFile], now: datetime) -> Tenant:
    for column in COLUMNS:
        setattr(tenant, column, package.tenant[column])
    tenant.logo = files.get(package.tenant["logo"] or "")
    tenant.state, tenant.moved_to = TenantState.ACTIVE, ""
    tenant.carried_at, tenant.changed_at = package.at, now
    tenant.save()
    with in_tenant(tenant):
        for share in shares():
            share.take(by, package.rows[share.name], now)
    _note(by, now, "tenants.imported", tenant)
    return tenant


def _note(by: Actor, now: datetime, deed: str, tenant: Tenant) -> None:
    subject = Subject(kind="tenant", id=str(tenant.uuid), title=tenant.name, path=tenant.organisation.path)
    record(by=by, at=now, deed=deed, subject=subject)
