"""Names that nobody bears: places made into surnames, with given names of two written words."""

import random
from collections.abc import Iterator
from itertools import product

SURNAMES = ("河洛", "嵩云", "伊阙", "邙岭", "涧水", "瀍波", "龙门", "桐花", "汴水", "中岳")
MORE_SURNAMES = (
    "伏牛", "函谷", "宛丘", "淮源", "颍川", "汝水", "洧川", "鸿沟", "济渎", "沁阳",
    "丹水", "仰韶", "朝歌", "牧野", "桑林", "隋堤", "首阳", "缑山", "太行", "淇水",
    "漯川", "涡河", "双洎", "颍谷", "轘辕", "香鹿", "老君", "鸡公", "尧山", "天池",
)  # fmt: skip
"""A large demo has more of them."""
GIVEN_NAMES = (
    "知秋", "听雨", "望舒", "归雁", "流萤", "拾贝", "揽月", "追光", "问渠", "采薇", "扶摇",
    "凌霜", "栖梧", "踏歌", "临风", "观澜", "抱朴", "怀瑾", "若水", "鸣鹤", "晴川", "远帆",
    "新竹", "初晴",
)  # fmt: skip
FIRST_SYLLABLES = "知听望归流拾揽追问采凌栖踏临观抱怀若鸣晴远新初清疏静微朗舒逸"
SECOND_SYLLABLES = "秋雨舒雁萤贝月光渠薇霜梧歌风澜朴瑾水鹤川帆竹晴溪岚松雪云石禾"


def invented_names() -> Iterator[str]:
    """Every surname with every given name, mixed so that neighbours differ in both."""
    pairs = sorted(product(range(len(GIVEN_NAMES)), range(len(SURNAMES))), key=lambda pair: (sum(pair) * 7) % 31)
    for round_number in range(1, 1000):
        for given, surname in pairs:
            yield SURNAMES[surname] + GIVEN_NAMES[given] + ("" if round_number == 1 else f"{round_number}")


def drawn_surname(dice: random.Random) -> str:
    return dice.choice(SURNAMES + MORE_SURNAMES)


def drawn_given_name(dice: random.Random) -> str:
    """One of 900: in a million people a few hundred share name and birthday, as in any province."""
    return dice.choice(FIRST_SYLLABLES) + dice.choice(SECOND_SYLLABLES)
