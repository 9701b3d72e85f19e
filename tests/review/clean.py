"""Random policies that are in order: sums add up, tiers join, deductions end where items end."""

from __future__ import annotations

from random import Random

_MONTHS = ("社保月数", "居住月数", "缴存月数")
_COUNTS = ("献血次数", "表彰次数", "志愿次数", "发明件数")
_YEARS = ("居住年数", "工作年数", "经营年数")
_RATES = ("居住登记率", "信息准确率", "疫苗接种率", "健康管理率", "案件结案率")
_DONE = ("业务培训", "宣传教育", "专项整治", "法律援助", "网格管理", "安全检查")
_LEFT = ("未落实事项", "无故缺席次数", "漏报信息篇数", "未整治小区数")


def scheme(seed: int) -> str:
    """A points scheme of two groups."""
    random = Random(seed)
    names = _Names(random)
    groups: list[str] = []
    total = 0
    for label in ("共性指标", "个性指标"):
        items = [random.choice(_AWARDS)(random, names) for _ in range(random.randint(2, 4))]
        marks = sum(points for points, _ in items)
        total += marks
        text = "\n".join(f"    {text}" for _, text in items)
        groups.append(f"  组 {label} 满分 {marks} 分 {{\n{text}\n  }}")
    ranked = "\n".join(groups)
    return f"""积分 sample “积分办法” {{
  满分 {total} 分
{ranked}
  场景 随迁子女入学 {{ 排序 总分 高者先 名额 由 教育局 同分 {random.choice(("一并录取", "抽签"))} }}
  期限 排名公示 不少于 10 个工作日
  期限 复核答复 不超过 5 个工作日 “公示期间提出的异议”
}}
"""


def assessment(seed: int) -> str:
    """An assessment of two units with a common part."""
    random = Random(seed)
    names = _Names(random)
    common, text = _items(random, names, 3)
    parts = [f"  共同部分 基础工作 满分 {common} 分 {{\n{text}\n  }}"]
    whole = 0
    for unit in ("教育局", "住建局"):
        items = [_deduction(random, names, 20, i + 1) for i in range(3)]
        whole = 60
        body = "\n".join(f"    {item}" for item in items)
        parts.append(f"  单位 {unit} 满分 60 分 {{\n{body}\n  }}")
    joined = "\n".join(parts)
    return f"考核 sample “考核办法” {{\n  满分 {common + whole} 分\n{joined}\n}}\n"


def even(seed: int) -> str:
    """A points scheme whose tables go in even steps, as most that are made with care."""
    random = Random(seed)
    names = _Names(random)
    items, total = [], 0
    for _ in range(3):
        name, width, each = names.one(_YEARS), random.randint(3, 5), random.choice((3, 4, 5))
        count = random.choice((4, 5))
        tiers = "；".join(
            f"{width * k} 年 以上：{each * k} 分" for k in range(count, 0, -1)
        )  # fmt: skip
        total += each * count
        items.append(
            f"  指标 {name}分 满分 {each * count} 分 {{ 事实 {name}：整数（年），范围 0 至 60 年 "
            f"按 {name} 取分 {{ {tiers}；其他：0 分 }} }}"
        )
    body = "\n".join(items)
    return f"积分 sample “积分办法” {{\n  满分 {total} 分\n{body}\n}}\n"


def alike(seed: int) -> str:
    """An assessment of rates that mostly have the same threshold."""
    random = Random(seed)
    names, usual = _Names(random), random.choice((80, 85, 90, 95))
    items = []
    for number in range(1, 6):
        name, bound = names.one(_RATES), usual if number < 5 else random.choice((70, 90, usual))
        items.append(
            f"  项 {number} {name}考核 满分 10 分 下限 0 分 {{ 事实 {name}：百分比，范围 0% 至 100% "
            f"{name} 低于 {bound}%：每 1 个百分点 扣 1 分，不足 1 个百分点 不计 }}"
        )
    body = "\n".join(items)
    return f"考核 sample “考核办法” {{\n  满分 50 分\n{body}\n}}\n"


def _items(random: Random, names: _Names, count: int) -> tuple[int, str]:
    texts = [_deduction(random, names, 10, i + 1) for i in range(count)]
    return 10 * count, "\n".join(f"    {text}" for text in texts)


