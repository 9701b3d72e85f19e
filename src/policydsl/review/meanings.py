"""What each finding means for the persons and units who are scored, in a drafter's words.

``policydsl review --explain CODE`` shows them, docs/review.md is made of them.
"""

from __future__ import annotations

MEANINGS: dict[str, tuple[str, str]] = {
    "R600": (
        "免查写在条款里，说明某一处发现是有意为之。条款改了以后发现没有了，免查就应删去，否则"
        "会盖住以后新出的同类问题。",
        "A suppression says that a finding is meant. Once the finding is gone the suppression "
        "must go too, or it hides the next one.",
    ),
    "R601": (
        "各部分的满分加起来应等于写明的满分。合计不符是模型的错误 "
        "M208，策略不能计分，与这个合计无关的照样审查；有的部分满分未载明，已写明的就超过了总数的，"
        "在这里报告。查过相符的每一处都记为“成立”。",
        "The parts must add up to the declared full marks. A wrong sum is error M208, "
        "and all that does not rest on it is reviewed; where a maximum is open and the others "
        "exceed the sum already, it is told here. Every sum that holds is kept.",
    ),
    "R602": (
        "上限比各部分合计还高，或规则的“最高 N 分”比本项满分还高：这个数永远起不到作用，往往是"
        "改了一处漏了另一处。",
        "A cap above the sum of the parts, or above the full marks of its item, never has an "
        "effect.",
    ),
    "R603": (
        "材料最好的人也得不到写明的满分。常见原因：封顶写小了，每步的分写小了，最高一档的分与"
        "满分不符。没有写范围的时间按最多 60 年算。",
        "Even the best case does not reach the full marks. Times without a range count 60 years "
        "at most.",
    ),
    "R604": (
        "两条能同时计分的规则，条件、算法、事实完全相同：同一件事得（扣）了两次分。不同单位、"
        "不同附表的规则不算。",
        "Two rules that can count for one case are the same: one thing is scored twice.",
    ),
    "R605": (
        "两档之间有的值不属于任何一档，或者落入分值更低的“其他”。按百分比、小数分档而上下界只"
        "写整数时最常见（79% 与 80% 之间）。",
        "A value between two tiers is in neither, or falls under an “otherwise” that is worth "
        "less.",
    ),
    "R606": (
        "枚举的某个取值、或者表两端之外的值，没有写得几分。程序按 0 "
        "分算，读者未必这样想。分值随事实上升的表，最低一档以下为 0 分，大家都明白，不报告。",
        "A value of a list, or beyond the ends of a table, of which nothing is said.",
    ),
    "R607": (
        "一个值同时符合两档，只因先写的先算才有结果；换一个次序就是另一个分数。“满 20 年、满 "
        "10 年……”由高到低依次写的不算重叠，几条相加的规则也不算。",
        "A value lies in two tiers of which neither contains the other. Falling bounds and "
        "rules that add up are no overlap.",
    ),
    "R608": (
        "符合这一档的值都已被前面的档拿走，或超出了取值范围：写了等于没写。由低到高写“5 年以上"
        "、10 年以上”时，后面的档就轮不到。",
        "All values of a tier belong to tiers before it, or lie outside the range of the fact.",
    ),
    "R609": (
        "事实朝一个方向变化，得分先升后降或先降后升，多半是两处分值写反。年龄先升后降是常见的"
        "政策，不报告；“有序”的取值由低到高，整张表都下降的也报告。",
        "The award turns back as the fact goes on: two amounts are probably swapped. One best "
        "age is fine.",
    ),
    "R610": (
        "做得越好得分越少。哪个方向是好，先看目标（达到 "
        "95%），再看名称（登记率、未落实……）。只凭名称推断的，结论是“没有定论”，请人判断。",
        "Doing better costs points. What is better is known from targets, else guessed from the "
        "name; then the verdict is undecided.",
    ),
    "R611": (
        "差一人、差 0.01 个百分点，就差了本项一半以上的分，而差得再多也不多扣。起草时应想清楚"
        "是不是本意。每差一步扣一样多的，不算。",
        "The least difference decides half of the item, and a larger one costs nothing more.",
    ),
    "R620": (
        "照字面能扣的分超过本项的分，文中没有写“扣完为止”。程序把每一项的下限当作 0 "
        "分；读者可能认为会倒扣别的项。",
        "More can be deducted than the item holds, and the text does not say that it stops there.",
    ),
    "R621": (
        "本项要求的事全都没有做，仍然有分。要么是扣分写小了，要么是有意保底；有意的应写明下限。",
        "Whoever did nothing of what the item demands still has points.",
    ),
    "R622": (
        "每次扣的分除不尽本项的分，最后一次只能扣零头，或者扣成负数。",
        "The deduction does not divide the item; the last one takes a rest, or goes below zero.",
    ),
    "R623": (
        "同一组里，有的项目从满分扣起，有的从 0 分加起。没有报数的单位，前者得满分或 0 分，后"
        "者一定是 0 分，容易算错。",
        "In one group some items lose points from full marks and others earn them from nothing.",
    ),
    "R624": (
        "“每 1 个百分点扣 2 分”，差 1.5 个百分点扣 2 分还是 3 分？不写就有争议。程序按整步算，"
        "并在结果里注明这是一个假设。",
        "What is half a step worth? The program counts whole steps and names that as an "
        "assumption.",
    ),
    "R630": (
        "酌情扣分没有幅度，从一分不扣到全部扣完都可以。同样的情形，不同的评定人可以给出完全不"
        "同的分。",
        "Discretion without a bound: from nothing to all that the item holds.",
    ),
    "R631": (
        "酌情而没有幅度的项目占全部分值的多少，哪些单位的分全凭酌情。加分、扣分组不计在内。",
        "The share of all points that rest on discretion without a bound, and the units wholly so.",
    ),
    "R640": (
        "计分项目里写了能测的门槛，可是没有一条规则用它：达到与否得分一样。",
        "A measurable threshold in a scored item that no rule reads.",
    ),
    "R641": (
        "门槛超出了事实可能的范围，规则永远不成立或者永远成立。校读过的原文（“达100%以上”）也"
        "查：读法改了，原文还是要改。",
        "No value meets the threshold, or every value does. Garbled places are looked at too.",
    ),
    "R642": (
        "同一个指标，两处的门槛不同；或者目标写一个数，扣分按另一个数。分几档扣分的不算。",
        "The same measure has different thresholds in two places.",
    ),
    "R643": (
        "与带单位的事实比较的数没有单位（“45以上”）。程序按这个事实自己的单位读，原文应补上。",
        "A bare number where the fact has a unit.",
    ),
    "R644": (
        "用 --against 比较两份文件：同一个指标，本文件的门槛在对方那里是另一个数。",
        "With --against: the other document has another threshold for the same measure.",
    ),
    "R650": (
        "满分、上限、下限或起评分写的是“未载明”，得分因此只知道一个区间。",
        "A limit that the text leaves open: scores are ranges.",
    ),
    "R651": (
        "有分值，没有规则：怎样得、怎样扣都没有写，谁也算不出来。",
        "An item with points and no rule.",
    ),
    "R652": (
        "规则里加几分、扣几分，或者什么情形适用，没有写。",
        "An amount or a trigger that a rule leaves open.",
    ),
    "R653": (
        "没有规则的项目占多少项、多少分。加分组不在单位表里的不计。",
        "How many items, and how many points, have no rule.",
    ),
    "R654": (
        "分值以外写作“未载明”的：日期、期限、名额、权重、折算办法。",
        "What is open outside of points: dates, limits of time, places, weights, conversions.",
    ),
    "R660": (
        "本文件声明的事实，没有规则、条件、目标、排序用到：要么多余，要么漏写了规则。词汇里共"
        "用的事实不查。",
        "A fact that the document declares and nothing reads.",
    ),
    "R661": (
        "职责里写了某单位审核某件事，指标里却没有这件事。",
        "A unit is to review something that is no indicator.",
    ),
    "R662": (
        "别的指标写了审核单位，这一个没有。整份文件都不写的不报告。",
        "Others have a reviewer, this indicator has none.",
    ),
    "R663": (
        "别的场景写了主管单位，这一个没有。",
        "Others have a host, this scene has none.",
    ),
    "R670": (
        "公示期最短几天，异议答复最长几天：答复可以比公示晚结束，名单已经定了，异议还没有答复"
        "。工作日按国务院公布的放假安排计算。",
        "The answer to an objection may be later than the end of the notice, on the official "
        "calendar.",
    ),
    "R671": (
        "排序依据写到“等”为止。同分的人最后谁在前，办事员只能自己定。",
        "The list of ranking keys is not finished.",
    ),
    "R672": (
        "只按总分排，或连排序都没有写，又没有写同分怎样录取。线上同分时无法录取。",
        "Nothing says what happens to those who tie at the line.",
    ),
    "R673": (
        "同一件事写了两个期限（比如旧指标停用的两个时点），以哪个为准不清楚。",
        "One matter has two limits of time that differ.",
    ),
    "R674": (
        "写了一票否决，没有写什么情形否决：任何人的总分都可能变成 0。",
        "A veto of which nobody knows when it applies.",
    ),
    "R675": (
        "同一部分里，项的编号跳了。可能漏了一项，也可能是编号写错。任务可以跨部分连续编号。",
        "A number is left out among the items of a part.",
    ),
    "R676": (
        "文件开头用“章号”照原样列出各章的编号，程序查有没有跳号、重号。",
        "The document lists its section numbers (sections); a gap or a repetition is told.",
    ),
    "R677": (
        "四档以上的分值或界限隔得一样远，只有一档不合；或者各档都是整数，只有一档带小数。多半是写错一个数字。"
        "各档本来就疏密不一的不报告。",
        "Four tiers and more are evenly spaced but for one, or a single amount has decimals. Rows "
        "without a pattern are left alone.",
    ),
    "R678": (
        "一个百分数只在一处出现，而别处至少三次用的是它颠倒两个数字、或者小数点移了位的数"
        "（59% 与 95%）。5 的倍数不报告。",
        "A percentage that stands in one place only, while three others have the figure of which "
        "it is a slip (59 % for 95 %). Multiples of 5 are left alone.",
    ),
    "R679": (
        "按次、项、件计的要一百次以上，按月、年计的要二十年以上才得满分：每步的分值可能少写了一位。"
        "写了范围的由 R603 查。",
        "Full marks take more than a hundred occasions, or more than twenty years: the amount of a "
        "step may lack a digit. Where there is a range, R603 looks.",
    ),
    "R690": (
        "用 --against 比较两份文件：证明得分处处相同，或者举出得分相差最大的人，两头各一个。两"
        "份都逐例算过。",
        "With --against: both score everybody alike, or the persons who gain and lose most.",
    ),
}
