"""The controlled official wording: rules, conditions and clauses as an official would write them.

All texts are made from the typed model, so that text and calculation cannot disagree; the
phrases stand in :mod:`policydsl.wording.phrases`.  Every function is pure and takes
``language`` (``"zh"`` or ``"en"``).  Whole documents are in
:mod:`policydsl.wording.documents`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.typing import operator_of
from policydsl.wording import chinese, english
from policydsl.wording import quantities as q
from policydsl.wording.phrases import DEFAULT_WORDS
from policydsl.wording.speaking import Speaker


def speaker(policy: m.Policy, language: Language = "zh") -> Speaker:
    """What words the rules of a policy: knows its facts and the names of its clauses."""
    names = {
        clause.id: clause_name(clause, language)
        for clause in (*policy.clauses.values(), *(scene.clause for scene in policy.scenes))
    }
    return speaker_for(policy.facts, names, language)


def speaker_for(
    facts: Mapping[str, m.Fact], names: Mapping[str, str], language: Language
) -> Speaker:
    """The same for facts and clause names (by id) that belong to no policy yet."""
    made = chinese.Chinese if language == "zh" else english.English
    return made(facts, names)


def tidy(text: str, language: Language) -> str:
    """A text that its author wrote, as a part of a sentence (no full stop, no stray spaces)."""
    return chinese.tidy(text) if language == "zh" else english.tidy(text)


# -- rules and conditions ---------------------------------------------------------------


def rule_text(rule: r.Rule, policy: m.Policy, language: Language = "zh") -> str:
    """One rule as a sentence; a two-way table follows its sentence line by line."""
    words = speaker(policy, language)
    return words.sentence(words.rule(rule))


def condition_text(
    expr: e.Expr, policy: m.Policy, language: Language = "zh", node: n.Node | None = None
) -> str:
    """A condition as a predicate (未开展业务培训); ``node`` lends its words if it still fits."""
    return speaker(policy, language).condition(expr, node)


def rules_text(clause: m.Clause, policy: m.Policy, language: Language = "zh") -> str:
    """All rules of a clause in one paragraph, without its name."""
    return _rules(clause.rules, speaker(policy, language))


def _rules(rules: Sequence[r.Rule], words: Speaker) -> str:
    result = ""
    row: list[str] = []  # short rules that share a sentence (Chinese only)
    for text in (words.rule(rule) for rule in rules):
        if words.language == "zh" and not set(text) & set("；：\n"):
            row.append(text)
            continue
        short = words.sentence("；".join(row))
        result = joined_sentences(words, result, short, words.sentence(text))
        row = []
    return joined_sentences(words, result, words.sentence("；".join(row)))


def joined_sentences(words: Speaker, *sentences: str) -> str:
    """Sentences one after the other; what follows a table starts on a line of its own."""
    space = "" if words.language == "zh" else " "
    result = ""
    for sentence in sentences:
        if result and sentence:
            result += space if result.endswith(("。", ".")) else "\n"
        result += sentence
    return result


def target_text(target: m.Target, policy: m.Policy, language: Language = "zh") -> str:
    """A target as a predicate: 出租房屋登记率达到95%."""
    return _target(target, speaker(policy, language))


def _target(target: m.Target, words: Speaker) -> str:
    if target.condition is None:
        return tidy(target.text or "", words.language)
    node = target.node.condition if target.node is not None else None
    text = words.condition(target.condition, node)
    notes = () if target.node is None else target.node.notes
    noted = [tidy(note.text, words.language) for note in notes if note.kind == "NOTE"]
    return words.say("noted", text=text, note="；".join(noted)) if noted else text


# -- clauses -------------------------------------------------------------------------------


def clause_name(clause: m.Clause, language: Language = "zh") -> str:
    """What a clause is called: its name, else its label (第3项)."""
    if language == "en" and clause.english:
        return clause.english
    if clause.name and clause.kind != "root":
        return clause.name
    if clause.number is not None:
        return f"第{clause.number}项" if language == "zh" else f"item {clause.number}"
    return clause.label


def clause_marks(clause: m.Clause, policy: m.Policy, language: Language = "zh") -> list[str]:
    """What stands in brackets behind a clause's name: 满分20分, 自动审核, 责任单位：…"""
    return marks_of(clause, speaker(policy, language))


