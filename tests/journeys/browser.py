"""A person in front of a browser: opens pages, signs in, and notices whatever a careful tester would notice."""

from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response, ViewportSize

DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((Path(found) for found in map(which, NAMES) if found), None)

SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1);
  return (wide.slice(-3).map((one) => one.outerHTML.slice(0, 120)).join(" | ") || "?") + ` ${document.URL}`;
}"""
WATCH = (
    f"addEventListener('load', () => {{ const wide = ({SIDEWAYS})();"
    " if (wide) console.error('wider than the screen: ' + wide); });"
)
"""Every page tells in the console when it is wider than the screen."""


@dataclass
class Visitor:
    """One person with a browser of their own. `troubles` is what went wrong without anybody having asked."""

    page: Page
    passwords: dict[str, str]
    troubles: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, context: BrowserContext, passwords: dict[str, str]) -> "Visitor":
        context.add_init_script(WATCH)
        visitor = cls(context.new_page(), passwords)
        visitor.watch(visitor.page)
        return visitor

    def watch(self, page: Page) -> None:
        """Note console errors, script errors and answers that blame the server."""
        page.on("console", self._noticed)
        page.on("pageerror", lambda error: self.troubles.append(f"script error on {page.url}: {error}"))
        page.on("response", self._answered)

    def _noticed(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(f"console on {self.page.url}: {message.text} ({message.location.get('url', '')})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status} {response.request.method} {response.url}")

    def expect_complaint(self, words: str) -> None:
        """A console error that belongs to the story, such as the 404 of a page that must not be found."""
        self.expected.append(words)

    def complaints(self) -> list[str]:
        """What went wrong and was not expected."""
        return [trouble for trouble in self.troubles if not any(words in trouble for words in self.expected)]

    # -- what people do -------------------------------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def open(self, path: str) -> "Visitor":
        self.page.goto(path)
        return self

    def sign_in(self, username: str, *, wait_for: str = "**/workbench/") -> "Visitor":
        self.open("/accounts/login/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码", exact=True).fill(self.passwords[username])
        self.main.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(wait_for)
        return self

    def press(self, name: str) -> None:
        self.main.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        self.main.get_by_role("link", name=name).first.click()

    def is_wider_than_the_screen(self) -> str:
        """Which parts reach over the right edge; empty where none does."""
        found: str = self.page.evaluate(SIDEWAYS)
        return found
