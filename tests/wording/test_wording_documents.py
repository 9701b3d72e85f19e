"""Whole documents in the controlled wording, held against reviewed files.

``POLICYDSL_UPDATE_GOLDEN=1 python -m pytest -n0 tests/wording`` writes the expected files anew.
Read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.wording.wording_cases import FACTS, compiled

from policydsl.language.keywords import Language
from policydsl.language.parsing import parse_text
from policydsl.model import policy as m
from policydsl.model.loading import Library, bundled
from policydsl.wording import sentences
from policydsl.wording.documents import amendment_text, policy_text
from policydsl.wording.outline import policy_outline

GOLDEN = Path(__file__).parent / "golden"


def hold_against(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("POLICYDSL_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{name}: run with POLICYDSL_UPDATE_GOLDEN=1, then review the file"
    assert text == path.read_text("utf-8")


# -- bundled documents -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "sets", "language"),
    [
        ("yueqing-2022", (), "zh"),
        ("yueqing-2022", (), "en"),
        ("yueqing-2022", ("yueqing-demo",), "zh"),
        ("yueqing-demo", (), "zh"),
        ("yueqing-demo", (), "en"),
        ("haishu-history", (), "zh"),
    ],
)
def test_policy_text_of_bundled_documents(id_: str, sets: tuple[str, ...], language: Language):
    policy = bundled().policy(id_, sets)
    name = ".".join([id_, *sets, language, "txt"])
    hold_against(name, policy_text(policy, language))


@pytest.mark.parametrize("unit", ["公安分局", "区人力资源和社会保障局"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_units_of_beilun(unit: str, language: Language):
    policy = bundled().policy("beilun-departments")
    clauses = policy.clauses[unit].walk()
    paragraphs = [sentences.clause_text(clause, policy, language) for clause in clauses]
    hold_against(f"beilun-departments.{unit}.{language}.txt", "\n".join(paragraphs) + "\n")


@pytest.mark.parametrize("id_", bundled().ids())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_bundled_document_has_a_text(id_: str, language: Language):
    policy = bundled().policy(id_)
    text = policy_text(policy, language)
    assert text.endswith("\n")
    assert len(text.splitlines()) > 5
    if policy.kind in ("scheme", "assessment", "work_plan"):
        for clause in policy.clauses.values():
            if clause.kind != "root":
                assert sentences.clause_name(clause, language) in text


# -- the inventory of Beilun's rules -----------------------------------------------------------


def test_every_beilun_item_says_what_its_document_says(sources_dir: Path):
    """Figures and mechanism words of each quote in the inventory stand in the generated rule."""
    inventory = sources_dir.parent / "facts" / "beilun-departments.json"
    if not inventory.exists():
        pytest.skip("no inventory beside the source texts")
    entries = [x for x in json.loads(inventory.read_text("utf-8")) if x["max"] is not None]
    policy = bundled().policy("beilun-departments")
    items = [c for c in policy.items if not c.id.startswith("创新工作")]
    assert len(entries) == len(items) == 59
    for entry, clause in zip(entries, items, strict=True):
        text = sentences.rules_text(clause, policy)
        for amount in _amounts(entry["amount"]):
            assert any(f"{verb}{amount}分" in text for verb in ("扣", "加", "得")), (entry, text)
        quotes = "".join(entry["quotes"])
        for word in ("酌情扣分", "百分点", "最高得10分"):
            assert (word in quotes) == (word in text), (entry, text)
        if "项" in quotes and entry["mechanic"] in ("deduct_per_item", "discretionary"):
            assert _per_item(clause, text), (entry, text)


def _amounts(amount: Any) -> list[int]:
    if amount is None:
        return []
    return amount if isinstance(amount, list) else [amount]


def _per_item(clause: m.Clause, text: str) -> bool:
    """Each item counts: said in so many words, or by a rule of its own for each item."""
    return "每项" in text or "每1项" in text or len(clause.rules) > 1


def test_the_bonus_of_beilun_reads_like_its_document():
    policy = bundled().policy("beilun-departments")
    text = sentences.rules_text(policy.clauses["创新工作/1"], policy)
    assert text == (
        "获区、市、省、国家级推广的分别加10分、20分、30分、40分，以最高一项计。"
        "获区主要、市、省、中央领导批示的分别加10分、20分、30分、40分，减半计算，以最高一项计。"
    ).replace("计。获", "计；获")


# -- documents of all kinds ------------------------------------------------------------------------


def test_a_scheme_from_head_to_annex():
    policy = compiled(
        f"""积分 样例 “某市积分办法” {{
          地区 某市  发文机关 某市人民政府  依据 “《条例》”、“某发〔2021〕1 号”  替代 旧办法
          印发 2022-04-06  施行 公布后 30 日  失效 未载明  过渡 “旧积分 2022 年底以前有效。”
          满分 110 分  舍入 四舍五入 到 1 位  适用 持有居住证  审核 自动
          说明 “一人参评。”  存疑 “上限没有写。”  校读 “信息价” 读作 “信息加” 理由 “音近”
          组 基本 满分 100 分 {{
            组 年龄与学历 满分 60 分 {{
              指标 年龄 满分 20 分 {{ 年龄 55 至 60 岁：加 5 分 假设 “含两端” }}
              指标 学历 满分 40 分 {{ 按 文化程度 取分 {{ 本科 以上：40 分 其他：未载明 }} 存疑 “其他没有写” }}
            }}
            指标 社保 满分 40 分 {{ 每 1.5 小时 服务时长 加 1 分 说明 “按月折算” }}
          }}
          指标 其余 满分 10 分 {{ 适用系数 不低于 1：加 10 分 }}
          扣分 扣减 {{ 指标 处罚 {{ 每 次 行政处罚次数 扣 10 分 }} }}
          事实 适用系数：小数 = 系数 × 2
          效力 {{ 居住证中止：暂时失效 }}
          场景 入学 责任单位 教育局 {{ 排序 总分 高者先 名额 10 名 同分 抽签 }}
          期限 审核 不超过 10 个工作日
          职责 公安局 审核 社保
          {FACTS}
        }}"""
    )
    hold_against("scheme.zh.txt", policy_text(policy))
    hold_against("scheme.en.txt", policy_text(policy, "en"))


def test_an_amendment_in_sentences():
    library = Library()
    library.add_text(
        f"""积分 样例 “实施细则” {{
          组 共性 满分 100 分 {{ 指标 年龄 {{ 加 1 分 }} 指标 学历 {{ 加 1 分 }} }}
          组 个性 上限 50 分 {{
            指标 社保 {{ 每 1 个月 社保月数 加 0.25 分 }} 指标 公益 {{ 加 1 分 }} 指标 纳税 {{ 加 1 分 }}
            指标 甲 {{ 加 1 分 }} 指标 乙 {{ 加 1 分 }}
          }}
          项 3 {{ 加 1 分 }} 场景 住房 {{ }}
          期限 审核 不超过 10 个工作日
          {FACTS}
        }}
        修订 样例修订 “实施细则修订” 基于 样例 {{
          施行 2023-07-01  说明 “征求意见。”
          计量 册
          事实 借阅册数：计数（册）
          修改 指标 年龄 {{ 年龄 不足 35 岁：加 10 分 年龄 超过 60 岁：未载明 }} 理由 “拉开差距。”
          修改 组 共性 去除 满分 上限 110 分
          修改 指标 社保 将 0.25 分 改为 0.3 分
          修改 全文 审核 自动
          于 指标 公益 之后 新增 指标 阅读 满分 10 分 {{ 每 10 册 借阅册数 加 1 分，最高 10 分 }}
          新增 组 附加 {{ 指标 丁 满分 5 分 {{ 未开展 业务培训：扣 5 分 }} 指标 戊 {{ 按 文化程度 取分 {{ 本科 以上：10 分 大专：8 分 }} }} }}
          移动 指标 学历 至 组 个性 之内
          改号 项 3 改为 4
          拆分 指标 纳税 改为 {{ 指标 投资 {{ 年纳税额 达到 100 万元：加 10 分 }} 指标 税额 {{ 年纳税额 达到 5 万元：加 10 分 }} }}
          合并 指标 甲、指标 乙 改为 指标 丙 {{ 持有居住证 且 非 中共党员：加 3 分 }}
          修改 场景 住房 家庭 就高 夫妻 排序 总分 高者先，得分（组 个性） 高者先，得分（组 个性 指标 公益） 高者先 名额 20 名 同分 抽签
          期限 审核 不超过 5 个工作日
        }}""",
        "test",
    )
    entry = library.find("样例修订")
    assert entry is not None
    edition = library.policy("样例修订")
    hold_against("amendment.zh.txt", amendment_text(entry.document, edition))
    hold_against("amendment.en.txt", amendment_text(entry.document, edition, "en"))


def test_the_bundled_draft_says_what_it_changes():
    entry = bundled().find("yueqing-2023-draft")
    assert entry is not None
    edition = bundled().policy("yueqing-2023-draft")
    text = amendment_text(entry.document, edition)
    hold_against("yueqing-2023-draft.changes.zh.txt", text)
    assert "修订对象：yueqing-2022。" in text
    assert "每1册加0.5分，最高得10分" in text


OPERATIONS = [
    ("废止 指标 甲 施行 2024-01-01 理由 “不再适用”", "废止“甲”。施行日期：2024年1月1日。理由：不再适用。"),
    ("更名 指标 甲 改为 乙 过渡 “旧名沿用一年”", "将“甲”更名为“乙”。过渡：旧名沿用一年。"),
    ("于 指标 甲 之前 新增 项 2 { 加 1 分 } 出处 “二”", "在“甲”之前新增“2”：加1分。出处：二。"),
    ("修改 单位 公安局 项 1 { 扣 3 分 }", "将“公安局·第1项”修改为：扣3分。"),
    ("修改 效力 { 虚假材料：清零 }", "将“效力”修改为：虚假材料的，积分清零。"),
    ("修改 合成 年终 { 总分 占 60% 督查成绩 占 40% }", "将“年终”修改为：总分占60%；督查成绩占40%。"),
    ("修改 指标 甲 { 社保率 低于 95%：每 1 个百分点 扣 1 分 }", "将“甲”修改为：社保率低于95%的，每低1个百分点扣1分。"),
    ("修改 指标 甲 { 得分率 为 90%、95%：加 1 分 }", "将“甲”修改为：得分率为90%、95%的加1分。"),
    ("修改 指标 甲 { 工龄 3 至 5 年：加 1 分 }", "将“甲”修改为：工龄在3至5年的加1分。"),
    ("修改 指标 甲 { 工龄 5 年 以上：加 （学时 × 0.5） 分 }", "将“甲”修改为：工龄在5年以上的，加分，分值为学时×0.5。"),
    ("修改 指标 甲 { 已提供 证明：加 1 分 }", "将“甲”修改为：已提供证明的加1分。"),
    ("修改 指标 甲 { 每 5 册 借阅 加 1 分 }", "将“甲”修改为：借阅每5册加1分。"),
    (
        "修改 指标 甲 { 按 学历 与 工龄 取分 { 列 ｜ 不足 3 年 ｜ 其他 本科 ｜ 5 分 ｜ 8 分 } }",
        "将“甲”修改为：按学历和工龄对照计分：\n学历＼工龄｜不足3年｜其他\n本科｜5分｜8分",
    ),
    ("修改 指标 甲 { 每 1 个月 社保月数 加 1 元 }", "将“甲”修改为：每1个月社保月数加1元。"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "zh"), OPERATIONS, ids=range(len(OPERATIONS)))
def test_an_operation_without_its_base(text: str, zh: str):
    """Kinds and units of facts are guessed from their use; what cannot be is shown as written."""
    document = parse_text(f"修订 样例 “修订” 基于 别处 {{ {text} }}", "test").file.documents[0]
    assert zh in amendment_text(document, compiled("积分 空 “空” { 指标 甲 { 加 1 分 } }"))


def test_scenes_with_the_same_rules_share_an_entry():
    policy = compiled(
        "积分 样例 “样例” { 指标 甲 { 加 1 分 } "
        "场景 入学 出处 “三” { 排序 总分 高者先 } 场景 住房 出处 “三；四” { 排序 总分 高者先 } "
        "场景 落户 { 排序 总分 高者先 同分 抽签 } }"
    )
    text = policy_text(policy)
    assert "（一）入学、住房。按总分（高者优先）排名。出处：三；四。" in text
    assert "（二）落户。" in text


# -- the outline ------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", bundled().ids())
def test_the_outline_is_plain_data(id_: str):
    policy = bundled().policy(id_)
    outline = policy_outline(policy)
    again = json.loads(json.dumps(outline, ensure_ascii=False, allow_nan=False))
    assert again == outline
    assert not list(_floats(outline))
    assert outline["id"] == id_
    assert outline["kind"] == policy.kind


def _floats(data: object) -> list[float]:
    if isinstance(data, dict):
        return [x for value in data.values() for x in _floats(value)]
    if isinstance(data, list):
        return [x for value in data for x in _floats(value)]
    return [data] if isinstance(data, float) else []


def test_the_outline_has_figures_and_texts():
    policy = bundled().policy("beilun-departments")
    clauses = policy_outline(policy)["clauses"][0]["clauses"]
    police = next(c for c in clauses if c["label"] == "公安分局")
    item = police["clauses"][0]
    assert police["full_marks"] == "70"
    assert item["full_marks"] == "20"
    assert item["rules"][0]["text"]["zh"].startswith("出租房屋登记率低于95%的，每低1个百分点扣2分")
    assert item["rules"][0]["facts"] == ["出租房屋登记率"]
    assert item["targets"][0]["threshold"] == "2"
    assert not item["discretionary"]
    yueqing = policy_outline(bundled().policy("yueqing-2022"))
    assert yueqing["clauses"][0]["clauses"][0]["clauses"][0]["full_marks"] == {
        "open": True, "low": None, "high": None,
    }  # fmt: skip
    assert yueqing["scenes"][0]["ties"] == "open"
