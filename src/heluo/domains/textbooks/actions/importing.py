"""Taking over a file of the tree: read and compared when it is opened, written when somebody says yes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.enums import Change, NodeKind
from heluo.domains.textbooks.errors import NothingToImport, TreeMoved
from heluo.domains.textbooks.events import TextbookImported
from heluo.domains.textbooks.models import (
    Chapter,
    ChapterPoint,
    KnowledgePoint,
    Textbook,
    TreeFile,
    number_above,
    number_to_path,
)
from heluo.domains.textbooks.queries.comparing import Plan, Planned, known_points, plan_of
from heluo.domains.textbooks.queries.layout import LAYOUT, words_on
from heluo.domains.textbooks.queries.reading import read_tree
from heluo.domains.textbooks.queries.tree import PointKey, ToldBook, ToldChapter, ToldPoint, Tree
from heluo.domains.textbooks.queries.writing import key_of_point
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.tables.public import Table, read_table, read_text

TREE_LOCK = 0x7EBC
"""Advisory lock: one change at a time is written."""
LONGEST_NAME = 120


@transaction.atomic
def open_tree_file(*, by: Actor, name: str, content: bytes, is_complete: bool, now: datetime) -> TreeFile:
    """Check a whole file and keep it until its changes were seen. Raises `CellsWrong` with every wrong cell.

    Whoever opens another file gives up the one they had not said yes to.
    """
    require(by, Permission.KEEP)
    name = name[-LONGEST_NAME:]
    table = read_table(content, name=name, layout=LAYOUT)
    tree = _tree_of(table, name=name, is_complete=is_complete, now=now)
    plan = plan_of(tree, is_complete=is_complete)
    TreeFile.objects.filter(by_person=by.person_id, imported_at=None).delete()
    return TreeFile.objects.create(
        uuid=uuid4(),
        name=name,
        text=table.text(),
        is_complete=is_complete,
        seen=plan.digest(),
        by_person=by.person_id,
        opened_at=now,
        counts=plan.counts(),
    )


@transaction.atomic
def import_tree_file(*, by: Actor, file: TreeFile, now: datetime) -> TreeFile:
    """Write what a file differs in from the register, whole or not at all.

    Refuses `TreeMoved` where somebody changed the tree since the changes were shown; the file then shows the new ones.
    """
    require(by, Permission.KEEP)
    lock_tree()
    fresh = TreeFile.objects.select_for_update().filter(pk=file.pk, imported_at=None).first()
    if fresh is None:
        raise NothingToImport
    tree = _tree_of(_waiting(fresh), name=fresh.name, is_complete=fresh.is_complete, now=now)
    plan = plan_of(tree, is_complete=fresh.is_complete)
    if plan.digest() != fresh.seen:
        raise TreeMoved
    _write(plan, now=now)
    fresh.text, fresh.imported_at, fresh.counts = "", now, plan.counts()
    fresh.save(update_fields=["text", "imported_at", "counts"])
    record_batch(
        by=by,
        at=now,
        deed="textbooks.imported",
        subject=Subject(kind="textbook_file", id=str(fresh.uuid), title=fresh.name, path=""),
        differences=[
            Difference(subject_id=str(node.uuid), before=node.before, after=node.after) for node in plan.differences()
        ],
        details={change.value: plan.total(change) for change in Change},
    )
    announce(
        TextbookImported(
            batch=fresh.uuid,
            new=plan.total(Change.NEW),
            changed=plan.total(Change.CHANGED),
            withdrawn=plan.total(Change.WITHDRAWN),
        ),
        by=by,
        at=now,
    )
    return fresh


@transaction.atomic
def compare_again(*, by: Actor, file: TreeFile, now: datetime) -> TreeFile:
    """Show a waiting file against the tree as it is now. Raises `CellsWrong` where it fits no longer."""
    require(by, Permission.KEEP)
    fresh = TreeFile.objects.select_for_update().filter(pk=file.pk, imported_at=None).first()
    if fresh is None:
        raise NothingToImport
    tree = _tree_of(_waiting(fresh), name=fresh.name, is_complete=fresh.is_complete, now=now)
    plan = plan_of(tree, is_complete=fresh.is_complete)
    fresh.seen, fresh.counts = plan.digest(), plan.counts()
    fresh.save(update_fields=["seen", "counts"])
    return fresh


def lock_tree() -> None:
    """Keep other changes of the tree out until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def _waiting(file: TreeFile) -> Table:
    return read_text(file.text, name=file.name, layout=LAYOUT)


def _tree_of(table: Table, *, name: str, is_complete: bool, now: datetime) -> Tree:
    tree = read_tree(table, words=words_on(local_day(now)), known={} if is_complete else known_points())
    table.refuse_wrong(name)
    return tree


