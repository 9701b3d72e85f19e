"""What a drafter does with files: save, write the package, compare, and meet others at one file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.studio.driving import POLICIES, SOON, Studio, Visit, chromium, serving, visiting, watched

import policydsl

INSURED = "缴纳社保"
SCHEME = "provincial-indicators-a"
SAVED = f"{SCHEME}-draft-2"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("desk")
    for path in (POLICIES / "zhejiang").glob("*.policy"):
        shutil.copy(path, folder)
    with serving(folder) as running:
        yield running


@pytest.fixture
def visit(chrome: Any, studio: Studio) -> Iterator[Visit]:
    with visiting(chrome, studio, expected=(409,)) as found:
        yield found


@pytest.fixture
def fresh(studio: Studio) -> Iterator[Path]:
    """The scheme's file, as it was, again afterwards."""
    path = studio.folder / f"{SCHEME}.policy"
    content = path.read_bytes()
    yield path
    path.write_bytes(content)


def press(visit: Visit, clause: str, place: int, key: str = "ArrowUp") -> None:
    """Move a number by one key, and wait for what it does."""
    visit.number(clause, place).focus()
    visit.page.keyboard.press(key)
    visit.settled()


def score(policy: policydsl.Policy, months: int) -> Fraction:
    """What the indicator gives for so many months insured."""
    result = policydsl.score(policy, {"年龄": 61, "社保月数": months})
    low = result.parts[f"省级共性指标/{INSURED}"].low
    assert isinstance(low, Fraction)
    return low


class TestSaving:
    def test_a_draft_becomes_an_amendment_that_makes_the_same_edition(self, visit: Visit) -> None:
        visit.open(SCHEME)
        press(visit, INSURED, 1)
        visit.page.keyboard.press("Control+s")
        dialog = visit.page.locator("dialog")
        assert dialog.get_by_label("编号").input_value() == SAVED
        dialog.get_by_label("标题").fill("社保每月 0.6 分")
        dialog.locator(".reasons textarea").fill("缴费满 50 个月即得满分")
        dialog.get_by_role("button", name="保存", exact=True).click()
        visit.page.get_by_text(f"已保存：{SAVED}.policy").first.wait_for(timeout=SOON)
        path = visit.studio.folder / f"{SAVED}.policy"
        text = path.read_text(encoding="utf-8")
        assert text.startswith("修订")
        assert "0.6" in text
        assert "缴费满 50 个月即得满分" in text
        made = policydsl.load(path)
        assert [score(made, months) for months in (1, 50, 60)] == [Fraction(3, 5), 30, 30]
        base = policydsl.load(visit.studio.folder / f"{SCHEME}.policy")
        assert score(base, 1) == Fraction(1, 2)
        # the work goes on in the file that was saved
        visit.page.locator(".open-policy h1", has_text="社保每月 0.6 分").wait_for()
        visit.settled()
        assert visit.sentence(INSURED) == "社保月数每1个月加0.6分，最高得30分。"
        assert visit.changes() == []
        visit.page.get_by_role("button", name="政策", exact=True).click()
        visit.page.locator(".policies").get_by_text(SAVED).wait_for()

    def test_a_name_that_is_taken_is_told(self, visit: Visit) -> None:
        visit.open(SCHEME)
        press(visit, INSURED, 1)
        visit.page.keyboard.press("Control+s")
        dialog = visit.page.locator("dialog")
        dialog.get_by_label("编号").fill("another-draft")
        dialog.get_by_role("textbox", name="文件").fill("provincial-indicators-b.policy")
        before = (visit.studio.folder / "provincial-indicators-b.policy").read_bytes()
        dialog.get_by_role("button", name="保存", exact=True).click()
        dialog.get_by_role("button", name="替换现有文件").wait_for(timeout=SOON)
        assert (visit.studio.folder / "provincial-indicators-b.policy").read_bytes() == before

    def test_a_path_out_of_the_folder_is_refused(self, chrome: Any, studio: Studio) -> None:
        with visiting(chrome, studio, expected=(400, 403, 422)) as visit:
            visit.open(SCHEME)
            press(visit, INSURED, 1)
            visit.page.keyboard.press("Control+s")
            dialog = visit.page.locator("dialog")
            dialog.get_by_label("编号").fill("outside-draft")
            dialog.get_by_role("textbox", name="文件").fill("../outside.policy")
            dialog.get_by_role("button", name="保存", exact=True).click()
            dialog.locator(".banner.bad").wait_for(timeout=SOON)
            assert not (studio.folder.parent / "outside.policy").exists()
            assert visit.changes() != []

    def test_a_file_is_saved_as_itself(self, visit: Visit, fresh: Path) -> None:
        old = fresh.read_text(encoding="utf-8")
        visit.open(SCHEME)
        press(visit, INSURED, 1)
        visit.page.keyboard.press("Control+s")
        visit.page.get_by_text("直接写回这个文件").click()
        visit.page.get_by_role("button", name="保存", exact=True).click()
        visit.page.get_by_text(f"已保存：{SCHEME}.policy").first.wait_for(timeout=SOON)
        new = fresh.read_text(encoding="utf-8")
        assert new == old.replace("加 0.5 分，最高 30 分", "加 0.6 分，最高 30 分")

    def test_unfinished_text_is_kept_once_the_drafter_has_said_so(
        self, chrome: Any, studio: Studio, fresh: Path
    ) -> None:
        with visiting(chrome, studio) as visit:
            visit.open(SCHEME)
            text = visit.text().replace("加 0.5 分，最高 30 分", "加 几 分，最高 30 分")
            visit.page.locator("textarea[wrap]").fill(text)
            visit.settled()
            visit.page.keyboard.press("Control+s")
            asks = visit.page.locator("dialog")
            assert "1 处错误" in asks.inner_text()
            asks.get_by_role("button", name="有错误也照样保存").click()
            visit.page.locator(".notices", has_text="还有 1 处错误").wait_for(timeout=SOON)
            assert fresh.read_text(encoding="utf-8") == text
            assert visit.text() == text
            assert visit.changes() == []