def marks_of(clause: m.Clause, words: Speaker) -> list[str]:
    """The same with a speaker at hand."""
    marks: list[str] = []
    if clause.kind in ("common", "bonus", "deductions"):
        marks.append(words.say(clause.kind))
    limits = (
        ("full_marks", clause.full_marks),
        ("cap", clause.cap),
        ("floor_limit", clause.floor),
    )
    marks += [words.limit(key, limit) for key, limit in limits if limit is not None]
    if clause.start == "full":
        marks.append(words.say("start_full"))
    elif clause.start is not None:
        marks.append(words.limit("start", clause.start))
    if clause.rounding is not None:
        marks.append(words.say("rounding", rounding=words.rounding(clause.rounding)))
    if clause.review:
        marks.append(words.say("review", names=words.listed(clause.review)))
    if clause.lead:
        marks.append(words.say("lead", names=words.listed(clause.lead)))
    if clause.responsible:
        marks.append(words.say("responsible", names=words.listed(clause.responsible)))
    if clause.recognition is not None:
        marks.append(words.say("recognition", name=clause.recognition))
    return marks


def heading_text(clause: m.Clause, policy: m.Policy, language: Language = "zh") -> str:
    """A clause's name with its marks: 出租房屋管理（满分20分）."""
    return heading(clause, speaker(policy, language))


def heading(clause: m.Clause, words: Speaker) -> str:
    """The same with a speaker at hand."""
    name = clause_name(clause, words.language)
    if clause.kind == "schedule":
        name = words.say("schedule", name=name)
    marks = marks_of(clause, words)
    if not marks:
        return name
    if words.language == "zh":
        return f"{name}（{'；'.join(marks)}）"
    return f"{name} ({'; '.join(marks)})"


def clause_text(clause: m.Clause, policy: m.Policy, language: Language = "zh") -> str:
    """One clause as one paragraph: name, marks, rules, targets, source."""
    return paragraph(clause, speaker(policy, language))


def paragraph(clause: m.Clause, words: Speaker, sources: bool = True) -> str:
    """The same with a speaker at hand; without ``sources`` it does not say where it stands."""
    rules = _rules(clause.rules, words)
    targets = [_target(target, words) for target in clause.targets]
    mark = "；" if words.language == "zh" else "; "
    if clause.kind == "task" and not rules:
        rules, targets = words.sentence(mark.join(targets)), []
    first = heading(clause, words)
    colon = "：" if words.language == "zh" else ": "
    first = f"{first}{colon}{rules}" if rules else words.sentence(first)
    return joined_sentences(words, first, *_particulars(clause, words, targets, sources))


def particulars(clause: m.Clause, words: Speaker, sources: bool = True) -> str:
    """What a clause with a heading of its own says below it: rules, targets, source."""
    targets = [_target(target, words) for target in clause.targets]
    rules = _rules(clause.rules, words)
    return joined_sentences(words, rules, *_particulars(clause, words, targets, sources))


def _particulars(
    clause: m.Clause, words: Speaker, targets: Sequence[str], sources: bool
) -> list[str]:
    sentences: list[str] = []
    mark = "；" if words.language == "zh" else "; "
    if targets:
        sentences.append(words.say("target", targets=mark.join(targets)))
    if clause.applies_when is not None and clause.kind not in ("root", "scene"):
        node = _attribute(clause.node, "APPLIES_WHEN")
        shown = words.condition(clause.applies_when, node)
        sentences.append(words.say("applies_when", condition=shown))
    if clause.conversion is not None:
        sentences.append(_conversion(clause, words))
    if clause.closings:
        sets = words.listed(list(dict.fromkeys(c.assumption for c in clause.closings)))
        sentences.append(words.say("assumed_by", sets=sets))
    inner = (x.locator for rule in clause.rules for x in r.nested(rule))
    found = [tidy(x, words.language) for x in (clause.locator, *inner) if x is not None]
    if found and sources:
        sentences.append(words.say("locator", locator="；".join(dict.fromkeys(found))))
    return [words.sentence(text) for text in sentences]


