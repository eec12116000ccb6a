"""What stands beside the steps that are about a resource."""

from functools import partial
from uuid import UUID

from django.urls import reverse

from heluo.domains.resources.access import is_author
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.models import ResourceVersion
from heluo.domains.resources.pages.showing import facts_of, shown_files
from heluo.domains.resources.queries import files_of, lookalikes_of, namesakes_of, twins_of, version_beside
from heluo.engines.process.public import Panel
from heluo.kernel.actors.public import Actor


def panel(actor: Actor, resource: UUID) -> Panel | None:
    """What was submitted, with what a reviewer should know of it; what is public, to everybody else."""
    version = version_beside(actor, resource)
    if version is None:
        return None
    mine = is_author(actor, version.resource)
    url = reverse("resources:trail" if mine else "resources:detail", args=[resource])
    return Panel(
        "resources/panel.html", partial(_shown, actor, version), url if mine or version.resource.published_id else ""
    )


def _shown(actor: Actor, version: ResourceVersion) -> dict[str, object]:
    mine = is_author(actor, version.resource)
    to_judge = version.state == VersionState.SUBMITTED and not mine
    return {
        "version": version,
        "files": shown_files(actor, files_of(version)),
        "facts": facts_of(version),
        "twins": twins_of(version) if to_judge else [],
        "lookalikes": lookalikes_of(version) if version.state == VersionState.SUBMITTED else [],
        "namesakes": namesakes_of(actor, version) if to_judge else [],
        "draft_url": reverse("resources:draft", args=[version.resource.uuid]) if mine and version.is_editable else "",
    }
