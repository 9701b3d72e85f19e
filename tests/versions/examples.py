"""A small points scheme with drafts on it, and how tests carry drafts out."""

from __future__ import annotations

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, has_errors
from policydsl.language.printing import print_node
from policydsl.model.amending.changes import Change
from policydsl.model.loading import Library

BASE = """
积分 办法 “积分管理办法” {
  施行 2022-01-01  说明 “原办法”  使用 居民词汇
  满分 200 分
  组 共性 上限 100 分 {
    指标 年龄 满分 20 分 { 按 年龄 取分 { 18 至 40 岁：20 分  其他：0 分 } }
    指标 缴纳社保 上限 30 分 责任单位 人社局 审核 自动 {
      每 1 个月 社保月数 加 0.5 分，最高 30 分
    }
    指标 登记 上限 50 分 审核 材料、自动 {
      事实 登记率：百分比
      登记率 达到 90%：加 10 分
      登记率 达到 80%：加 5 分
    }
  }
  组 个性 上限 100 分 {
    指标 献血 上限 50 分 { 每 1 次 献血次数 加 2 分 }
    指标 婚育证明 上限 50 分 { 婚育证明：加 50 分 }
  }
  场景 入学 { 排序 总分 高者先，得分（指标 献血） 高者先  名额 20 人  同分 抽签 }
  期限 审核 10 个工作日
  期限 公示 不少于 5 个工作日
  职责 人社局 审核 缴纳社保
  职责 卫健局 审核 献血
  示例 “社保 60 个月” { 社保月数 60 个月，得 指标 缴纳社保 30 分 }
}
词汇 居民词汇 {
  事实 年龄：整数（岁）
  事实 社保月数：整数（月）
  事实 献血次数：计数（次）
  事实 婚育证明：是否
}
"""


def library(*drafts: str, base: str = BASE) -> Library:
    """The base and the drafts, and nothing else."""
    result = Library()
    result.add_text(base, "办法.policy")
    for number, draft in enumerate(drafts, 1):
        result.add_text(draft, f"草案{number}.policy")
    assert not has_errors(result.diagnostics), [d.render() for d in result.diagnostics]
    return result


def draft(operations: str, id_: str = "草案", base: str = "办法") -> str:
    """A draft that holds these operations."""
    return f"修订 {id_} 基于 {base} {{ {operations} }}"


def consolidated(operations: str) -> n.Document:
    """The edition that one draft makes of the base."""
    edition, found = library(draft(operations)).edition("草案")
    assert edition is not None, [d.render() for d in found]
    assert not found, [d.render() for d in found]
    return edition.document


def changes(operations: str) -> tuple[Change, ...]:
    """What the operations of one draft did."""
    edition, found = library(draft(operations)).edition("草案")
    assert edition is not None, [d.render() for d in found]
    assert edition.consolidation is not None
    return edition.consolidation.changes


def findings(operations: str, base: str = BASE) -> list[Diagnostic]:
    """What is wrong with the operations of one draft."""
    return list(library(draft(operations), base=base).edition("草案")[1])


def shown(document: n.Document, id_: str) -> str:
    """A clause of an edition as text, on one line."""
    holder: n.Document | n.Clause = document
    for key in id_.split("/"):
        holder = next(
            s for s in holder.body
            if isinstance(s, n.Clause)
            and key in {s.number, s.name.text if s.name else None}
        )  # fmt: skip
    return " ".join(print_node(holder).split())


def order(document: n.Document, id_: str | None = None) -> list[str]:
    """The labels of the clauses right inside the document, or inside one of its clauses."""
    holder: n.Document | n.Clause = document
    for key in [] if id_ is None else id_.split("/"):
        holder = next(
            s for s in holder.body if isinstance(s, n.Clause) and s.name and s.name.text == key
        )
    return [
        s.name.text if s.name else s.number or "" for s in holder.body if isinstance(s, n.Clause)
    ]
