"""Display names: what a person called the file, made harmless. A name is shown and saved under, never a path."""

import unicodedata
from urllib.parse import quote

from heluo.kernel.files.kinds import BY_EXTENSION, Format
from heluo.kernel.files.limits import NAME_LENGTH

NAMELESS = "未命名"
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that a name cannot need: controls, direction overrides, halves of pairs, line ends."""
_FORBIDDEN_ON_WINDOWS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_LONGEST_EXTENSION = 10


def clean_name(raw: str) -> str:
    """The last part of whatever path was sent, without anything that could mislead a person or a file system."""
    last = raw.replace("\\", "/").rstrip("/").rpartition("/")[2]
    readable = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", last))
    kept = "".join(char for char in readable if unicodedata.category(char) not in _UNWANTED)
    name = kept.translate(_FORBIDDEN_ON_WINDOWS).strip(" .")
    if not name:
        return NAMELESS
    if len(name) > NAME_LENGTH:
        ending = extension_of(name)
        tail = f".{ending}" if ending else ""
        name = name[: NAME_LENGTH - len(tail)].rstrip(" .") + tail
    return name


def extension_of(name: str) -> str:
    """The extension in lower case without its full stop; empty where there is none worth the name."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and ending.isalnum() and len(ending) <= _LONGEST_EXTENSION else ""


def download_name(name: str, form: Format) -> str:
    """The name to save under: ends as the content does, whatever the file was called."""
    if extension_of(name) in form.extensions:
        return name
    claimed = BY_EXTENSION.get(extension_of(name))
    stem = name.rpartition(".")[0] if claimed else name
    return f"{stem}.{form.extensions[0]}"


def content_disposition(name: str, *, download: bool) -> str:
    """The header of RFC 6266: an ASCII stand-in for old clients and the real name as RFC 8187 writes it."""
    deed = "attachment" if download else "inline"
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name)
    return f"{deed}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
