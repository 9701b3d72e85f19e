"""Specifications are read in both languages, and what is wrong with one is said with its place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.simulation.small import CHINESE, WORDS, changed, small

from policydsl.language.diagnostics import PolicyError
from policydsl.model import loading
from policydsl.scoring.columns.domains import Days, Grid, Listed
from policydsl.simulation.reading import bundled_specs, load_spec, read_spec
from policydsl.simulation.reading.attributes import days_before
from policydsl.simulation.specs import facts_of

POLICIES = Path(__file__).resolve().parents[2] / "policies"


def codes(*changes: tuple[str, str]) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        small(*changes)
    for problem in caught.value.diagnostics:
        assert problem.render("zh")
        assert problem.render("en")
    return [problem.code for problem in caught.value.diagnostics]


def test_what_is_read():
    spec = small()
    assert (spec.id, spec.size, spec.day) == ("small", 1000, date(2022, 6, 30))
    assert [a.name for a in spec.fitted] == ["性别", "年龄", "婚姻状况", "居住月数", "社保月数"]
    age = spec.attributes["年龄"]
    assert age.domain == Grid(Fraction(0), Fraction(1), 60)
    bands = age.parts[0].bands
    assert [(b.first, b.last, int(b.share)) for b in bands] == [(17, 30, 40), (31, 60, 60)]
    assert spec.attributes["年纳税额"].domain == Grid(Fraction(0), Fraction(1, 100), 501)
    assert spec.attributes["婚姻状况"].domain == Listed(("未婚", "已婚"))
    assert spec.attributes["居住登记日期"].domain == days_before(date(2022, 6, 30), 300)
    assert spec.limits[1].shown == "居住月数 ≤ 年龄 × 12 − 192"


def test_every_assumption_and_source_is_listed():
    spec = small()
    of = [what for what, _ in spec.assumptions()]
    assert {"规模", "年龄 30–59", "社保月数", "依存 年龄—居住月数", "家庭", "家庭 子女",
            "家庭 相近 居住月数", "限制 社保月数 ≤ 居住月数"} <= set(of)  # fmt: skip
    assert len(of) == CHINESE.count("假定 =")
    assert {what for what, _ in spec.references()} == {"性别", "年龄", "婚姻状况", "居住月数"}


def english() -> str:
    """The file with every key in English; names and values stay what they are."""

    def word(found: re.Match[str]) -> str:
        text = found[0]
        if text[0] == '"':
            return text
        return text.replace("当", "when", 1) if text[0] == "当" else WORDS[text]

    # behind 当 stands the name of an attribute, which is no key
    text = re.sub(r'"[^"]*"|当 = \{ \w+(?= = )|[\u4e00-\u9fff]+', word, CHINESE)
    return text.replace('attributes = "', 'attribute = "').replace(
        'name = "小样"', 'title = "小样"'
    )


def test_english_keys_say_the_same():
    spec = read_spec(english(), "small.toml")
    assert replace(spec, digest="") == replace(small(), digest="")


def test_chinese_names_may_be_quoted():
    assert small(("标识 = ", '"标识" = ')).id == "small"


@pytest.mark.parametrize(("expected", "old", "new"), [
    ("D450", '标识 = "small"', "标识 = "),
    ("D450", '标识 = "small"', '标识 = "small'),
    ("D451", "规模 = 1000", "规模 = 1000\n大小 = 3"),
    ("D451", "比数 = 2", "比数 = 2\n方向 = 1"),
    ("D452", '标识 = "small"', ""),
    ("D452", "评定日 = 2022-06-30", ""),
    ("D452", "随迁 = 60", ""),
    ("D453", "规模 = 1000", '规模 = "很多"'),
    ("D453", "规模 = 1000", "规模 = 0"),
    ("D453", "评定日 = 2022-06-30", "评定日 = 2022-06-30T00:00:00"),
    ("D453", "比数 = 2", "比数 = -2"),
    ("D453", "步长 = 0.01", "步长 = 0"),
    ("D453", "步长 = 0.01", "步长 = 0.0000001"),
    ("D453", "是 = 80", "是 = 180"),
    ("D453", '属性 = [ "年龄", "居住月数" ]', '属性 = [ "年龄", "年龄" ]'),
    ("D453", '[[依存]]\n属性 = [ "年龄", "居住月数" ]\n比数 = 2', '[[依存]]\n属性 = [ "年龄", "居住月数" ]\n表 = [ [ 1, 2 ] ]'),
    ("D454", '{ 值 = "女", 比例 = 48 }', '{ 值 = "女", 比例 = 40 }'),
    ("D455", '来源 = "census"\n分布 = [ { 值 = "未婚"', '分布 = [ { 值 = "未婚"'),
    ("D456", '来源 = "census"', '来源 = "cencus"'),
    ("D457", "当 = { 社保月数 = 0 }", "当 = { 社保 = 0 }"),
    ("D457", "当 = { 社保月数 = 0 }", "当 = { 未成年子女数 = 0 }"),
    ("D458", "当 = { 社保月数 = 0 }", "当 = { 社保月数 = 999 }"),
    ("D458", '值 = "男" }\n妻', '值 = "公" }\n妻'),
    ("D458", '婚姻状况 = "已婚" }', "婚姻状况 = [] }"),
    ("D458", "当 = { 社保月数 = 0 }", "当 = { 社保月数 = inf }"),
    ("D453", "夫比妻大 = [ { 自 = -2, 至 = -1, 比例 = 20 }, { 自 = 0, 至 = 5, 比例 = 80 } ]", '夫比妻大 = [ "年龄" ]'),
    ("D453", "{ 值 = 0, 比例 = 40 }, { 自 = 1, 至 = 2, 比例 = 60 }", "{ 值 = -1, 比例 = 40 }, { 自 = 1, 至 = 2, 比例 = 60 }"),
    ("D452", "夫比妻大 = [ { 自 = -2, 至 = -1, 比例 = 20 }, { 自 = 0, 至 = 5, 比例 = 80 } ]", "夫比妻大 = []"),
    ("D459", '名称 = "年纳税额"', '名称 = "年龄"'),
    ("D460", "{ 自 = 16, 至 = 29, 比例 = 40 }", "{ 自 = 16, 至 = 30, 比例 = 40 }"),
    ("D460", "{ 自 = 16, 至 = 29, 比例 = 40 }", "{ 自 = 29, 至 = 16, 比例 = 40 }"),
    ("D460", "{ 自 = 16, 至 = 29, 比例 = 40 }", "{ 自 = 16.5, 至 = 29, 比例 = 40 }"),
    ("D461", "{ 当 = { 社保月数 = 0 }, 是 = 20 }, { 是 = 80 }", "{ 当 = { 社保月数 = 0 }, 是 = 20 }"),
    ("D461", "{ 当 = { 社保月数 = 0 }, 是 = 20 }, { 是 = 80 }", "{ 是 = 80 }, { 是 = 20 }"),
    ("D464", "不低于 = 20", "不低于 = 20\n倍数 = 0"),
    ("D464", '属性 = "年龄"\n不低于 = 20', ""),
    ("D464", '属性 = "年龄"\n不低于 = 20', '不超过 = [ "社保月数", "年龄" ]'),
    ("D464", '不超过 = [ "社保月数", "居住月数" ]', '不超过 = [ "社保月数", "婚姻状况" ]'),
])  # fmt: skip
def test_mistake_gives_its_code(expected: str, old: str, new: str):
    assert expected in codes((old, new))


def test_all_problems_come_in_one_go():
    found = codes(("是 = 80", "是 = 180"), ('{ 值 = "女", 比例 = 48 }', '{ 值 = "女", 比例 = 40 }'),
                  ('来源 = "census"', '来源 = "census"\n大小 = 1'))  # fmt: skip
    assert {"D451", "D453", "D454"} <= set(found)


def test_published_shares_may_miss_100_by_rounding():
    assert small(('{ 值 = "女", 比例 = 48 }', '{ 值 = "女", 比例 = 47.95 }')).fitted


def test_names_in_error_messages_are_places():
    with pytest.raises(PolicyError) as caught:
        small(('{ 值 = "女", 比例 = 48 }', '{ 值 = "女", 比例 = 40 }'))
    problem = caught.value.diagnostics[0]
    assert problem.message("zh") == "属性 性别：各项比例合计 92，应为 100。"
    assert problem.message("en") == "attribute 性别: the shares add up to 92, not to 100."


def test_files_that_are_not_there(tmp_path: Path):
    for target, code in (("yangtze-delta-migrant", "D465"), (tmp_path / "x.toml", "D429")):
        with pytest.raises(PolicyError) as caught:
            load_spec(target)
        assert [d.code for d in caught.value.diagnostics] == [code]
    (tmp_path / "y.toml").write_bytes("标识".encode("gbk"))
    with pytest.raises(PolicyError) as caught:
        load_spec(tmp_path / "y.toml")
    assert [d.code for d in caught.value.diagnostics] == ["D450"]


def test_a_file_too_large_is_not_read(tmp_path: Path):
    (tmp_path / "z.toml").write_bytes(b"#" * 2_000_001)
    with pytest.raises(PolicyError) as caught:
        load_spec(tmp_path / "z.toml")
    assert [d.code for d in caught.value.diagnostics] == ["D420"]


def test_days_before_an_assessment():
    domain = days_before(date(2022, 6, 30), 12)
    assert domain == Days(date(2021, 6, 1), 395)
    assert domain.value(395) == date(2022, 6, 30)


# -- bundled ones


@pytest.mark.parametrize("id_", bundled_specs())
def test_bundled_specifications_are_named_like_their_files(id_: str):
    spec = load_spec(id_)
    assert spec.id == id_
    assert spec.english
    # an assumption says why
    assert all(len(reason) > 3 for _, reason in spec.assumptions())


@pytest.mark.parametrize(("id_", "policy", "least"), [
    ("yangtze-delta-migrants", "yueqing-2022", 45),
    ("yangtze-delta-migrants", "haishu-2022", 45),
    ("yangtze-delta-migrants", "provincial-indicators-a", 40),
    ("beilun-departments-results", "beilun-departments", 80),
])  # fmt: skip
def test_bundled_populations_have_the_facts_of_the_policies(id_: str, policy: str, least: int):
    assert len(facts_of(load_spec(id_), loading.load(policy))) >= least


@pytest.mark.parametrize(("old", "new"), [
    ('值 = "已婚", 比例', '值 = "结婚", 比例'),
    ("步长 = 0.01", "步长 = 0.001"),
    ("{ 自 = 25, 至 = 200, 比例 = 20 }", "{ 自 = 25, 至 = 700, 比例 = 20 }"),
    ("{ 值 = 0, 比例 = 40 }, { 自 = 1, 至 = 2, 比例 = 60 }", "{ 值 = 0, 比例 = 40 }, { 值 = 0.5, 比例 = 60 }"),
])  # fmt: skip
def test_a_population_that_does_not_fit_a_policy_is_refused(old: str, new: str):
    text = changed((old, new)).replace('"已婚"', '"结婚"' if "结婚" in new else '"已婚"')
    if "0.5" in new:
        text = text.replace('名称 = "未成年子女数"', '名称 = "未成年子女数"\n步长 = 0.5')
        text = re.sub(r"子女 = \{.*\}", "", text)
    spec = read_spec(text, "small.toml")
    with pytest.raises(PolicyError) as caught:
        facts_of(spec, loading.load("yueqing-2022"))
    assert [d.code for d in caught.value.diagnostics] == ["D466"]
