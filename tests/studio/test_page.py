"""A drafter reads a policy, moves its numbers and edits its text, and sees what that does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.studio.driving import POLICIES, SOON, Studio, Visit, chromium, serving, visiting

INSURED = "缴纳社保"
SCHEME = "provincial-indicators-a"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("政策")
    for path in (POLICIES / "zhejiang").glob("*.policy"):
        shutil.copy(path, folder)
    (folder / "marked.policy").write_text(MARKED, encoding="utf-8")
    (folder / "plain.policy").write_text(PLAIN, encoding="utf-8")
    with serving(folder) as running:
        yield running


@pytest.fixture
def visit(chrome: Any, studio: Studio) -> Iterator[Visit]:
    with visiting(chrome, studio) as found:
        yield found


MARKED = """积分 marked “<script>document.title='坏了'</script><img src=x onerror=alert(1)>” {
  地区 「<b>某区</b>」
  事实 月数：计数（月），范围 0 个月 至 600 个月
  组 基础 满分 10 分 {
    指标 「<i>月数</i>」 满分 10 分 { 出处 “<u>附件</u>” 每 1 个月 月数 加 1 分，最高 10 分 }
  }
}
"""

PLAIN = """points_scheme plain "Plain scheme" {
  english "Plain scheme"
  fact insured_months: count (month), range 0 months to 600 months
  group basics full_marks 10 points {
    indicator insurance full_marks 10 points { each 1 months insured_months add 0.5 points, up_to 10 points }
  }
}
"""


class TestNumbers:
    def test_a_number_of_an_assumption_set_moved_there_and_back_leaves_nothing(
        self, visit: Visit
    ) -> None:
        visit.page.goto(f"{visit.studio.address}#yueqing-2022")
        visit.page.locator(".clause").first.wait_for(timeout=SOON)
        visit.settled()
        text = visit.text()
        visit.page.keyboard.press("Alt+1")
        field = visit.number(INSURED, 1)
        field.focus()
        visit.page.keyboard.press("ArrowUp")
        visit.settled()
        assert len(visit.changes()) == 1
        assert "修改 指标 缴纳社保" in visit.text()
        visit.page.keyboard.press("Alt+1")
        field.focus()
        visit.page.keyboard.press("ArrowDown")
        visit.settled()
        assert visit.changes() == []
        assert visit.text() == text

    def test_arrow_keys_move_a_number_and_everything_that_follows_from_it(
        self, visit: Visit
    ) -> None:
        visit.open(SCHEME)
        assert visit.sentence(INSURED) == "社保月数每1个月加0.5分，最高得30分。"
        chart, mean = visit.chart(), visit.mean()
        field = visit.number(INSURED, 1)
        field.focus()
        visit.page.keyboard.press("ArrowUp")
        visit.settled()
        assert visit.sentence(INSURED) == "社保月数每1个月加0.6分，最高得30分。"
        assert visit.chart() != chart
        assert float(visit.mean()) > float(mean)
        assert visit.page.locator(".gain b").inner_text() != "0"
        assert visit.changes() == [
            "恢复 缴纳社保 · 每 1 个月 社保月数 加 … 分，最高 30 分 0.5 → 0.6"
        ]
        # the field still has the focus and the slider stands at the new value
        assert field.evaluate("e => e === document.activeElement")
        slider = visit.page.locator(".slider input[type=range]")
        assert slider.get_attribute("aria-valuetext") == "0.6分"
        assert "0.6 分" in visit.text()

    def test_the_slider_itself_and_ten_steps_at_once(self, visit: Visit) -> None:
        visit.open(SCHEME)
        visit.number(INSURED, 1).focus()
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("ArrowRight")
        assert visit.number(INSURED, 1).input_value() == "0.6"
        visit.page.keyboard.press("Shift+ArrowLeft")
        assert visit.number(INSURED, 1).input_value() == "0"
        visit.page.keyboard.press("End")
        highest = visit.page.locator(".slider small").last.inner_text()
        assert visit.number(INSURED, 1).input_value() == highest
        visit.settled()

    def test_a_number_is_typed_and_nonsense_is_told(self, visit: Visit) -> None:
        visit.open(SCHEME)
        field = visit.number(INSURED, 1)
        field.fill("０．７５")  # full-width, as an input method gives it
        visit.settled()
        assert visit.sentence(INSURED).startswith("社保月数每1个月加０．７５分")
        assert "加 0.75 分" in visit.text()
        visit.page.keyboard.press("Alt+1")
        field.fill("零点六")
        assert field.get_attribute("aria-invalid") == "true"
        assert "请输入数字" in visit.page.locator(".slider").inner_text()
        assert "加 0.75 分" in visit.text()

    def test_typed_by_hand_in_the_text_and_taken_back(self, visit: Visit) -> None:
        visit.open(SCHEME)
        mean = visit.mean()
        text = visit.text()
        area = visit.page.locator("textarea[wrap]")
        area.fill(text.replace("加 0.5 分，最高 30 分", "加 0.8 分，最高 30 分"))
        visit.settled()
        visit.page.keyboard.press("Alt+1")
        assert visit.sentence(INSURED) == "社保月数每1个月加0.8分，最高得30分。"
        assert visit.number(INSURED, 1).input_value() == "0.8"
        moved = visit.mean()
        assert moved != mean
        visit.page.keyboard.press("Control+z")
        visit.settled()
        assert visit.sentence(INSURED) == "社保月数每1个月加0.5分，最高得30分。"
        assert (visit.mean(), visit.changes()) == (mean, [])
        visit.page.keyboard.press("Control+y")
        visit.settled()
        assert visit.mean() == moved

    def test_one_change_of_several_is_reverted(self, visit: Visit) -> None:
        visit.open(SCHEME)
        visit.number(INSURED, 1).focus()
        visit.page.keyboard.press("ArrowUp")
        visit.number("居住时间", 1).focus()
        visit.page.keyboard.press("ArrowUp")
        visit.settled()
        assert len(visit.changes()) == 2
        visit.page.get_by_role("button", name=re.compile("恢复这一处：缴纳社保")).click()
        visit.settled()
        assert visit.sentence(INSURED) == "社保月数每1个月加0.5分，最高得30分。"
        (left,) = visit.changes()
        assert left.startswith("恢复 居住时间")

    def test_only_the_newest_answer_is_shown(self, visit: Visit) -> None:
        """An answer that was overtaken by another movement is thrown away."""
        visit.open(SCHEME)
        visit.page.route("**/api/try", _late())
        visit.number(INSURED, 1).focus()
        visit.page.keyboard.press("ArrowUp")
        visit.page.wait_for_timeout(150)  # the first question is under way
        assert visit.page.locator(".figures.stale").count() == 1
        visit.page.keyboard.press("ArrowUp")
        visit.settled()
        assert visit.sentence(INSURED) == "社保月数每1个月加0.7分，最高得30分。"
        assert visit.number(INSURED, 1).input_value() == "0.7"


class TestServerGone:
    def test_the_draft_can_be_copied_out(self, visit: Visit) -> None:
        visit.open(SCHEME)
        visit.page.route("**/api/**", lambda route: route.abort())
        visit.number(INSURED, 1).focus()
        visit.page.keyboard.press("ArrowUp")
        visit.page.get_by_role("heading", name="工作台没有回应").wait_for(timeout=SOON)
        assert "加 0.6 分，最高 30 分" in visit.page.locator("textarea").input_value()
        visit.page.unroute("**/api/**")
        visit.page.get_by_role("button", name="再试一次").click()
        visit.page.locator(".clause").first.wait_for(timeout=SOON)
        visit.settled()
        assert visit.sentence(INSURED) == "社保月数每1个月加0.6分，最高得30分。"
        assert {x for x in visit.problems if "ERR_FAILED" not in x} == set()
        visit.problems.clear()


def _late() -> Any:
    seen: list[int] = []

    def hold(route: Any) -> None:
        seen.append(1)
        answer = route.fetch()
        if len(seen) == 1:
            route.request.frame.page.wait_for_timeout(400)
        route.fulfill(response=answer)

    return hold


class TestAmendment:
    """A 修订 opened: before is its base, and a number of the base gets an operation of its own."""

    def test_a_number_that_stands_in_the_base(self, visit: Visit) -> None:
        visit.open(f"{SCHEME}-draft")
        assert visit.sentence(INSURED) == "社保月数每1个月加0.6分，最高得30分。"
        visit.number("居住时间", 1).focus()
        visit.page.keyboard.press("ArrowUp")
        visit.settled()
        (change,) = visit.changes()
        assert change.startswith("恢复 居住时间")
        value = visit.number("居住时间", 1).input_value()
        assert value != "0.25"
        text = visit.text()
        assert text.startswith(
            (visit.studio.folder / f"{SCHEME}-draft.policy").read_text("utf-8")[:80]
        )
        assert re.search(rf"修改 .*居住时间.*{re.escape(value)} 分", text, re.DOTALL)


class TestText:
    def test_errors_are_marked_and_the_clauses_stay(self, visit: Visit) -> None:
        visit.open(SCHEME)
        text = visit.text()
        visit.page.locator("textarea[wrap]").fill(text.replace("加 0.5 分", "加 0.5 份"))
        visit.settled()
        line = text[: text.index("加 0.5 分")].count("\n") + 1
        assert visit.page.locator(f".row.error[data-line='{line}']").count() == 1
        for _ in range(6):  # notes are marked, too
            visit.page.keyboard.press("F8")
            if f"第 {line} 行" in visit.page.locator(".position").inner_text():
                break
        assert visit.page.locator(".under .error").count() == 1
        visit.page.keyboard.press("Alt+1")
        assert "上一次能读懂" in visit.page.locator(".banner").inner_text()
        assert visit.page.locator(".clause").count() > 5
        visit.page.keyboard.press("Control+s")
        assert "改好以后才能保存" in visit.page.locator("dialog").inner_text()

    def test_tab_leaves_the_text_and_brackets_indent(self, visit: Visit) -> None:
        visit.open(SCHEME)
        text = visit.text()
        area = visit.page.locator("textarea[wrap]")
        area.focus()
        area.evaluate("e => e.setSelectionRange(0, 0)")
        visit.page.keyboard.press("Control+]")
        assert area.input_value() == "  " + text
        visit.page.keyboard.press("Control+[")
        assert area.input_value() == text
        visit.page.keyboard.press("Tab")
        assert not area.evaluate("e => e === document.activeElement")

    def test_a_finding_leads_to_its_line(self, visit: Visit) -> None:
        visit.open(SCHEME)
        visit.page.keyboard.press("Alt+3")
        visit.page.get_by_text("规则里得几分没有写明").click()
        shown = visit.page.locator(".finding[open]")
        assert "怎么办" in shown.inner_text()
        shown.get_by_role("button", name=re.compile("第 .* 行")).click()
        line = int(re.findall(r"\d+", visit.page.locator(".position").inner_text())[0])
        assert "未载明" in visit.text().split("\n")[line - 1]


class TestReading:
    def test_chart_has_a_table_and_is_read_by_keys(self, visit: Visit) -> None:
        visit.open(SCHEME)
        chart = visit.page.locator("svg.distribution")
        label = chart.get_attribute("aria-label") or ""
        assert "平均分修改前" in label
        chart.focus()
        visit.page.keyboard.press("ArrowRight")
        assert re.search(r"修改前 [\d,]+", visit.page.locator(".readout").inner_text())
        visit.page.locator(".chart summary").click()
        rows = visit.page.locator(".chart tbody tr")
        counts = [
            int(x.replace(",", "")) for x in rows.locator("td:nth-child(2)").all_inner_texts()
        ]
        persons = int((re.search(r"([\d,]+) 人", label) or [""])[1].replace(",", ""))
        assert sum(counts) == persons

    def test_assumptions_are_in_sight_and_groups_on_demand(self, visit: Visit) -> None:
        visit.open(SCHEME)
        box = visit.page.locator(".assumptions")
        assert "yangtze-delta-migrants" in box.inner_text()
        visit.page.get_by_role("button", name="更改 测算条件").click()
        visit.page.get_by_label("分组").select_option("文化程度")
        visit.page.get_by_role("button", name="应用").click()
        visit.page.locator(".groups tbody tr").first.wait_for(timeout=SOON)
        visit.settled()
        assert "初中" in visit.page.locator(".groups").inner_text()
        assert box.is_visible()

    def test_a_dialog_gives_the_focus_back(self, visit: Visit) -> None:
        visit.open(SCHEME)
        change = visit.page.get_by_role("button", name="更改 测算条件")
        for close in (
            lambda: visit.page.keyboard.press("Escape"),
            lambda: visit.page.locator("dialog header button").click(),
            lambda: visit.page.get_by_role("button", name="取消").click(),
        ):
            change.click()
            visit.page.locator("dialog[open]").wait_for()
            close()
            visit.page.locator("dialog").wait_for(state="detached")
            assert change.evaluate("e => e === document.activeElement")

    def test_nothing_in_a_policy_is_markup(self, visit: Visit) -> None:
        visit.open("marked")
        assert visit.page.title() == "政策工作台"
        title = visit.page.locator(".open-policy h1").inner_text()
        assert title.startswith("<script>document.title=")
        assert title.endswith("onerror=alert(1)>")
        assert (
            visit.page.locator("main b, main i, main u, main img, main script").evaluate_all(
                "all => all.map(e => e.textContent).filter(t => /某区|月数|附件/.test(t))"
            )
            == []
        )
        assert "<i>月数</i>" in visit.page.locator(".clause").last.inner_text()

    def test_english_leaves_no_chinese_words_of_the_page(self, visit: Visit) -> None:
        visit.open("plain")
        visit.page.get_by_role("button", name="Switch the page to English").or_(
            visit.page.get_by_title("Switch the page to English")
        ).click()
        visit.number("insurance", 1).focus()
        visit.page.keyboard.press("ArrowUp")
        visit.settled()
        seen = [_words(visit)]
        for key in ("Alt+2", "Alt+3"):
            visit.page.keyboard.press(key)
            seen.append(_words(visit))
        for key in ("Control+s", "?"):
            visit.page.keyboard.press("Escape")
            visit.page.locator("#effect-title").focus()
            visit.page.keyboard.press(key)
            visit.page.locator("dialog[open]").wait_for()
            seen.append(_words(visit))
            visit.page.keyboard.press("Escape")
        visit.page.get_by_role("button", name="Change").click()
        seen.append(_words(visit))
        known = {"中文", "把页面换成中文", str(visit.studio.folder)}
        chinese = {w for words in seen for w in words if re.search("[一-鿿]", w)}
        assert {
            w for w in chinese if w not in known and "长三角" not in w and "政策" not in w
        } == set()
        assert visit.page.evaluate("document.documentElement.lang") == "en"

    def test_it_fits_a_small_screen(self, chrome: Any, studio: Studio) -> None:
        with visiting(chrome, studio, viewport={"width": 1024, "height": 768}) as visit:
            visit.open(SCHEME)
            wide = visit.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 1024
            visit.page.get_by_role("button", name="目录").click()
            visit.page.locator(".outline").get_by_text("居住时间").click()
            assert visit.number("居住时间").is_visible()


def _words(visit: Visit) -> list[str]:
    """What is seen or read out: texts, labels, titles."""
    found: list[str] = visit.page.evaluate(
        """() => {
          const texts = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const e = walk.currentNode.parentElement;
            if (e.closest('.drawn, textarea, noscript, .policies ul')) continue;
            texts.push(walk.currentNode.data.trim());
          }
          for (const e of document.querySelectorAll('[aria-label], [title], [placeholder]'))
            for (const name of ['aria-label', 'title', 'placeholder'])
              if (e.hasAttribute(name)) texts.push(e.getAttribute(name));
          return texts.filter(Boolean);
        }"""
    )
    return found
