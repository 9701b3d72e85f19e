"""Pictures for a drafter: what became of each clause, older edition left, newer one right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.paths import clause_key, clause_label
from policydsl.scoring.ranges import show_points
from policydsl.versions.comparing import EditionDiff
from policydsl.versions.dates import NOTHING_SUPPOSED, Dates
from policydsl.versions.exporting.canvas import Canvas, shortened, width_of, wrapped
from policydsl.versions.graph import BECAME_WORDS, Edge, Edition, HistoryGraph, Relation
from policydsl.versions.lineage import Lineage, Link

Verdict = Literal["unchanged", "wording", "amended"]
Verdicts = Callable[[Link], Verdict]
"""What a link changed; by default told from the trees."""

_Kind = Literal[
    "unchanged", "wording", "amended", "renamed", "added", "repealed", "not_seen", "plain"
]


@dataclass(frozen=True, slots=True)
class _Look:
    fill: str
    line: str
    zh: str
    en: str


_LOOKS: dict[_Kind, _Look] = {
    "unchanged": _Look("#eef2f6", "#7b8794", "未变", "unchanged"),
    "wording": _Look("#eef2f6", "#7b8794", "仅文字", "wording"),
    "amended": _Look("#fff3d6", "#c27803", "修改", "amended"),
    "renamed": _Look("#eef2f6", "#7b8794", "更名", "renamed"),
    "added": _Look("#e3f6e8", "#2f9e55", "新增", "added"),
    "repealed": _Look("#fde4e4", "#c53030", "废止", "repealed"),
    "not_seen": _Look("#f3eefb", "#805ad5", "未见", "not seen"),
    "plain": _Look("#eef2f6", "#7b8794", "", ""),
}
_INFERRED = "#2b6cb0"

_MARGIN, _COLUMN, _GAP = 28.0, 470.0, 230.0
_ROW, _HEAD, _BETWEEN, _SIZE = 22.0, 26.0, 12.0, 13.0


@dataclass
class _Row:
    """A clause of the picture: its id, what is written, and where it stands."""

    id: str
    text: str
    name: str
    points: str
    manner: str = ""
    depth: int = 0
    kind: _Kind = "plain"
    inferred: bool = False
    tip: str | None = None
    x: float = 0.0
    y: float = 0.0


@dataclass
class _Block:
    """A unit, group or the like with the clauses inside it.

    ``folded``: shown as one line.  ``aside``: in a schedule whose fate is not seen.
    """

    head: _Row
    rows: list[_Row] = field(default_factory=list)
    folded: bool = False
    aside: bool = False

    @property
    def all(self) -> list[_Row]:
        return [self.head, *self.rows]

    @property
    def height(self) -> float:
        return _HEAD + 2 + (0 if self.folded else len(self.rows) * _ROW)


# -- two editions


def lineage_svg(
    graph: HistoryGraph,
    older: str,
    newer: str,
    verdicts: Verdicts | None = None,
    language: Language = "zh",
) -> str:
    """What became of the clauses of ``older`` in ``newer``, as an SVG picture.

    Raises :class:`PolicyError` (F008) for an unknown edition.
    """
    old, new = graph.edition(older), graph.edition(newer)
    lineage = graph.between(older, newer)
    return _Pair(graph, old, new, lineage, verdicts or told_by(old, new), language).draw()


def judged_by(diff: EditionDiff) -> Verdicts:
    """Verdicts from a comparison by what the clauses mean; what changed inside is left aside."""

    def verdict(link: Link) -> Verdict:
        for id_ in link.new:
            if id_ in diff.newer.clauses:
                row = diff.row(id_)
                if any(effect.changed and effect.kind != "inside" for effect in row.effects):
                    return "amended"
                return "wording" if row.wording else "unchanged"
        return "unchanged"

    return verdict


def told_by(old: Edition, new: Edition) -> Verdicts:
    """Verdicts from the trees: unchanged where a clause says the same, texts left aside."""
    before, after = _by_id(old), _by_id(new)

    def verdict(link: Link) -> Verdict:
        mine = [_effective(before[id_]) for id_ in link.old if id_ in before]
        theirs = [_effective(after[id_]) for id_ in link.new if id_ in after]
        return "unchanged" if len(mine) == 1 and mine == theirs else "amended"

    return verdict


_TEXTS = frozenset(
    {"SUMMARY", "LOCATOR", "NOTE", "DOUBTFUL", "READING", "CONCEPT", "ENGLISH", "ASSUMPTION",
     "FULL_TEXT", "ID", "REASON"}
)  # fmt: skip


def _effective(clause: n.Clause) -> tuple[object, ...]:
    attributes = tuple(a for a in clause.attributes if a.key not in _TEXTS)
    aside = (n.Clause, n.Fact, n.Example)
    body = tuple(
        (s.condition, s.action, s.modifiers) if isinstance(s, n.Rule) else s
        for s in clause.body
        if not isinstance(s, aside)
    )
    return clause.kind, attributes, body


def _by_id(edition: Edition) -> dict[str, n.Clause]:
    return {} if edition.document is None else {id_: c for id_, c, _ in _walk(edition.document)}


def _walk(
    holder: n.Document | n.Clause, id_: str = "", depth: int = 0
) -> Iterator[tuple[str, n.Clause, int]]:
    for statement in holder.body:
        if isinstance(statement, n.Clause):
            key = clause_key(statement)
            inner = f"{id_}/{key}" if id_ else key
            yield inner, statement, depth
            yield from _walk(statement, inner, depth + 1)


def points_of(clause: n.Clause, zh: bool = True) -> str:
    """The declared maximum of a clause, 未载明, or nothing."""
    for key in ("FULL_MARKS", "CAP"):
        for attribute in clause.attributes:
            if attribute.key == key:
                value = attribute.value
                if isinstance(value, n.FixedAmount):
                    return show_points(value.number.value)
                return "未载明" if zh else "open"
    return ""


def manner_of(clause: n.Clause, zh: bool = True) -> str:
    """In one word how an item is scored: 扣分, 加分, 酌情, 无规则 …; nothing for other clauses."""
    rules = [s for s in clause.body if isinstance(s, n.Rule)]
    if not rules or clause.kind not in ("INDICATOR", "ITEM"):
        return ""
    parts = [node for rule in rules for node in n.walk(rule)]
    if any(isinstance(p, n.Veto) for p in parts):
        return "否决" if zh else "veto"
    if any(isinstance(p, n.Discretionary) or getattr(p, "discretion", None) for p in parts):
        return "酌情" if zh else "discretion"
    if all(isinstance(rule.action, n.OpenAction) for rule in rules):
        return "无规则" if zh else "no rule"
    if any(isinstance(p, (n.OpenAction, n.OpenAmount)) for p in parts):
        return "部分未载明" if zh else "partly open"
    if any(getattr(p, "sign", None) == "DEDUCT" for p in parts):
        return "扣分" if zh else "deducts"
    return "加分" if zh else "adds"


class _Pair:
    def __init__(
        self,
        graph: HistoryGraph,
        old: Edition,
        new: Edition,
        lineage: Lineage,
        verdicts: Verdicts,
        language: Language,
    ):
        self.graph = graph
        self.old, self.new = old, new
        self.lineage = lineage
        self.verdicts = verdicts
        self.zh = language == "zh"
        self.tag = 40.0 if self.zh else 58.0
        self.canvas = Canvas()
        self.left = _MARGIN
        self.right = _MARGIN + _COLUMN + _GAP
        self.old_blocks = self._blocks(old)
        self.new_blocks = self._blocks(new)
        self.olds = {row.id: row for block in self.old_blocks for row in block.all}
        self.news = {row.id: row for block in self.new_blocks for row in block.all}
        self._mark()

    # -- what is there

    def _blocks(self, edition: Edition) -> list[_Block]:
        """The parts of an edition: units and groups with what is inside; schedules opened."""
        blocks: list[_Block] = []
        if edition.document is None:
            return [
                _Block(_Row(id_, title, title, ""))
                for id_, key in edition.contents.items()
                for title in (self.graph.versions[key].title,)
            ]
        schedules = 0
        for id_, clause, depth in _walk(edition.document):
            row = _Row(
                id_,
                self._label(clause),
                clause.name.text if clause.name is not None else clause_label(clause),
                points_of(clause, self.zh),
                manner_of(clause, self.zh),
                depth - schedules,
            )
            if clause.kind == "SCHEDULE":
                schedules = 1
            elif depth <= schedules and "/" not in id_.partition("/")[2 if schedules else 0]:
                aside = edition is self.old and self.lineage.is_not_seen(id_)
                if aside and schedules:
                    row.text = f"{id_.partition('/')[0]}：{row.text}"
                blocks.append(_Block(row, aside=aside))
            else:
                blocks[-1].rows.append(row)
        return blocks

    @staticmethod
    def _label(clause: n.Clause) -> str:
        if clause.number is None:
            return clause_label(clause)
        return f"{clause.number}  {clause.name.text}" if clause.name else clause.number

    def _mark(self) -> None:
        """What became of each row, and how it came about."""
        for row in self.olds.values():
            if row.id not in self.lineage.successors:
                unseen = self.lineage.is_not_seen(row.id)
                row.kind = "not_seen" if unseen else "repealed"
                row.tip = self.lineage.gone.get(row.id)
        for row in self.news.values():
            links = self.lineage.predecessors.get(row.id)
            if not links:
                # of an older text that is not at hand nobody can say what it did not hold
                row.kind = "plain" if self.old.is_stub else "added"
                continue
            verdicts = {self.verdicts(link) for link in links}
            merged = len({id_ for link in links for id_ in link.old}) > 1
            row.kind = "amended" if merged or "amended" in verdicts else verdicts.pop()
            if self.old.is_stub:
                row.kind = "plain"
            row.inferred = all(link.inferred is not None for link in links)
            row.tip = "\n".join(filter(None, (text for k in links for text in _told(k)))) or None
            row.points = self._changed(row, links, "points", " → ", "+")
            row.manner = self._changed(row, links, "manner", "→", "、")
        for block in self.new_blocks:
            # a unit with clauses inside says no more than its name and points
            if block.rows and block.head.kind in ("unchanged", "wording"):
                old = [id_ for k in self.lineage.predecessors[block.head.id] for id_ in k.old]
                names = {self.olds[id_].name for id_ in old if id_ in self.olds}
                block.head.kind = "plain" if names == {block.head.name} else "renamed"
        for blocks in (self.old_blocks, self.new_blocks):
            for block in blocks:
                kinds = {row.kind for row in block.all}
                block.folded = len(kinds) == 1 and kinds <= {"added", "not_seen", "repealed"}

    def _changed(
        self, row: _Row, links: tuple[Link, ...], what: str, arrow: str, joint: str
    ) -> str:
        """The points, or the manner of scoring, with what they were where that changed."""
        now: str = getattr(row, what)
        ids = dict.fromkeys(id_ for link in links for id_ in link.old)
        before = [str(getattr(self.olds[id_], what)) for id_ in ids if id_ in self.olds]
        if what == "manner":
            before = list(dict.fromkeys(before))
        if not now or before == [now] or not before or not all(before):
            return now
        return f"{joint.join(before)}{arrow}{now}"

    # -- drawing

    def draw(self) -> str:
        top = self._heading()
        bottom = max(self._place(top), top)
        for link in self.lineage.links:
            for id_ in link.old:
                for other in link.new:
                    self._line(link, id_, other)
        for x, blocks in ((self.left, self.old_blocks), (self.right, self.new_blocks)):
            for block in blocks:
                self._block(block, x)
        title = f"{self.old.title or self.old.id} → {self.new.title or self.new.id}"
        return self.canvas.svg(self.right + _COLUMN + _MARGIN, bottom + _MARGIN, title)

    def _heading(self) -> float:
        canvas, y = self.canvas, _MARGIN + 10
        dates = self.graph.dates(NOTHING_SUPPOSED)
        lowest = y
        for x, edition, word in (
            (self.left, self.old, "旧版" if self.zh else "older"),
            (self.right, self.new, "新版" if self.zh else "newer"),
        ):
            line = y
            for text in wrapped(f"{word}  {edition.title or edition.id}", 17, _COLUMN, 2):
                canvas.text(x, line, text, 17, weight="bold")
                line += 24
            canvas.text(x, line, _subtitle(edition, dates, self.zh), 12, "#52606d")
            lowest = max(lowest, line)
        y = lowest + 30
        x = self.left
        counts = self._counts()
        for kind, look in _LOOKS.items():
            if counts.get(kind) and kind != "plain":
                word = look.zh if self.zh else look.en
                canvas.box(x, y - 11, 14, 14, look.fill, look.line, radius=2)
                text = f"{word} {counts[kind]} 条" if self.zh else f"{word} {counts[kind]}"
                canvas.text(x + 20, y, text, 12)
                x += 20 + width_of(text, 12) + 22
        if any(link.inferred for link in self.lineage.links):
            canvas.curve(x, y - 4, x + 34, y - 4, _INFERRED, dashed=True)
            text = "虚线：推定（原文没有写明）" if self.zh else "dashed: inferred"
            canvas.text(x + 40, y, text, 12)
        return y + 24

    def _counts(self) -> Mapping[_Kind, int]:
        """How many clauses became what; units and groups are not counted, only what is inside."""
        blocks = (*self.old_blocks, *self.new_blocks)
        return Counter(row.kind for b in blocks for row in (b.rows or [b.head]))

    def _place(self, top: float) -> float:
        """Give every block its place: what belongs together side by side; returns the bottom."""
        partners: dict[int, list[_Block]] = {}
        loose: list[_Block] = []
        index = {row.id: i for i, block in enumerate(self.old_blocks) for row in block.all}
        for block in self.new_blocks:
            links = [k for row in block.all for k in self.lineage.predecessors.get(row.id, ())]
            heads = self.lineage.predecessors.get(block.head.id, ())
            found = [index[id_] for link in heads or links for id_ in link.old if id_ in index]
            if found:
                partners.setdefault(min(found), []).append(block)
            else:
                loose.append(block)
        y = top
        folded: list[_Block] = []
        order = sorted(enumerate(self.old_blocks), key=lambda pair: pair[1].aside)
        for i, block in order:
            if block.folded:
                folded.append(block)
                continue
            left = self._stack([block], self.left, y)
            y = max(left, self._stack(partners.pop(i, []), self.right, y)) + _BETWEEN
        rest = [block for blocks in partners.values() for block in blocks]
        left = right = y + 8
        if folded:
            text = "没有接续的部分" if self.zh else "not carried on"
            left = self._stack(folded, self.left, self._section(self.left, left, text, folded), 5)
        right = self._stack(rest, self.right, right)
        if loose:
            text = "新增的部分" if self.zh else "added"
            if self.old.is_stub:
                text = "旧版没有文本，无从对照" if self.zh else "the older text is not at hand"
            start = self._section(self.right, right, text, loose)
            right = self._stack(loose, self.right, start, 5)
        return max(left, right)

    def _section(self, x: float, y: float, text: str, blocks: list[_Block]) -> float:
        """A line above blocks that have no partner; returns where they begin."""
        self.canvas.text(x, y + 14, f"{text}（{len(blocks)}）", 13, "#52606d", weight="bold")
        return y + 24

    def _stack(self, blocks: list[_Block], x: float, y: float, between: float = _BETWEEN) -> float:
        """Put blocks below each other; returns where the last one ends."""
        for i, block in enumerate(blocks):
            y += between if i else 0
            block.head.x, block.head.y = x, y
            line = y + _HEAD
            for row in block.rows:
                row.x = x
                row.y = y if block.folded else line
                line += _ROW
            y += block.height
        return y

    def _block(self, block: _Block, x: float) -> None:
        canvas, head = self.canvas, block.head
        look = _LOOKS[head.kind]
        tip = head.tip
        if block.folded and block.rows:
            tip = "\n".join(f"{row.text} {row.points}".strip() for row in block.rows)
        stroke = _INFERRED if head.inferred else look.line
        canvas.box(x, head.y, _COLUMN, block.height, "#ffffff", stroke, head.inferred)
        canvas.box(x + 1, head.y + 1, _COLUMN - 2, _HEAD - 1, look.fill, radius=3, tip=tip)
        self._written(head, x, head.y + 18, "bold")
        if block.folded:
            used = width_of(head.text, _SIZE + 1) + 26
            inner = "、".join(f"{row.name} {row.points}".strip() for row in block.rows)
            room = _COLUMN - used - self._ends(head) - 12
            if inner and room > 60:
                text = shortened(inner, 11.5, room)
                canvas.text(x + used, head.y + 17, text, 11.5, "#52606d")
            return
        for row in block.rows:
            look = _LOOKS[row.kind]
            fill = "#ffffff" if row.kind in ("plain", "unchanged", "wording") else look.fill
            canvas.box(x + 1, row.y + 0.5, _COLUMN - 2, _ROW - 1.5, fill, radius=2, tip=row.tip)
            self._written(row, x + 14 * max(row.depth, 1) - 4, row.y + 16)

    def _ends(self, row: _Row) -> float:
        """The room that manner, points and tag take at the end of a line."""
        room = self.tag + 10
        if row.points:
            room += width_of(f"{row.points} 分", 12) + 10
        return room + (width_of(row.manner, 11) + 10 if row.manner else 0)

    def _written(self, row: _Row, x: float, y: float, weight: str = "normal") -> None:
        look = _LOOKS[row.kind]
        end = row.x + _COLUMN - 8
        size = _SIZE + 1 if weight == "bold" else _SIZE
        text = shortened(row.text, size, end - x - self._ends(row) - 8)
        self.canvas.text(x + 8, y, text, size, weight=weight)
        tag = look.zh if self.zh else look.en
        if row.inferred:
            tag = "推定" if self.zh else "inferred"
        self.canvas.text(end, y, tag, 11, _INFERRED if row.inferred else look.line, "end")
        x = end - self.tag
        if row.points:
            unit = " 分" if self.zh else " pts"
            if row.points.endswith(("未载明", "open")):
                unit = ""
            self.canvas.text(x, y, f"{row.points}{unit}", 12, "#3e4c59", "end")
            x -= width_of(f"{row.points} 分", 12) + 10
        if row.manner:
            self.canvas.text(x, y, row.manner, 11, "#7b8794", "end")

    def _line(self, link: Link, old: str, new: str) -> None:
        one, other = self.olds.get(old), self.news.get(new)
        if one is None or other is None:
            return  # a schedule, which has no line of its own
        kind = other.kind if other.kind != "plain" else "unchanged"
        head = other.id in {block.head.id for block in self.new_blocks}
        colour = _INFERRED if link.inferred else _LOOKS[kind].line
        self.canvas.curve(
            self.left + _COLUMN, one.y + (_HEAD if head else _ROW) / 2, self.right,
            other.y + (_HEAD if head else _ROW) / 2, colour, 2.4 if head else 1.4,
            link.inferred is not None, "\n".join(filter(None, _told(link))) or None,
        )  # fmt: skip


def _told(link: Link) -> tuple[str | None, str | None]:
    return (f"推定：{link.inferred}" if link.inferred else None), link.reason


def _subtitle(edition: Edition, dates: Dates, zh: bool) -> str:
    """Id and dates of an edition on one line."""
    issued, force = dates.issued[edition.id], dates.in_force[edition.id]
    language: Language = "zh" if zh else "en"
    words = ("印发", "施行") if zh else ("issued", "in force")
    return f"{edition.id}    {words[0]} {issued.text(language)}    " + (
        f"{words[1]} {force.text(language)}"
    )


# -- all editions

_BOX, _STEP, _LINE = 300.0, 110.0, 17.0
_EDGE_COLOURS: Mapping[Relation, tuple[str, bool]] = {
    "replaces": ("#c53030", False),
    "based_on": ("#2f9e55", False),
    "succeeds": ("#c27803", False),
    "implements": ("#7b8794", True),
}


def editions_svg(graph: HistoryGraph, ids: list[str], language: Language = "zh") -> str:
    """The documents with what replaces, amends and cites what; each series in a band of its own."""
    zh = language == "zh"
    canvas = Canvas()
    dates = graph.dates(NOTHING_SUPPOSED)
    known = set(ids)
    edges = [e for id_ in ids for e in graph.to_older(id_, _EDGE_COLOURS) if e.older in known]
    y = _MARGIN + 12
    canvas.text(
        _MARGIN, y, "文件沿革：左旧右新" if zh else "Documents, older left", 17, weight="bold"
    )
    x = _MARGIN
    y += 26
    for relation in dict.fromkeys(e.relation for e in edges):
        colour, dashed = _EDGE_COLOURS[relation]
        word = BECAME_WORDS[relation][0 if zh else 1]
        canvas.curve(x, y - 4, x + 34, y - 4, colour, dashed=dashed)
        canvas.text(x + 40, y, word, 12)
        x += 40 + width_of(word, 12) + 22
    text = "虚线框：只有标题　绿框：草案" if zh else "dashed box: title only; green: draft"
    canvas.text(x, y, text, 12, "#52606d")
    y += 24
    places: dict[str, tuple[float, float, float]] = {}
    width = 0.0
    for band in _bands(ids, edges):
        columns = _columns(band, edges, ids)
        depth = y
        for number, column in enumerate(columns):
            at = y
            for id_ in column:
                height = _edition_box(
                    canvas, graph.editions[id_], dates, _MARGIN + number * (_BOX + _STEP), at, zh
                )
                places[id_] = (_MARGIN + number * (_BOX + _STEP), at, height)
                at += height + 14
            depth = max(depth, at)
        width = max(width, len(columns) * (_BOX + _STEP) - _STEP)
        y = depth + 16
    for edge in edges:
        colour, dashed = _EDGE_COLOURS[edge.relation]
        ox, oy, oh = places[edge.older]
        nx_, ny, nh = places[edge.newer]
        why = edge.provenance.inferred or edge.provenance.reason
        canvas.curve(ox + _BOX, oy + oh / 2, nx_, ny + nh / 2, colour, 1.8, dashed, why, True)
    return canvas.svg(max(width, 640) + 2 * _MARGIN, y, "文件沿革" if zh else "Documents")


def _bands(ids: list[str], edges: list[Edge]) -> list[list[str]]:
    """The documents that hang together, in order; single ones together at the end."""
    band = {id_: {id_} for id_ in ids}
    for edge in edges:
        if band[edge.older] is not band[edge.newer]:
            joined = band[edge.older] | band[edge.newer]
            for id_ in joined:
                band[id_] = joined
    groups: list[list[str]] = []
    alone: list[str] = []
    seen: set[str] = set()
    for id_ in ids:
        if id_ not in seen:
            seen |= band[id_]
            members = [other for other in ids if other in band[id_]]
            if len(members) == 1:
                alone += members
            else:
                groups.append(members)
    return groups + ([alone] if alone else [])


def _columns(band: list[str], edges: list[Edge], order: list[str]) -> list[list[str]]:
    """Documents by how many steps they stand from the oldest."""
    level = dict.fromkeys(band, 0)
    for id_ in order:
        for edge in edges:
            if edge.newer == id_ and id_ in level and edge.older in level:
                level[id_] = max(level[id_], level[edge.older] + 1)
    columns: list[list[str]] = [[] for _ in range(max(level.values()) + 1)]
    for id_ in band:
        columns[level[id_]].append(id_)
    return columns


def _edition_box(
    canvas: Canvas, edition: Edition, dates: Dates, x: float, y: float, zh: bool
) -> float:
    language: Language = "zh" if zh else "en"
    title = wrapped(edition.title or edition.id, 13, _BOX - 20, 3)
    details = [edition.id] if edition.title else []
    issued, force = dates.issued[edition.id], dates.in_force[edition.id]
    details.append(f"{'印发' if zh else 'issued'} {issued.text(language)}")
    if not edition.is_stub:
        details.append(f"{'施行' if zh else 'in force'} {force.text(language)}")
    height = 14 + len(title) * _LINE + len(details) * 15
    fill, stroke = ("#ffffff", "#7b8794") if edition.is_stub else ("#eef2f6", "#3e4c59")
    if edition.is_amendment and not edition.adopted:
        fill, stroke = "#e3f6e8", "#2f9e55"
    canvas.box(x, y, _BOX, height, fill, stroke, edition.is_stub)
    line = y + 20
    for text in title:
        canvas.text(x + 10, line, text, 13, weight="bold")
        line += _LINE
    for text in details:
        canvas.text(x + 10, line, shortened(text, 11, _BOX - 20), 11, "#52606d")
        line += 15
    return height


__all__ = [
    "Verdict", "Verdicts", "editions_svg", "judged_by", "lineage_svg", "manner_of", "points_of",
    "told_by",
]  # fmt: skip
