"""Rules for the tests of the wording: facts to speak of, and how to compile a rule."""

from __future__ import annotations

from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.loading import Library

FACTS = """
  事实 业务培训：是否
  事实 持有居住证：是否
  事实 中共党员：是否，英文 “party_member”
  事实 居住证中止：是否
  事实 刑事犯罪记录：是否
  事实 重大传染病发生：是否
  事实 紧缺岗位就业：是否
  事实 优秀志愿者：是否
  事实 已婚：是否
  事实 未就业：是否
  事实 区级推广：是否
  事实 市级推广：是否
  事实 省级推广：是否
  事实 登记率：百分比
  事实 上年登记率：百分比
  事实 报送篇数：计数（篇）
  事实 录用信息篇数：计数（篇），英文 “reports accepted”
  事实 整治小区数：计数（个小区）
  事实 献血次数：计数（次）
  事实 未落实责任事项：计数（项）
  事实 不达标措施：计数（项）
  事实 行政处罚次数：计数（次）
  事实 培训人数：计数（人）
  事实 社保月数：计数（月）
  事实 服务时长：小数（小时）
  事实 年龄：整数（岁）
  事实 文化程度：有序 { 初中 < 高中 < 大专 < 本科 }
  事实 住房：枚举 { 无、租赁、自有 }
  事实 登记日期：日期
  事实 出生日期：日期
  事实 年纳税额：小数（万元）
  事实 体能成绩：小数（分）
  事实 面试成绩：小数（分）
  事实 系数：小数
"""


def compiled(text: str) -> m.Policy:
    """The policy of a document whose facts are :data:`FACTS`."""
    library = Library()
    result = library.add_text(text, "test")
    policy, found = library.compile(result.file.documents[0].id.text)
    problems = [d.render("en") for d in (*library.diagnostics, *found) if d.severity == "error"]
    assert policy is not None, "\n".join(problems)
    return policy


def with_rule(rule: str) -> m.Policy:
    """A points scheme whose item 甲 has one rule."""
    return compiled(f"积分 样例 “样例” {{ 指标 甲 {{ {rule} }} {FACTS} }}")


def rule_of(policy: m.Policy) -> r.Rule:
    """The rule that :func:`with_rule` was asked for."""
    return policy.clauses["甲"].rules[0]
