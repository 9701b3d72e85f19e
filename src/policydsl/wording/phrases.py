"""The official phrasings: one entry for each construct of the language, in Chinese and English.

This is the only place where a phrase of the controlled wording is spelled.  The writers
(:mod:`policydsl.wording.chinese`, :mod:`policydsl.wording.english`) decide which entry
applies and fill its fields; whoever reads phrases back starts from the same table.
``docs/wording.md`` shows it with examples.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from policydsl.language.keywords import Language

Side = Literal["below", "above"]
"""On which side of a threshold a distance is counted."""


class Phrase(NamedTuple):
    """A phrase with fields in braces, in both languages."""

    zh: str
    en: str


_TABLE: dict[str, tuple[str, str]] = {
    # -- what a rule does: amounts
    "award": ("加{n}分", "add {n}"),
    "give": ("得{n}分", "score {n}"),
    "deduct": ("扣{n}分", "deduct {n}"),
    "award_nothing": ("不加分", "add nothing"),
    "give_nothing": ("不得分", "score nothing"),
    "deduct_nothing": ("不扣分", "deduct nothing"),
    "award_open": ("加分（分值原文未载明）", "add points (amount not stated)"),
    "give_open": ("得分（分值原文未载明）", "score points (amount not stated)"),
    "deduct_open": ("扣分（分值原文未载明）", "deduct points (amount not stated)"),
    "award_between": (
        "加{low}至{high}分（具体分值原文未载明）",
        "add {low} to {high} points (amount not stated)",
    ),
    "give_between": (
        "得{low}至{high}分（具体分值原文未载明）",
        "score {low} to {high} points (amount not stated)",
    ),
    "deduct_between": (
        "扣{low}至{high}分（具体分值原文未载明）",
        "deduct {low} to {high} points (amount not stated)",
    ),
    "award_computed": ("加分，分值为{value}", "add points equal to {value}"),
    "give_computed": ("得分，分值为{value}", "score points equal to {value}"),
    "deduct_computed": ("扣分，分值为{value}", "deduct points equal to {value}"),
    # -- what a rule does: the rest
    "discretion_award": ("酌情加分", "add points at the assessor's discretion"),
    "discretion_deduct": ("酌情扣分", "deduct points at the assessor's discretion"),
    "open_rule": ("计分标准（原文未载明）", "the scoring standard is not stated"),
    "open_rule_between": (
        "计分标准（原文未载明，{low}至{high}分）",
        "the scoring standard is not stated ({low} to {high} points)",
    ),
    "open_outcome": ("分值（原文未载明）", "the points are not stated"),
    "open_outcome_between": (
        "分值（原文未载明，{low}至{high}分）",
        "the points are not stated ({low} to {high} points)",
    ),
    "veto": ("一票否决", "the total is vetoed (0 points)"),
    "no_points": ("本项不得分", "the item scores nothing"),
    "suspended": ("积分暂时失效", "the points are suspended"),
    "void": ("积分永久失效", "the points are void for good"),
    "zeroed": ("积分清零", "the points are set to zero"),
    "frozen": ("积分冻结", "the points are frozen"),
    "status_for": ("{status}{duration}", "{status} for {duration}"),
    # -- counting
    "each_of": ("{subject}每{step}{act}", "{act} for each {step} of {subject}"),
    "each_full_of": ("{subject}每满{step}{act}", "{act} for each full {step} of {subject}"),
    "each_classified": ("每{unit}{subject}{act}", "{act} for each {unit} of {subject}"),
    "each_predicate": ("{subject}的，每{unit}{act}", "{act} for each {unit} of {subject}"),
    "each_inside": ("每{verb}{step}{act}", "{act} for each {step} of {subject}"),
    "each_distance": ("每{way}{step}{act}", "{act} for each {step} {way}"),
    "each_counted": ("{subject}，每{step}{act}", "{act} for each {step} of {subject}"),
    "beyond_part": ("{subject}超过{quantity}的部分", "{subject} beyond {quantity}"),
    "from_nth": ("{subject}从第{nth}{unit}起", "{subject}, counted from number {nth} on"),
    "part_not_counted": ("（不足{step}的不计）", " (a part of {step} is not counted)"),
    "part_pro_rata": ("（不足{step}的按比例计）", " (a part of {step} counts pro rata)"),
    "part_full": ("（不足{step}的按{step}计）", " (a part of {step} counts in full)"),
    "from_nth_step": (
        "{subject}从第{nth}个{unit}起",
        "{subject}, counted from number {nth} on",
    ),
    "at_most": ("最多计{quantity}", "at most {quantity} count"),
    # -- modifiers
    "cap_award": ("最高得{n}分", "up to {n}"),
    "cap_deduct": ("最多扣{n}分", "at most {n} deducted"),
    "cap_either": ("最高计{n}分", "counted up to {n}"),
    "floor_award": ("最低得{n}分", "at least {n}"),
    "floor_deduct": ("最少扣{n}分", "at least {n} deducted"),
    "floor_either": ("最低计{n}分", "counted at {n} or more"),
    "halved": ("减半计算", "halved"),
    "scaled": ("按{percent}计算", "counted at {percent}"),
    "round_half_up_places": ("四舍五入保留{places}位小数", "rounded half up to {places}"),
    "round_down_places": ("舍去尾数保留{places}位小数", "rounded down to {places}"),
    "round_up_places": ("进一保留{places}位小数", "rounded up to {places}"),
    "round_half_up_whole": ("四舍五入取整数", "rounded half up to whole points"),
    "round_down_whole": ("舍去尾数取整数", "rounded down to whole points"),
    "round_up_whole": ("进一取整数", "rounded up to whole points"),
    "round_half_up_multiple": (
        "四舍五入至{n}分的整数倍",
        "rounded half up to a multiple of {n}",
    ),
    "round_down_multiple": ("舍去尾数至{n}分的整数倍", "rounded down to a multiple of {n}"),
    "round_up_multiple": ("进一至{n}分的整数倍", "rounded up to a multiple of {n}"),
    # -- tiers, tables, combinations
    "tiers": ("按{subject}计分", "by {subject}"),
    "otherwise": ("其他", "otherwise"),
    "matrix": ("按{rows}和{columns}对照计分", "by {rows} and {columns}"),
    "matrix_corner": ("{rows}＼{columns}", "{rows} \\ {columns}"),
    "cell": ("{n}分", "{n}"),
    "cell_open": ("（原文未载明）", "not stated"),
    "cell_between": ("{low}至{high}分（原文未载明）", "{low} to {high} points (not stated)"),
    "best": ("下列各项以最高一项计", "the highest of the following counts"),
    "least": ("下列各项以最低一项计", "the lowest of the following counts"),
    # of deductions the highest result is the smallest deduction
    "best_deduct": ("下列各项以扣分最少的一项计", "the smallest deduction of the following counts"),
    "least_deduct": ("下列各项以扣分最多的一项计", "the largest deduction of the following counts"),
    "sum": ("下列各项累计计分", "the following add up"),
    "joined_best": ("以最高一项计", "only the highest counts"),
    "respectively": ("分别{amounts}", "{amounts} respectively"),
    # -- conditions
    "range": ("{subject}在{low}至{high}", "{subject} is {low} to {high}"),
    "range_open": (
        "{subject}在{low}以上{below}{high}",
        "{subject} is {low} or more, {below} {high}",
    ),
    "or_more": ("{subject}在{value}以上", "{subject} is {value} or more"),
    "or_less": ("{subject}在{value}以下", "{subject} is {value} or less"),
    "compared": ("{left}{word}{right}", "{left} {word} {right}"),
    "is_one_of": ("{subject}为{values}", "{subject} is {values}"),
    "is_none_of": ("{subject}不为{values}", "{subject} is not {values}"),
    "provided": ("已提供{fact}", "{fact} was handed in"),
    "not_provided": ("未提供{fact}", "{fact} was not handed in"),
    "trigger_open": ("存在规定情形（原文未载明）", "a case that the text does not state occurs"),
    "always": ("任何情形", "in every case"),
    "never": ("任何情形均不", "in no case"),
    "not_the_case": ("不属于“{condition}”情形", "it is not the case that {condition}"),
    "applies": ("{fact}", "{fact} applies"),
    "applies_not": ("{fact}", "{fact} does not apply"),
    # -- labels of tiers
    "label_or_more": ("{value}以上", "{value} or more"),
    "label_or_less": ("{value}以下", "{value} or less"),
    "label_rank_or_more": ("{value}及以上", "{value} or above"),
    "label_rank_or_less": ("{value}及以下", "{value} or below"),
    "label_range": ("{low}至{high}", "{low} to {high}"),
    "label_range_open": ("{low}以上{below}{high}", "{low} or more, {below} {high}"),
    # -- values
    "total": ("总分", "total score"),
    "spouse_total": ("配偶总分", "spouse's total score"),
    "score_of": ("{clause}得分", "score for {clause}"),
    "spouse_of": ("配偶的{fact}", "spouse's {fact}"),
    "min_two": ("{values}两者中较小者", "the lesser of {values}"),
    "max_two": ("{values}两者中较大者", "the greater of {values}"),
    "min_spouses": ("夫妻两方中{fact}较小者", "the lesser {fact} of the couple"),
    "max_spouses": ("夫妻两方中{fact}较大者", "the greater {fact} of the couple"),
    "min": ("{values}中最小者", "the least of {values}"),
    "max": ("{values}中最大者", "the greatest of {values}"),
    "floor_of": ("{value}（向下取整）", "{value} (rounded down)"),
    "ceiling_of": ("{value}（向上取整）", "{value} (rounded up)"),
    "abs": ("{value}的绝对值", "the absolute value of {value}"),
    "choose": (
        "{value}（{condition}的），其他情形为{other}",
        "{value} if {condition}, else {other}",
    ),
    "age": ("{start}至{end}的周岁数", "age in full years from {start} to {end}"),
    "whole_months": ("{start}至{end}的整月数", "full months from {start} to {end}"),
    "whole_years": ("{start}至{end}的整年数", "full years from {start} to {end}"),
    "days_between": ("{start}至{end}的天数", "days from {start} to {end}"),
    "household_sum": ("家庭成员{value}合计", "sum over the household of {value}"),
    "household_max": ("家庭成员{value}最高值", "highest in the household of {value}"),
    "household_min": ("家庭成员{value}最低值", "lowest in the household of {value}"),
    "household_count": ("家庭成员中{condition}的人数", "number in the household with: {condition}"),
    "household_any": ("家庭成员中有人{condition}", "for somebody in the household, {condition}"),
    # -- limits and attributes in a heading
    "full_marks": ("满分{n}分", "full marks {n}"),
    "full_marks_open": ("满分原文未载明", "full marks not stated"),
    "full_marks_between": (
        "满分{low}至{high}分（原文未载明）",
        "full marks {low} to {high} points (not stated)",
    ),
    "cap": ("最高{n}分", "at most {n}"),
    "cap_open": ("最高分原文未载明", "cap not stated"),
    "cap_between": ("最高{low}至{high}分（原文未载明）", "cap {low} to {high} points (not stated)"),
    "floor_limit": ("最低{n}分", "at least {n}"),
    "floor_limit_open": ("最低分原文未载明", "floor not stated"),
    "floor_limit_between": (
        "最低{low}至{high}分（原文未载明）",
        "floor {low} to {high} points (not stated)",
    ),
    "start": ("起评{n}分", "starts at {n}"),
    "start_open": ("起评分原文未载明", "start not stated"),
    "start_between": (
        "起评{low}至{high}分（原文未载明）",
        "starts at {low} to {high} points (not stated)",
    ),
    "start_full": ("满分起评", "starts at full marks"),
    "rounding": ("得分{rounding}", "score {rounding}"),
    "review": ("{names}审核", "review: {names}"),
    "responsible": ("责任单位：{names}", "responsible: {names}"),
    "lead": ("牵头单位：{names}", "lead: {names}"),
    "recognition": ("互认范围：{name}", "recognised: {name}"),
    "common": ("共同部分", "common part"),
    "bonus": ("加分项，不占满分", "bonus beyond the full marks"),
    "deductions": ("扣分项，从总分中扣减", "deducted from the total"),
    "schedule": ("附表：{name}", "Schedule: {name}"),
    "applies_when": ("本项适用于{condition}的情形", "this part applies if {condition}"),
    "assumed_by": ("依假设{sets}补充", "this part rests on the assumption set {sets}"),
    "target": ("工作目标：{targets}", "Targets: {targets}"),
    "locator": ("出处：{locator}", "Source: {locator}"),
    "conversion": ("得分按{n}折算", "The score is converted at {n}"),
    "conversion_open": ("得分折算标准（原文未载明）", "The conversion of the score is not stated"),
    # -- scenes: who, household, ranking, places
    "scene_applies": ("适用于{condition}的申请人", "Open to applicants of whom {condition}"),
    "higher_of_couple": (
        "按就高原则只取夫妻一方积分",
        "Only the higher score of the couple counts",
    ),
    "higher_of_member": (
        "按就高原则只取家庭成员中一人积分",
        "Only the highest score in the household counts",
    ),
    "total_of_couple": ("夫妻双方积分合并计算", "The scores of the couple are added"),
    "total_of_member": ("家庭成员积分合并计算", "The scores of the household are added"),
    "ranked_by": ("按{key}排名", "ranked by {key}"),
    "then_by": ("{key}相同的，依次按{keys}排名", "equal in that, by {keys} in this order"),
    "high_first": ("{key}（高者优先）", "{key} (higher first)"),
    "low_first": ("{key}（低者优先）", "{key} (lower first)"),
    "early_first": ("{key}（早者优先）", "{key} (earlier first)"),
    "late_first": ("{key}（晚者优先）", "{key} (later first)"),
    "yes_first": ("{key}者优先", "{key} first"),
    "keys_open": ("其后的排名依据（原文未载明）", "further keys are not stated"),
    "keys_all_open": ("排名依据（原文未载明）", "the ranking is not stated"),
    "quota": ("名额{n}名", "{n} places"),
    "quota_set_by": ("名额由{name}确定", "Places are set by {name}"),
    "quota_open": ("名额（原文未载明）", "The number of places is not stated"),
    "ties_admit_all": (
        "末位排名相同的一并录取",
        "All who tie for the last place are admitted",
    ),
    "ties_admit_none": (
        "末位排名相同且名额不足的均不录取",
        "None who tie for the last place are admitted if places run short",
    ),
    "ties_lottery": (
        "末位排名相同且名额不足的以抽签确定",
        "A tie for the last place is decided by lot",
    ),
    "ties_open": (
        "末位排名相同的处理办法（原文未载明）",
        "How a tie for the last place is decided is not stated",
    ),
    # -- blends, exclusions, deadlines, duties, targets
    "blend": ("{name}成绩由下列部分合成：{parts}", "{name} is made up of: {parts}"),
    "blend_part": ("{value}占{percent}", "{value} {percent}"),
    "blend_part_open": ("{value}所占比例（原文未载明）", "{value} (weight not stated)"),
    "exclusion": ("{excluded}不计入{fact}", "{excluded} is not counted in {fact}"),
    "deadline_is": ("{quantity}", "{quantity}"),
    "deadline_open": ("期限（原文未载明）", "not stated"),
    "deadline_by": ("{date}以前（含当日）", "by {date}"),
    "deadline_before": ("{date}以前（不含当日）", "before {date}"),
    "deadline_from": ("{date}起", "from {date}"),
    "deadline_after": ("{date}以后（不含当日）", "after {date}"),
    "deadline_on": ("{date}", "on {date}"),
    "duty_reviews": ("审核{items}", "reviews {items}"),
    "duty_hosts": ("主管{items}", "hosts {items}"),
    "noted": ("{text}（{note}）", "{text} ({note})"),
    # -- what a document says of itself
    "region": ("地区：{value}", "Region: {value}"),
    "issuer": ("发文机关：{value}", "Issuer: {value}"),
    "sections": ("章号：{value}", "Sections: {value}"),
    "legal_basis": ("依据：{value}", "Legal basis: {value}"),
    "replaces": ("替代：{value}", "Replaces: {value}"),
    "based_on": ("修订对象：{value}", "Amends: {value}"),
    "applies_to": ("适用文件：{value}", "For: {value}"),
    "editions": ("沿革：从{older}至{newer}", "Editions: from {older} to {newer}"),
    "source": ("来源文本：{value}", "Source text: {value}"),
    "issued": ("印发日期：{value}", "issued: {value}"),
    "in_force": ("施行日期：{value}", "in force: {value}"),
    "expires": ("失效日期：{value}", "expires: {value}"),
    "period_open": ("（原文未载明）", "not stated"),
    "period_after": ("公布后{quantity}", "{quantity} after publication"),
    "transition": ("过渡：{value}", "Transition: {value}"),
    "document_marks": ("总分：{value}", "Total: {value}"),
    "document_applies": ("适用对象：{condition}的人员", "For persons of whom: {condition}"),
    "document_review": ("审核方式：{value}", "Ways of review: {value}"),
    "document_entity": ("考核对象：{value}", "Assessed: {value}"),
    "method_assessment": (
        "计分方法：各项目从满分起评（注明起评分的和加分项、扣分项除外），得分不低于0分、不高于满分",
        "Scoring: items start at full marks (unless stated, and except bonus and deduction items); "
        "a score is never below 0 nor above the full marks",
    ),
    "method_scheme": (
        "计分方法：各项目从0分起计，得分不低于0分、不高于满分或者最高分",
        "Scoring: items start at 0; a score is never below 0 nor above its full marks or cap",
    ),
    # -- operations of amendments and assumption sets
    "op_set": ("“{target}”定为：{content}", "“{target}” is taken as: {content}"),
    "op_adopt": (
        "“{target}”采用{name}的同名指标",
        "“{target}” adopts the indicators of the same name of {name}",
    ),
    "op_modify": ("将“{target}”修改为：{content}", "“{target}” now reads: {content}"),
    "op_replace": ("将“{target}”中的{old}改为{new}", "in “{target}”, {old} becomes {new}"),
    "op_insert_at": (
        "在“{target}”{place}新增“{name}”：{content}",
        "{place} “{target}”, insert “{name}”: {content}",
    ),
    "op_insert": ("在文末新增“{name}”：{content}", "insert “{name}” at the end: {content}"),
    "op_repeal": ("废止“{target}”", "“{target}” is repealed"),
    "op_move": (
        "将“{target}”移至“{destination}”{place}",
        "“{target}” moves {place} “{destination}”",
    ),
    "op_rename": ("将“{target}”更名为“{name}”", "“{target}” is renamed “{name}”"),
    "op_renumber": ("将“{target}”改为第{number}项", "“{target}” becomes number {number}"),
    "op_split": ("将“{target}”拆分为：{content}", "“{target}” is split into: {content}"),
    "op_merge": (
        "将{targets}合并为“{name}”：{content}",
        "{targets} are merged into “{name}”: {content}",
    ),
    "op_without": ("删去“{target}”的{what}", "“{target}” no longer has {what}"),
    "op_succeeded": ("旧版{old}由新版{new}承继", "{old} of the older edition became {new}"),
    "op_not_seen": (
        "旧版“{target}”在新版中未见",
        "what became of “{target}” is not seen in the newer edition",
    ),
    "op_stub": ("存目：{title}", "known by title only: {title}"),
    "op_inferred": ("推定：{reason}", "inferred: {reason}"),
    "op_reason": ("理由：{reason}", "Reason: {reason}"),
    "place_before": ("之前", "before"),
    "place_after": ("之后", "after"),
    "place_inside": ("之内", "inside"),
    # -- headings of the parts of a document
    "head_basics": ("基本情况", "About this document"),
    "head_scenes": ("应用场景", "Uses of the points"),
    "head_status": ("积分效力", "Status of the points"),
    "head_blends": ("成绩合成", "Blended results"),
    "head_deadlines": ("期限", "Deadlines"),
    "head_duties": ("职责分工", "Duties"),
    "head_facts": ("数据口径", "Facts"),
    "head_concepts": ("概念", "Concepts"),
    "head_measures": ("计量单位", "Units of measure"),
    "head_closings": ("补充的内容", "What is closed"),
    "head_history": ("条款的沿革", "What became of the clauses"),
    "head_operations": ("修订的内容", "What is changed"),
    "head_open": ("附：原文未载明的事项", "Annex: what the text does not state"),
    "head_doubts": ("附：存疑的事项", "Annex: doubts"),
    "head_assumptions": ("附：采用的假设", "Annex: assumptions"),
    "head_readings": ("附：校读", "Annex: readings"),
    "head_notes": ("附：说明", "Annex: notes"),
    "assumed_title": ("（采用假设：{sets}）", " (with assumptions: {sets})"),
    # -- lists of the annex
    "open_item": ("{place}：{what}", "{place}: {what}"),
    "open_limit": ("{limit}", "{limit}"),
    "open_standard": ("计分标准", "the scoring standard"),
    "open_amount": ("分值", "the points"),
    "open_trigger": ("适用情形", "when it applies"),
    "open_keys": ("其后的排名依据", "further keys of the ranking"),
    "open_quota": ("名额", "the number of places"),
    "open_ties": ("末位排名相同的处理办法", "how a tie for the last place is decided"),
    "open_weight": ("{value}所占比例", "the weight of {value}"),
    "open_period": ("期限", "the period"),
    "open_issued": ("印发日期", "the date of issue"),
    "open_in_force": ("施行日期", "the date of coming into force"),
    "open_expires": ("失效日期", "the date of expiry"),
    "open_conversion": ("折算标准", "the conversion"),
    "open_full_marks": ("满分", "the full marks"),
    "open_cap": ("最高分", "the cap"),
    "open_floor": ("最低分", "the floor"),
    "open_start": ("起评分", "the start"),
    "whole_document": ("本文件", "This document"),
    "full_text": ("全文", "the whole document"),
    "part_step_assumed": (
        "{rule}——不足一步的部分如何计，原文未载明，按不计处理",
        "{rule} — whether a part of a step counts is not stated; it is not counted",
    ),
    "closing": ("{assumption}补充“{what}”：{reason}", "{assumption} closes “{what}”: {reason}"),
    "reading": (
        "“{original}”读作“{read_as}”：{reason}",
        "“{original}” is read as “{read_as}”: {reason}",
    ),
    "at_place": ("{text}（{places}）", "{text} ({places})"),
    # -- facts
    "fact_derived": ("{name}：{value}", "{name}: {value}"),
    "fact_entry": ("{name}（{details}）", "{name} ({details})"),
    "fact_range": ("{low}至{high}", "{low} to {high}"),
    "fact_from": ("{low}以上", "{low} or more"),
    "fact_up_to": ("{high}以下", "{high} or less"),
    "fact_values": ("{values}", "{values}"),
    "fact_ordered": ("由低到高为{values}", "from low to high: {values}"),
    "fact_default": ("没有记录的为{value}", "{value} where nothing is recorded"),
    "fact_missing_as": ("没有提供的视为{value}", "taken as {value} where not handed in"),
    "fact_required": ("必须提供", "required"),
    "fact_places": ("保留{places}位小数", "{places}"),
    "measure_equals": ("1{name}为{quantity}", "1 {name} is {quantity}"),
    "measure": ("{name}", "{name}"),
    "kind_integer": ("整数", "whole number"),
    "kind_decimal": ("数", "number"),
    "kind_percentage": ("百分比", "percentage"),
    "kind_yes_no": ("是否", "yes or no"),
    "kind_date": ("日期", "date"),
    "kind_count": ("计数", "count"),
    "kind_choice": ("选项", "choice"),
    "kind_ordered": ("等级", "ordered choice"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
}

PHRASES = MappingProxyType({key: Phrase(*pair) for key, pair in _TABLE.items()})


def say(key: str, language: Language, /, **fields: str) -> str:
    """The phrase ``key`` in one language with its fields filled."""
    phrase = PHRASES[key]
    return (phrase.zh if language == "zh" else phrase.en).format(**fields)


# -- words of comparisons ---------------------------------------------------------

COMPARISON_WORDS = MappingProxyType(
    {
        "REACHES": Phrase("达到", "reaches"),
        "NOT_BELOW": Phrase("不低于", "is not below"),
        "NOT_FEWER": Phrase("不少于", "is no fewer than"),
        "NOT_ABOVE": Phrase("不高于", "is not above"),
        "NOT_EXCEEDING": Phrase("不超过", "does not exceed"),
        "BELOW": Phrase("低于", "is below"),
        "SHORT_OF": Phrase("不足", "is short of"),
        "UNDER": Phrase("不满", "is under"),
        "ABOVE": Phrase("高于", "is above"),
        "EXCEEDS": Phrase("超过", "exceeds"),
        "EARLIER": Phrase("早于", "is earlier than"),
        "LATER": Phrase("晚于", "is later than"),
        "EQUALS": Phrase("为", "is"),
        "NOT_EQUALS": Phrase("不为", "is not"),
    }
)
"""Keyword of the language → its word in a condition; both editions keep the document's flavour."""

