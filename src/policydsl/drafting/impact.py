"""The impact section of a drafting note: figures and charts of a simulation, with their record.

A simulation is read from the folder that ``policydsl simulate --out`` wrote.  Every figure in the
section bears the mark of its run record, and the section ends with what the figures rest on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from policydsl.drafting.paper import (
    Block,
    Column,
    Paragraph,
    Picture,
    Row,
    Table,
    blank,
    para,
    row,
)
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model import policy as m
from policydsl.model.loading import load
from policydsl.pages import plots
from policydsl.simulation.drafts import versions_of
from policydsl.simulation.records import (
    FIGURES,
    RECORD,
    digest_of,
    meaning_of,
    read_record,
    request_of,
)
from policydsl.wording import sentences as w

MARK = "〔记录1〕"
MAX_BYTES = 200_000_000
BINS = 20
MOST_PARTS = 10


@dataclass(frozen=True)
class Impact:
    """The figures of a simulation (``figures``, as it wrote them) and its run record."""

    path: Path
    record: Mapping[str, Any]
    figures: Mapping[str, Any]

    @property
    def labels(self) -> list[str]:
        """The versions that were compared, the base first."""
        return [version["label"] for version in self.figures["versions"]]


def read_impact(path: Path) -> Impact:
    """The simulation in a folder; raises :class:`PolicyError` (S602, W907)."""
    record = read_record(path)
    folder = path if path.is_dir() else path.parent
    file = folder / FIGURES
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _wrong(file, "文件过大", "it is too large")
        figures = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(file, f"没有 {FIGURES}", f"{FIGURES} is missing") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"{FIGURES} 不是 JSON", f"{FIGURES} is no JSON") from error
    if not isinstance(figures, dict) or digest_of(figures) != record.get("figures_sha256"):
        zh = f"{FIGURES} 与 {RECORD} 的校验码不符，数字可能被改过"
        raise _wrong(file, zh, f"{FIGURES} is not what {RECORD} records; it was changed")
    return Impact(folder, record, figures)


def _wrong(file: Path, zh: str, en: str) -> PolicyError:
    details = {"path": str(file), "problem": (zh, en)}
    return PolicyError([Diagnostic("W907", Source(str(file), ""), None, details)])


def doubts_about(impact: Impact, policy: m.Policy) -> list[str]:
    """What the drafter should know: figures of another policy, or of an older text of it."""
    versions = impact.record.get("versions", [])
    own = [v for v in versions if v.get("policy") == policy.id]
    if not own:
        names = "、".join(str(v.get("policy")) for v in versions)
        return [f"测算的是{names}，不是{policy.id}，影响测算的数字与本稿无关"]
    if _texts_now(impact) not in (None, [v.get("sha256") for v in versions]) or any(
        _is_another(str(v.get("target")), policy) for v in own
    ):
        return ["测算以后条款有改动，影响测算的数字不是现在这一稿的，请重新测算"]
    return []


def _texts_now(impact: Impact) -> list[str] | None:
    """The hashes of what was simulated as it is now; ``None`` where it cannot be had any more."""
    request = request_of(impact.record)
    try:
        versions = versions_of(request.base, request.drafts, request.assume)
    except PolicyError:
        return None
    return [meaning_of(version.policy) for version in versions]


def _is_another(target: str, policy: m.Policy) -> bool:
    """Whether what was simulated is another text than the policy, by its own words."""
    if policy.assumed:
        return False
    try:
        return meaning_of(load(target)) != meaning_of(policy)
    except PolicyError:
        return False


# -- the section


def impact_blocks(impact: Impact, titles: Mapping[str, str]) -> list[Block]:
    """The text of the section; ``titles`` name the versions by their labels."""
    return [*_basis(impact), *_whole(impact, titles), *_compared(impact, titles),
            *_parts(impact), *_resting(impact)]  # fmt: skip


def _name(titles: Mapping[str, str], label: str) -> str:
    return titles.get(label, label)


def number(value: object, places: int = 2) -> str:
    """A figure in a text: rounded half up to so many places, without zeros at its end."""
    if value is None:
        return "—"
    exact = Fraction(str(value))
    scale = 10**places
    rounded = Fraction((abs(exact) * scale + Fraction(1, 2)) // 1, scale)
    text = f"{int(rounded)}"
    rest = rounded - int(rounded)
    if rest:
        text += "." + f"{int(rest * scale):0{places}d}".rstrip("0")
    return f"-{text}" if exact < 0 and rounded else text


def _basis(impact: Impact) -> Iterator[Block]:
    about = impact.record.get("population", {})
    persons = impact.figures["persons"]
    made = about.get("kind") == "specification"
    kind = "合成人口（由公开统计资料和假设生成，不是真实个人的数据）" if made else "提供的数据表"
    yield para(f"测算用{kind}，共{persons}人{MARK}。下列数字均由程序按条款逐人计算，未作估计。")


def _whole(impact: Impact, titles: Mapping[str, str]) -> Iterator[Block]:
    versions = impact.figures["versions"]
    rows: list[Row] = []
    for version in versions:
        low, high = version["low"], version["high"]
        rows.append(
            row(
                _name(titles, version["label"]),
                _span(low["mean"], high["mean"]),
                *(_span(low["quantiles"].get(q), high["quantiles"].get(q)) for q in _SHOWN),
                _span(version["line"]["line"], version["line"]["line"]),
            )
        )
    yield para(f"表1　得分分布和录取线（分）{MARK}", kind="caption")
    yield Table(
        (Column("文本", 46), Column("人均", 18, "center"), Column("第10百分位", 20, "center"),
         Column("中位数", 18, "center"), Column("第90百分位", 20, "center"),
         Column("录取线", 18, "center")),
        tuple(rows),
    )  # fmt: skip
    picture = _histogram(impact, titles)
    if picture is not None:
        yield picture
        yield para(f"图1　得分分布{MARK}", kind="caption")


_SHOWN = ("0.1", "0.5", "0.9")


def _span(low: object, high: object) -> str:
    first, second = number(low), number(high)
    return first if first == second else f"{first}至{second}"


def _histogram(impact: Impact, titles: Mapping[str, str]) -> Picture | None:
    """Persons by points, in about :data:`BINS` bins of whole points."""
    scale = impact.figures["scale"]
    versions = impact.figures["versions"]
    values = [v for version in versions for v in version["histogram"]["low"][0]]
    if not values:
        return None
    spread = (max(values) - min(values)) // scale + 1
    width = next(
        step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if spread / step <= BINS
    )
    rows = []
    for version in versions:
        bins: dict[int, int] = {}
        for value, count in zip(*version["histogram"]["low"], strict=True):
            edge = value // (scale * width) * width
            bins[edge] = bins.get(edge, 0) + count
        name = _name(titles, version["label"])
        rows += [{"得分": edge, "人数": n, "文本": name} for edge, n in sorted(bins.items())]
    chart = plots.steps(rows, "得分", "人数", "文本", width=width)
    names = "、".join(_name(titles, version["label"]) for version in versions)
    return Picture(chart.png(dpi=220), f"得分分布：{names}")


def _compared(impact: Impact, titles: Mapping[str, str]) -> Iterator[Block]:
    for one in impact.figures["comparisons"]:
        counts = one["change"]["counts"]
        people = sum(counts.values())
        base, draft = (_name(titles, one[key]) for key in ("base", "draft"))
        share = {
            key: number(Fraction(100 * n, people) if people else 0, 1) for key, n in counts.items()
        }
        text = (
            f"与{base}相比，{draft}下{counts['gains']}人得分增加（{share['gains']}%），"
            f"{counts['loses']}人得分减少（{share['loses']}%），"
            f"{counts['unchanged']}人不变（{share['unchanged']}%）"
        )
        if counts["mixed"]:
            text += f"，{counts['mixed']}人因条款未定不能确定增减"
        scale = impact.figures["scale"]
        for key, who, whom in (
            ("gained", "gains", "得分增加者人均增加"),
            ("lost", "loses", "得分减少者人均减少"),
        ):
            total = one["change"].get(key)
            if total and counts[who]:
                mean = number(Fraction(abs(total), scale * counts[who]))
                text += f"；{whom}{mean}分"
        yield para(f"{text}。{MARK}")
        yield from _crossing(impact, one, base, draft)


def _crossing(impact: Impact, one: Mapping[str, Any], base: str, draft: str) -> Iterator[Block]:
    """Who comes into a place, and who loses it: rows are before, columns after (sure, open, no)."""
    crossing = one.get("crossing")
    version = next(v for v in impact.figures["versions"] if v["label"] == one["draft"])
    quota = version["line"].get("quota")
    if crossing is None or quota is None:
        return
    gained = crossing[2][0]
    lost = crossing[0][2]
    open_ = sum(crossing[i][j] for i in range(3) for j in range(3) if 1 in (i, j))
    text = (
        f"“{version['scene']}”名额{quota}个时，{gained}户由未录取变为录取，{lost}户由录取变为未录取"
    )
    if open_:
        text += f"，{open_}户因条款未定不能确定"
    level = version["line"].get("level")
    if level:
        line = number(version["line"]["line"])
        text += f"；{draft}下录取线{line}分，总分正好在线上的{level}户"
    yield para(f"{text}。{MARK}")


def _parts(impact: Impact) -> Iterator[Block]:
    for found in impact.figures.get("contributions") or ():
        parts = [p for p in found["parts"] if p["clause"]]
        if not parts:
            continue
        parts.sort(key=lambda p: -abs(Fraction(p["mean"])))
        kept = parts[:MOST_PARTS]
        rows = [{"条款": p["clause"], "人均变化（分）": Fraction(p["mean"])} for p in kept]
        chart = plots.grouped_bars(rows, "条款", "人均变化（分）")
        yield para("各项修改对人均得分的作用如图2。" + MARK)
        yield Picture(chart.png(dpi=220), "各项修改对人均得分的作用")
        method = "沙普利值：各种先后次序的平均" if found["method"] == "shapley" else "逐项去掉"
        yield para(f"图2　各项修改对人均得分的作用（{method}）{MARK}", kind="caption")
        return


def _resting(impact: Impact) -> Iterator[Block]:
    """The run record, and what the figures rest on."""
    record = impact.record
    about = record.get("population", {})
    request = record.get("request", {})
    seed = f"，随机种子{about['seed']}" if about.get("seed") is not None else ""
    day = f"，评定日{request['day']}" if request.get("day") else ""
    yield para(
        f"{MARK}运行记录：人口{about.get('id') or about.get('file') or '—'}，"
        f"{about.get('rows', '—')}人{seed}{day}；人口校验码{_short(about.get('sha256'))}，"
        f"结果校验码{_short(record.get('figures_sha256'))}。用 policydsl rerun 可以重做并核对。",
        kind="note",
    )
    texts = []
    for version in record.get("versions", ()):
        sets = "、".join(version.get("assume") or ()) or "无"
        texts.append(f"{version['label']}（校验码{_short(version.get('sha256'))}，假设集：{sets}）")
    yield para(f"测算的文本：{'；'.join(texts)}。", kind="note")
    assumed = [str(text) for text in about.get("assumptions") or ()]
    if assumed:
        yield para("测算所依据的假设：", kind="note")
        for i, text in enumerate(_gathered(assumed), start=1):
            yield para(f"（{i}）{w.tidy(text, 'zh')}。", kind="note")
    resting = {r["assumption"]: r for v in impact.figures["versions"] for r in v["resting"]}
    for name, found in resting.items():
        share = number(Fraction(str(found["share"])) * 100, 1)
        yield para(
            f"假设集“{name}”补上了原文未载明的{len(found['clauses'])}项分值，"
            f"人均得分的{share}%由此而来；这些分值不是文件的规定。",
            kind="note",
        )


def _gathered(texts: Sequence[str]) -> list[str]:
    """Assumptions of the form 何处：为何, those with the same reason in one line."""
    places: dict[str, list[str]] = {}
    for text in texts:
        place, mark, why = text.partition("：")
        places.setdefault(why if mark else text, []).extend([place] if mark else [])
    return [f"{'、'.join(names)}：{why}" if names else why for why, names in places.items()]


def _short(digest: object) -> str:
    return str(digest)[:12] if digest else "—"


def section(impact: Impact | None, titles: Mapping[str, str]) -> Sequence[Block]:
    """The section, or that nothing was computed."""
    if impact is None:
        return [
            Paragraph((blank("未作影响测算：需要时用 policydsl simulate 测算后重新生成"),), "body")
        ]
    return impact_blocks(impact, titles)
