"""The style guide: every component and every page kind with sample data, in its empty, error and long-text states."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.pages.access import Permission
from heluo.kernel.pages.forms import PageForm, form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import KeysetPage
from heluo.kernel.pages.listing import Facet, choices, chosen_values, facet
from heluo.kernel.pages.questions import Question
from heluo.kernel.pages.rules import PageRequest, reads

MAY = Audience.PUBLIC if settings.DEBUG else Permission.VIEW_STYLEGUIDE
KINDS = {
    "home": _("首页"),
    "list": _("列表"),
    "list-empty": _("列表（空）"),
    "detail": _("详情"),
    "task": _("办理"),
    "form": _("表单"),
    "form-errors": _("表单（有错）"),
    "import": _("导入"),
    "workbench": _("工作台"),
    "dashboard": _("驾驶舱"),
    "report": _("报告"),
    "plain": _("单卡"),
    "error": _("出错"),
}
LONG = (
    "黄河流域生态保护与高质量发展背景下的初中地理跨学科主题学习单元整体设计"
    "（含学习任务单、分层作业与评价量表）第二次修订"
)


@reads(may=MAY)
def index(request: PageRequest) -> HttpResponse:
    """Tokens and components."""
    context = {
        "kinds": KINDS,
        "long": LONG,
        "at": now() - timedelta(minutes=12),
        "form": SampleForm(),
        "wrong_form": SampleForm({"title": "", "subject": "maths", "stage": []}),
        "facts": FACTS,
        "events": _events(),
        "steps": STEPS,
        "process": {**PROCESS, "diagram_url": static("styleguide/process.bpmn")},
        "cards": CARDS,
        "tabs": choices(
            request.GET, name="tab", labels={"all": "全部", "mine": "我的"}, counts={"all": 128, "mine": 3}
        ),
        "figures": FIGURES,
        "question": QUESTION,
    }
    return page_response(request, "styleguide/index.html", context)


@reads(may=MAY)
def sample(request: PageRequest, kind: str) -> HttpResponse:
    """One page kind, filled."""
    if kind not in KINDS:
        raise NotFound
    if kind == "form":
        return form_page(request, "styleguide/form.html", SampleForm(), {"known_facts": FACTS[:3]})
    if kind == "form-errors":
        wrong = SampleForm({"title": "", "subject": "maths", "stage": []})
        return form_page(request, "styleguide/form.html", wrong)
    facets = _facets(request)
    is_empty = kind == "list-empty"
    context = {
        "page": KeysetPage([] if is_empty else CARDS, None if is_empty else "next", None),
        "count": 0 if is_empty else "1000+",
        "facets": facets,
        "chosen": chosen_values(facets),
        "sorts": choices(request.GET, name="sort", labels={"new": _("最新"), "best": _("评分最高")}),
        "cards": CARDS,
        "facts": FACTS,
        "events": _events(),
        "steps": STEPS,
        "figures": FIGURES,
        "form": DecisionForm(),
        "problems": PROBLEMS,
        "chart": CHART,
        "made_on": now(),
        "source": "资源中心，2026-11-23",
        "method": "按公布时间统计，同一资源的新版本不重复计。",
        "tabs": choices(
            request.GET, name="tab", labels={"about": "介绍", "versions": "版本", "talk": "评论"}, counts={"talk": 12}
        ),
    }
    template = f"styleguide/{kind.removesuffix('-empty')}.html"
    return page_response(request, template, context, fragments=("listing",))


class SampleForm(PageForm):
    """Every kind of field."""

    groups = (("基本信息", ("title", "summary", "subject", "stage")), ("发布", ("licence", "file", "day", "agrees")))

    title = forms.CharField(label="标题", help_text="写清年级、学科和课题，方便别人找到。", max_length=80)
    summary = forms.CharField(label="简介", widget=forms.Textarea, required=False)
    subject = forms.ChoiceField(label="学科", choices=[("", "请选择"), ("chinese", "语文"), ("maths", "数学")])
    stage = forms.MultipleChoiceField(
        label="学段",
        choices=[("primary", "小学"), ("junior", "初中"), ("senior", "高中")],
        widget=forms.CheckboxSelectMultiple,
        help_text="可多选。",
    )
    licence = forms.ChoiceField(
        label="版权声明",
        choices=[("by", "署名后可自由使用"), ("by-nc", "署名，不得用于商业")],
        widget=forms.RadioSelect,
        initial="by",
    )
    file = forms.FileField(label="附件", required=False)
    day = forms.DateField(label="上课日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    agrees = forms.BooleanField(label="我确认内容由本人制作，或已取得授权")


class DecisionForm(PageForm):
    """A reviewer's decision."""

    decision = forms.ChoiceField(
        label="审核结论", choices=[("pass", "审核通过"), ("return", "退回修改")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="意见", widget=forms.Textarea, required=False, help_text="退回时请写明要改什么。")


def _facets(request: PageRequest) -> list[Facet]:
    return [
        facet(
            request.GET,
            name="subject",
            title="学科",
            labels={"chinese": "语文", "maths": "数学", "english": "英语", "science": "科学"},
            counts={"chinese": 312, "maths": 208, "english": 97, "science": 41},
        ),
        facet(request.GET, name="stage", title="学段", labels={"primary": "小学", "junior": "初中", "senior": "高中"}),
        facet(request.GET, name="kind", title="类型", labels={"video": "视频", "slides": "课件", "paper": "试卷"}),
    ]


def _events() -> list[dict[str, object]]:
    present = now()
    return [
        {"title": "提交审核", "who": "示例教师甲", "at": present - timedelta(days=9)},
        {
            "title": "退回修改",
            "who": "示例审核员",
            "at": present - timedelta(days=1, hours=3),
            "text": "第 3 页的图片请注明来源。",
        },
        {"title": "再次提交", "who": "示例教师甲", "at": present - timedelta(minutes=8)},
    ]


QUESTION = Question(
    title="下架“平行四边形的面积”？", verb="下架", text="下架后别人不能再查看；已引用它的课程会显示“已下架”。"
)
STEPS = [
    {"title": "草稿", "is_done": True},
    {"title": "学校审核", "is_done": True},
    {"title": "县级审核", "is_current": True},
    {"title": "公布"},
]
PROCESS = {
    "current": ["county_review"],
    "passed": ["start", "f_start", "school_review", "f_school", "school_verdict", "f_school_pass"],
    "label": "样例流程：学校审核已通过，现在由县级审核",
}
FACTS = [
    ("学校", "河洛示例小学", "组织机构库"),
    ("学科", "数学"),
    ("年级", "五年级"),
    ("文件大小", "48.2 MB"),
    ("许可", "署名后可自由使用"),
    ("备注", ""),
]
CARDS = [
    {
        "title": "平行四边形的面积",
        "note": "示例教师甲 · 河洛示例小学",
        "media_note": "12:05",
        "icon": "video",
        "tags": ["数学", "五年级"],
        "stars": 4.6,
    },
    {
        "title": LONG,
        "note": "一个名字特别特别长的示例教师 · 名称同样很长的河洛示例实验初级中学东校区",
        "icon": "presentation",
        "tags": ["地理", "八年级"],
    },
    {
        "title": "My School Life: a reading lesson",
        "note": "示例教师乙 · 河洛示例中学",
        "icon": "file-text",
        "tags": ["英语"],
        "stars": 3.2,
    },
    {
        "title": "观察月相",
        "note": "示例教师丙 · 河洛示例小学",
        "icon": "flask",
        "tags": ["科学", "三年级"],
        "state": "待县级审核",
        "tone": "waiting",
    },
    {
        "title": "背影",
        "note": "示例教师丁 · 河洛示例中学",
        "media_note": "8:40",
        "icon": "video",
        "tags": ["语文", "八年级"],
        "stars": 4.9,
    },
    {"title": "期末复习试卷", "note": "示例教师戊 · 河洛示例小学", "icon": "file-text", "tags": ["数学"]},
]
FIGURES = [
    {
        "label": "本周新增资源",
        "value": "1,284",
        "unit": "个",
        "trend": "比上周多 12%",
        "tone": "success",
        "source": "资源中心，今天 08:00",
        "url": "#",
    },
    {
        "label": "数字校园达标率",
        "value": "86.4",
        "unit": "%",
        "target": "90%",
        "trend": "还差 3.6 个百分点",
        "tone": "waiting",
    },
    {"label": "未响应的学校", "value": "7", "unit": "所", "trend": "比昨天多 2 所", "tone": "danger", "url": "#"},
    {"label": "在线课堂", "value": "42", "unit": "节"},
]
PROBLEMS = [
    {
        "row": 14,
        "column": "学籍号",
        "value": "G41030420150813",
        "message": "学籍号应为 G 加 18 位身份证号，这里少了 4 位。",
    },
    {"row": 27, "column": "出生日期", "value": "2015-02-30", "message": "没有这一天，请核对。"},
]
CHART = {
    "columns": ["城市", "达标率"],
    "rows": [("郑州", 93), ("洛阳", 88), ("开封", 81), ("南阳", 79), ("信阳", 74)],
    "options": {
        "grid": {"left": 64, "right": 64, "top": 8, "bottom": 8},
        "xAxis": {"type": "value", "max": 100, "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": ["郑州", "洛阳", "开封", "南阳", "信阳"]},
        "series": [
            {
                "type": "bar",
                "barWidth": 16,
                "data": [93, 88, 81, 79, 74],
                "label": {"show": True, "position": "right", "formatter": "{c}%"},
            }
        ],
    },
}
