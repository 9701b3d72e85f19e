"""A small specification for the tests, and the same in English."""

from __future__ import annotations

from policydsl.simulation.reading import read_spec
from policydsl.simulation.specs import Spec

CHINESE = """
标识 = "small"
名称 = "小样"
规模 = 1000
假定 = "举例"
评定日 = 2022-06-30

[来源表.census]
题名 = "普查"
网址 = "http://example.org/census"

[[属性]]
名称 = "性别"
内部 = true
拟合 = true
来源 = "census"
分布 = [ { 值 = "男", 比例 = 52 }, { 值 = "女", 比例 = 48 } ]

[[属性]]
名称 = "年龄"
拟合 = true
范围 = { 自 = 0, 至 = 59 }
来源 = "census"
分布 = [ { 自 = 16, 至 = 29, 比例 = 40 }, { 自 = 30, 至 = 59, 比例 = 60, 假定 = "合并" } ]

[[属性]]
名称 = "婚姻状况"
拟合 = true
来源 = "census"
分布 = [ { 值 = "未婚", 比例 = 30 }, { 值 = "已婚", 比例 = 70 } ]

[[属性]]
名称 = "居住月数"
拟合 = true
来源 = "census"
分布 = [ { 自 = 0, 至 = 12, 比例 = 35 }, { 自 = 13, 至 = 60, 比例 = 40 }, { 自 = 61, 至 = 300, 比例 = 25 } ]

[[属性]]
名称 = "社保月数"
拟合 = true
假定 = "没有数字"
分布 = [ { 值 = 0, 比例 = 50 }, { 自 = 1, 至 = 24, 比例 = 30 }, { 自 = 25, 至 = 200, 比例 = 20 } ]

[[依存]]
属性 = [ "年龄", "居住月数" ]
比数 = 2
假定 = "住得久的年纪大"

[[限制]]
不超过 = [ "社保月数", "居住月数" ]
假定 = "举例"

[[限制]]
不超过 = [ "居住月数", "年龄" ]
倍数 = 12
加 = -192
假定 = "举例"

[[限制]]
当 = { 婚姻状况 = "已婚" }
属性 = "年龄"
不低于 = 20
假定 = "举例"

[[属性]]
名称 = "签订劳动合同"
未提供 = 10
假定 = "举例"
条件分布 = [ { 当 = { 社保月数 = 0 }, 是 = 20 }, { 是 = 80 } ]

[[属性]]
名称 = "年纳税额"
步长 = 0.01
假定 = "举例"
分布 = [ { 值 = 0, 比例 = 90 }, { 自 = 0.01, 至 = 5, 比例 = 10 } ]

[[属性]]
名称 = "居住登记日期"
早于评定日 = "居住月数"
假定 = "倒推"

[[属性]]
名称 = "未成年子女数"
假定 = "举例"
条件分布 = [
  { 当 = { 婚姻状况 = "未婚" }, 分布 = [ { 值 = 0, 比例 = 100 } ] },
  { 分布 = [ { 值 = 0, 比例 = 40 }, { 自 = 1, 至 = 2, 比例 = 60 } ] },
]

[家庭]
已婚 = { 属性 = "婚姻状况", 值 = "已婚" }
夫 = { 属性 = "性别", 值 = "男" }
妻 = { 属性 = "性别", 值 = "女" }
年龄 = "年龄"
假定 = "举例"
随迁 = 60
夫比妻大 = [ { 自 = -2, 至 = -1, 比例 = 20 }, { 自 = 0, 至 = 5, 比例 = 80 } ]
相近 = [ { 属性 = "居住月数", 比数 = 3, 假定 = "举例" } ]
共同 = "未成年子女数"
子女 = { 人数 = "未成年子女数", 自 = 0, 至 = 17, 至少小 = 20, 假定 = "举例" }

[[核对]]
属性 = "年龄"
均值 = 36
来源 = "census"
"""

WORDS = {
    "标识": "id", "名称": "name", "规模": "size", "假定": "assumed", "评定日": "date",
    "来源表": "sources", "题名": "title", "网址": "url", "属性": "attributes", "内部": "internal",
    "拟合": "fitted", "来源": "source", "分布": "distribution", "值": "value", "比例": "share",
    "范围": "range", "自": "from", "至": "to", "依存": "dependences", "比数": "odds",
    "限制": "limits", "不超过": "at_most", "倍数": "times", "加": "plus", "当": "when",
    "不低于": "min", "未提供": "missing", "条件分布": "conditional", "是": "yes", "步长": "step",
    "早于评定日": "months_before_date", "家庭": "household", "已婚": "married", "夫": "husband",
    "妻": "wife", "年龄": "age", "随迁": "along", "夫比妻大": "husband_older", "相近": "alike",
    "共同": "shared", "子女": "children", "人数": "count", "至少小": "years_younger",
    "核对": "comparisons", "均值": "mean",
}  # fmt: skip


def small(*changes: tuple[str, str]) -> Spec:
    """The specification, with parts of its text replaced."""
    return read_spec(changed(*changes), "small.toml")


def changed(*changes: tuple[str, str]) -> str:
    text = CHINESE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text
