"""What the many resources of a large demo are about: topics of stages and subjects, and what is made of them."""

import random

from heluo.domains.resources.actions import Description
from heluo.domains.resources.enums import ContentLanguage, ResourceType
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES

ENGLISH = "41"
TOPICS: dict[Stage, dict[str, str]] = {
    Stage.PRESCHOOL: {
        "23": "彩泥小动物 纸杯变变变 树叶拼贴 手指印画 影子游戏 布偶剧场 春天的颜色 过大年",
        "24": "小雨沙沙 找朋友 会响的瓶子 快与慢 听声音猜动物 锅碗瓢盆交响曲 小星星 踏步走",
        "25": "我的一家 大树和小树 圆圆的世界 下雨天 热闹的集市 黄河边的家 彩虹桥 奇妙的线条",
        "22": "小兔跳跳 平衡小勇士 好玩的皮球 老狼老狼几点钟 钻山洞 跳房子 传球接力 模仿操",
    },
    Stage.PRIMARY: {
        "13": "春晓 静夜思 小蝌蚪找妈妈 坐井观天 望庐山瀑布 草船借箭 将相和 少年闰土 观察日记 查字典 标点符号 写一封信",
        "14": "认识钟表 表内乘法 长方形的周长 分数的初步认识 小数的意义 三角形的内角和 圆的面积 百分数 可能性 简易方程",
        "41": "Colours Numbers Family Food Weather Clothes School Animals Sports Seasons Jobs Travel",
        "15": "水的三态 植物的一生 磁铁 电路 月相 声音的产生 土壤 食物链 简单机械 昆虫 热的传递 岩石",
        "22": "队列与体操 跳绳 小篮球 障碍跑 立定跳远 武术基本功 耐久跑 保护视力",
        "24": "认识五线谱 茉莉花 豫剧选段欣赏 节奏练习 竖笛入门 二声部合唱 编花篮 京剧脸谱与唱腔",
        "25": "剪纸 水墨画入门 色彩的冷暖 朱仙镇年画 点线面 泥塑 书籍封面 唐三彩",
    },
    Stage.JUNIOR: {
        "13": "济南的冬天 论语十二章 背影 岳阳楼记 孔乙己 出师表 记叙文的线索 说明文的顺序 古诗鉴赏 名著导读",
        "14": "有理数 一元一次方程 全等三角形 勾股定理 一次函数 二次函数 圆 相似 概率初步 整式的乘法 不等式组 轴对称",
        "41": "Daily-Life Hobbies Environment Health Festivals Inventions Friendship Volunteering Technology Culture",
        "16": "声现象 光的折射 凸透镜成像 质量与密度 压强 浮力 简单机械 内能 欧姆定律 电功率 电磁感应",
        "17": "走进实验室 空气 水的净化 质量守恒定律 碳和碳的氧化物 金属 溶液 酸和碱 盐与化肥",
        "18": "细胞 光合作用 呼吸作用 血液循环 人体的营养 遗传 生态系统 微生物 健康地生活",
        "20": "地图 地球的运动 气候 黄河 中国的地形 农业 交通运输 世界的人口",
        "21": "夏商周 秦统一中国 丝绸之路 隋唐盛世 洛阳与大运河 辛亥革命 改革开放 工业革命",
    },
    Stage.SENIOR: {
        "13": "沁园春 劝学 师说 赤壁赋 红楼梦 议论文的论证 文言虚词 诗歌意象",
        "14": "集合 函数的单调性 三角函数 平面向量 数列 立体几何 导数 椭圆 概率分布 复数 基本不等式",
        "41": "Reading-Skills Writing-an-Argument Attributive-Clauses Heritage Space Literature Innovation",
        "16": "匀变速直线运动 牛顿第二定律 曲线运动 万有引力 动量守恒 电场 磁场 交变电流 原子结构",
        "17": "物质的量 离子反应 氧化还原反应 元素周期律 化学平衡 电化学 有机化合物 物质结构",
        "18": "细胞的结构 酶 细胞分裂 基因的表达 进化 稳态 生态系统的稳定性 基因工程",
        "20": "大气运动 水循环 地貌 城市化 区域发展 产业转移 国土整治",
        "21": "百家争鸣 宋明理学 近代化的探索 抗日战争 古希腊 启蒙运动 冷战 世界文化遗产",
    },
    Stage.VOCATIONAL: {
        "13": "应用文写作 口语表达 求职信 通知与函 阅读与欣赏 演讲稿",
        "14": "集合与逻辑 指数与对数 三角计算 数列 统计 立体图形的计算",
        "41": "Workplace-Greetings Telephone Tools Safety Orders Interviews",
        "26": "文字处理 电子表格 网络常识 程序设计初步 图像处理 信息安全",
    },
    Stage.HIGHER: {
        "13": "大学语文 应用写作 中国古代文论 诗经选读 训诂初步",
        "14": "极限与连续 定积分 线性方程组 矩阵 概率论 常微分方程",
        "41": "Academic-Writing Listening Translation Presentation Reading",
        "22": "太极拳 健康体能 篮球裁判法 运动损伤的预防",
    },
}
"""Stage → subject (JY/T 1001) → topics."""
MADE = (
    ("学习单", ResourceType.LITERATURE),
    ("导学案", ResourceType.CASE),
    ("课件", ResourceType.COURSEWARE),
    ("分层练习", ResourceType.QUESTION),
    ("单元检测", ResourceType.TEST_PAPER),
    ("活动设计", ResourceType.CASE),
    ("常见疑问解答", ResourceType.FAQ),
    ("素材集", ResourceType.MEDIA),
)
LICENCES = (Licence.CC_BY, Licence.CC_BY_SA, Licence.CC_BY_NC, Licence.CC_BY_NC_SA, Licence.RESERVED)
LESSONS = 4


def drawn_description(dice: random.Random, stage: Stage, school: str) -> Description:
    """A resource of a stage by a school: the same dice, the same words."""
    subject = dice.choice(sorted(TOPICS[stage]))
    topic = dice.choice(TOPICS[stage][subject].split()).replace("-", " ")
    called, resource_type = dice.choice(MADE)
    year = dice.randint(1, len(GRADES[stage]))
    lesson = dice.randint(1, LESSONS)
    return Description(
        title=f"{topic}　{called}（第 {lesson} 课时）",
        description=f"{school}教研组为“{topic}”第 {lesson} 课时准备的{called}，可以直接打印使用。演示数据。",
        stage=stage,
        grade=f"{stage.value}-{year}",
        subject=subject,
        resource_type=resource_type,
        language=ContentLanguage.ENGLISH if subject == ENGLISH else ContentLanguage.CHINESE,
        licence=dice.choice(LICENCES),
        has_third_party=False,
        keywords=[topic[:20], called],
    )