LABEL_WORDS = MappingProxyType(
    {
        "REACHES": Phrase("达到", "from"), "NOT_BELOW": Phrase("不低于", "not below"),
        "NOT_FEWER": Phrase("不少于", "no fewer than"), "NOT_ABOVE": Phrase("不高于", "not above"),
        "NOT_EXCEEDING": Phrase("不超过", "not more than"), "BELOW": Phrase("低于", "below"),
        "SHORT_OF": Phrase("不足", "short of"), "UNDER": Phrase("不满", "under"),
        "ABOVE": Phrase("高于", "above"), "EXCEEDS": Phrase("超过", "more than"),
        "EARLIER": Phrase("早于", "earlier than"), "LATER": Phrase("晚于", "later than"),
        "EQUALS": Phrase("", ""), "NOT_EQUALS": Phrase("非", "not"),
    }
)  # fmt: skip
"""The same where the subject is left out (tiers: 不足18周岁的得0分; deadlines)."""

Measured = Literal["percent", "date", "rank", "other"]

DEFAULT_WORDS: MappingProxyType[Measured, MappingProxyType[str, str]] = MappingProxyType(
    {
        "percent": MappingProxyType(
            {"<": "BELOW", "<=": "NOT_ABOVE", ">": "ABOVE", ">=": "NOT_BELOW"}
        ),
        "date": MappingProxyType(
            {"<": "EARLIER", "<=": "NOT_ABOVE", ">": "LATER", ">=": "NOT_BELOW"}
        ),
        "rank": MappingProxyType(
            {"<": "BELOW", "<=": "NOT_ABOVE", ">": "ABOVE", ">=": "NOT_BELOW"}
        ),
        "other": MappingProxyType(
            {"<": "SHORT_OF", "<=": "NOT_EXCEEDING", ">": "EXCEEDS", ">=": "NOT_FEWER"}
        ),
    }
)
"""The word of a comparison that comes from a program and so has none of its own."""

