"""Files of the tree as those who keep it see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.models import TreeFile
from heluo.domains.textbooks.queries.comparing import Planned, known_points, plan_of
from heluo.domains.textbooks.queries.layout import LAYOUT, words_on
from heluo.domains.textbooks.queries.reading import read_tree
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.clock.public import local_day
from heluo.kernel.tables.public import read_text


def file_of(actor: Actor, uuid: UUID) -> TreeFile:
    """A file: once imported everybody's who keeps the tree, before that of whoever brought it."""
    found = TreeFile.objects.filter(Q(by_person=actor.person_id) | Q(imported_at__isnull=False), uuid=uuid).first()
    if found is None or not allows(actor, Permission.KEEP):
        raise NotFound
    return found


def files_imported() -> QuerySet[TreeFile]:
    return TreeFile.objects.filter(imported_at__isnull=False).order_by("-imported_at", "-id")


def changes_in(file: TreeFile, *, now: datetime) -> Sequence[Planned]:
    """What a waiting file would change now, node by node."""
    table = read_text(file.text, name=file.name, layout=LAYOUT)
    tree = read_tree(table, words=words_on(local_day(now)), known={} if file.is_complete else known_points())
    return list(plan_of(tree, is_complete=file.is_complete).differences())
