"""Translations: texts are Chinese in the sources; each app keeps its English in `locale/en/LC_MESSAGES/django.po`.

    python tools/translations.py extract [app …]   write new texts into the .po files, drop those no longer used
    python tools/translations.py compile           write the .mo files that Django reads (not kept in git)
    python tools/translations.py check             fail, naming each app and text, when English is missing or stale, or
                                                   when two apps say the same text differently

Names in the diagrams and decision tables of processes and titles in their settings are texts too, in the context
"process".

Needs no GNU gettext: Babel reads Python, Django turns templates into calls that Babel can read.
"""

import ast
import io
import re
import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import python_format
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "src" / "heluo"
PLACE = Path("locale/en/LC_MESSAGES/django.po")
HEADER = r"""# English of this app; kept in step with the sources by tools/translations.py.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
SINGLE, PLURAL, IN_CONTEXT, PLURAL_IN_CONTEXT = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], SINGLE),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], PLURAL),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], IN_CONTEXT),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], PLURAL_IN_CONTEXT),
}
CALL = re.compile(r"\b(?:_|n?p?gettext)\(")
PROCESS_TEXTS = {
    ".bpmn": re.compile(r'\bname="([^"]*[一-鿿][^"]*)"'),
    ".dmn": re.compile(r'\b(?:name|label)="([^"]*[一-鿿][^"]*)"'),
    ".json": re.compile(r'"([^"]*[一-鿿][^"]*)"'),
}
"""What people read of a process: names in its diagram, names and columns of its decision tables, and every Chinese text
of its settings."""
BRACES = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Part:
    """A folder that keeps its own translations: an app, or the site."""

    folder: Path

    @property
    def name(self) -> str:
        return ".".join(self.folder.relative_to(PACKAGE).parts)

    @property
    def po(self) -> Path:
        return self.folder / PLACE

    def sources(self) -> Iterator[Path]:
        for path in sorted(self.folder.rglob("*")):
            inside = path.relative_to(self.folder).parts
            holds_texts = path.suffix in {".py", ".html", ".txt", ".bpmn", ".dmn"} or path.name == "settings.json"
            if holds_texts and not {"migrations", "built", "locale", "static"} & {*inside}:
                yield path

    def wanted(self) -> Catalog:
        """Every text of the sources."""
        catalog = Catalog(locale="en")
        for path in self.sources():
            for line, text, context in texts_of(path):
                catalog.add(text, locations=[(path.relative_to(PACKAGE).as_posix(), line)], context=context)
        return catalog

    def kept(self) -> Catalog:
        """What the .po file holds."""
        if not self.po.exists():
            return Catalog(locale="en")
        return read_po(io.BytesIO(self.po.read_bytes()), locale="en", ignore_obsolete=True)


def parts() -> list[Part]:
    apps = [path.parent for path in PACKAGE.glob("*/*/apps.py")]
    return [Part(folder) for folder in sorted({*apps, PACKAGE / "site"})]


def parts_called(name: str) -> list[Part]:
    """The part of this name; else those whose name ends with it."""
    whole = [part for part in parts() if part.name == name]
    return whole or [part for part in parts() if part.name.rsplit(".", 1)[-1] == name]


def texts_of(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    """Line, text (or singular and plural) and context of each text in a file."""
    source = path.read_text()
    if path.suffix in PROCESS_TEXTS:
        for line, words in enumerate(source.split("\n"), 1):
            yield from ((line, text, "process") for text in PROCESS_TEXTS[path.suffix].findall(words))
        return
    if path.suffix != ".py":
        source = calls_of_template(source)
    for line, text, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        if text:
            yield line, text, context


def calls_of_template(source: str) -> str:
    """The texts of a template as Python calls, each on its line; everything else is left out."""
    return "\n".join(
        "; ".join(call for start in CALL.finditer(line) if (call := call_at(line, start.start())))
        for line in templatize(source).split("\n")
    )


def call_at(line: str, start: int) -> str:
    """The call that begins here, up to its closing bracket."""
    for end in range(start, len(line)):
        if line[end] == ")":
            call = line[start : end + 1]
            try:
                ast.parse(call, mode="eval")
            except SyntaxError:
                continue
            return call
    return ""


def write_english(part: Part) -> int:
    """Bring a .po file in step with its sources; the number of texts still without English."""
    wanted, kept = part.wanted(), part.kept()
    for message in wanted:
        known = kept.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
    if not len(wanted):
        part.po.unlink(missing_ok=True)
        return 0
    body = io.BytesIO()
    write_po(body, wanted, width=110, omit_header=True, sort_by_file=True, include_lineno=False)
    part.po.parent.mkdir(parents=True, exist_ok=True)
    part.po.write_text(HEADER + body.getvalue().decode())
    return sum(1 for message in wanted if message.id and not english_of(message))


def english_of(message: Message) -> str:
    """The English, or nothing while a form of it is missing."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return "" if not forms or not all(forms) else " / ".join(forms)