class TestReload:
    def test_an_unsaved_draft_is_found_again(self, visit: Visit) -> None:
        visit.open(SCHEME)
        press(visit, INSURED, 1)
        press(visit, "居住时间", 1)
        changes, mean = visit.changes(), visit.mean()
        asked: list[str] = []

        def agree(dialog: Any) -> None:
            asked.append(dialog.type)
            dialog.accept()

        visit.page.on("dialog", agree)
        visit.page.reload()
        visit.page.locator(".clause").first.wait_for(timeout=SOON)
        visit.settled()
        assert asked == ["beforeunload"]
        assert (visit.changes(), visit.mean()) == (changes, mean)
        assert "找回了" in visit.page.locator(".notices").inner_text()
        assert "token" not in visit.page.url

    def test_each_policy_keeps_its_own_draft(self, visit: Visit) -> None:
        visit.open(SCHEME)
        press(visit, INSURED, 1)
        visit.page.keyboard.press("Alt+0")
        visit.page.locator(".policies").get_by_text("北仑公布稿").click()
        visit.page.locator(".open-policy h1", has_text="北仑公布稿").wait_for(timeout=SOON)
        assert visit.changes() == []
        visit.page.keyboard.press("Alt+0")
        visit.page.locator(".policies").get_by_text("瑞安公布稿").first.click()
        visit.page.locator(".open-policy h1", has_text="瑞安公布稿").wait_for(timeout=SOON)
        visit.settled()
        assert len(visit.changes()) == 1


