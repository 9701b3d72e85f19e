"""``policydsl review --fix``: what is safe is written, what needs a choice is listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Command

REVIEW = Path(__file__).parents[1] / "review"
FLOORS = REVIEW / "R620-deductions-exceed-the-item" / "bad.policy"
GAPS = REVIEW / "R605-gap-between-tiers" / "bad.policy"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    path = tmp_path / "ours.policy"
    path.write_text("# 我区\n" + FLOORS.read_text("utf-8") + "# 完\n", "utf-8")
    return path


def test_safe_fixes_are_written_and_shown(run: Command, ours: Path):
    done = run("review", "--fix", ours)
    assert done.code == 0
    assert done.out.startswith(f"{ours}：改了 2 处。")
    assert "+  项 1 租赁管理 满分 30 分 下限 0 分 {" in done.out
    text = ours.read_text("utf-8")
    assert text.count("下限 0 分") == 2
    assert text.startswith("# 我区\n")
    assert text.endswith("# 完\n")
    assert run("review", ours).code == 0
    assert [p.name for p in ours.parent.iterdir()] == ["ours.policy"]


def test_a_dry_run_writes_nothing(run: Command, ours: Path):
    before = ours.read_bytes()
    done = run("review", "--fix", "--dry-run", ours)
    assert "没有写入" in done.out
    assert "下限 0 分" in done.out
    assert ours.read_bytes() == before


def test_what_has_several_ways_is_listed_and_can_be_chosen(run: Command, tmp_path: Path):
    path = tmp_path / "gaps.policy"
    path.write_bytes(GAPS.read_bytes())
    done = run("review", "--fix", path)
    assert done.code == 1
    assert "没有拿得准的改动" in done.out
    assert "      2  上面的档接下来：9 年 以上" in done.out
    assert path.read_bytes() == GAPS.read_bytes()
    done = run("review", "--fix", "--choose", "r605=2", path)
    assert done.code == 0
    assert "9 年 以上：10 分" in path.read_text("utf-8")


def test_in_english(run: Command, ours: Path):
    done = run("review", "--fix", "--dry-run", ours, "--lang", "en")
    assert "2 to mend (nothing written)" in done.out
    assert "State “下限 0 分” (no less than nothing)" in done.out


def test_a_text_that_cannot_be_read_is_mended_as_far_as_it_is_clear(run: Command, tmp_path: Path):
    path = tmp_path / "typo.policy"
    path.write_text(
        "积分 甲 “甲” {\n  事实 数：计数（次）\n  指樗 乙 满分 20 分 {\n"
        "    每 1 次 数 加 1 分，最高 20 分\n  }\n}\n", "utf-8",
    )  # fmt: skip
    assert run("review", "--fix", path).code == 0
    assert "  指标 乙 满分 20 分 {" in path.read_text("utf-8")


def test_line_ends_and_the_mark_at_the_beginning_stay(run: Command, tmp_path: Path):
    path = tmp_path / "windows.policy"
    path.write_bytes(b"\xef\xbb\xbf" + FLOORS.read_bytes().replace(b"\n", b"\r\n"))
    assert run("review", "--fix", path).code == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n")
    assert data.decode("utf-8").count("下限 0 分") == 2


def test_only_the_codes_that_were_asked_for(run: Command, ours: Path):
    done = run("review", "--fix", "--code", "R605", ours)
    assert "没有拿得准的改动" in done.out
    assert "R620" not in done.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("yueqing-2022",), "J970"),
        (("nowhere.policy",), "J973"),
        ((), "J973"),
        (("--choose", "R605", "{ours}"), "J972"),
        (("--code", "R999", "{ours}"), "D550"),
    ],
)
def test_what_cannot_be_done_is_said(run: Command, ours: Path, words: tuple[str, ...], code: str):
    done = run("review", "--fix", *(w.format(ours=ours) for w in words))
    assert done.code != 0
    assert code in done.err


def test_a_bundled_file_is_not_overwritten(run: Command):
    from policydsl.model.loading import bundled_folder

    path = bundled_folder() / "yueqing" / "yueqing-2022.policy"
    before = path.read_bytes()
    assert "J970" in run("review", "--fix", path).err
    assert path.read_bytes() == before


def test_a_file_that_somebody_changes_meanwhile_is_left_alone(
    run: Command, ours: Path, monkeypatch: pytest.MonkeyPatch
):
    from policydsl.cli import mending
    from policydsl.review.fixing.mending import mend as real

    def slow(*arguments: object, **named: object) -> object:
        made = real(*arguments, **named)  # type: ignore[arg-type]
        ours.write_text("# 别人改过\n", "utf-8")
        return made

    monkeypatch.setattr(mending, "mend", slow)
    assert "F010" in run("review", "--fix", ours).err
    assert ours.read_text("utf-8") == "# 别人改过\n"


def test_the_options_go_with_fix(run: Command, ours: Path):
    assert run("review", "--dry-run", ours).code != 0
    assert run("review", "--choose", "R605=1", ours).code != 0