def troubles(part: Part) -> Iterator[str]:
    """What is wrong with a part's English, one sentence each."""
    wanted, kept = part.wanted(), part.kept()
    for message in wanted:
        if not message.id:
            continue
        known = kept.get(message.id, message.context)
        words = shown(message)
        if known is None or not english_of(known):
            yield f"{part.name}: 缺英文 / no English for “{words}”"
            continue
        if said_twice(english_of(known)):
            yield f"{part.name}: 英文写了两遍 / the English says it twice for “{words}”"
        try:
            python_format(None, known)
        except Exception as error:
            yield f"{part.name}: “{words}”: {error}"
        if isinstance(known.string, str) and set(BRACES.findall(known.string)) != set(BRACES.findall(words)):
            yield f"{part.name}: 占位符不一致 / placeholders differ in “{words}”"
    for message in kept:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{part.name}: 已不用 / no longer used “{shown(message)}”"


def said_twice(english: str) -> bool:
    """What merging two branches of a .po file can leave behind."""
    half, odd = divmod(len(english), 2)
    return half > 1 and not odd and english[:half] == english[half:]


def quarrels(found: Iterable[Part]) -> Iterator[str]:
    """Texts that two parts put into English differently. Django reads all catalogues into one, so one of them loses."""
    said: dict[tuple[str, str | None], dict[str, str]] = defaultdict(dict)
    for part in found:
        for message in part.kept():
            if message.id and english_of(message):
                said[" / ".join(forms_of(message)), message.context].setdefault(english_of(message), part.name)
    for (text, _context), ways in said.items():
        if len(ways) > 1:
            both = "，".join(f"{name} “{english}”" for english, name in ways.items())
            yield f"“{text}” 的英文不一致，请统一或用 pgettext 区分 / differs, agree or use pgettext: {both}"


def forms_of(message: Message) -> tuple[str, ...]:
    """The text, or its singular and its plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def shown(message: Message) -> str:
    return forms_of(message)[0]


def compile_all() -> None:
    for part in parts():
        if part.po.exists():
            with part.po.with_suffix(".mo").open("wb") as target:
                write_mo(target, part.kept())


def main() -> int:
    parser = ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("deed", choices=["extract", "compile", "check"])
    parser.add_argument("apps", nargs="*", help="e.g. kernel.people, or people; all when none is named")
    given = parser.parse_args()
    unknown = [name for name in given.apps if len(parts_called(name)) != 1]
    for name in unknown:
        several = "、".join(part.name for part in parts_called(name))
        print(f"{name}: 没有这个应用 / no such app" if not several else f"{name}: 请写全名 / say which: {several}")
    if unknown:
        return 1
    chosen = [part for name in given.apps for part in parts_called(name)] or parts()
    if given.deed == "compile":
        compile_all()
        return 0
    if given.deed == "extract":
        for part in chosen:
            if missing := write_english(part):
                print(f"{part.name}: {missing} 条还没有英文 / texts without English: {part.po.relative_to(REPOSITORY)}")
        return 0
    found = [*(trouble for part in chosen for trouble in troubles(part)), *quarrels(parts())]
    for trouble in found:
        print(trouble)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
