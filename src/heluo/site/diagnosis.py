"""What is configured, what is missing, and what that costs: the findings of `heluo doctor`."""

import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from heluo.site.environment import Environment
from heluo.site.kept_keys import kept_keys
from heluo.site.postgres import DatabaseTrouble, packaged_binaries
from heluo.site.preparation import pending_migrations

GIGABYTE = 1024**3
LITTLE_SPACE = 5 * GIGABYTE


class Verdict(StrEnum):
    FINE = "fine"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, in both languages, and what its state costs."""

    verdict: Verdict
    what: str
    cost: str = ""


def fine(what: str) -> Finding:
    return Finding(Verdict.FINE, what)


def look_at_surroundings(environment: Environment) -> list[Finding]:
    """Everything that can be known without the database."""
    return [
        _folder(environment.data.resolve()),
        *_keys(environment.data.resolve()),
        _database(environment),
        _storage(environment),
        _virus_scanner(environment),
        _office(environment),
        _link_check(environment),
        *_addresses(environment),
        *_built(),
    ]


def _folder(data: Path) -> Finding:
    where = data if data.exists() else next(parent for parent in data.parents if parent.exists())
    free = shutil.disk_usage(where).free
    what = f"数据文件夹 / data folder: {data}（空闲 / free {free / GIGABYTE:.1f} GiB）"
    if free < LITTLE_SPACE:
        return Finding(Verdict.BAD, what, "空间不足，上传会失败 / too little space: uploads will fail")
    return fine(what)


def _keys(data: Path) -> Iterator[Finding]:
    for path in kept_keys(data):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                Verdict.BAD,
                f"密钥 {path} 可被他人读取 / the secret can be read by others",
                f"执行 / run: chmod 600 {path}",
            )
    names = ", ".join(path.name for path in kept_keys(data)) or "—"
    yield fine(f"密钥 / secrets: {names}（请另存一份 / keep a copy elsewhere）")


def _database(environment: Environment) -> Finding:
    if environment.database_url:
        return fine("数据库 / database: DATABASE_URL")
    try:
        packaged_binaries()
    except DatabaseTrouble as trouble:
        return Finding(Verdict.BAD, str(trouble))
    return Finding(
        Verdict.NOTE,
        "数据库 / database: 自带的 PostgreSQL，在数据文件夹里 / our own PostgreSQL in the data folder",
        "一台机器、没有副本；全省规模请设置 DATABASE_URL / one machine, no replica; for a province set DATABASE_URL",
    )


def _storage(environment: Environment) -> Finding:
    if environment.storage_url:
        return fine(f"文件 / files: S3, {urlsplit(environment.storage_url).hostname}")
    return Finding(
        Verdict.NOTE,
        "文件 / files: DATA/files",
        "多台网页服务器需要共享存储 STORAGE_URL / several web servers need a shared store, STORAGE_URL",
    )


def _virus_scanner(environment: Environment) -> Finding:
    if environment.clamd_url is None:
        return Finding(
            Verdict.NOTE,
            "病毒扫描 / virus scan: 未配置 / none",
            "上传的文件不经扫描就会发布；请设置 CLAMD_URL / uploads are published unscanned; set CLAMD_URL",
        )
    parts = urlsplit(environment.clamd_url)
    what = f"病毒扫描 / virus scan: {environment.clamd_url}"
    try:
        if parts.scheme == "unix":
            with closing(socket.socket(socket.AF_UNIX)) as trial:
                trial.settimeout(3)
                trial.connect(parts.path)
        else:
            socket.create_connection((parts.hostname or "localhost", parts.port or 3310), timeout=3).close()
    except OSError as error:
        return Finding(Verdict.BAD, what, f"没有回应 / no answer: {error.strerror or error}")
    return fine(what)


def _office(environment: Environment) -> Finding:
    program = environment.resolved_soffice()
    if not program:
        return Finding(
            Verdict.NOTE,
            "办公文档预览 / previews of office documents: 没有 LibreOffice / no LibreOffice",
            "Word、PowerPoint、Excel 文件只能下载；请安装 LibreOffice / such files can only be downloaded; "
            "install LibreOffice",
        )
    return fine(f"办公文档预览 / previews of office documents: {program}")


def _link_check(environment: Environment) -> Finding:
    if environment.link_check:
        return fine("链接检查 / link check: LINK_CHECK")
    return Finding(
        Verdict.NOTE,
        "链接检查 / link check: 未开启 / off",
        "资源里失效的链接没有人会发现；允许访问外网时请设置 LINK_CHECK=1 / nobody finds dead links in resources; "
        "set LINK_CHECK=1 where the platform may reach the web",
    )


def _addresses(environment: Environment) -> Iterator[Finding]:
    yield fine(f"网页 / pages: {environment.resolved_public_url()}")
    yield fine(f"上传内容 / uploaded content: {environment.resolved_content_url()}")
    yield fine(f"实时更新 / live updates: {environment.resolved_stream_url()}")
    if urlsplit(environment.resolved_content_url()).netloc == urlsplit(environment.resolved_public_url()).netloc:
        yield Finding(
            Verdict.BAD,
            "CONTENT_URL 与 PUBLIC_URL 相同 / are the same origin",
            "上传的网页可读取登录状态；请用另一个域名 / uploaded pages could read the session; use a second name",
        )
    if environment.public_url and not environment.secure:
        yield Finding(
            Verdict.BAD,
            "设置了 PUBLIC_URL，没有设置 SECURE=1 / PUBLIC_URL is set, SECURE is not",
            "密码可能明文传输，管理员不用第二因素也能登录 / passwords may travel in clear, no second factor",
        )
    if environment.node.endswith("localhost"):
        yield Finding(
            Verdict.NOTE,
            f"节点域名 / node: {environment.node}",
            "标识符以它铸成，以后不能改；正式使用前请设置 NODE / identifiers are minted under it for ever; "
            "set NODE before real use",
        )
    if environment.admin_email is None:
        yield Finding(
            Verdict.NOTE,
            f"管理员邮箱 / administrator's mail: {environment.resolved_admin_email()}",
            "别的平台采集目录出问题时写到这里；请设置 ADMIN_EMAIL / harvesters of the catalogue write there; "
            "set ADMIN_EMAIL",
        )
    if environment.demo and environment.secure:
        yield Finding(
            Verdict.BAD,
            "正式环境里有演示账号 / demo accounts in production",
            "请设置 DEMO=0 并停用演示账号 / set DEMO=0 and close the demo accounts",
        )


def _built() -> Iterator[Finding]:
    package = Path(__file__).resolve().parent.parent
    if (package / "site" / "built" / "static" / "staticfiles.json").exists():
        yield fine("静态文件 / static files")
    else:
        yield Finding(Verdict.BAD, "静态文件没有收集 / static files are not collected", "执行 / run: make run")
    if next(package.rglob("locale/en/LC_MESSAGES/django.mo"), None):
        yield fine("英文翻译 / English translation")
    else:
        yield Finding(
            Verdict.NOTE,
            "没有编译的翻译 / no compiled translations",
            "英文界面显示中文；执行 make run / the English interface shows Chinese; run `make run`",
        )


def look_at_database() -> list[Finding]:
    """What the database tells. Django must be set up."""
    from heluo.site.health import Health  # noqa: PLC0415  # needs Django

    connection.ensure_connection()
    version = connection.pg_version  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
    findings = [fine(f"PostgreSQL {version // 10_000}.{version % 10_000}")]
    if pending := pending_migrations():
        return [
            *findings,
            Finding(Verdict.BAD, f"{pending} 次数据表更新待执行 / migrations pending", "执行 / run: heluo migrate"),
        ]
    for part, state in Health.now().parts.items():
        if state.ok:
            findings.append(fine(part))
        elif part == "worker":
            findings.append(
                Finding(
                    Verdict.NOTE,
                    "后台任务没有运行 / no worker is running",
                    "文件检查、消息、检索更新都在等待 / file checks, notices and search wait for it",
                )
            )
        else:
            findings.append(Finding(Verdict.BAD, f"{part}: {state.detail}"))
    return [*findings, *_nodes()]


def _nodes() -> Iterator[Finding]:
    """Each node we belong with: whether it is heard of, and what waits for a person."""
    from heluo.kernel.nodes.public import Standing, facts_of, nodes  # noqa: PLC0415  # needs Django

    for facts in facts_of(nodes().filter(standing=Standing.ACTIVE)):
        node = facts.node
        what = f"节点 / node {node.domain}: {node.name}"
        if facts.in_trouble:
            yield Finding(
                Verdict.BAD,
                what,
                f"{facts.in_trouble} 条消息没有处理成功，请看“节点”页 / messages could not be applied: see Nodes",
            )
        elif node.failures or node.contact_at is None:
            yield Finding(
                Verdict.NOTE,
                what,
                f"联系不上，{facts.waiting} 条消息等待送达 / cannot be reached, {facts.waiting} messages wait for it",
            )
        else:
            yield fine(what)