def _write(plan: Plan, *, now: datetime) -> None:
    """A few statements, however many nodes: points, textbooks, chapters from the top, then what they teach."""
    _write_points(plan)
    _write_books(plan)
    _write_chapters(plan)
    for kind, model in ((NodeKind.POINT, KnowledgePoint), (NodeKind.CHAPTER, Chapter), (NodeKind.TEXTBOOK, Textbook)):
        gone = [node.uuid for node in plan.of(kind, Change.WITHDRAWN)]
        if gone:
            model.objects.filter(uuid__in=gone).update(withdrawn_at=now)


def _write_points(plan: Plan) -> None:
    written = plan.of(NodeKind.POINT, Change.NEW, Change.CHANGED)
    told = [node.told for node in written if isinstance(node.told, ToldPoint)]
    KnowledgePoint.objects.bulk_create(
        KnowledgePoint(
            uuid=node.uuid,
            title=node.told.title,
            stage=node.told.key.stage,
            subject=node.told.key.subject,
            code=node.told.key.code,
            is_example=node.told.is_example,
        )
        for node in written
        if node.change == Change.NEW and isinstance(node.told, ToldPoint)
    )
    points = _points_by_key(told)
    for one in told:
        row = points[one.key]
        row.title, row.is_example, row.withdrawn_at = one.title, one.is_example, None
        row.parent = points[PointKey(*one.key.scope, one.parent)] if one.parent else None
    KnowledgePoint.objects.bulk_update(
        [points[one.key] for one in told], ["title", "is_example", "withdrawn_at", "parent"], batch_size=1000
    )


def _points_by_key(told: Iterable[ToldPoint]) -> dict[PointKey, KnowledgePoint]:
    scopes = {one.key.scope for one in told}
    return {key_of_point(point): point for point in KnowledgePoint.objects.all() if key_of_point(point).scope in scopes}


def _write_books(plan: Plan) -> None:
    written = plan.of(NodeKind.TEXTBOOK, Change.NEW, Change.CHANGED)
    Textbook.objects.bulk_create(
        (_book(node) for node in written),
        update_conflicts=True,
        unique_fields=["uuid"],
        update_fields=["title", "position", "is_example", "withdrawn_at"],
    )


def _book(node: Planned) -> Textbook:
    told = node.told
    assert isinstance(told, ToldBook)  # noqa: S101  # a node of this kind that is written was told
    return Textbook(
        uuid=node.uuid,
        title=told.title,
        position=told.position,
        is_example=told.is_example,
        withdrawn_at=None,
        **told.key._asdict(),
    )


def _write_chapters(plan: Plan) -> None:
    written = plan.of(NodeKind.CHAPTER, Change.NEW, Change.CHANGED)
    told = {node.uuid: node.told for node in written if isinstance(node.told, ToldChapter)}
    books = dict(Textbook.objects.filter(uuid__in={_book_of(node) for node in written}).values_list("uuid", "pk"))
    keys: dict[tuple[UUID, str], int] = {
        (book, number): pk
        for book, number, pk in Chapter.objects.filter(textbook__in=books.values()).values_list(
            "textbook__uuid", "number", "pk"
        )
    }
    by_depth: dict[int, list[Planned]] = {}
    for node in written:
        by_depth.setdefault(told[node.uuid].number.count("."), []).append(node)
    for _depth, nodes in sorted(by_depth.items()):
        rows = [
            Chapter(
                uuid=node.uuid,
                title=told[node.uuid].title,
                textbook_id=books[_book_of(node)],
                parent_id=keys.get((_book_of(node), number_above(told[node.uuid].number))),
                number=told[node.uuid].number,
                path=number_to_path(told[node.uuid].number),
                position=int(told[node.uuid].number.rpartition(".")[2]),
                withdrawn_at=None,
            )
            for node in nodes
        ]
        Chapter.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["uuid"], update_fields=["title", "withdrawn_at"]
        )
        pks = dict(Chapter.objects.filter(uuid__in=[row.uuid for row in rows]).values_list("uuid", "pk"))
        keys.update({(_book_of(node), told[node.uuid].number): pks[node.uuid] for node in nodes})
    _write_what_they_teach([node for node in written if node.after and "points" in node.after], keys)


def _write_what_they_teach(nodes: list[Planned], keys: dict[tuple[UUID, str], int]) -> None:
    scopes = {node.book.scope for node in nodes if node.book}
    points = {
        key_of_point(point): point.pk for point in KnowledgePoint.objects.all() if key_of_point(point).scope in scopes
    }
    links = []
    for node in nodes:
        assert isinstance(node.told, ToldChapter) and node.book  # noqa: S101, PT018  # as above
        chapter = keys[_book_of(node), node.told.number]
        links += [
            ChapterPoint(chapter_id=chapter, point_id=points[PointKey(*node.book.scope, code)])
            for code in node.told.points
        ]
    ChapterPoint.objects.filter(chapter__uuid__in=[node.uuid for node in nodes]).delete()
    ChapterPoint.objects.bulk_create(links)


def _book_of(node: Planned) -> UUID:
    assert node.book is not None  # noqa: S101  # a chapter that is written was told in a textbook
    return node.book.uuid