def _conversion(clause: m.Clause, words: Speaker) -> str:
    assert clause.conversion is not None
    number, text = clause.conversion
    if number is None:
        parts = [words.say("conversion_open")]
    else:
        node = _attribute(clause.node, "CONVERSION")
        percent = isinstance(node, n.Number) and node.unit == "%" and node.value == number
        shown = words.constant(number, node, q.PERCENT if percent else None)
        parts = [words.say("conversion", n=shown)]
    if text is not None:
        parts.append(tidy(text, words.language))
    return ("；" if words.language == "zh" else "; ").join(parts)


def _attribute(node: n.Node | None, key: str) -> n.Node | None:
    """The value of an attribute of a clause's node, for its words."""
    if not isinstance(node, (n.Clause, n.Document)):
        return None
    found = next((a.value for a in node.attributes if a.key == key), None)
    return found if isinstance(found, n.Node) else None


# -- scenes ---------------------------------------------------------------------------------


def scene_text(scene: m.Scene, policy: m.Policy, language: Language = "zh") -> str:
    """Who may apply, how a household counts, the ranking, the places, and ties."""
    return scene_body(scene, speaker(policy, language))


def scene_body(scene: m.Scene, words: Speaker) -> str:
    """The same with a speaker at hand."""
    sentences: list[str] = []
    if scene.applies_when is not None:
        node = _attribute(scene.clause.node, "APPLIES_WHEN")
        shown = words.condition(scene.applies_when, node)
        sentences.append(words.say("scene_applies", condition=shown))
    if scene.household is not None:
        sentences.append(words.say(f"{scene.household}_{scene.household_scope}"))
    ranking = ranking_phrase(scene, words)
    if ranking:
        sentences.append(ranking)
    declared = declared_in(scene)
    if scene.quota is not None:
        sentences.append(words.say("quota", n=str(scene.quota)))
    elif scene.quota_set_by is not None:
        sentences.append(words.say("quota_set_by", name=scene.quota_set_by))
    elif n.Quota in declared:
        sentences.append(words.say("quota_open"))
    if scene.ties != "open" or n.Ties in declared:
        sentences.append(words.say(f"ties_{scene.ties}"))
    return joined_sentences(words, *(words.sentence(text) for text in sentences))


def declared_in(scene: m.Scene) -> set[type[n.Statement]]:
    """The kinds of statements in a scene's text: what it says and what it says nothing of."""
    node = scene.clause.node
    return {type(x) for x in node.body} if isinstance(node, n.Clause) else set()


def ranking_phrase(scene: m.Scene, words: Speaker) -> str:
    """按总分（高者优先）排名；总分相同的，依次按…排名; empty if the scene ranks by nothing."""
    keys = [_key(key, words) for key in scene.keys]
    if not keys:
        return words.say("keys_all_open") if scene.keys_open else ""
    texts = [words.say("ranked_by", key=keys[0])]
    if len(keys) > 1:
        first = words.value(scene.keys[0].expression)
        texts.append(words.say("then_by", key=first, keys=words.listed(keys[1:])))
    if scene.keys_open:
        texts.append(words.say("keys_open"))
    return ("；" if words.language == "zh" else "; ").join(texts)


def _key(key: m.RankingKey, words: Speaker) -> str:
    kind = words.kind_of(key.expression)
    dated = kind == "date"
    if kind == "yes_no" and key.highest_first:
        return words.say("yes_first", key=words.condition(key.expression))
    order = ("late" if dated else "high") if key.highest_first else ("early" if dated else "low")
    return words.say(f"{order}_first", key=words.value(key.expression))


def household_text(scene: m.Scene, language: Language = "zh") -> str:
    """按就高原则只取夫妻一方积分。 Empty if the scene has no rule for households."""
    if scene.household is None:
        return ""
    words = speaker_for({}, {}, language)
    return words.sentence(words.say(f"{scene.household}_{scene.household_scope}"))


# -- the other statements ---------------------------------------------------------------------


def blend_text(blend: m.Blend, policy: m.Policy, language: Language = "zh") -> str:
    """年终考核成绩由下列部分合成：总分占70%；督查成绩占30%。"""
    words = speaker(policy, language)
    parts = [blend_part(part, words) for part in blend.parts]
    shown = ("；" if language == "zh" else "; ").join(parts)
    name = clause_name(blend.clause, language)
    return words.sentence(words.say("blend", name=name, parts=shown))