class TestOthersAtOneFile:
    def test_two_tabs_the_second_save_is_told_and_nothing_is_lost(
        self, visit: Visit, fresh: Path
    ) -> None:
        visit.open(SCHEME)
        other = watched(visit.page.context.new_page(), visit.studio, expected=(409,))
        other.open(SCHEME)
        press(visit, INSURED, 1)
        press(other, "居住时间", 1)
        value = other.number("居住时间", 1).input_value()
        for tab in (visit, other):
            tab.page.keyboard.press("Control+s")
            tab.page.get_by_text("直接写回这个文件").click()
            tab.page.get_by_role("button", name="保存", exact=True).click()
            tab.page.locator("dialog").wait_for(state="detached", timeout=SOON)
        told = other.page.locator(".banner.warn")
        told.wait_for(timeout=SOON)
        assert "在别处改过" in told.inner_text()
        saved = fresh.read_text(encoding="utf-8")
        assert "加 0.6 分，最高 30 分" in saved
        assert f"加 {value} 分" not in saved
        assert other.number("居住时间", 1).input_value() == value
        told.get_by_role("button", name="移到新文件上").click()
        other.settled()
        assert other.sentence(INSURED) == "社保月数每1个月加0.6分，最高得30分。"
        (change,) = other.changes()
        assert change.startswith("恢复 居住时间")
        assert f"加 {value} 分" in other.text()
        assert "加 0.6 分" in other.text()
        assert other.problems == []

    def test_the_file_changed_on_disk_at_the_same_place(self, visit: Visit, fresh: Path) -> None:
        visit.open(SCHEME)
        press(visit, INSURED, 1)
        text = fresh.read_text(encoding="utf-8")
        fresh.write_text(
            text.replace("加 0.5 分，最高 30 分", "加 0.55 分，最高 30 分"), encoding="utf-8"
        )
        press(visit, INSURED, 1)
        told = visit.page.locator(".banner.warn")
        told.wait_for(timeout=SOON)
        told.get_by_role("button", name="移到新文件上").click()
        visit.settled()
        # both changed the same line: the file stands, and the page says what it could not carry over
        lost = visit.page.locator(".banner.warn").inner_text()
        assert "移不过去" in lost
        assert "加 0.7 分" in lost
        assert visit.sentence(INSURED) == "社保月数每1个月加0.55分，最高得30分。"

    def test_without_changes_of_ones_own_the_new_file_is_shown(
        self, visit: Visit, fresh: Path
    ) -> None:
        visit.open(SCHEME)
        text = fresh.read_text(encoding="utf-8")
        fresh.write_text(
            text.replace("加 0.5 分，最高 30 分", "加 0.55 分，最高 30 分"), encoding="utf-8"
        )
        visit.page.evaluate("dispatchEvent(new Event('focus'))")
        visit.page.get_by_text("已换成新的内容").first.wait_for(timeout=SOON)
        visit.settled()
        assert visit.sentence(INSURED) == "社保月数每1个月加0.55分，最高得30分。"