DATE_WORDS = MappingProxyType(
    {
        "<": Phrase("早于", "is earlier than"),
        "<=": Phrase("不晚于", "is not later than"),
        ">": Phrase("晚于", "is later than"),
        ">=": Phrase("不早于", "is not earlier than"),
    }
)

DISTANCE_WORDS: Mapping[tuple[Side, str], Phrase] = MappingProxyType(
    {
        ("below", "percent"): Phrase("低", "below"),
        ("below", "age"): Phrase("小", "younger"),
        ("below", "other"): Phrase("少", "short"),
        ("above", "percent"): Phrase("超过", "above"),
        ("above", "age"): Phrase("大", "older"),
        ("above", "other"): Phrase("超过", "more"),
    }
)
"""How far a fact lies from its threshold: 每低1个百分点, 每少1篇, 每超过1次."""

# -- yes-or-no facts: what is said when they are no ------------------------------------

NOT_DONE_WORDS = MappingProxyType(
    {
        "NOT_CARRIED_OUT": Phrase("未开展{fact}", "{fact} was not carried out"),
        "NOT_IMPLEMENTED": Phrase("未落实{fact}", "{fact} was not implemented"),
        "NOT_COMPLETED": Phrase("未完成{fact}", "{fact} was not completed"),
        "NOT_REACHED": Phrase("未达到{fact}", "{fact} was not reached"),
        "NOT_MET": Phrase("{fact}未达标", "{fact} did not meet the standard"),
        "NOT_ESTABLISHED": Phrase("未建立{fact}", "{fact} was not established"),
        "NOT_GROWN": Phrase("{fact}未增长", "{fact} did not grow"),
        "NOT_RECTIFIED": Phrase("未整治{fact}", "{fact} was not rectified"),
    }
)

