"""The drafter's yes or no to proposed pairs, kept in a small TOML file.

::

    [[对应]]
    条款 = ["haishu-2022#区级个性指标/书香阅读", "yueqing-2022#乐清市级个性指标/社会公益"]
    相同 = "否"                  # 是、否、待定
    理由 = "一个是阅读，一个是志愿服务"

Pairs are of clauses, units or facts (``文件标识#条款标识``, ``文件标识#数据名``).  English keys:
``pair``, ``clauses``, ``same`` (``yes``, ``no``, ``open``), ``reason``.  A pair that is not decided
(待定) is the same as none.  What names nothing that is compared is reported and left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policydsl.files import write_text
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean
from policydsl.scoring.toml_files import fatal, parse_toml, quote, read_text

Key = frozenset[str]
"""The two ends of a pair; one key where a scheme stands beside itself."""

_ENTRIES = ("对应", "pair")
_FIELDS = {
    "条款": "clauses", "clauses": "clauses", "相同": "same", "same": "same",
    "理由": "reason", "reason": "reason",
}  # fmt: skip
_ANSWERS: Mapping[str, bool | None] = {
    "是": True, "yes": True, "否": False, "no": False, "待定": None, "open": None,
}  # fmt: skip
HEAD = """\
# policydsl compare 的对应关系：把“待定”改成“是”或“否”，下次用 --decisions 读入。
# Pairs of policydsl compare: put yes (是) or no (否) for open (待定), and read it with --decisions.
"""


@dataclass(frozen=True)
class Decision:
    """An answer; ``None`` is still open."""

    pair: tuple[str, str]
    same: bool | None
    reason: str | None = None

    @property
    def key(self) -> Key:
        """The pair in no order."""
        return frozenset(self.pair)


@dataclass(frozen=True)
class Decisions:
    """All answers of a file, by pair."""

    name: str = ""
    entries: tuple[Decision, ...] = ()
    by_key: Mapping[Key, Decision] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Decision], name: str = "") -> Decisions:
        """The answers; of two for one pair the later one stands."""
        known = tuple(entries)
        return cls(name, known, {each.key: each for each in known})

    def answer(self, one: str, other: str) -> bool | None:
        """Yes, no, or ``None`` where nothing was decided."""
        found = self.by_key.get(frozenset((one, other)))
        return None if found is None else found.same

    def decided(self, same: bool) -> list[Decision]:
        """The pairs with that answer, in an order that does not depend on the file."""
        found = [each for each in self.by_key.values() if each.same is same]
        return sorted(found, key=lambda each: sorted(each.pair))

    def problems(self, known: Collection[str]) -> list[Diagnostic]:
        """Pairs of which an end is not compared (C920), pairs answered twice over (C921)."""
        found: list[Diagnostic] = []
        source = Source(self.name, "")
        for each in self.entries:
            for key in each.pair:
                if key not in known:
                    near = did_you_mean(key, known)
                    found.append(Diagnostic("C920", source, None, {"key": key, "near": near}))
            if self.by_key[each.key].same is not each.same:
                shown = "、".join(each.pair)
                found.append(Diagnostic("C921", source, None, {"pair": shown}))
        return found


def read_decisions(path: Path) -> Decisions:
    """The answers of a file.

    Raises :class:`PolicyError`: no such file (D429), no TOML (D450), entries that are none (C906).
    """
    content = parse_toml(read_text(path), str(path))
    entries: list[Decision] = []
    for name, listed in content.items():
        if name not in _ENTRIES or not isinstance(listed, list):
            raise fatal(str(path), "C906", entry=name)
        for number, entry in enumerate(listed, 1):
            decision = _decision(entry)
            if decision is None:
                raise fatal(str(path), "C906", entry=f"{name} {number}")
            entries.append(decision)
    return Decisions.of(entries, str(path))


def _decision(entry: Any) -> Decision | None:
    if not isinstance(entry, dict) or not set(entry) <= set(_FIELDS):
        return None
    values = {_FIELDS[name]: value for name, value in entry.items()}
    pair, same, reason = values.get("clauses"), values.get("same"), values.get("reason")
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(x, str) for x in pair):
        return None
    if isinstance(same, bool):
        answer: bool | None = same
    elif isinstance(same, str) and same in _ANSWERS:
        answer = _ANSWERS[same]
    else:
        return None
    if reason is not None and not isinstance(reason, str):
        return None
    return Decision((pair[0], pair[1]), answer, reason)


def write_proposals(path: Path, proposed: Iterable[tuple[tuple[str, str], str]]) -> int:
    """Add pairs with remarks to a file, open for an answer; what stands there stays as it is.

    Returns how many were added: pairs that the file already has are left out.
    """
    text, known = HEAD, Decisions()
    if path.exists():
        known = read_decisions(path)
        text = read_text(path)
    added = 0
    for pair, remark in proposed:
        if frozenset(pair) in known.by_key:
            continue
        both = ", ".join(quote(key) for key in pair)
        shown = " ".join(remark.split())
        text = text.rstrip("\n") + f'\n\n[[对应]]\n# {shown}\n条款 = [{both}]\n相同 = "待定"\n'
        added += 1
    if added or not path.exists():
        write_text(path, text)
    return added
