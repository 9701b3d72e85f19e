"""Parts that meet: by concept, by decision, by likeness."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.comparison.desk import assessment, scheme

from policydsl.comparison.comparing import Comparison, compare
from policydsl.comparison.decisions import Decision, Decisions, read_decisions, write_proposals
from policydsl.comparison.likeness import read_synonyms
from policydsl.language.diagnostics import PolicyError

ONE = scheme("jia", """
  指标 年龄状况 上限 20 分 概念 年龄 { 年龄 不超过 40 岁：加 20 分 }
  指标 参加志愿服务 上限 30 分 { 摘要 “参加新市民志愿服务活动” 达标：加 30 分 }
""")  # fmt: skip
OTHER = scheme("yi", """
  指标 岁数 上限 10 分 概念 年龄 { 年龄 不超过 35 岁：加 10 分 }
  指标 志愿活动 上限 40 分 { 摘要 “流动人口参加志愿服务” 达标：加 40 分 }
  指标 图书借阅 上限 5 分 { 摘要 “在图书馆借书” 达标：加 5 分 }
""")  # fmt: skip


def titles(made: Comparison) -> list[list[list[str]]]:
    return [[[m.element.title for m in cell] for cell in row.cells] for row in made.rows]


def test_parts_of_one_concept_stand_in_one_row():
    made = compare([ONE, OTHER])
    assert titles(made)[0] == [["年龄状况"], ["岁数"]]
    assert made.rows[0].key == "年龄"
    assert not made.rows[0].proposed


def test_a_part_without_a_concept_gets_a_proposed_partner_with_score_and_reason():
    made = compare([ONE, OTHER])
    assert titles(made)[1:] == [[["参加志愿服务"], ["志愿活动"]], [[], ["图书借阅"]]]
    ((link, keys),) = made.proposals()
    assert keys == ("jia#参加志愿服务", "yi#志愿活动")
    assert link.how == "proposed"
    assert link.score is not None
    assert link.score > 0.3
    assert link.reasons[0][0].startswith("文字相近 0.")
    assert made.rows[1].proposed


def test_synonyms_bring_words_together(tmp_path: Path):
    bare = compare([ONE, OTHER], synonyms=read_synonyms(_file(tmp_path, "[无]\n")))
    known = compare([ONE, OTHER])
    scores = [made.proposals()[0][0].score or 0 for made in (bare, known)]
    assert scores[1] > scores[0]  # 新市民 is read as 流动人口


def test_a_no_keeps_two_parts_apart_and_a_yes_is_no_proposal_any_more():
    pair = ("jia#参加志愿服务", "yi#志愿活动")
    no = compare([ONE, OTHER], decisions=Decisions.of([Decision(pair, False)]))
    assert [["参加志愿服务"], []] in titles(no)
    assert all(keys != pair for _, keys in no.proposals())
    yes = compare([ONE, OTHER], decisions=Decisions.of([Decision(pair, True)]))
    assert [["参加志愿服务"], ["志愿活动"]] in titles(yes)
    assert yes.proposals() == []
    assert [x.how for x in yes.alignment.links] == ["decided"]


def test_a_no_parts_even_what_has_one_concept():
    pair = ("jia#年龄状况", "yi#岁数")
    made = compare([ONE, OTHER], decisions=Decisions.of([Decision(pair, False)]))
    assert [row.key for row in made.rows[:3]] == ["年龄", "jia#参加志愿服务", "年龄（2）"]


def test_decisions_that_contradict_each_other_are_reported():
    """One is the other, the other a third, but the first is not the third."""
    third = scheme("bing", "指标 活动 上限 5 分 { 摘要 “别的” 达标：加 5 分 }")
    keys = ("jia#参加志愿服务", "yi#志愿活动", "bing#活动")
    answers = [
        Decision((keys[0], keys[1]), True), Decision((keys[1], keys[2]), True),
        Decision((keys[0], keys[2]), False),
    ]  # fmt: skip
    made = compare([ONE, OTHER, third], decisions=Decisions.of(answers))
    assert [note.code for note in made.notes] == ["C922"]


def test_the_file_of_decisions_is_written_filled_in_and_read_again(tmp_path: Path):
    file = tmp_path / "对应.toml"
    made = compare([ONE, OTHER])
    remarks = [(keys, "；".join(zh for zh, _ in link.reasons)) for link, keys in made.proposals()]
    assert write_proposals(file, remarks) == 1
    assert write_proposals(file, remarks) == 0  # what is there stays as it is
    text = file.read_text("utf-8")
    assert '条款 = ["jia#参加志愿服务", "yi#志愿活动"]\n相同 = "待定"' in text
    assert compare([ONE, OTHER], decisions=file).proposals() != []  # open is no answer
    file.write_text(text.replace('待定"\n', '否"\n理由 = "范围不同"\n'), "utf-8")
    again = compare([ONE, OTHER], decisions=file)
    assert [["参加志愿服务"], []] in titles(again)
    assert again.decisions.entries[0].reason == "范围不同"


def test_english_keys_are_read_too(tmp_path: Path):
    file = _file(tmp_path, '[[pair]]\nclauses = ["a#x", "b#y"]\nsame = "yes"\nreason = "alike"\n')
    assert read_decisions(file).answer("b#y", "a#x") is True


def test_entries_that_name_nothing_and_answers_that_differ_are_reported(tmp_path: Path):
    file = _file(tmp_path, """
