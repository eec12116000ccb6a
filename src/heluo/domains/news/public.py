"""What the portal calls."""

from datetime import date

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from heluo.domains.news.models import News
from heluo.domains.news.queries import told_news

__all__ = ["News", "latest_news", "rendered"]

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
"""HTML in a text is shown as written, links lead only where a browser may go (no `javascript:`): nothing to clean
afterwards. Pictures of other sites would tell them who reads here."""
DEEPER = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6"}


def rendered(text: str) -> SafeString:
    """Markdown as HTML, with headings one step below that of the page."""
    tokens = _markdown.parse(text)
    for token in tokens:
        token.tag = DEEPER.get(token.tag, token.tag)
    html: str = _markdown.renderer.render(tokens, _markdown.options, {})
    return mark_safe(html)  # noqa: S308  # written by the parser alone


def latest_news(*, on: date, most: int) -> list[News]:
    """The news of the virtual platform at hand, pinned ones first."""
    return list(told_news(on=on)[:most])
