"""The environment, parsed once and strictly: a bad value stops the start and is named.

Every setting an operator may change is here, with its unit and its default. `docs/configuration.md` lists them.
"""

import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import psutil
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CONTENT_LABEL = "content"
STREAM_STEP, LAST_PORT = 1000, 65535
NO_PROGRAM = "no"
"""Said instead of a program's path by whoever does not want it used."""
FIRST_OUTER = "outer"
"""Id of the outer sign-in that OIDC_CLIENT_* name; links of accounts are kept under it."""
EVERY_INTERFACE = frozenset({"::", "0.0.0.0"})  # noqa: S104  # compared with, not bound to


class OuterSignIn(BaseModel):
    """Another system where people may sign in, and ours as one of its clients."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(
        default=FIRST_OUTER, pattern=r"^[a-z][a-z0-9-]{1,29}$", description="Its name in addresses; never changed."
    )
    name: str = Field(min_length=1, max_length=40, description="What the sign-in button calls it.")
    server_url: str = Field(description="Its issuer.")
    client_id: str = Field(min_length=1, description="Our client id there.")
    client_secret: str = Field(default="", description="Our client secret there.")

    @field_validator("server_url")
    @classmethod
    def _issuer(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.netloc:
            raise ValueError("必须是完整的 https:// 地址 / must be a whole https:// address")
        return url

    @property
    def origin(self) -> str:
        parts = urlsplit(self.server_url)
        return f"{parts.scheme}://{parts.netloc}"


class Environment(BaseSettings):
    """What the surroundings say. Names are those of the environment variables, in upper case."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    data: Path = Field(default=Path("var"), description="Data folder: database, files, keys, logs.")
    host: str = Field(default="127.0.0.1", description="Address to listen on; `::` for IPv6 and all interfaces.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the web server.")
    stream_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port of live updates; PORT + 1000 if unset."
    )
    node: str = Field(
        default="heluo.localhost", description="Domain name of this node; identifiers are minted under it."
    )
    node_name: str = Field(default="", max_length=100, description="What other nodes call this one; NODE if unset.")
    node_tier: Literal["province", "city", "county", "school"] | None = Field(
        default=None,
        description="Whose node it is: of the province, a city, a county, a school; said before it joins another.",
    )
    node_organisation: str = Field(
        default="",
        pattern=r"^(\d{6}|\d{10})?$",
        description="Who runs it: the division code of a bureau or the code of a school; unset: the top of the tree.",
    )
    node_exchange_seconds: int = Field(
        default=60, ge=5, le=86400, description="Seconds between two exchanges with a node that this one joined."
    )
    public_url: str | None = Field(default=None, description="Address people type, e.g. https://edu.example.")
    content_url: str | None = Field(default=None, description="Second origin that serves uploaded content.")
    content_subdomains: bool | None = Field(
        default=None,
        description="Whether every name below CONTENT_URL's host leads here too; unset: only without CONTENT_URL.",
    )
    stream_url: str | None = Field(default=None, description="Origin of live updates; same origin behind a proxy.")
    database_url: str | None = Field(default=None, description="PostgreSQL 15 or later; unset: our own in DATA.")
    storage_url: str | None = Field(default=None, description="s3://KEY:SECRET@HOST:PORT/BUCKET; unset: DATA/files.")
    clamd_url: str | None = Field(default=None, description="unix:/path or tcp://host:port of clamd; unset: no scan.")
    soffice: str | None = Field(
        default=None, description="LibreOffice, for previews of office documents; unset: as found on PATH; `no`: none."
    )
    max_upload_mb: int = Field(default=2048, ge=1, description="Largest file, in MiB.")
    web_workers: int = Field(default=2, ge=1, le=64, description="Web server processes.")
    web_threads: int = Field(
        default=16, ge=1, le=256, description="Threads of each; each may hold a database connection."
    )
    keep_public_pages: int = Field(
        default=5,
        ge=0,
        le=60,
        description="Seconds for which a page that says the same to everybody is kept for people without a session.",
    )
    allowed_hosts: str = Field(default="", description="Further host names people may type, separated by commas.")
    tenant_domain: str | None = Field(
        default=None,
        description="Domain below which virtual platforms get their host names; unset: PUBLIC_URL's host; `no`: none.",
    )
    tenant_hosts: str = Field(
        default="", description="Host names of their own that virtual platforms may have, separated by commas."
    )
    metrics_token: str | None = Field(
        default=None, min_length=16, description="Bearer token for /metrics; unset: this machine only."
    )
    secret_key: str | None = Field(default=None, min_length=32, description="Signing key; unset: kept in DATA/keys.")
    secure: bool = Field(default=False, description="Behind HTTPS: secure cookies, HSTS, second factor for officers.")
    tls_certificate: Path | None = Field(
        default=None, description="Certificate chain (PEM) to serve HTTPS without a proxy; with TLS_KEY."
    )
    tls_key: Path | None = Field(default=None, description="Its private key (PEM).")
    demo: bool = Field(
        default=True, description="Build the demo on a new data folder, exempt demo accounts; unset with SECURE: no."
    )
    trusted_proxies: int = Field(
        default=0, ge=0, description="Proxies of ours in front; the visitor's address is read that many steps back."
    )
    oidc_client_name: str = Field(default="统一身份认证", description="What the sign-in button calls it.")
    oidc_client_server_url: str | None = Field(default=None, description="Issuer of the outer sign-in (OIDC).")
    oidc_client_id: str | None = Field(default=None, description="Our client id at that issuer.")
    oidc_client_secret: str | None = Field(default=None, description="Our client secret at that issuer.")
    oidc_clients: Annotated[list[OuterSignIn], NoDecode] = Field(
        default=[], description="Further outer sign-ins, as a JSON list of objects."
    )
    identifier_cipher: Literal["aes-256-gcm", "sm4-gcm"] = Field(
        default="aes-256-gcm", description="Cipher of new keys for identifiers; takes effect at the next rotation."
    )
    identifier_digest: Literal["hmac-sha256", "hmac-sm3"] = Field(
        default="hmac-sha256", description="Keyed hash that finds identifiers; takes effect at the next rotation."
    )
    identifier_keys: str | None = Field(
        default=None, description="Key ring of identifiers as JSON; unset: kept in DATA/keys/identifiers.json."
    )
    admin_email: str | None = Field(
        default=None, pattern=r"^\S+@(\S+\.)+\S+$", description="Whom harvesters write to; unset: postmaster@NODE."
    )
    harvest_page: int = Field(default=100, ge=1, le=1000, description="Records on a page of OAI-PMH.")
    roster_stop_percent: int = Field(
        default=30, ge=1, le=100, description="A roster that would end this share of a school waits for a person's yes."
    )
    link_check: bool = Field(
        default=False, description="Look about weekly whether links of published resources still lead somewhere."
    )
    outward_networks: str = Field(
        default="", description="Networks that are not public and may be asked nevertheless, separated by commas."
    )
    debug: bool = Field(default=False, description="Developers only.")

    @model_validator(mode="after")
    def _no_demo_behind_https_unless_asked_for(self) -> Self:
        if self.secure and "demo" not in self.model_fields_set:
            self.demo = False
        return self

    @field_validator("soffice")
    @classmethod
    def _program_that_runs(cls, place: str | None) -> str | None:
        if place not in {None, NO_PROGRAM} and not shutil.which(str(place)):
            raise ValueError("找不到这个程序，或不能执行 / no such program, or it may not be run")
        return place

    @field_validator("oidc_clients", mode="before")
    @classmethod
    def _list_in_json(cls, text: object) -> object:
        try:
            return json.loads(text) if isinstance(text, str) else text
        except ValueError:
            raise ValueError("不是 JSON 列表 / is not a list in JSON") from None

    @field_validator("oidc_clients")
    @classmethod
    def _each_its_own_id(cls, clients: list[OuterSignIn]) -> list[OuterSignIn]:
        ids = [FIRST_OUTER, *(client.id for client in clients)]
        if len(set(ids)) < len(ids):
            raise ValueError("每个登录系统要有自己的 id，“outer”已留给 OIDC_CLIENT_* / each needs an id of its own")
        return clients

    @field_validator("host")
    @classmethod
    def _address_of_this_machine(cls, host: str) -> str:
        try:
            return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
        except OSError:
            raise ValueError(f"{host} 不是本机的地址 / is not an address of this machine") from None

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("必须以 postgresql:// 开头 / must start with postgresql://")
        return url

    @field_validator("public_url", "content_url", "stream_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("必须以 http:// 或 https:// 开头 / must start with http:// or https://")
        return url

    @field_validator("outward_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        try:
            networks_in(text)
        except ValueError:
            raise ValueError("必须是网段，例如 10.20.0.0/16 / must be networks such as 10.20.0.0/16") from None
        return text

    def allowed_networks(self) -> list[IPv4Network | IPv6Network]:
        return networks_in(self.outward_networks)

    def _scheme(self) -> str:
        return "https" if self.tls_certificate else "http"

    def resolved_public_url(self) -> str:
        return (self.public_url or f"{self._scheme()}://localhost:{self.port}").rstrip("/")

    def resolved_admin_email(self) -> str:
        return self.admin_email or f"postmaster@{self.node}"

    def resolved_content_url(self) -> str:
        return (self.content_url or f"{self._scheme()}://{CONTENT_LABEL}.localhost:{self.port}").rstrip("/")

    def gives_origins(self) -> bool:
        """Whether each courseware package has a host name of its own; `*.localhost` always leads to this machine."""
        return self.content_url is None if self.content_subdomains is None else self.content_subdomains

    def resolved_soffice(self) -> str:
        """The office program's path; empty without one."""
        if self.soffice == NO_PROGRAM:
            return ""
        return self.soffice or shutil.which("soffice") or shutil.which("libreoffice") or ""

    def resolved_stream_port(self) -> int:
        """Far enough from `PORT` that another platform may listen on the next one."""
        beside = self.port + STREAM_STEP if self.port + STREAM_STEP <= LAST_PORT else self.port - STREAM_STEP
        return self.stream_port or beside

    def resolved_stream_url(self) -> str:
        return (self.stream_url or f"{self._scheme()}://localhost:{self.resolved_stream_port()}").rstrip("/")

    def further_hosts(self) -> list[str]:
        """Host names beside those of our own addresses: as told and, when we listen everywhere, this machine's."""
        told = [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]
        if self.host not in EVERY_INTERFACE:
            return told
        addresses = [
            f"[{entry.address.partition('%')[0]}]" if entry.family == socket.AF_INET6 else entry.address
            for entries in psutil.net_if_addrs().values()
            for entry in entries
            if entry.family in {socket.AF_INET, socket.AF_INET6}
        ]
        return [*told, socket.gethostname(), *addresses]

    def resolved_tenant_domain(self) -> str:
        """Without a name of its own, only an address, the platform has nothing below it; then: empty."""
        if self.tenant_domain == NO_PROGRAM:
            return ""
        host = (self.tenant_domain or urlsplit(self.resolved_public_url()).hostname or "").lower().strip(".")
        return "" if ":" in host or host.replace(".", "").isdecimal() else host

    def tenant_host_names(self) -> list[str]:
        return [host.strip().lower() for host in self.tenant_hosts.split(",") if host.strip()]

    def resolved_secret_key(self) -> str:
        return self.secret_key or kept_secret(self.data / "keys" / "django.key")

    def outer_sign_ins(self) -> list[OuterSignIn]:
        """Every outer sign-in, that of OIDC_CLIENT_* first."""
        if not self.oidc_client_server_url or not self.oidc_client_id:
            return self.oidc_clients
        first = OuterSignIn(
            name=self.oidc_client_name,
            server_url=self.oidc_client_server_url,
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret or "",
        )
        return [first, *self.oidc_clients]

    def resolved_oidc_key(self) -> str:
        return kept_secret(self.data / "keys" / "oidc.pem", make=new_signing_key)


def networks_in(text: str) -> list[IPv4Network | IPv6Network]:
    """Networks separated by commas. Raises `ValueError`."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def random_text() -> str:
    return secrets.token_urlsafe(48)


def new_signing_key() -> str:
    """A fresh 2048-bit RSA key as PEM: what RS256, the one algorithm every OIDC client knows, asks for."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def kept_secret(path: Path, make: Callable[[], str] = random_text) -> str:
    """A secret kept in a file only its owner may read; made when first asked for.

    Several processes may start at once: the file appears whole or not at all, and the first one wins.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(make())
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()


def read_environment() -> Environment:
    """The environment of this process, or an exit that names each bad variable."""
    try:
        return Environment()
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"]).upper()
            print(f"环境变量 {name} 的值不对 / bad environment variable {name}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(2) from None
