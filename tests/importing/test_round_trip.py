"""Out as Word and in again: the same rules; and a later edition as an amendment."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from tests.cli.conftest import Command, run  # noqa: F401
from tests.importing.test_formats import as_text
from tests.importing.test_real_texts import RULES, keys
from tests.wording.test_wording_properties import whole_rules
from tests.wording.wording_cases import with_rule

from policydsl.drafting.columns import OfficeColumns
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.paper import Document
from policydsl.drafting.scoretable import score_sections
from policydsl.importing import Imported, import_document
from policydsl.importing.amending import amendment
from policydsl.model import policy as m
from policydsl.model.loading import Library, bundled, loads
from policydsl.reading.files import read_file
from policydsl.review.auditing import audit


def annex(policy: m.Policy, folder: Path) -> Path:
    """The appendix tables of a policy as a Word file."""
    path = folder / f"{policy.id}.docx"
    sections = tuple(score_sections(policy, OfficeColumns()))
    path.write_bytes(write_docx(Document(policy.title or "", sections)))
    return path


@pytest.mark.parametrize("id_", ["beilun-departments", "provincial-indicators-a"])
def test_a_generated_annex_agrees_with_its_policy(id_: str, tmp_path: Path):
    policy = bundled().policy(id_)
    result = audit(policy, annex(policy, tmp_path))
    assert result.by == "name"
    assert result.complaints == ()


@pytest.mark.parametrize(
    "id_", ["beilun-departments", "provincial-indicators-a", "provincial-indicators-b"]
)
def test_a_generated_annex_comes_back_as_the_same_rules(id_: str, tmp_path: Path):
    policy = bundled().policy(id_)
    result = import_document(read_file(annex(policy, tmp_path)))
    groups = [*RULES, "threshold", "verdict"]
    assert keys(result.policy, groups) == keys(policy, groups)
    assert result.by_hand == ()


def figures(policy: m.Policy) -> Counter[tuple[object, ...]]:
    return Counter(key[1:] for key in keys(policy, [*RULES, "threshold", "verdict"]))


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(whole_rules())
def test_random_rules_come_back(tmp_path_factory: pytest.TempPathFactory, rule: str):
    """What the language of the import cannot say yet is left to a person, never changed."""
    policy = with_rule(rule)
    result = import_document(read_file(annex(policy, tmp_path_factory.mktemp("rt"))), "积分")
    if not result.by_hand:
        assert figures(result.policy) == figures(policy)


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("居住证中止：暂时失效 6 个月", "居住证中止：暂时失效 6 个月"),
        ("加 （体能成绩 × 50% + 面试成绩 ÷ 2） 分，最高 9 分",
         "加 （体能成绩 × 50% + 面试成绩 ÷ 2） 分，最高 9 分"),
        ("每 7 小时 服务时长 扣 2 分，从 第 2 次 起", "每 7 小时 服务时长 扣 2 分，从 第 2 次 起"),
        ("每 1 万元 年纳税额 加 2 分，从 第 3 次 起", "每 10000 元 年纳税额 加 2 分，从 第 3 次 起"),
        ("按 住房 与 年龄 取分 { 列 ｜ 不足 35 岁 ｜ 其他；自有 ｜ 3 分 ｜ 未载明；无 ｜ 0 分 ｜ 1 分 }",
         "按 住房 与 年龄 取分 { 列 ｜ 不足 35 周岁 ｜ 其他 自有 ｜ 3 分 ｜ 未载明 无 ｜ 0 分 ｜ 1 分 }"),
    ],
)  # fmt: skip
def test_tables_formulas_and_terms_are_written(tmp_path: Path, rule: str, written: str):
    result = import_document(read_file(annex(with_rule(rule), tmp_path)), "积分")
    assert result.by_hand == ()
    assert written in " ".join(result.text.split())


def test_the_greater_of_two_is_left_to_a_person(tmp_path: Path):
    """Never a fact that is called after the operation."""
    policy = with_rule("加 （较大值（体能成绩，面试成绩） ÷ 2） 分")
    result = import_document(read_file(annex(policy, tmp_path)), "积分")
    assert result.by_hand
    assert not [name for name in result.policy.facts if "较大" in name]


# -- the next edition ----------------------------------------------------------------------------------


def imported(text: str, folder: Path) -> Imported:
    path = folder / "next.txt"
    path.write_text(text, "utf-8")
    return import_document(read_file(path))


@pytest.fixture
def beilun(sources_dir: Path) -> str:
    return (sources_dir / "beilun-departments.txt").read_text("utf-8")


CHANGES = {
    "扣2分，未开展培训的扣5分": "扣3分，未开展培训的扣5分",
    "登记率达到95%；": "登记率达到97%；",
}


def test_the_next_edition_is_an_amendment(beilun: str, tmp_path: Path):
    """Onto the policy that a person made: only the figures that changed."""
    for old, new in CHANGES.items():
        assert old in beilun
        beilun = beilun.replace(old, new)
    text = amendment(bundled().policy("beilun-departments"), imported(beilun, tmp_path))
    assert text is not None
    assert "单位 公安分局 项 1 将 95% 改为 97% 将 2 分 改为 3 分" in text
    assert text.count("修改 ") == 1
    library = Library(bundled())
    library.add_text(text, "next.policy")
    policy, found = library.compile("next")
    assert policy is not None, [d.render() for d in found]
    assert audit(policy, beilun).ok


def test_the_same_text_again_changes_nothing(beilun: str, tmp_path: Path):
    assert amendment(bundled().policy("beilun-departments"), imported(beilun, tmp_path)) is None


def test_a_rule_of_another_kind_is_taken_from_the_document(beilun: str, tmp_path: Path):
    changed = beilun.replace("及时做好涉及流动人口第一手资料的统计工作，未开展的酌情扣分",
                             "及时做好涉及流动人口第一手资料的统计工作，未开展的扣30分")  # fmt: skip
    assert changed != beilun
    text = amendment(bundled().policy("beilun-departments"), imported(changed, tmp_path))
    assert text is not None
    assert "扣 30 分" in text
    assert "区统计局" in text
    assert text.count("\n  修改 ") <= 2  # the facts that the rule reads, and the item


def test_the_verb_writes_policy_report_and_amendment(tmp_path: Path, run: Command):  # noqa: F811
    source, out = as_text(tmp_path), tmp_path / "made.policy"
    done = run("import", source, "--out", out, "--report", tmp_path / "report.json")
    assert done.code == 0
    assert "成为规则（100%）" in done.out
    assert loads(out.read_text("utf-8")).id == "demo"
    assert '"share": "1"' in (tmp_path / "report.json").read_text("utf-8")
    again = run("import", source, "--out", out)
    assert "I813" in again.err
    assert run("import", source, "--out", out, "--force").code == 0
    same = run("import", source, "--onto", out)
    assert "没有变化" in same.out
    source.write_text(source.read_text("utf-8").replace("扣2分", "扣3分"), "utf-8")
    changed = run("import", source, "--onto", out)
    assert "修改 单位 区教育局 项 1\n" in changed.out
    assert "每下降一个百分点扣3分，未开展培训的扣5分。”\n      将 2 分 改为 3 分\n" in changed.out
    english = run("--lang", "en", "import", source)
    assert english.out.startswith("考核 ")
    assert "2 totals checked, 2 agree" in english.err


def test_the_check_finds_nothing_wrong_with_an_import(
    sources_dir: Path, tmp_path: Path, run: Command  # noqa: F811
):  # fmt: skip
    for name in ("beilun-departments", "beilun-centre-older", "yinzhou-workplan-2023",
                 "haishu-drafting-note-2022", "yueqing-draft-2022"):  # fmt: skip
        out = tmp_path / f"{name}.policy"
        run("import", sources_dir / f"{name}.txt", "--id", f"imported-{name}", "--out", out)
        assert run("check", out, "-q").code == 0, name
