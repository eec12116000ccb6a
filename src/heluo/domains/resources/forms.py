"""Forms of the resource centre: they parse; the actions decide."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.actions import Description
from heluo.domains.resources.enums import ContentLanguage, ResourceType
from heluo.domains.resources.errors import NoReplacement
from heluo.domains.resources.models import LONGEST_KEYWORD, MAX_FILES, MAX_KEYWORDS, ResourceVersion
from heluo.domains.resources.queries import subject_choices
from heluo.domains.resources.queries.sheets import LAYOUT
from heluo.engines.catalogue.enums import Licence, Visibility
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES
from heluo.kernel.pages.forms import ChoosingForm, DayInput, PageForm
from heluo.kernel.tables.public import ACCEPTED

IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s,，、;；]+")
LONGEST_PLAYING = 24 * 3600
CHOOSE = ("", _("请选择"))
TOLD = _("由课件包填写，请核对。")


class DraftForm(PageForm):
    """What an author says about a resource. Nothing is required while it is a draft."""

    groups = (
        (_("内容"), ("title", "description", "keywords")),
        (_("归类"), ("audience", "subject", "resource_type", "language")),
        (_("权利"), ("licence", "has_third_party", "third_party_statement", "valid_until")),
    )
    needed_later = (
        *("title", "description", "audience", "subject", "resource_type", "language", "licence"),
        "has_third_party",
    )

    title = forms.CharField(
        label=_("标题"),
        max_length=100,
        required=False,
        help_text=_("写清讲什么，例如“分数的初步认识”。不超过 100 个字。"),
    )
    description = forms.CharField(
        label=_("内容说明"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("适合谁、怎么用、大约多长时间。"),
    )
    keywords = forms.CharField(
        label=_("关键词"), required=False, help_text=_("用空格或顿号分开，最多 10 个，别人会用它们来搜索。")
    )
    audience = forms.ChoiceField(label=_("适用学段和年级"), required=False)
    subject = forms.ChoiceField(label=_("学科"), required=False)
    resource_type = forms.ChoiceField(label=_("资源类型"), required=False, choices=[CHOOSE, *ResourceType.choices])
    language = forms.ChoiceField(label=_("语种"), required=False, choices=[CHOOSE, *ContentLanguage.choices])
    licence = forms.ChoiceField(
        label=_("许可"),
        required=False,
        choices=[CHOOSE, *Licence.choices],
        help_text=_("别人可以怎样使用您的作品。发布后，已发布版本的许可不能改变。"),
    )
    has_third_party = forms.TypedChoiceField(
        label=_("是否含他人作品"),
        required=False,
        choices=[("no", _("没有，全部是本人或本单位原创")), ("yes", _("有，引用了他人的文字、图片、音乐或视频"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    third_party_statement = forms.CharField(
        label=_("他人作品的来源与授权"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("逐项写明作者、出处和许可，例如“背景音乐：某某《某曲》，CC BY 4.0，网址……”。没有引用时不用填。"),
    )
    valid_until = forms.DateField(
        label=_("有效期至"),
        required=False,
        widget=DayInput(),
        help_text=_("内容会过时，或借用的作品授权有期限时填写：第二天自动下架，之前会提醒您。长期有效就留空。"),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self._choices("subject").choices = [CHOOSE, *subject_choices(local_day(now()))]
        self._choices("audience").choices = [CHOOSE, *_audiences()]

    @classmethod
    def initial_of(cls, version: ResourceVersion) -> dict[str, object]:
        """The form's values for a version as it stands."""
        return {
            **{name: getattr(version, name) for name in cls.base_fields if hasattr(version, name)},
            "audience": version.grade or version.stage,
            "keywords": "、".join(version.keywords),
            "has_third_party": {True: "yes", False: "no", None: ""}[version.has_third_party],
        }

    def clean_keywords(self) -> list[str]:
        words = [word for word in SEPARATORS.split(self.cleaned_data["keywords"]) if word]
        if len(words) > MAX_KEYWORDS:
            raise forms.ValidationError(_("关键词最多 10 个，现在有 %(count)d 个。"), params={"count": len(words)})
        if long := [word for word in words if len(word) > LONGEST_KEYWORD]:
            raise forms.ValidationError(_("“%(word)s”太长了，一个关键词不超过 20 个字。"), params={"word": long[0]})
        return list(dict.fromkeys(words))

    def description_given(self, version: ResourceVersion) -> Description:
        """The cleaned form as the action takes it; places on the textbook tree are chosen on a page of their own."""
        given = dict(self.cleaned_data)
        audience = given.pop("audience")
        stage = audience.split("-")[0]
        return Description(
            stage=stage,
            grade=audience if audience != stage else "",
            chapters=version.chapters,
            knowledge_points=version.knowledge_points,
            **given,
        )

    def offer_licences(self, possible: Sequence[Licence]) -> None:
        """Only these terms can be chosen."""
        self._choices("licence").choices = [CHOOSE, *((licence.value, licence.label) for licence in possible)]

    def mark_told(self, names: Iterable[str]) -> None:
        """Say beside each part that a courseware package filled it in."""
        for name in names:
            field = self.fields[name]
            field.help_text = format_lazy("{told} {help}", told=TOLD, help=field.help_text)

    def mark_missing(self, fields: tuple[str, ...]) -> None:
        """Say beside each field that it must be filled before submission."""
        for name in fields:
            shown = "audience" if name == "stage" else name
            if shown in self.fields:
                self.add_error(shown, _("提交审核前请填写这一项。"))

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        return field


