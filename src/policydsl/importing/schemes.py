"""Points schemes (积分): tables of indicators, or the frame that running text gives.

Running text states groups with their caps, names of indicators, ways of review, ranking, limits of
time and duties; what an indicator is worth mostly stands in tables.  What is not stated stays
未载明.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policydsl.importing.assessments import assessment
from policydsl.importing.drafts import ByHand, Draft, Guess, Sum, named, number, quoted
from policydsl.importing.gathering import Made
from policydsl.importing.naming import Names, tail
from policydsl.reading.documents import Section, SourceDocument
from policydsl.review.auditing.results import numbered
from policydsl.wording.recognising.numerals import number_of
from policydsl.wording.recognising.scanning import scan

_GROUP = re.compile(
    r"(?P<name>[\u4e00-\u9fff（）、]{0,10}?(?:共性|个性)指标)(?P<between>[^。；]*?)"
    r"(?:总分|最高分值|最高分|最高|满分|合计)(?P<points>\d+)分"
)
_TOTAL = re.compile(r"(?:总分|最高分值|满分|总积分最高)(\d+)分")
_COUNT = re.compile(r"(?:设|共)(\d+|[一二三四五六七八九十]+)(?:个|项)(?:扣分)?指标")
_QUOTED = re.compile(r"“([^”]{2,12})”")
_LISTED = re.compile(
    r"包括(?P<names>(?:[^、。，；]{2,14}、)+[^、。，；]{2,14}?)(?P<more>等)?"
    r"(?:[一二三四五六七八九十]+大)?(?:指标|项目)"
)
_MODES = (
    ("自动", r"系统自动评分|无感赋分|自动赋分"),
    ("材料", r"依证明材料|证明材料进行审核|自主申请"),
    ("人工", r"人工核查"),
)
_DUTY = re.compile(r"(?P<unit>[^，。；]{2,24}?)(?:负责|要)(?P<what>.+)")


def looks_like_a_scheme(document: SourceDocument) -> bool:
    """Whether the document is about points of persons: indicators in its tables or its words."""
    text = document.passage.text
    holders = [h for table in document.tables for h in table.holders]
    if any(h.kind == "unit" for h in holders) or ("考核" in text[:400] and holders):
        return False
    named_rows = any(row.name is not None for table in document.tables for _, row in table.rows)
    marked = any(row.marks is not None for table in document.tables for _, row in table.rows)
    if holders and named_rows and (marked or re.search("积分|计分标准|指标", text)):
        return not any("lead" in row.extra for t in document.tables for _, row in t.rows)
    return not marked and len(re.findall("积分", text)) >= 10 and bool(re.search("指标", text))


def scheme(document: SourceDocument) -> Made:
    """The clauses of a scheme, from its tables where it has some, else from its text."""
    if any(
        row.marks is not None or row.name is not None for t in document.tables for _, row in t.rows
    ):
        made = assessment(document, items="指标")
        for draft in (d for root in made.drafts for d in root.walk()):
            if draft.head.startswith("指标") and not any("满分" in x for x in draft.attributes):
                draft.attributes.insert(0, "满分 未载明")
    else:
        made = Made([], [], {}, [], [], [])
        _frame(document, made)
    return made


# -- the frame of running text


def _frame(document: SourceDocument, made: Made) -> None:
    text = document.passage.text
    names = Names()
    total = _total(text)
    if total is not None:
        made.attributes.append(f"满分 {total} 分")
    after = re.search(r"公布之日起(\d+)日后施行", text)
    if after is not None:
        made.attributes.append(f"施行 公布后 {after[1]} 日")
    modes = [mode for mode, pattern in _MODES if re.search(pattern, text)]
    if modes:
        made.attributes.append(f"审核 {'、'.join(modes)}")
    groups = list(_groups(document, made, total))
    made.drafts += groups
    deductions = _deductions(document, made)
    if deductions is not None:
        made.drafts.append(deductions)
    if total is not None and groups:
        parts = [int(x) for x in (g.attributes[0].split()[1] for g in groups) if x.isdigit()]
        made.sums.append(Sum("总分", number_of(total), number_of(str(sum(parts)))))
    status = list(_status(document, names, made))
    if status:
        made.drafts.append(status[0])
    made.drafts += _scenes(document, groups, names, made)
    made.statements += [*_deadlines(document), *_duties(document)]


def _total(text: str) -> str | None:
    """The points of the whole: the largest that is stated where parts are named."""
    found = [int(x) for x in _TOTAL.findall(text)]
    return str(max(found)) if found else None


def _section_at(document: SourceDocument, place: int) -> Section | None:
    """The finest numbered section in which a character of the text stands."""
    inside = [s for s in document.sections if s.holder is None and s.passage.places
              and s.passage.places[0] <= place <= s.passage.places[-1]]  # fmt: skip
    return min(inside, key=lambda s: len(s.passage), default=None)


def _locator(document: SourceDocument, at: int) -> str:
    passage = document.passage
    section = _section_at(document, passage.places[min(at, len(passage) - 1)])
    return numbered(section.path) if section is not None else ""


def _groups(document: SourceDocument, made: Made, total: str | None) -> Iterator[Draft]:
    text = document.passage.text
    seen: set[str] = set()
    for found in _GROUP.finditer(text):
        name = re.sub(r"^.*?(?:由|和|其中|，|、|及)", "", found["name"])
        if found["points"] == total or re.search("由|组成|构成", found["between"]) or name in seen:
            inner = _GROUP.search(text, found.start() + len(found["name"]))
            if inner is None or inner["points"] == total or inner["name"] in seen:
                continue
        if name in seen or not name:
            continue
        seen.add(name)
        draft = Draft(f"组 {named(name)}", name)
        draft.attributes.append(f"满分 {found['points']} 分")
        place = _locator(document, found.start())
        if place:
            draft.attributes.append(f"出处 {quoted(place)}")
        wide = re.search(
            rf"{re.escape(name[-6:])}[^。]*?(全省|全市|仅限[^的，。]{{2,8}}区)",
            text[found.start() :],
        )
        if wide is not None:
            draft.attributes.append(f"互认 {named(wide[1])}")
        draft.children = list(_indicators(document, name, found.start(), draft, made))
        yield draft


def _indicators(
    document: SourceDocument, group: str, at: int, draft: Draft, made: Made
) -> Iterator[Draft]:
    text = document.passage.text
    stop = text.find("。", at)
    sentence = text[at : stop if stop > 0 else len(text)]
    titles = _QUOTED.findall(sentence)
    count = _COUNT.search(sentence)
    expected = int(number_of(count[1])) if count is not None else None
    if expected is None and titles:
        counted = re.search(r"(\d+)(?:个|项)指标", sentence)
        expected = int(counted[1]) if counted is not None else None
    if expected is not None:
        draft.attributes.append(f"说明 {quoted(f'共 {expected} 个指标')}")
    more = False
    if not titles or (expected is not None and len(titles) != expected):
        titles = []
        for section in document.sections:
            if section.heading.endswith(group[-6:]) and section.holder is None:
                listed = _LISTED.search(section.passage.text)
                if listed is not None:
                    titles = listed["names"].split("、")
                    more = listed["more"] is not None
                    break
    if not titles:
        titles = [f"第{i}项（名称未载明）" for i in range(1, (expected or 1) + 1)]
        made.guesses.append(
            Guess(draft.label, "、".join(titles[:3]),
                  ("原文没有写指标的名称，按个数留出位置",
                   "indicators are not named; places are kept"))
        )  # fmt: skip
    if more:
        draft.attributes.append(f"存疑 {quoted('列举之后有等字，可能还有没写出来的指标')}")
    place = _locator(document, at)
    for title in titles:
        item = Draft(f"指标 {named(title)}", f"{group}/{title}")
        item.attributes += ["满分 未载明", *([f"出处 {quoted(place)}"] if place else [])]
        item.rules.append("未载明")
        made.by_hand.append(ByHand(item.label, place, title, ("文本里没有分值和算法",
                                   "the text gives neither points nor rules")))  # fmt: skip
        yield item


def _deductions(document: SourceDocument, made: Made) -> Draft | None:
    text = document.passage.text
    listed = re.search(
        r"(?P<name>扣减分项|扣分项|减分项)[^。]*?包括(?P<names>[^。]+?)(?P<more>等)?指标", text
    )
    counted = re.search(r"设(\d+)个扣分指标", text)
    if listed is None and counted is None:
        return None
    name = listed["name"] if listed is not None else "扣分指标"
    at = listed.start() if listed is not None else counted.start() if counted is not None else 0
    draft = Draft(f"扣分 {named(name)}", name)
    place = _locator(document, at)
    draft.attributes += [f"出处 {quoted(place)}"] if place else []
    if listed is not None:
        titles = listed["names"].split("、")
    else:
        assert counted is not None
        titles = [f"第{i}项扣分指标（名称未载明）" for i in range(1, int(counted[1]) + 1)]
        draft.attributes.append(f"说明 {quoted(f'共 {counted[1]} 个扣分指标')}")
    for title in titles:
        item = Draft(f"指标 {named(title)}", f"{name}/{title}")
        item.attributes += [f"出处 {quoted(place)}"] if place else []
        item.rules.append(
            "情形未载明：一票否决" if title == "一票否决" else "情形未载明：扣 未载明"
        )
        made.by_hand.append(ByHand(item.label, place, title, ("文本没有写什么情形、扣多少",
                                   "neither case nor points are stated")))  # fmt: skip
        draft.children.append(item)
    return draft


_STATUS_WORDS = {"suspended": "暂时失效", "void": "永久失效", "zeroed": "清零"}


def _status(document: SourceDocument, names: Names, made: Made) -> Iterator[Draft]:
    draft = Draft("效力", "效力")
    places: list[str] = []
    for section in _leaves(document):
        found = scan(section.passage.text)
        for rule in found.rules:
            meaning = rule.meaning
            if meaning.kind != "status":
                continue
            words = re.sub(r"^(?:积分)?申请人(?:因)?|后$|[《》]|的$", "", meaning.condition)
            words = re.sub(r".*(?:伪造|提供虚假|使用虚假).*", "提供虚假材料", words)
            if len(words) < 3 or re.search("据此|已纳入|获得", words):
                before = section.passage.text[: rule.start]
                words = "提供虚假材料" if re.search("伪造|虚假", before) else ""
            if not words:
                continue
            name = names.fact(tail(words, 24), "效力", "")
            place = quoted(numbered(section.path))
            line = f"{named(name)}：{_STATUS_WORDS[meaning.status]} 出处 {place}"
            if line not in draft.rules:
                draft.rules.append(line)
                draft.phrases += 1
                draft.understood += 1
                made.facts[name] = "是否，缺省 否"
                places.append(numbered(section.path))
    if draft.rules:
        yield draft


def _leaves(document: SourceDocument) -> list[Section]:
    """The sections that hold no other."""
    prose = [s for s in document.sections if s.holder is None]
    return [
        s
        for s in prose
        if not any(len(o.path) > len(s.path) and o.path[: len(s.path)] == s.path for o in prose)
    ]


def _scenes(
    document: SourceDocument, groups: list[Draft], names: Names, made: Made
) -> Iterator[Draft]:
    text = document.passage.text
    found = re.search(
        r"(?:主要用于|将[\u4e00-\u9fff]{0,4}?(?=随迁|子女|义务))"
        r"(?P<names>(?:[^、。，；]{2,8}、){2,}[^、。，；]{2,8}?)等",
        text,
    )
    if found is None:
        return
    keys, couple, open_ = _ranking(text, groups, names, made)
    for title in found["names"].split("、"):
        draft = Draft(f"场景 {named(title)}", title)
        place = _locator(document, found.start())
        draft.attributes += [f"出处 {quoted(place)}"] if place else []
        own = list(keys)
        if couple and re.search("子女|教育", title):
            draft.rules.append("家庭 就高 夫妻")
            own.append("配偶 的 总分 高者先")
        tail_ = ["其后 未载明"] if open_ or not own else []
        draft.rules.append(f"排序 {'，'.join([*own, *tail_])}")
        draft.rules += ["名额 未载明", "同分 未载明"]
        yield draft


def _ranking(
    text: str, groups: list[Draft], names: Names, made: Made
) -> tuple[list[str], bool, bool]:
    found = re.search(
        r"总(?:积)?分相同的情况下，根据(?:申请人)?(?P<keys>[^。]+?)(?P<more>等)?(?:作为|进行)", text
    )
    couple = bool(re.search(r"就高[^。]*夫妻", text))
    if found is None:
        return [], couple, True
    keys = ["总分 高者先"]
    for words in found["keys"].split("、"):
        group = next((g for g in groups if _same_group(g.label, words)), None)
        if group is not None:
            keys.append(f"得分（组 {named(group.label)}） 高者先")
        elif "先后" in words:
            name = names.fact(f"{re.sub('先后.*$', '', words)}日期", "排序", "")
            made.facts[name] = "日期"
            keys.append(f"{named(name)} 早者先")
        else:
            name = names.fact(re.sub("高低$", "", words), "排序", "")
            made.facts[name] = "小数（分）"
            keys.append(f"{named(name)} 高者先")
            made.guesses.append(
                Guess(
                    "排序",
                    name,
                    ("没有说明怎样计算，当作一个分数", "not defined; taken as a number of points"),
                )
            )
    return keys, couple, found["more"] is not None


def _same_group(name: str, words: str) -> bool:
    """乐清市级个性分高低 means the group 乐清市级个性指标."""
    stem = re.sub("指标$", "", name)
    return stem in words or words.replace("分高低", "") in name


def _deadlines(document: SourceDocument) -> Iterator[str]:
    taken: set[str] = set()
    for section in _leaves(document):
        text = section.passage.text
        for figure in scan(text).figures:
            if figure.quantity.dimension != "working_day":
                continue
            begin = max(text.rfind(mark, 0, figure.start) for mark in "，。；") + 1
            end = min(
                [p for mark in "，。；" if (p := text.find(mark, figure.end)) >= 0] or [len(text)]
            )
            words = text[begin:end]
            least = bool(re.search(r"不(?:得)?少于|以上|至少", words))
            verb = re.search(r"审核|核实|答复|公示|公布|办理|反馈|申报|受理|复核", words)
            name = verb[0] if verb is not None else section.heading[:8] or "期限"
            name = {"核实": "复核答复"}.get(name, name)
            while name in taken:
                name += "2"
            taken.add(name)
            days = re.match(r"\d+|[一二三四五六七八九十]+", figure.text)
            shown = number(number_of(days[0])) if days is not None else ""
            place = numbered(section.path)
            yield (
                f"期限 {named(name)} {'不少于' if least else '不超过'} {shown} 个工作日 "
                f"{quoted(words)} 出处 {quoted(place)}"
            )


def _duties(document: SourceDocument) -> Iterator[str]:
    found_: dict[str, list[tuple[str, str]]] = {}
    for section in _leaves(document):
        text = section.passage.text.split("。")[0]
        found = _DUTY.match(text)
        if found is None or not re.search(
            r"(?:局|部|委|办|中心|会|院|机关|政协|乡镇.*|部门|单位)$", found["unit"]
        ):
            continue
        if len(section.path) >= 2:
            place = (found["what"], numbered(section.path))
            found_.setdefault(found["unit"], []).append(place)
    for unit, duties in found_.items():
        what, places = "；".join(x for x, _ in duties), "、".join(x for _, x in duties)
        yield f"职责 {named(unit)} {quoted(what)} 出处 {quoted(places)}"
