"""Values show themselves as HTML: everything a reader needs, every text escaped."""

from __future__ import annotations

import policydsl as pdl
from policydsl.notebook import display

PERSON = {"年龄": 30, "持有居住证": True, "社保月数": 12}


def test_a_policy_shows_its_clauses_in_official_wording():
    policy = pdl.load("yueqing-2022")
    html = display.policy_html(policy)
    assert policy.title is not None
    assert policy.title in html
    assert "计分标准（原文未载明）。" in html
    known = display.policy_html(pdl.load("yueqing-2022", assume=["yueqing-demo"]))
    assert "加0.5分，最高得30分。" in known


def test_assumptions_stand_at_the_top():
    html = display.policy_html(pdl.load("yueqing-2022", assume=["yueqing-demo"]))
    assert html.index("yueqing-demo") < html.index("<details")


def test_texts_are_escaped():
    policy = pdl.loads(
        "积分 甲 “<script>alert(1)</script>” { 事实 数：计数（次） 指标 乙 满分 5 分 { 每 1 次 数 加 1 分 } }"
    )
    html = display.policy_html(policy)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_score_shows_its_parts_and_reasons():
    score = pdl.score("yueqing-2022", PERSON)
    html = display.score_html(score)
    assert "社保" in html
    assert "缴" in html or "未提供" in html
    assert "300" in html


def test_a_trace_and_a_clause():
    explained = pdl.explain("yueqing-2022", PERSON)
    assert "社保" in display.trace_html(explained.trace)
    clause = next(iter(pdl.load("yueqing-2022").clauses.values()))
    assert "<pre>" in display.clause_html(clause)


def test_a_check_shows_the_sums():
    html = display.report_html(pdl.check("beilun-departments"))
    assert "2380" in html


def test_a_diff_and_a_history():
    html = display.diff_html(pdl.diff("beilun-centre-older", "beilun-departments"))
    assert "sandbox" in html
    assert "&lt;table&gt;" in html
    shown = display.history_html(pdl.history())
    assert "beilun-departments" in shown
    assert "替代 beilun-centre-older" in shown


def test_every_type_that_is_registered_exists():
    import importlib

    for module, name, function in display._TYPES:
        assert hasattr(importlib.import_module(module), name)
        assert callable(getattr(display, function))
