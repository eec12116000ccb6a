"""Files somebody brought here."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.kernel.files.models import StoredFile
from heluo.kernel.holdings.public import OWN, Asked, Fact, holding, not_told

not_told("files.Upload.owner_id", because="A file that is still arriving; gone within days, and told once it is here.")


@holding(
    "files.files",
    title=_("上传的文件"),
    columns={"files.StoredFile.owner_id"},
    order=61,
    kept=_("文件随使用它的资源或申请保存；没有被使用的，系统会自动删除。"),
)
def files(person: UUID, asked: Asked) -> list[Fact]:
    rows = StoredFile.objects.filter(owner_id=person).select_related("blob").order_by("-made_at", "-id")
    return [
        Fact(label=str(row.kind.label), value=row.name, source=OWN, since=row.made_at) for row in rows[: asked.most]
    ]
