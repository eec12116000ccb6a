"""Why a job failed, in words that name nobody: errors quote what they stumbled over, and that may be personal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.jobs.enums import TroubleKind
from heluo.kernel.jobs.models import JobTrouble

LONGEST_LINE = 160
HIDDEN = "…"
"""Stands for what was taken out."""

DATABASE = _("数据库当时没有应答，或者中断了连接。数据库恢复后重试即可。")
CONFLICT = _("要写入的数据与已有的记录冲突。先看相关内容是否已经处理过；仍需要时再重试。")
GONE = _("任务要处理的内容已经不在了，通常可以不再重试。")
STORE = _("文件存储当时读写不了。先在“运行状况”里看存储是否可用、磁盘是否已满，恢复后重试。")
SLOW = _("等待太久，没有等到结果。稍后重试；一直这样时请检查被等待的部分。")
NETWORK = _("连接不上需要的服务。检查网络和那个服务，恢复后重试。")
SCANNER = _("查毒程序没有应答。检查查毒服务是否在运行，恢复后重试。")
MEMORY = _("内存不够用。减少同时进行的工作，或增加内存后重试。")
PROGRAM = _("程序遇到了没有预料的情况，重试多半还会失败。请把任务编号告诉技术人员。")
DIED = _("执行它的进程中途停止（例如断电、重启或内存不足），任务没有做完。")
STOPPED = _("停机时任务还没有做完，被交还了。")

WORDS: dict[str, str | Promise] = {
    "OperationalError": DATABASE,
    "InterfaceError": DATABASE,
    "DatabaseError": DATABASE,
    "QueryCanceled": DATABASE,
    "ConnectorException": DATABASE,
    "IntegrityError": CONFLICT,
    "UniqueViolation": CONFLICT,
    "DoesNotExist": GONE,
    "StorageTrouble": STORE,
    "StorageFull": STORE,
    "OSError": STORE,
    "PermissionError": STORE,
    "FileNotFoundError": STORE,
    "TimeoutError": SLOW,
    "TimeoutExpired": SLOW,
    "ConnectionError": NETWORK,
    "ConnectionRefusedError": NETWORK,
    "ConnectionResetError": NETWORK,
    "BrokenPipeError": NETWORK,
    "ScannerTrouble": SCANNER,
    "MemoryError": MEMORY,
}
"""The last part of an exception's name → what it means and what to do."""

_HARMLESS = re.compile(r"[A-Za-z_.,:;-]+|\d{1,3}[.,:;]?")
"""A word of an error that can be shown. From the first other one on (quotes, brackets, ids, names, paths, addresses)
the line is cut: what follows is what the error stumbled over."""
_FIELD = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What went wrong and what to do; `line`: the error's last line without what it quoted, for technicians."""

    words: str
    line: str = ""


def explain(trouble: JobTrouble) -> Explanation:
    """The reason of a failed run."""
    if trouble.kind == TroubleKind.WORKER_DIED:
        return Explanation(str(DIED))
    if trouble.kind == TroubleKind.STOPPED:
        return Explanation(str(STOPPED))
    return explained(trouble.sentence)


def explained(sentence: str) -> Explanation:
    """An error line `Type: what it said`, explained."""
    lines = sentence.strip().splitlines()
    name, _colon, said = (lines[0] if lines else "").partition(":")
    name = name.strip().rpartition(".")[2]
    if not name.isidentifier():
        return Explanation(str(PROGRAM), sanitised(sentence))
    refusal = _refusals().get(name)
    words = _FIELD.sub(HIDDEN, str(refusal.message)) if refusal else str(WORDS.get(name, PROGRAM))
    rest = sanitised(said)
    return Explanation(words, f"{name}: {rest}" if rest and rest != HIDDEN else name)


def sanitised(text: str) -> str:
    """The first line of an error up to what it quotes."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    words = line.split()
    kept = list(takewhile(_HARMLESS.fullmatch, words))
    clean = " ".join(kept)[:LONGEST_LINE]
    return clean if len(clean) == len(" ".join(words)) else f"{clean} {HIDDEN}".strip()


def _refusals() -> dict[str, type[Refusal]]:
    return {refusal.__name__: refusal for refusal in _below(Refusal)}


def _below(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    yield refusal
    for child in refusal.__subclasses__():
        yield from _below(child)
