"""Parts of pages for htmx, cut out of the very template that makes the whole page.

    return page_response(request, "resources/list.html", context, fragments=("listing",))

A fragment is a template block whose name is the id of the one element in it (`-` in the id is `_` in the name). When
htmx asks for that element, only its block is rendered; the result equals that part of the full page. A fragment block
must not lean on variables set around it by `{% with %}` or `{% for %}` in the template.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, loader
from django.template.context import make_context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

MESSAGES_TEMPLATE = "pages/components/messages.html"


def page_response(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragments: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The full page, or just the block that htmx asks for when it is one of `fragments` (element ids)."""
    values = dict(context or {})
    wanted = _wanted(request)
    if wanted in fragments:
        html = render_block(template, wanted.replace("-", "_"), values, request)
        if request.method not in {"GET", "HEAD"} or len(get_messages(request)):
            # A part that fetches itself again must not wipe away what was just said.
            html += loader.render_to_string(MESSAGES_TEMPLATE, {"out_of_band": True}, request)
    else:
        html = loader.render_to_string(template, values, request)
    response = HttpResponse(html, status=status)
    if fragments:
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def _wanted(request: HttpRequest) -> str:
    headers = request.headers
    is_part = headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
    return headers.get("HX-Target", "") if is_part else ""


def render_block(template: str, block: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
    """One block of a template, through its whole line of `{% extends %}`."""
    found = loader.get_template(template).template  # type: ignore[attr-defined]  # Django's own engine only
    bound = make_context(context, request, autoescape=True)
    with bound.render_context.push_state(found), bound.bind_template(found):
        blocks = BlockContext()
        for ancestor in _line(found, bound):
            blocks.add_blocks(_blocks_of(ancestor))
        node = blocks.get_block(block)
        if node is None:
            raise LookupError(f"{template} has no block named {block}")
        bound.render_context[BLOCK_CONTEXT_KEY] = blocks
        return mark_safe(node.render(bound).strip())  # noqa: S308  # a template's own output


def _line(template: Template, context: Context) -> Iterator[Template]:
    """A template and its ancestors, youngest first."""
    current: Template | None = template
    while current is not None:
        yield current
        extends = next((node for node in current.nodelist if isinstance(node, ExtendsNode)), None)
        current = extends.get_parent(context) if extends else None


def _blocks_of(template: Template) -> dict[str, BlockNode]:
    nodes = template.nodelist.get_nodes_by_type(BlockNode)
    return {node.name: node for node in nodes if isinstance(node, BlockNode)}
