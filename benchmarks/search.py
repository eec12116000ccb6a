"""Finding entries by a two-character word with two filters, top 20, beside a plain `LIKE '%词%'` on the same rows.

    .venv/bin/python -m benchmarks.search [--entries 100000] [--seed 1]

Starts its own PostgreSQL in a temporary folder, fills it with synthetic entries (seeded, by COPY) and asks through the
catalogue's own query, page and capped total, as the list page does. The peer asks the same table for the same filters
without an index for words and without ranking.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from uuid import UUID, uuid5

from django.db import connection

from benchmarks.database import own_database
from benchmarks.machine import print_table

ROUNDS = 40
IDENTIFIERS = UUID(int=0)
BEGAN = datetime(2020, 9, 1, tzinfo=UTC)
STAGES = ("primary", "junior", "senior", "vocational")
SUBJECTS = ("chinese", "math", "english", "physics", "chemistry", "biology", "history", "geography", "art", "music")
TOPICS = (
    "分数 小数 面积 周长 角度 方程 函数 几何 概率 统计 勾股定理 平行四边形 三角形 圆柱 圆锥 比例 百分数 负数 整数 因数 "
    "古诗 散文 小说 文言文 作文 阅读 拼音 识字 写话 修辞 标点 成语 戏剧 童话 寓言 说明文 议论文 记叙文 名著 演讲 "
    "单词 语法 听力 口语 时态 从句 对话 自然拼读 短文 写作 力学 电路 光学 声音 浮力 压强 杠杆 能量 磁场 电流 "
    "氧气 溶液 金属 酸碱 燃烧 元素 分子 原子 化学式 化合价 细胞 遗传 生态 植物 动物 消化 呼吸 血液 进化 微生物 "
    "黄河 长江 气候 地图 人口 城市 农业 工业 地形 洋流 殷商 秦汉 隋唐 宋元 明清 抗战 辛亥革命 丝绸之路 甲骨文 都江堰 "
    "素描 水彩 剪纸 雕塑 书法 合唱 节奏 民歌 豫剧 二胡 跳绳 篮球 体操 武术 急救 编程 人工智能 数据库 机器人 网络安全"
).split()
LESSONS = (
    "第一课时 第二课时 课堂实录 教学设计 导学案 复习课 练习 微课 公开课 实验 单元测试 思维导图 说课 课件 拓展".split()
)
BOOKS = "一年级上册 二年级下册 三年级下册 四年级上册 五年级下册 六年级上册 七年级上册 八年级下册 九年级全册".split()
PLACES = "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源".split()
PHRASES = (
    "通过情境导入激发兴趣，引导学生观察、比较和归纳。 配有练习题和答案，可用于课前预习和课后巩固。 "
    "由教研组集体备课，经过三轮磨课。 "
    "包含动画演示和实物操作，突破重点和难点。 适合线上线下混合教学，附学习任务单。"
).split()
COLUMNS = (
    "uuid kind origin state version first_published_at published_at withdrawn_reason title description keywords facets "
    "language licence creator_name organisation_id visibility shared_with_id payload digest words"
).split()


def titles(seed: int, number: int) -> Iterator[tuple[str, str, dict[str, list[str]], str]]:
    """Title, description, facets and creator of each synthetic entry. Topics follow Zipf: few common, many rare."""
    dice = random.Random(seed)  # noqa: S311  # seeded on purpose
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(TOPICS))))
    for serial in range(number):
        topic, second = dice.choices(TOPICS, cum_weights=weights, k=2)
        title = f"{dice.choice(BOOKS)}《{topic}与{second}》{dice.choice(LESSONS)}"
        if serial % 7 == 0:
            title = f"{dice.choice(PLACES)}名师{topic}{dice.choice(LESSONS)}{serial}"
        description = f"{topic}：{dice.choice(PHRASES)}{dice.choice(PHRASES)}"
        facets = {"stage": [dice.choice(STAGES)], "subject": [dice.choice(SUBJECTS)]}
        yield title, description, facets, f"示例教师{dice.randrange(5000)}"


def fill(seed: int, number: int) -> float:
    """Write the entries; seconds it took, segmentation included."""
    from heluo.engines.catalogue.vocabulary import tags_of  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.organisations.enums import Level, OrganisationKind  # noqa: PLC0415
    from heluo.kernel.organisations.models import Organisation, Region  # noqa: PLC0415
    from heluo.kernel.search.public import vector_text  # noqa: PLC0415

    organisation = Organisation.objects.create(
        uuid=UUID(int=0),
        kind=OrganisationKind.TEACHING_POINT,
        level=Level.SCHOOL,
        name="示例教学点",
        name_sort="shili",
        region=Region.objects.order_by("pk").first(),
        path="9001.",
        parent_source="benchmark",
    ).pk
    began = time.perf_counter()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY catalogue_entry ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for serial, (title, description, facets, creator) in enumerate(titles(seed, number), start=1):
                at = BEGAN + timedelta(minutes=serial)
                words = vector_text({"A": title, "B": creator, "C": description}, tags_of("resource", facets))
                copy.write_row(
                    (
                        uuid5(IDENTIFIERS, str(serial)), "resource", "heluo.localhost", "published", 1, at, at, "",
                        title, description,
                        "[]", json.dumps(facets), "zh-CN", "CC-BY-4.0", creator, organisation, "public", organisation,
                        "{}", "", words,
                    )
                )  # fmt: skip
        took = time.perf_counter() - began
        cursor.execute("VACUUM ANALYZE catalogue_entry")
    return took


def times(ask: Callable[[random.Random], object], seed: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    dice = random.Random(seed)  # noqa: S311  # seeded on purpose
    ask(dice)
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        ask(dice)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def compare(name: str, words: list[str], seed: int) -> list[object]:
    from heluo.engines.catalogue.public import find_entries  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.actors.public import PUBLIC_ACTOR  # noqa: PLC0415

    def ours(dice: random.Random) -> None:
        facets = {"stage": [dice.choice(STAGES)], "subject": [dice.choice(SUBJECTS)]}
        find_entries(actor=PUBLIC_ACTOR, text=dice.choice(words), facets=facets)

    def plain(dice: random.Random) -> None:
        facets = json.dumps({"stage": [dice.choice(STAGES)], "subject": [dice.choice(SUBJECTS)]})
        where = "FROM catalogue_entry WHERE state = 'published' AND facets @> %s AND title LIKE %s"
        asked = [facets, f"%{dice.choice(words)}%"]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 {where} LIMIT 1001) AS capped", asked)
            cursor.execute(f"SELECT id, title {where} ORDER BY published_at DESC, id DESC LIMIT 20", asked)
            cursor.fetchall()

    found = sum(int(find_entries(actor=PUBLIC_ACTOR, text=word, size=1).total.is_capped) for word in words)
    mine, peer = times(ours, seed), times(plain, seed)
    return [name, f"{found}/{len(words)}", *mine, *peer, peer[0] / mine[0]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000, help="how many entries to build (100000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other titles (1)")
    asked = parser.parse_args()
    with own_database(fsync="off"):
        took = fill(asked.seed, asked.entries)
        pairs = [topic for topic in TOPICS if len(topic) == 2]
        rows = [
            compare("common two-character words", pairs[:8], asked.seed),
            compare("middling two-character words", pairs[30:60], asked.seed),
            compare("rare two-character words", pairs[-30:], asked.seed),
            compare("places, in one title of seven", PLACES[:3], asked.seed),
        ]
    print_table(
        f"Search: {asked.entries} entries, one word, two filters, top 20 and total "
        f"(built in {took:.0f} s, {asked.entries / took:.0f}/s)",
        ["words", "above the cap", "p50 ms", "p95 ms", "LIKE p50 ms", "LIKE p95 ms", "times faster (p50)"],
        rows,
    )


if __name__ == "__main__":
    main()