[[对应]]
条款 = ["jia#参加志愿服务", "yi#志愿活动"]
相同 = "是"
[[对应]]
条款 = ["yi#志愿活动", "jia#参加志愿服务"]
相同 = "否"
[[对应]]
条款 = ["jia#志愿服务", "bing#别的"]
相同 = "是"
""")  # fmt: skip
    made = compare([ONE, OTHER], decisions=file)
    assert [note.code for note in made.notes] == ["C921", "C920", "C920"]
    assert "jia#志愿服务" in made.notes[1].message("zh")


@pytest.mark.parametrize(
    "text",
    ["[[别的]]\n条款 = [\"a\", \"b\"]\n", "[[对应]]\n条款 = [\"a\"]\n相同 = \"是\"\n",
     "[[对应]]\n条款 = [\"a\", \"b\"]\n相同 = \"也许\"\n", "[[对应]]\n条款 = [\"a\", \"b\"]\n",
     "对应 = 3\n", "[[对应]]\n条款 = [\"a\", \"b\"]\n相同 = \"是\"\n理由 = 3\n",
     "[[对应]]\n条款 = [\"a\", \"b\"]\n相同 = \"是\"\n分 = 3\n"],
)  # fmt: skip
def test_a_file_of_decisions_that_is_none(tmp_path: Path, text: str):
    with pytest.raises(PolicyError) as caught:
        read_decisions(_file(tmp_path, text))
    assert [d.code for d in caught.value.diagnostics] == ["C906"]


@pytest.mark.parametrize("text", ["甲 = 3\n", '[组]\n甲 = "乙"\n', "[组]\n甲 = [3]\n"])
def test_a_file_of_synonyms_that_is_none(tmp_path: Path, text: str):
    with pytest.raises(PolicyError) as caught:
        read_synonyms(_file(tmp_path, text))
    assert [d.code for d in caught.value.diagnostics] == ["C905"]


def test_units_of_different_names_are_proposed_by_what_they_do():
    one = assessment("laoban", """
      单位 区综治办 满分 100 分 { 摘要 “网格化管理” 项 1 网格化 满分 100 分 { 摘要 “指导流动人口网格化管理” 达标：加 1 分 } }
      单位 区教育局 满分 100 分 { 摘要 “入学” 项 1 入学 满分 100 分 { 摘要 “子女入学” 达标：加 1 分 } }
    """)  # fmt: skip
    other = assessment("xinban", """
      单位 区社会治理中心 满分 100 分 { 摘要 “网格化” 项 1 网格化管理 满分 100 分 { 摘要 “网格化管理和矛盾化解” 达标：加 1 分 } }
      单位 区教育局 满分 100 分 { 摘要 “入学” 项 1 入学 满分 100 分 { 摘要 “积分入学” 达标：加 1 分 } }
      单位 区妇联 满分 100 分 { 摘要 “家庭” 项 1 亲子 满分 100 分 { 摘要 “家庭教育” 达标：加 1 分 } }
    """)  # fmt: skip
    made = compare([one, other])
    pairs = {(row.cells, tuple(x.how for x in row.links)) for row in made.units}
    assert ((("区教育局",), ("区教育局",)), ("name",)) in pairs
    assert ((("区综治办",), ("区社会治理中心",)), ("proposed",)) in pairs
    assert (((), ("区妇联",)), ()) in pairs


def test_without_the_library_for_likeness_the_rest_is_compared(monkeypatch: pytest.MonkeyPatch):
    import builtins

    real = builtins.__import__

    def missing(name: str, *args: object, **more: object) -> object:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)
    made = compare([ONE, OTHER])
    assert [note.code for note in made.notes] == ["C910"]
    assert titles(made)[0] == [["年龄状况"], ["岁数"]]
    assert made.proposals() == []


@pytest.mark.parametrize(
    ("policies", "code"),
    [(["haishu-2022"], "C901"), (["haishu-2022"] * 61, "C902"),
     (["haishu-2022", "beilun-departments"], "C903"), (["haishu-2022", "haishu-demo"], "C904"),
     (["haishu-2022", "nothing"], "F008")],
)  # fmt: skip
def test_what_cannot_be_compared(policies: list[str], code: str):
    with pytest.raises(PolicyError) as caught:
        compare(policies)
    assert [d.code for d in caught.value.diagnostics] == [code]


def _file(folder: Path, text: str) -> Path:
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8")
    return path