def blend_part(part: m.BlendPart, words: Speaker) -> str:
    """总分占70%, or that its weight is not stated."""
    value = words.value(part.expression)
    if part.weight is None:
        return words.say("blend_part_open", value=value)
    percent = f"{q.number_text(part.weight, words.language, q.PERCENT)}%"
    return words.say("blend_part", value=value, percent=percent)


def exclusion_text(exclusion: m.Exclusion, policy: m.Policy, language: Language = "zh") -> str:
    """中止月数不计入居住月数。"""
    words = speaker(policy, language)
    excluded, fact = words.fact_name(exclusion.excluded), words.fact_name(exclusion.fact)
    return words.sentence(words.say("exclusion", excluded=excluded, fact=fact))


def deadline_text(
    deadline: m.Deadline, policy: m.Policy, language: Language = "zh", sources: bool = True
) -> str:
    """审核：不超过10个工作日。自主申请的材料审核并反馈赋分。"""
    words = speaker(policy, language)
    colon = "：" if language == "zh" else ": "
    first = f"{deadline.name}{colon}{deadline_limit(deadline, words)}"
    texts = [words.sentence(first)]
    if deadline.text is not None:
        texts.append(words.sentence(tidy(deadline.text, language)))
    if deadline.locator is not None and sources:
        texts.append(words.sentence(words.say("locator", locator=tidy(deadline.locator, language))))
    return joined_sentences(words, *texts)


def deadline_limit(deadline: m.Deadline, words: Speaker) -> str:
    """不超过10个工作日, 2022年4月14日以前（含当日）, 期限（原文未载明）."""
    if deadline.date is not None:
        keys = {"<=": "by", "<": "before", ">=": "from", ">": "after"}
        key = keys.get(deadline.comparison or "", "on")
        return words.say(f"deadline_{key}", date=q.date_text(deadline.date, words.language))
    if deadline.number is None:
        return words.say("deadline_open")
    unit = deadline.unit
    base = deadline.number * unit.scale if unit is not None else deadline.number
    quantity = q.quantity_text(base, unit, words.language)
    if deadline.comparison in (None, "==", "!="):
        return words.say("deadline_is", quantity=quantity)
    written = deadline.node.word if deadline.node is not None else None
    default = DEFAULT_WORDS["other"][deadline.comparison]
    named = written is not None and operator_of(written) == deadline.comparison
    symbols = ("LESS", "LESS_EQ", "GREATER", "GREATER_EQ")
    keyword = written if named and written is not None and written not in symbols else default
    return words.label_word(keyword, quantity)


def duty_text(
    duty: m.Duty, policy: m.Policy, language: Language = "zh", sources: bool = True
) -> str:
    """市税务局：审核投资纳税。"""
    words = speaker(policy, language)
    parts: list[str] = []
    if duty.text is not None:
        parts.append(tidy(duty.text, language))
    for key, items in (("duty_reviews", duty.reviews), ("duty_hosts", duty.hosts)):
        if items:
            names = [words.clauses.get(item) or tidy(item, language) for item in items]
            # 遗体、器官捐献 is one item: then the items part at commas
            listed = "，".join(names) if any("、" in x for x in names) else words.listed(names)
            parts.append(words.say(key, items=listed))
    shown = ("；" if language == "zh" else "; ").join(parts)
    colon = "：" if language == "zh" else ": "
    texts = [words.sentence(f"{duty.unit}{colon}{shown}" if shown else duty.unit)]
    if duty.locator is not None and sources:
        texts.append(words.sentence(words.say("locator", locator=tidy(duty.locator, language))))
    return joined_sentences(words, *texts)


def period_text(period: m.Period, language: Language = "zh") -> str:
    """2022年4月6日, 公布后30日, 日期（原文未载明）."""
    words = speaker_for({}, {}, language)
    if isinstance(period.date, date):
        return q.date_text(period.date, language)
    if period.event is not None:
        return tidy(period.event, language)
    if period.after is None:
        return words.say("period_open")
    unit = period.after_unit
    base = period.after * unit.scale if unit is not None else period.after
    return words.say("period_after", quantity=q.quantity_text(base, unit, language))