class _Names:
    """Names of facts that are not taken yet."""

    def __init__(self, random: Random):
        self.random = random
        self.taken: set[str] = set()

    def one(self, known: tuple[str, ...]) -> str:
        free = [name for name in known if name not in self.taken]
        name = (
            self.random.choice(free)
            if free
            else f"{known[0]}{'甲乙丙丁戊己庚辛'[len(self.taken) % 8]}"
        )
        while name in self.taken:
            name += "补"
        self.taken.add(name)
        return name


def _per_month(random: Random, names: _Names) -> tuple[int, str]:
    name, marks = names.one(_MONTHS), random.choice((20, 30, 60))
    each = random.choice(("0.5", "0.25", "1"))
    return marks, (
        f"指标 {name}分 满分 {marks} 分 {{ 事实 {name}：计数（月） "
        f"每 1 个月 {name} 加 {each} 分，最高 {marks} 分 }}"
    )


def _per_time(random: Random, names: _Names) -> tuple[int, str]:
    name, each = names.one(_COUNTS), random.choice((1, 2, 5))
    marks = each * random.randint(3, 6)
    return marks, (
        f"指标 {name}分 满分 {marks} 分 {{ 事实 {name}：计数（次） "
        f"每 1 次 {name} 加 {each} 分，最高 {marks} 分 }}"
    )


def _stair(random: Random, names: _Names) -> tuple[int, str]:
    """Tiers over years: falling bounds with 以上, or joined ranges."""
    name = names.one(_YEARS)
    low = random.randint(2, 4)
    middle, high = low + random.randint(2, 4), low + random.randint(7, 10)
    worth = sorted(random.sample(range(1, 9), 3))
    marks = worth[2] * 2
    points = [2 * x for x in worth]
    head = f"指标 {name}分 满分 {marks} 分 {{ 事实 {name}：整数（年），范围 0 至 60 年 按 {name} 取分 {{ "
    if random.random() < 0.5:
        tiers = (
            f"{high} 年 以上：{points[2]} 分；{middle} 年 以上：{points[1]} 分；"
            f"{low} 年 以上：{points[0]} 分；其他：0 分"
        )
    else:
        tiers = (
            f"{high} 年 以上：{points[2]} 分；{middle} 至 {high - 1} 年：{points[1]} 分；"
            f"{low} 至 {middle - 1} 年：{points[0]} 分；其他：0 分"
        )
    return marks, f"{head}{tiers} }} }}"


def _grades(random: Random, names: _Names) -> tuple[int, str]:
    name = names.one(("文化程度", "技能等级", "职称"))
    top = random.choice((10, 20))
    return top, (
        f"指标 {name}分 满分 {top} 分 {{ 事实 {name}：有序 {{ 初等 < 中等 < 高等 < 特等 }} "
        f"按 {name} 取分 {{ 特等：{top} 分；高等：{top - 2} 分；中等：{top // 2} 分；其他：0 分 }} }}"
    )


_AWARDS = (_per_month, _per_time, _stair, _stair, _grades)


def _deduction(random: Random, names: _Names, marks: int, number: int) -> str:
    shape = random.randrange(4)
    if shape == 0:
        name = names.one(_DONE)
        rules = f"事实 {name}：是否 未开展 {name}：扣 {marks} 分"
    elif shape == 1:
        name, each = names.one(_LEFT), random.choice((2, 5))
        rules = f"事实 {name}：计数（项），范围 0 至 {marks // each} 项 每 1 项 {name} 扣 {each} 分"
    elif shape == 2:
        name, bound, each = names.one(_RATES), random.choice((80, 90, 95)), random.choice((1, 2))
        rules = (
            f"事实 {name}：百分比，范围 0% 至 100% {name} 低于 {bound}%："
            f"每 1 个百分点 扣 {each} 分，不足 1 个百分点 不计"
        )
        return f"项 {number} {name}考核 满分 {marks} 分 下限 0 分 {{ {rules} }}"
    else:
        name = names.one(_DONE)
        other = names.one(_RATES)
        bound = random.choice((80, 90))
        rules = (
            f"事实 {name}：是否 事实 {other}：百分比，范围 0% 至 100% "
            f"目标 {other} 达到 {bound}% "
            f"未开展 {name}：扣 {marks * 3 // 5} 分 {other} 低于 {bound}%：扣 {marks * 2 // 5} 分"
        )
    return f"项 {number} {name}考核 满分 {marks} 分 {{ {rules} }}"