VERB_FIRST = (
    "持有", "办理", "签订", "提供", "转入", "担任", "完成", "参加", "参与", "具有", "取得", "获",
    "被", "符合", "在", "从事", "属于", "已", "受到", "拥有", "缴纳", "连续", "逾期", "违反",
    "伪造", "使用", "领取", "购买", "未", "无", "非", "不",
)  # fmt: skip
"""A fact whose name begins so is a predicate as it stands: 持有居住证的加10分."""

NAME_ENDINGS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("推广", "批示", "表彰", "奖励", "奖项", "荣誉", "称号"), "获{fact}", "未获{fact}"),
    (
        ("记录", "身份", "登记", "证书", "学历", "资格", "捐献", "重点工作"),
        "有{fact}",
        "无{fact}",
    ),
    (("党员", "职工", "被执行人", "军人", "人员", "对象"), "属{fact}", "非{fact}"),
    (("就业",), "在{fact}", "未在{fact}"),
)
"""Endings of nouns, with what makes a predicate of them: 有刑事犯罪记录的, 获省级推广的."""

EVENT_ENDINGS = ("发生",)
"""重大传染病发生 → 发生重大传染病."""

STATE_ENDINGS = ("中止", "注销", "失效", "满一年", "终止", "到期")
"""居住证中止 is a predicate; its contrary is 居住证未中止."""

WORK_ENDINGS = (
    "工作", "任务", "活动", "培训", "整治", "检查", "服务", "管理", "管控", "宣传", "宣教", "教育",
    "研究", "监察", "监管", "引导", "指导", "审计", "统计", "报道", "保障", "建设", "处置", "配备",
    "救助", "保护", "扶持", "查处",
)  # fmt: skip
"""Work that a unit carries out: 已开展业务培训的, 未开展业务培训的; other nouns take 非."""

NEGATIVE_NAMES = ("未", "无故", "违规")
"""Counts of what was not done: 未落实责任事项的，每项扣3分."""

ATTRIBUTIVE = ("未达标", "不达标", "未合格", "不合格", "不到位", "不规范")
"""… unless the word before the noun is an adjective: 每项不达标登记措施扣3分."""

# -- units ----------------------------------------------------------------------------

COUNTERS = MappingProxyType(
    {
        "月": "个月", "季": "个季度", "百分点": "个百分点", "工作日": "个工作日", "小区": "个小区",
    }
)  # fmt: skip
"""Units that take 个 behind a number."""

EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
