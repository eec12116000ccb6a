"""Pictures of the pages, to be looked at by a person: `make shots`, or `python tools/shots.py [--only WORD]`.

Needs a running platform: BASE_URL, or http://localhost:PORT (8000). Signs in with the demo accounts of DATA (./var).
Writes shots/<role>-<page>-<size>.png, and names pages that failed, overflow sideways or complain in the console.
The CJK typeface comes from the built front end, so that machines without Chinese fonts show Chinese too.
"""

import json
import os
import re
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
FONTS = REPOSITORY / "src" / "heluo" / "site" / "built" / "fonts"
OUTPUT = REPOSITORY / "shots"
CHROMIUM = "/usr/bin/chromium"
DESK, PHONE, WALL = (
    ViewportSize(width=1440, height=900),
    ViewportSize(width=390, height=844),
    ViewportSize(width=1920, height=1080),
)
SIZES = {"desk": DESK, "phone": PHONE, "wall": WALL}
KINDS = ["home", "list", "list-empty", "detail", "task", "form", "form-errors", "import", "workbench", "dashboard"]
KINDS += ["report", "plain", "error"]


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it. `role` is a demo account, or `public`."""

    role: str
    path: str
    sizes: tuple[str, ...] = ("desk", "phone")
    schemes: tuple[str, ...] = ("light",)

    @property
    def name(self) -> str:
        words = re.sub(r"[/?=&]", "-", IDENTIFIER.sub("x", self.path).strip("/"))
        return f"{self.role}-{words or 'home'}"


SHOTS = [
    Shot("public", "/", schemes=("light", "dark")),
    Shot("public", "/accounts/login/"),
    Shot("public", "/nothing-here/"),
    Shot("public", "/offline/"),
    Shot("public", "/resources/"),
    Shot("public", "/resources/?q=面积"),
    Shot("operator1", "/styleguide/", schemes=("light", "dark")),
    *(Shot("operator1", f"/styleguide/{kind}/", schemes=("light", "dark")) for kind in KINDS),
    Shot("operator1", "/styleguide/dashboard/?wall", sizes=("wall",)),
]

WALKERS = ("teacher1", "pupil1", "parent1", "reviewer1", "school1", "county1", "city1", "province1", "operator1")
"""Who walks on from the workbench: one picture of each kind of page they are led to."""
MOST_PAGES = 80
ELSEWHERE = ("/styleguide", "/files/", "/static/", "/api/", "/metrics", "/healthz", "/organisations/regions/")
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/codes/)[a-z-]+(?=/)")
LINKS = """() =>
  [...document.querySelectorAll("a[href^='/']:not([download])")].map((one) => one.getAttribute("href"))"""


@contextmanager
def chinese_fonts() -> Iterator[None]:
    """Let fontconfig find the built typeface, beside those of the machine."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "fonts.conf"
        configuration.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f"<dir>{FONTS}</dir><dir>/usr/share/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>"
        )
        os.environ["FONTCONFIG_FILE"] = str(configuration)
        yield


def sign_in(context: BrowserContext, base: str, role: str, password: str) -> None:
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.fill("[name=login]", role)
    page.fill("[name=password]", password)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.close()


def passwords(data: Path) -> dict[str, str]:
    """Username → password of the demo accounts."""
    file = data / "keys" / "demo-accounts.json"
    return {one["username"]: one["password"] for one in json.loads(file.read_text())} if file.exists() else {}


def take(page: Page, base: str, shot: Shot, size: str, scheme: str) -> Iterator[str]:
    """One picture; yields what a person should hear about it."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    answer = page.goto(base + shot.path)
    page.wait_for_load_state("networkidle")
    name = f"{shot.name}-{size}{'-dark' if scheme == 'dark' else ''}.png"
    page.screenshot(path=OUTPUT / name, full_page=size != "wall")
    if answer is None or answer.status >= 500:
        yield f"{name}: {answer and answer.status}"
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"{name}: 页面过宽 / wider than the screen"
    yield from (f"{name}: {complaint}" for complaint in complaints)


def walk(context: BrowserContext, base: str, role: str) -> Iterator[Shot]:
    """A shot of each kind of page that links lead this role to; of pages that differ by an identifier, the first."""
    page = context.new_page()
    waiting, seen = ["/workbench/"], {"/workbench/"}
    for _page in range(MOST_PAGES):
        if not waiting:
            break
        path = waiting.pop(0)
        yield Shot(role, path)
        page.goto(base + path)
        for link in page.evaluate(LINKS):
            kind = IDENTIFIER.sub("…", urlsplit(link).path)
            if kind not in seen and not kind.startswith(ELSEWHERE):
                seen.add(kind)
                waiting.append(link.split("#")[0])
    page.close()


def take_all(browser: Browser, base: str, data: Path, only: str) -> list[str]:
    secrets, heard = passwords(data), []
    for role in dict.fromkeys((*(shot.role for shot in SHOTS), *WALKERS)):
        if role != "public" and role not in secrets:
            heard.append(f"{role}: 没有这个演示账号 / no such demo account in {data}")
            continue
        with browser.new_context(locale="zh-CN", service_workers="block") as context:
            if role != "public":
                sign_in(context, base, role, secrets[role])
            listed = [shot for shot in SHOTS if shot.role == role]
            walked = walk(context, base, role) if role in WALKERS else iter(())
            taken = 0
            for shot in (*listed, *walked):
                if only not in shot.name:
                    continue
                taken += 1
                for size in shot.sizes:
                    for scheme in shot.schemes:
                        page = context.new_page()
                        page.set_viewport_size(SIZES[size])
                        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                        heard += take(page, base, shot, size, scheme)
                        page.close()
            print(f"{role}: {taken}")
    return heard


def main() -> int:
    parser = ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", default="", help="only pages whose name holds this word")
    only = parser.parse_args().only
    base = os.environ.get("BASE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}").rstrip("/")
    OUTPUT.mkdir(exist_ok=True)
    with chinese_fonts(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        heard = take_all(browser, base, Path(os.environ.get("DATA", "var")), only)
        browser.close()
    for line in heard:
        print(line)
    return 1 if heard else 0


if __name__ == "__main__":
    sys.exit(main())
