"""``compare`` end to end."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from tests.cli.conftest import Command

from policydsl import cli

SCHEMES = ("haishu-2022", "yueqing-2022", "provincial-indicators-a")
ASSUMED = ("--assume", "haishu-demo", "--assume", "yueqing-demo")
DUTIES = ("beilun-departments", "beilun-centre-older", "yinzhou-workplan-2023")


def test_three_schemes_on_a_terminal(run: Command):
    shown = run("compare", *SCHEMES, *ASSUMED, "--population", "yangtze-delta-migrants", "-n", 300)
    assert (shown.code, shown.err) == (0, "")
    for part in (
        "政策并排比较：海曙区 ｜ 乐清市 ｜ 浙江省",
        "“海曙区”用了假设集 haishu-demo",
        "“乐清市”用了假设集 yueqing-demo",
        "合成的（300 户，种子 1，79 项假定）",
        "全省通用  100（33.3%）  100（33.3%）  100（100%）",
        "仅限本地   50（16.7%）             —            —",
        "缴纳社保             30           30      30  比重",
        "献血                 10     在他项计       —  缺项",
        "排序有多一致",
        "谁在哪里更有利",
    ):
        assert part in shown.out, part
    assert max(map(len, shown.out.splitlines())) < 200


def test_assessments_beside_a_work_plan_and_every_form(run: Command, tmp_path: Path):
    outs = [tmp_path / f"out{suffix}" for suffix in (".html", ".docx", ".xlsx", ".md", ".json")]
    shown = run("compare", *DUTIES, *(word for out in outs for word in ("--out", out)))
    assert shown.code == 0
    assert shown.err.splitlines() == [f"已写入 {out}" for out in outs]
    assert "区经济和信息化局           区新兴产业和服务业发展局" in shown.out
    page, word, book, text, record = outs
    html = page.read_text("utf-8")
    assert html.count("<svg") >= 3
    assert "〔附件2 公安分局 第1项〕" in html
    with zipfile.ZipFile(word) as archive:
        names = archive.namelist()
        document = archive.read("word/document.xml").decode()
        about = archive.read("docProps/core.xml").decode()
    assert "出租房屋登记率" in document
    assert "〔第四部分（九）〕" in document
    assert sum(name.startswith("word/media/") for name in names) == 3
    assert "word/stylesWithEffects.xml" not in names
    assert "python-docx" not in about
    workbook = openpyxl.load_workbook(book)
    assert workbook.sheetnames[:3] == ["要点", "文件", "分值结构"]
    sheet = workbook["门槛对照"]
    assert next(cell.value for cell in sheet[1]) == "数据"
    assert "≥1.2万人" in str(sheet.cell(2, 3).value)
    assert "| 出租房屋登记率 |" in text.read_text("utf-8").replace("**", "")
    content = json.loads(record.read_text("utf-8"))
    assert content["schema"] == "policydsl/comparison/1"
    cells = [x for row in content["rows"] for cell in row["cells"] for x in cell]
    assert len(cells) == 61 + 68 + 19
    assert all(x["locator"] for x in cells)


@pytest.mark.parametrize("suffix", [".html", ".docx", ".xlsx", ".md"])
def test_what_rests_on_assumptions_says_so_in_every_form(run: Command, tmp_path: Path, suffix: str):
    out = tmp_path / f"x{suffix}"
    assert run("compare", *SCHEMES[:2], *ASSUMED, "--out", out).code == 0
    if suffix == ".docx":
        with zipfile.ZipFile(out) as archive:
            text = archive.read("word/document.xml").decode()
    elif suffix == ".xlsx":
        book = openpyxl.load_workbook(out)
        text = "\n".join(str(c.value) for s in book for row in s for c in row)
    else:
        text = out.read_text("utf-8")
    assert "“海曙区”用了假设集 haishu-demo" in text
    assert "依假设集 yueqing-demo" in text


def test_the_same_command_gives_the_same_files(run: Command, tmp_path: Path):
    for name in ("a", "b"):
        outs = [tmp_path / f"{name}{s}" for s in (".html", ".md", ".json")]
        words = [word for out in outs for word in ("--out", out)]
        assert run("compare", *SCHEMES[:2], *words).code == 0
    for suffix in (".html", ".md", ".json"):
        one, other = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("a", "b"))
        assert one == other


def test_proposals_are_written_and_decisions_read(run: Command, tmp_path: Path):
    for name, title in (("jia", "志愿活动"), ("yi", "参加志愿活动")):
        (tmp_path / f"{name}.policy").write_text(
            f"积分 {name} “办法” {{ 上限 10 分 指标 {title} 上限 10 分 {{ 摘要 “志愿服务活动” 加 1 分 }} }}",
            "utf-8",
        )
    files = [tmp_path / "jia.policy", tmp_path / "yi.policy"]
    answers = tmp_path / "对应.toml"
    shown = run("compare", *files, "--proposals", answers)
    assert "待定的对应" in shown.out
    assert f"{answers}：写入 1 条待定的对应" in shown.err
    answers.write_text(answers.read_text("utf-8").replace('待定"\n', '否"\n'), "utf-8")
    again = run("compare", *files, "--decisions", answers)
    assert again.code == 0
    assert "待定的对应" not in again.out
    assert "有缺项的 2 个" in again.out


def test_an_old_decision_is_reported_and_left_alone(run: Command, tmp_path: Path):
    answers = tmp_path / "d.toml"
    answers.write_text(
        '[[对应]]\n条款 = ["haishu-2022#不在了", "yueqing-2022#也不在"]\n相同 = "是"\n', "utf-8"
    )
    shown = run("compare", *SCHEMES[:2], "--decisions", answers)
    assert shown.code == 0
    assert shown.err.count("C920") == 2


def test_persons_of_a_file(run: Command, tmp_path: Path):
    table = tmp_path / "people.csv"
    table.write_text(
        "编号,年龄,文化程度,社保月数,居住月数\n老王,34,高中,30,48\n小李,27,本科,24,24\n", "utf-8"
    )
    shown = run("compare", "provincial-indicators-a", "provincial-indicators-b", "--persons", table)
    assert shown.code == 0
    lines = [line for line in shown.out.splitlines() if line.startswith(("老王", "小李"))]
    assert "52" in lines[0]
    assert "47～57" in lines[0]


def test_in_english(run: Command):
    shown = run("compare", *SCHEMES[:2], *ASSUMED, "--lang", "en")
    assert shown.code == 0
    for part in (
        "Policies side by side",
        "rests on the assumption set haishu-demo",
        "points, threshold",
    ):
        assert part in shown.out, part


def test_full_shows_whole_cells(run: Command):
    shown = run("compare", "provincial-indicators-a", "provincial-indicators-b", "--full")
    assert "〔瑞安公布稿（第三方转载）省级共性指标 居住时间〕" in shown.out
    assert "每满1个月加0.25分" in shown.out or "0.25分" in shown.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["haishu-2022"], cli.USAGE, "C901"),
        (["haishu-2022", "beilun-departments"], cli.BAD_POLICY, "C903"),
        (["haishu-2022", "yueqing-2022", "--out", "x.pdf"], cli.USAGE, "C911"),
        (["haishu-2022", "yueqing-2022", "--decisions", "none.toml"], cli.BAD_DATA, "D429"),
        (["haishu-2022", "yueqing-2022", "--persons", "none.csv"], cli.BAD_DATA, ""),
        (["haishu-2022", "yueqing-2022", "--out", "/proc/x.md"], cli.CANNOT_WRITE, "F007"),
        (["beilun-departments", "yinzhou-workplan-2023", "--population",
          "beilun-departments-results"], cli.BAD_POLICY, "C907"),
    ],
)  # fmt: skip
def test_mistakes(run: Command, words: list[str], code: int, told: str):
    shown = run("compare", *words)
    assert (shown.code, told in shown.err) == (code, True), shown.err
