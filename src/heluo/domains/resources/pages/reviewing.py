"""What stands beside the steps that are about a resource."""

from uuid import UUID

from django.urls import reverse

from heluo.domains.resources.access import is_author
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.pages.showing import facts_of, shown_files
from heluo.domains.resources.queries import files_of, namesakes_of, twins_of, version_beside
from heluo.engines.process.public import Panel
from heluo.kernel.actors.public import Actor


def panel(actor: Actor, resource: UUID) -> Panel | None:
    """What was submitted, with what a reviewer should know of it; what is public, to everybody else."""
    version = version_beside(actor, resource)
    if version is None:
        return None
    mine = is_author(actor, version.resource)
    under_review = version.state == VersionState.SUBMITTED
    context = {
        "version": version,
        "files": shown_files(files_of(version)),
        "facts": facts_of(version),
        "twins": twins_of(version) if under_review and not mine else [],
        "namesakes": namesakes_of(actor, version) if under_review and not mine else [],
        "draft_url": reverse("resources:draft", args=[resource]) if mine and version.is_editable else "",
    }
    url = reverse("resources:trail" if mine else "resources:detail", args=[resource])
    return Panel("resources/panel.html", context, url if mine or version.resource.published_id else "")
