"""The secrets of a data folder, and what is lost without each."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

OWN_TO_THE_FOLDER = frozenset({"database.key"})
"""Belongs to the database server in this folder: another folder makes its own."""

MEANINGS: tuple[tuple[str, str], ...] = (
    (
        "identifiers.json",
        "加密的号码无法读取，验证码无法核对 / encrypted numbers cannot be read, codes of second factors not checked",
    ),
    ("audit-seal.pem", "新的封签将用新密钥 / new seals of the audit trail are made with a new key"),
    ("audit-seal-*.pub", "已有的审计封签无法核验 / the seals of the audit trail so far cannot be verified"),
    ("node-*.pem", "不能与其他节点交换消息 / nothing can be exchanged with other nodes"),
    (
        "credentials-*.pem",
        "不能再颁发证书，已颁发的仍可核验 / no credentials can be issued; those issued can be verified",
    ),
    ("oidc.pem", "其他系统已取得的登录凭证失效 / sign-ins that other systems obtained become invalid"),
    ("django.key", "所有人需要重新登录，已发出的签名链接失效 / everybody signs in again, signed links become invalid"),
    ("demo-accounts.json", "演示账号的密码不再显示 / the passwords of the demo accounts cannot be shown"),
)


def kept_keys(data: Path) -> Iterator[Path]:
    """The secrets that a backup may carry."""
    folder = data / "keys"
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.name not in OWN_TO_THE_FOLDER and not path.name.startswith("."):
                yield path


def losses_without(names: set[str]) -> list[str]:
    """What is lost when just these secrets are missing, one sentence each."""
    return [f"{pattern}: {meaning}" for pattern, meaning in MEANINGS if any(fnmatch(name, pattern) for name in names)]