class TestDocuments:
    def test_the_package_of_an_amendment(self, visit: Visit) -> None:
        visit.open(f"{SCHEME}-draft")
        visit.page.get_by_role("button", name="更改 测算条件").click()
        visit.page.get_by_label("人群").select_option("")  # the figures are tested elsewhere
        visit.page.get_by_role("button", name="应用").click()
        visit.settled()
        visit.page.get_by_role("button", name="生成材料").click()
        assert "没有选人群" in visit.page.locator("dialog").inner_text()
        visit.page.get_by_label("联系人").fill("王某")
        visit.page.get_by_label("发函日期").fill("2023-05-04")
        visit.page.get_by_role("button", name="生成", exact=True).click()
        visit.page.locator(".jobs progress").wait_for(timeout=SOON)
        files = visit.page.locator(".files a")
        files.first.wait_for(timeout=120_000)
        folder = visit.studio.folder / f"{SCHEME}-draft-征求意见材料"
        assert (folder / "附件4 修改对照表.docx").stat().st_size > 2_000
        with visit.page.expect_download() as got:
            visit.page.get_by_role("link", name="附件4 修改对照表.docx").click()
        assert (
            Path(got.value.path()).read_bytes() == (folder / "附件4 修改对照表.docx").read_bytes()
        )
        assert visit.page.get_by_role("link", name="全部下载（zip）").count() == 1

    def test_the_draft_compared_with_a_neighbour(self, visit: Visit) -> None:
        visit.open(SCHEME)
        press(visit, INSURED, 1)
        visit.page.get_by_role("button", name="比较").click()
        start = visit.page.locator("dialog").get_by_role("button", name="比较")
        assert start.is_disabled()
        visit.page.get_by_label(re.compile("北仑公布稿")).check()
        start.click()
        frame = visit.page.frame_locator("iframe")
        frame.get_by_role("heading", name="政策并排比较").wait_for(timeout=60_000)
        assert "0.6" in frame.locator("body").inner_text()
        frames = visit.page.locator("iframe")
        assert frames.get_attribute("sandbox") == "allow-scripts"

    def test_long_work_is_cancelled(self, visit: Visit) -> None:
        visit.open("provincial-indicators-b")
        visit.page.get_by_role("button", name="更改 测算条件").click()
        visit.page.get_by_label("户数").fill("1900000")
        visit.page.get_by_role("button", name="应用").click()
        stop = visit.page.get_by_role("button", name=re.compile("^取消："))
        stop.wait_for(timeout=SOON)
        stop.click()
        visit.page.get_by_text(re.compile("^已取消")).first.wait_for(timeout=60_000)
        visit.settled()
        # what is still shown is not of these settings, and says so
        assert visit.page.locator(".figures.stale .card").count() > 0
        assert "以前的数字" in visit.page.locator(".outdated").inner_text()
        visit.page.get_by_role("button", name="更改 测算条件").click()
        visit.page.get_by_label("户数").fill("2000")
        visit.page.get_by_role("button", name="应用").click()
        visit.page.locator(".figures:not(.stale)").wait_for(timeout=SOON)
        assert visit.page.locator(".outdated").count() == 0


class TestTheWayIn:
    def test_a_wrong_token_opens_nothing(self, chrome: Any, studio: Studio) -> None:
        with visiting(chrome, studio, expected=(401,)) as visit:
            for address in (studio.origin, f"{studio.origin}?token=wrong"):
                visit.page.goto(address)
                visit.page.get_by_role("heading", name="打不开工作台").wait_for(timeout=SOON)
                assert visit.page.locator(".policies").count() == 0

    def test_keyboard_alone(self, visit: Visit) -> None:
        """From the address to a saved file without a mouse."""
        visit.page.goto(visit.studio.address)
        keys = visit.page.keyboard
        visit.page.locator(".policies a").first.wait_for(timeout=SOON)
        keys.press("Alt+0")
        _tab_to(visit, "a[href*='provincial-indicators-b']")
        keys.press("Enter")
        visit.page.locator(".clause").first.wait_for(timeout=SOON)
        visit.settled()
        _tab_to(visit, f".clause[data-key$='{INSURED}'] .sentence input")
        keys.press("Shift+ArrowUp")
        visit.settled()
        assert len(visit.changes()) == 1
        keys.press("?")  # in a number's field this is typed, not a shortcut
        assert visit.page.locator("dialog[open]").count() == 0
        keys.press("Escape")
        assert visit.changes() == []
        keys.press("ArrowUp")
        visit.settled()
        keys.press("Alt+4")
        assert visit.page.evaluate("document.activeElement.id") == "effect-title"
        keys.press("?")
        visit.page.locator("dialog[open] .keys").wait_for()
        keys.press("Escape")
        visit.page.locator("dialog").wait_for(state="detached")
        assert visit.page.evaluate("document.activeElement.id") == "effect-title"
        keys.press("Control+s")
        visit.page.locator("dialog[open]").wait_for()
        _tab_to(visit, "dialog button[type=submit]")
        keys.press("Enter")
        visit.page.get_by_text("已保存：").first.wait_for(timeout=SOON)
        assert (visit.studio.folder / "provincial-indicators-b-draft.policy").is_file()


def _tab_to(visit: Visit, selector: str, most: int = 120) -> None:
    for _ in range(most):
        if visit.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        visit.page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {selector}")