def _audiences() -> list[tuple[object, object]]:
    """Each stage as a group: the whole stage first, then its grades."""
    return [
        (
            stage.label,
            [
                (stage.value, _("{stage}各年级").format(stage=stage.label)),
                *((f"{stage.value}-{year}", name) for year, name in enumerate(GRADES[stage], 1)),
            ],
        )
        for stage in Stage
    ]


class NodesField(forms.TypedMultipleChoiceField):
    """Identifiers of nodes of the textbook tree; whether there are such nodes, the action says."""

    def __init__(self) -> None:
        super().__init__(required=False, coerce=UUID, empty_value=[])

    def valid_value(self, value: object) -> bool:
        return True


class PlacesForm(PageForm):
    """Chapters and knowledge points that are ticked."""

    chapters = NodesField()
    knowledge_points = NodesField()

    def chosen(self, name: str, before: Sequence[UUID]) -> list[UUID]:
        """What is ticked: what held before in its order, then the rest."""
        ticked = list(dict.fromkeys(self.cleaned_data[name]))
        return [*(uuid for uuid in before if uuid in ticked), *(uuid for uuid in ticked if uuid not in before)]


class OverlayForm(PlacesForm):
    """What is said here of an entry of another node."""

    keywords = forms.CharField(
        label=_("标签"),
        required=False,
        max_length=1000,
        help_text=_("用空格或顿号分开，最多 20 个。在本平台用这些词也能找到它。"),
    )
    note = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如怎样用在本地的教学里。看到这个资源的人都看得到。"),
    )
    visibility = forms.ChoiceField(label=_("在本平台谁能看到"), required=False)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *given: object, reaches: Visibility, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]  # as any form takes them
        narrower = (Visibility.SIGNED_IN, Visibility.TREE) if reaches == Visibility.PUBLIC else (Visibility.TREE,)
        self.fields["visibility"].choices = [  # type: ignore[attr-defined]  # a choice field has them
            ("", format_lazy(_("与来源一致（{reaches}）"), reaches=reaches.label)),
            *((one.value, one.label) for one in narrower if one != reaches),
        ]

    def begin_from(self, revision: int) -> None:
        """Shown again, it begins from another revision than the one it was sent with."""
        self.data = {name: self.data[name] for name in self.data} | {"revision": str(revision)}

    def clean_keywords(self) -> list[str]:
        return [word for word in SEPARATORS.split(self.cleaned_data["keywords"]) if word]


class RestoreForm(PageForm):
    """A removed file, and where it stood."""

    restore = forms.UUIDField()
    place = forms.IntegerField(min_value=0, max_value=MAX_FILES)


class PlaceForm(PageForm):
    """How far somebody has played, in seconds."""

    second = forms.FloatField(min_value=0, max_value=LONGEST_PLAYING)


class ProlongingForm(PageForm):
    needed_there = ("reason",)

    until = forms.DateField(label=_("有效期延长到"), widget=DayInput())
    reason = forms.CharField(
        label=_("为什么可以延长"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：作者续签了授权到这一天。会留在这个资源的经过里。"),
    )


class FaultForm(ChoosingForm):
    """What is wrong with a published resource."""

    fault = forms.ChoiceField(label=_("是什么问题"), widget=forms.RadioSelect)
    details = forms.CharField(
        label=_("具体说明"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写清在哪里、错在哪里，例如“第 2 页第 3 题，答案应为 12”。"),
    )


class WithdrawalForm(PageForm):
    reason = forms.CharField(
        label=_("下架原因"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会显示在原来的页面上，让收藏过它的人知道。"),
    )
    replacement = forms.CharField(
        label=_("替代资源"),
        max_length=500,
        required=False,
        help_text=_("有替代的资源时，粘贴它的网址，原来的页面会指过去。"),
    )

    def clean_replacement(self) -> UUID | None:
        """The identifier in the address of a resource."""
        text = self.cleaned_data["replacement"]
        if not text:
            return None
        found = IDENTIFIER.search(text)
        if found is None:
            raise forms.ValidationError(NoReplacement.message)
        return UUID(found[0])


class SheetForm(ChoosingForm):
    """A table of drafts, and whose they are."""

    place = forms.ChoiceField(label=_("这些资源算哪个单位的？"))
    file = forms.FileField(
        label=_("批量表"),
        help_text=_("Excel 工作簿（.xlsx）或 CSV，一行一个资源，最多 200 行。先核对，有一处错误就不新建。"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        uploaded: UploadedFile[bytes] = self.cleaned_data["file"]
        if (uploaded.size or 0) > LAYOUT.most_bytes:
            raise forms.ValidationError(str(LAYOUT.too_large()))
        return uploaded
