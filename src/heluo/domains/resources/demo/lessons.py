"""What the demo province has to learn from: what each lesson says, where it belongs, and how far it has come."""

# ruff: noqa: E501  # what people read stays on one line each

from dataclasses import dataclass
from enum import StrEnum

from heluo.domains.resources.demo import film
from heluo.domains.resources.demo.film import Film
from heluo.domains.resources.enums import ResourceType
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.organisations.enums import Stage

CHINESE, MATHS, SCIENCE, PHYSICS, CHEMISTRY, BIOLOGY, GEOGRAPHY = "13", "14", "15", "16", "17", "18", "20"
MUSIC, ART, ENGLISH, PRACTICE, COMPUTING = "24", "25", "41", "60", "61"


class Fate(StrEnum):
    """How far a lesson of the demo has come."""

    PUBLISHED = "published"
    WAITING = "waiting"
    RETURNED = "returned"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One resource of the demo. `days_ago` is the day of publication, or of the latest step of one that is not."""

    key: str
    title: str
    description: str
    stage: Stage
    year: int
    subject: str
    keywords: tuple[str, ...]
    days_ago: int
    film: Film | None = None
    worksheet: str = ""
    courseware: str = ""
    """Folder of a package that opens in the browser."""
    resource_type: ResourceType = ResourceType.MEDIA
    licence: Licence = Licence.CC_BY
    author: str = "teacher1"
    fate: Fate = Fate.PUBLISHED
    comment: str = ""
    reasons: tuple[str, ...] = ()
    """Codes of the form of the review."""
    lasts_days: int | None = None
    """So many days more, where it does not last for ever; fewer than none: it is over."""
    chapter: str = "1.1"
    """Number of its chapter in the example textbook of its stage, subject and grade."""


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        key="spring-dawn",
        title="《春晓》朗读指导",
        stage=Stage.PRIMARY,
        year=1,
        subject=CHINESE,
        days_ago=3,
        description="跟着画面读准四句诗的停顿和轻重，再用学习单画一画、背一背。适合课前预习或课后亲子朗读，约 10 分钟。",
        keywords=("春晓", "孟浩然", "古诗", "朗读"),
        worksheet="chunxiao",
        film=Film(
            "《春晓》朗读",
            ("听一听：停顿在哪里？", "跟一跟：“晓”“鸟”“少”押韵", "背一背：看图说诗"),
            film.poem("春眠 / 不觉 / 晓", "处处 / 闻 / 啼鸟", "夜来 / 风雨 / 声", "花落 / 知 / 多少"),
            tone=294,
        ),
    ),
    Lesson(
        key="quiet-night",
        chapter="1.2",
        title="《静夜思》诵读与想象",
        stage=Stage.PRIMARY,
        year=1,
        subject=CHINESE,
        days_ago=26,
        description="四句诗配画面，边看边读，想一想诗人为什么“低头思故乡”。可直接在班上播放。",
        keywords=("静夜思", "李白", "古诗"),
        author="teacher2",
        licence=Licence.CC_BY_SA,
        film=Film(
            "《静夜思》",
            ("读准字音，读出停顿", "闭上眼睛，想象月光", "说一说：你什么时候会想家？"),
            film.poem("床前 / 明月光", "疑是 / 地上霜", "举头 / 望明月", "低头 / 思故乡"),
            tone=262,
        ),
    ),
    Lesson(
        key="fractions",
        title="分数的初步认识",
        stage=Stage.PRIMARY,
        year=3,
        subject=MATHS,
        days_ago=1,
        description="用一个圆的平均分认识几分之一和几分之几，短片之后是两页分层练习，附参考答案。",
        keywords=("分数", "平均分", "几分之一"),
        worksheet="fractions",
        film=Film(
            "分数的初步认识",
            ("把一个圆平均分成 4 份", "每份是它的四分之一", "取 3 份，就是四分之三"),
            film.pie(4, 3),
            tone=330,
        ),
    ),
    Lesson(
        key="states-of-water",
        title="水的三态变化实验",
        stage=Stage.PRIMARY,
        year=3,
        subject=SCIENCE,
        days_ago=5,
        description="短片用小圆点表示水的微粒，看它们怎样从整齐到散开；实验单带学生做融化、蒸发和凝结三个小实验。",
        keywords=("水", "三态", "融化", "蒸发", "凝结"),
        worksheet="water",
        resource_type=ResourceType.COURSEWARE,
        film=Film(
            "水的三态",
            ("冰：微粒排列整齐，只能振动", "水：微粒可以互相滑动", "水蒸气：微粒四处飞散"),
            film.states_of_water,
            tone=349,
        ),
    ),
    Lesson(
        key="pythagoras",
        title="勾股定理：从赵爽弦图说起",
        stage=Stage.JUNIOR,
        year=2,
        subject=MATHS,
        days_ago=2,
        description="先看三个正方形的面积怎样相加，再动手拼赵爽弦图得到证明。学习单含“池中之葭”等应用题和逆命题的判断。",
        keywords=("勾股定理", "赵爽弦图", "直角三角形"),
        worksheet="pythagoras",
        author="teacher2",
        film=Film(
            "勾股定理",
            ("两条直角边上的正方形：9 和 16", "斜边上的正方形：25", "直角三角形中 a²+b²=c²"),
            film.pythagoras,
            tone=262,
        ),
    ),
    Lesson(
        key="convex-lens",
        chapter="2.1",
        title="凸透镜成像规律",
        stage=Stage.JUNIOR,
        year=2,
        subject=PHYSICS,
        days_ago=8,
        description="物体慢慢靠近透镜，像会怎样变？短片演示物距、像距和像的大小，实验报告可直接打印分组使用。",
        keywords=("凸透镜", "成像", "焦距", "光学"),
        worksheet="lens",
        resource_type=ResourceType.COURSEWARE,
        film=Film(
            "凸透镜成像",
            ("u > 2f：倒立、缩小的实像", "u = 2f：倒立、等大的实像", "f < u < 2f：倒立、放大的实像"),
            film.lens,
            tone=294,
        ),
    ),
    Lesson(
        key="day-and-night",
        title="地球自转与昼夜交替",
        stage=Stage.JUNIOR,
        year=1,
        subject=GEOGRAPHY,
        days_ago=12,
        description="从北极上空看，地球自西向东转。跟着城市的小点走一圈，看它什么时候迎来早晨和傍晚。",
        keywords=("地球自转", "昼夜", "晨昏线"),
        author="teacher2",
        film=Film(
            "昼夜交替",
            ("太阳只能照亮半个地球", "地球自西向东自转", "城市轮流进入白天和黑夜"),
            film.turning_earth,
            tone=247,
        ),
    ),
    Lesson(
        key="circumference",
        lasts_days=20,
        title="圆的周长与圆周率",
        stage=Stage.PRIMARY,
        year=6,
        subject=MATHS,
        days_ago=15,
        description="让一个圆在直线上滚动一周，它走过的长度就是周长，大约是直径的三倍多一点。适合新授课导入。",
        keywords=("圆", "周长", "圆周率"),
        film=Film(
            "圆的周长", ("在圆上做一个记号", "沿直尺滚动一周", "周长总是直径的 π 倍"), film.rolling_circle, tone=330
        ),
    ),
    Lesson(
        key="rhythm",
        title="二分、四分与八分音符的节奏练习",
        stage=Stage.PRIMARY,
        year=4,
        subject=MUSIC,
        days_ago=19,
        description="跟着亮起的音符拍手：四分音符一拍，八分音符半拍，二分音符两拍。先慢后快，全班一起来。",
        keywords=("节奏", "音符", "二拍子"),
        author="teacher2",
        licence=Licence.CC_BY_NC,
        film=Film(
            "节奏练习", ("看准亮起的音符", "四分音符拍一下", "八分音符，两个合成一拍"), film.beats, seconds=9, tone=392
        ),
    ),
    Lesson(
        key="parabola",
        title="二次函数图象与系数 a",
        stage=Stage.JUNIOR,
        year=3,
        subject=MATHS,
        days_ago=9,
        description="a 的正负决定开口方向，绝对值决定开口大小。短片让 a 连续变化，方便课堂提问和猜想。",
        keywords=("二次函数", "抛物线", "图象"),
        resource_type=ResourceType.COURSEWARE,
        film=Film(
            "y = ax² 的图象", ("a < 0：开口向下", "a > 0：开口向上", "|a| 越大，开口越小"), film.parabola, tone=262
        ),
    ),
    Lesson(
        key="sine",
        chapter="2.1",
        title="从单位圆到正弦曲线",
        stage=Stage.SENIOR,
        year=1,
        subject=MATHS,
        days_ago=6,
        description="点在单位圆上走一周，它的高度展开就是正弦曲线。用来引入三角函数的周期性。",
        keywords=("三角函数", "正弦", "单位圆"),
        author="teacher2",
        licence=Licence.CC_BY_SA,
        film=Film(
            "正弦曲线的由来", ("点在单位圆上转动", "纵坐标就是角的正弦", "转一周，曲线重复一次"), film.sine, tone=220
        ),
    ),
    Lesson(
        key="binary",
        title="二进制数数",
        stage=Stage.JUNIOR,
        year=1,
        subject=COMPUTING,
        days_ago=22,
        description="八盏灯表示八位二进制数，从 0 数到 40。看清“逢二进一”是怎样发生的。",
        keywords=("二进制", "进位", "信息科技"),
        film=Film("二进制数数", ("亮是 1，灭是 0", "每一位都是右边的两倍", "逢二进一，向左进位"), film.bits, tone=440),
    ),
    Lesson(
        key="clock",
        title="认识时、分：钟面上的一小时",
        stage=Stage.PRIMARY,
        year=2,
        subject=MATHS,
        days_ago=11,
        description="时针走一大格，分针走一圈。从三点整看到四点半，边看边报时刻。",
        keywords=("时间", "钟面", "时分"),
        author="teacher2",
        film=Film(
            "认识时、分",
            ("三点整：分针指着 12", "分针走一圈，时针走一大格", "四点半：时针在 4 和 5 中间"),
            film.clock,
            tone=349,
        ),
    ),
    Lesson(
        key="sound",
        title="声音的产生与传播",
        stage=Stage.JUNIOR,
        year=2,
        subject=PHYSICS,
        days_ago=30,
        description="琴弦振动推动空气，一疏一密传向远方。配合“真空罩里的闹钟”演示使用效果更好。",
        keywords=("声音", "振动", "声波"),
        film=Film(
            "声音的产生与传播", ("声音由物体振动产生", "声音的传播需要介质", "真空不能传声"), film.sound, tone=440
        ),
    ),
    Lesson(
        key="colour",
        title="三原色与间色",
        stage=Stage.PRIMARY,
        year=1,
        subject=ART,
        days_ago=34,
        description="红、黄、蓝慢慢靠近，两两相混变成橙、绿、紫。课上先猜一猜，再用颜料试一试。",
        keywords=("三原色", "间色", "美术"),
        author="teacher2",
        licence=Licence.CC0,
        film=Film(
            "三原色变变变",
            ("红、黄、蓝是颜料的三原色", "两种原色混合得到间色", "橙、绿、紫都藏在里面"),
            film.colours,
            tone=392,
        ),
    ),
    Lesson(
        key="introduce-yourself",
        title="Introduce Yourself 自我介绍",
        stage=Stage.PRIMARY,
        year=3,
        subject=ENGLISH,
        days_ago=7,
        description="四句话介绍自己：名字、年龄、家乡和爱好。听一句、跟一句，再换成自己的信息说给同桌听。",
        keywords=("自我介绍", "口语", "introduce"),
        film=Film(
            "Introduce Yourself",
            ("Listen and repeat 听一听，跟读", "Change the words 换成自己的信息", "Tell your partner 说给同桌听"),
            film.lines("Hello! My name is Li Hua.", "I am nine years old.", "I am from Luoyang.", "I like drawing."),
            tone=330,
        ),
    ),
    Lesson(
        key="photosynthesis",
        title="绿叶在光下制造有机物：实验单",
        stage=Stage.JUNIOR,
        year=1,
        subject=BIOLOGY,
        days_ago=14,
        description="暗处理、遮光、脱色、染色，每一步都请学生写出“为什么”。附安全提示、结论与参考答案，两页可双面打印。",
        keywords=("光合作用", "淀粉", "对照实验"),
        worksheet="photosynthesis",
        resource_type=ResourceType.LITERATURE,
    ),
    Lesson(
        key="balancing",
        title="化学方程式的配平：分层练习",
        stage=Stage.JUNIOR,
        year=3,
        subject=CHEMISTRY,
        days_ago=4,
        description="从最小公倍数法的例题到分层练习、找错和简单计算，适合学完质量守恒定律后巩固，附参考答案。",
        keywords=("化学方程式", "配平", "质量守恒"),
        worksheet="equations",
        resource_type=ResourceType.QUESTION,
        author="teacher2",
    ),
    Lesson(
        key="friends-day",
        title="My Friend's Day 一般现在时学习单",
        stage=Stage.JUNIOR,
        year=1,
        subject=ENGLISH,
        days_ago=10,
        description="读一篇短文，归纳第三人称单数的变化规律，再采访同学写一段话。语法从语境里来，附答案。",
        keywords=("一般现在时", "第三人称单数", "写作"),
        worksheet="english",
        resource_type=ResourceType.COURSEWARE,
    ),
    Lesson(
        key="yellow-river",
        title="黄河：读图学习单",
        stage=Stage.JUNIOR,
        year=2,
        subject=GEOGRAPHY,
        days_ago=16,
        description="对照流域图填写上、中、下游的特点，推一推“地上河”的成因，做一个水土流失小模型，最后看看家乡的小浪底。",
        keywords=("黄河", "水土流失", "地上河", "小浪底"),
        worksheet="yellowriver",
        author="teacher2",
        resource_type=ResourceType.COURSEWARE,
        licence=Licence.CC_BY_SA,
    ),
    Lesson(
        key="analects",
        title="《论语》选读导学案：学与思",
        stage=Stage.JUNIOR,
        year=1,
        subject=CHINESE,
        days_ago=20,
        description="五则短章，从字音字义、译句到辩论和写作。强调古今异义，留足书写空间。",
        keywords=("论语", "文言文", "导学案"),
        worksheet="analects",
        resource_type=ResourceType.CASE,
    ),
    Lesson(
        key="newton",
        title="牛顿第二定律课堂任务单",
        stage=Stage.SENIOR,
        year=1,
        subject=PHYSICS,
        days_ago=18,
        description="从实验结论到公式，再到斜面、电梯、弹簧瞬时问题和刹车距离，步骤清楚，附详细答案。",
        keywords=("牛顿第二定律", "受力分析", "加速度"),
        worksheet="newton",
        resource_type=ResourceType.COURSEWARE,
        author="teacher2",
        licence=Licence.CC_BY_NC_SA,
    ),
    Lesson(
        key="monotonic",
        title="函数的单调性学习任务单",
        stage=Stage.SENIOR,
        year=1,
        subject=MATHS,
        days_ago=13,
        description="把“上升”翻译成符号语言，练习用定义证明的四个步骤，辨析三个常见错误，附参考答案。",
        keywords=("函数", "单调性", "证明"),
        worksheet="monotonic",
        resource_type=ResourceType.COURSEWARE,
    ),
    Lesson(
        key="rubbish-week",
        lasts_days=-2,
        title="一周垃圾调查活动手册",
        stage=Stage.PRIMARY,
        year=5,
        subject=PRACTICE,
        days_ago=24,
        description="称一周的家庭垃圾，画条形图，和小组比较，再定一条真能做到的减量办法。数学、科学和劳动都用得上。",
        keywords=("垃圾分类", "调查", "条形图", "劳动"),
        worksheet="sorting",
        resource_type=ResourceType.CASE,
    ),
    Lesson(
        key="stork-tower",
        title="《登鹳雀楼》朗读",
        stage=Stage.PRIMARY,
        year=2,
        subject=CHINESE,
        days_ago=2,
        description="读准“鹳”“穷”，读出登高望远的气势。",
        keywords=("登鹳雀楼", "王之涣", "古诗"),
        fate=Fate.WAITING,
        film=Film(
            "《登鹳雀楼》",
            ("白日、黄河，景象开阔", "要看得更远，就要站得更高"),
            film.poem("白日 / 依山尽", "黄河 / 入海流", "欲穷 / 千里目", "更上 / 一层楼"),
            seconds=6,
            tone=294,
        ),
    ),
    Lesson(
        key="fraction-quiz",
        chapter="1.2",
        title="分数大小闯关（互动课件）",
        stage=Stage.PRIMARY,
        year=3,
        subject=MATHS,
        days_ago=2,
        description="五道看图比大小的题，点一点就知道对不对；做到一半离开，下次接着做，平台记下成绩。",
        keywords=("分数", "比大小", "互动"),
        courseware="fractions",
        resource_type=ResourceType.COURSEWARE,
    ),
    Lesson(
        key="comparing-fractions",
        chapter="1.2",
        title="同分母分数比大小",
        stage=Stage.PRIMARY,
        year=3,
        subject=MATHS,
        days_ago=1,
        description="同样平均分成 5 份，取 3 份和取 2 份，哪个大？看图说理由。",
        keywords=("分数", "比大小"),
        fate=Fate.WAITING,
        author="teacher2",
        film=Film("五分之三有多大", ("平均分成 5 份", "取其中的 3 份"), film.pie(5, 3), seconds=6, tone=330),
    ),
    Lesson(
        key="what-time",
        title="What Time Is It? 时间问答",
        stage=Stage.PRIMARY,
        year=4,
        subject=ENGLISH,
        days_ago=0,
        description="四个问答句型练习整点和半点，可两人一组轮流提问。",
        keywords=("时间", "口语"),
        fate=Fate.WAITING,
        film=Film(
            "What Time Is It?",
            ("Ask 问", "Answer 答"),
            film.lines("What time is it?", "It's seven o'clock.", "It's half past four.", "It's time for class."),
            seconds=6,
            tone=349,
        ),
    ),
    Lesson(
        key="sorting-song",
        title="垃圾分类儿歌",
        stage=Stage.PRIMARY,
        year=1,
        subject=PRACTICE,
        days_ago=1,
        description="四句儿歌记住四个桶。",
        keywords=("垃圾分类", "儿歌"),
        fate=Fate.RETURNED,
        reasons=("science", "description"),
        comment="“旧电池都放有害桶”不准确：普通干电池多按其他垃圾投放，请改成“充电电池、纽扣电池”。说明里请写明适用年级和使用方法。",
        film=Film(
            "垃圾分类儿歌",
            ("跟着唱一唱", "再想一想对不对"),
            film.lines("果皮菜叶进绿桶", "纸张塑料进蓝桶", "旧电池放红桶里", "其余都进灰桶中"),
            seconds=6,
            tone=392,
        ),
    ),
    Lesson(
        key="willow",
        chapter="1.2",
        title="《咏柳》配画",
        stage=Stage.PRIMARY,
        year=2,
        subject=CHINESE,
        days_ago=0,
        description="",
        keywords=("咏柳",),
        fate=Fate.DRAFT,
        film=Film(
            "《咏柳》",
            ("碧玉妆成一树高",),
            film.poem("碧玉 / 妆成 / 一树高", "万条 / 垂下 / 绿丝绦", "不知 / 细叶 / 谁裁出", "二月 / 春风 / 似剪刀"),
            seconds=6,
            tone=294,
        ),
    ),
    Lesson(
        key="sea-and-sun",
        title="海陆风的形成",
        stage=Stage.SENIOR,
        year=1,
        subject=GEOGRAPHY,
        days_ago=40,
        description="白天和夜晚，海边的风向为什么相反？",
        keywords=("海陆风", "热力环流"),
        fate=Fate.WITHDRAWN,
        comment="第二句把白天和夜晚的风向写反了，正在修改，改好后重新发布。",
        author="teacher2",
        film=Film(
            "海陆风",
            ("陆地比海洋升温快、降温快", "气压差推动空气流动"),
            film.lines("白天陆地升温快，气压低", "白天风从陆地吹向海洋", "夜晚陆地降温快，气压高"),
            seconds=6,
            tone=247,
        ),
    ),
)
