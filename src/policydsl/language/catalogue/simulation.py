"""S53 to S57: simulations and the search for drafts."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error, warning

TEMPLATES: dict[str, Template] = {
    "S530": error(
        "{engine} 执行失败：{problem}",
        "{engine} failed: {problem}",
        "核对数据、内存和磁盘空间。",
        "Check the data, memory and disk space.",
    ),
    "S531": error(
        "“{column}”要先由其他列或配偶的那一行算出，数据库引擎读不到。",
        "“{column}” has to be worked out from other columns or the spouse's row, which the engines "
        "for databases do not do.",
        "用 --engine kernel 计分，或先把它算成一列代码。",
        "Score with --engine kernel, or work it out as a column of codes first.",
    ),
    "S540": error(
        "这样的办法只能逐例计分，至多 {limit} 例，这里有 {count} 例。",
        "Such a policy is scored case by case, {limit} cases at most; here are {count}.",
        "用 -n 减少人数，或把“{clause}”拆成几条规则。",
        "Take fewer persons (-n), or write “{clause}” as several rules.",
    ),
    "S541": warning(
        "“{clause}”不能按列计分，{count} 例全部逐例计算，较慢；至多 {limit} 例。",
        "“{clause}” cannot be scored in columns: all {count} cases are scored one by one, which is "
        "slower; {limit} at most.",
        "得分不受影响；人数更多时把“{clause}”拆成几条规则。",
        "Scores are the same; for more persons write “{clause}” as several rules.",
    ),
    "S550": error(
        "“{what}”不是任何条款的名称，也不是条文中的数。{near}",
        "“{what}” is neither the name of a clause nor a number of the text. {near}",
        "写条款名（缴纳社保）、数（0.5），或两者（缴纳社保=0.5）。",
        "Give the name of a clause, a number (0.5), or both (name=0.5).",
    ),
    "S551": error(
        "文件里有 {count} 人，逐条说明的最多 {limit} 人。",
        "There are {count} persons; at most {limit} can be told clause by clause.",
        "人多的文件用 --population 给出。",
        "Give a file of many persons with --population.",
    ),
    "S560": error(
        "没有给出可以改的数字。",
        "No number that may move is given.",
        "用 --move 写条款、现在的数和范围，如 缴纳社保:0.5=0.3..0.8/0.1；--list 列出所有数字。",
        "Give clause, present number and bounds with --move, like 缴纳社保:0.5=0.3..0.8/0.1; "
        "--list shows all numbers.",
    ),
    "S561": error(
        "找不到“{name}”。{found}",
        "“{name}” is not there. {found}",
        "核对条款名和现在的数；--list 列出所有可以改的数字。",
        "Check the clause and its present number; --list shows all numbers that may move.",
    ),
    "S562": error(
        "“{name}”不止一处：{found}。",
        "“{name}” stands in several places: {found}.",
        "写全条款的路径，或在数后面加 #1、#2 说明是第几处。",
        "Give the whole path of the clause, or #1, #2 behind the number.",
    ),
    "S563": error(
        "“{value}”不是可用的范围。",
        "“{value}” are not bounds that can be used.",
        "写成 下限..上限/步长，如 0.3..0.8/0.1：不小于 0，下限不大于上限，其中有现在以外的数。",
        "Write LOW..HIGH/STEP, like 0.3..0.8/0.1: not below 0, low not above high, with some "
        "number other than the present one.",
    ),
    "S564": error(
        "“{value}”有 {count} 个取值，最多 {limit} 个。",
        "“{value}” has {count} values; the limit is {limit}.",
        "缩小范围，或加大步长。",
        "Narrow the bounds or take larger steps.",
    ),
    "S565": error(
        "没有给出目标。",
        "No target is given.",
        "用 --target 写目标，如 均值=不变、录取线=130±2、占比(文化程度=大专)>=30%、受损<=5%。",
        "Give targets with --target, like mean=same, line=130±2, share(文化程度=大专)>=30%, "
        "losers<=5%.",
    ),
    "S566": error(
        "看不懂的目标：写成 均值、录取线、占比(事实=值)、受损、受益 之一，"
        "加 =、>=、<= 或 ≈，再加数。",
        "A target that cannot be read: one of mean, line, share(FACT=VALUE), losers, gainers, "
        "then =, >=, <= or ~, then a number.",
        "如 均值=不变±0.5、录取线=128..132、占比(文化程度=大专)>=30%、受损<=5%。",
        "For example mean=same±0.5, line=128..132, share(文化程度=大专)>=30%, losers<=5%.",
    ),
    "S567": error(
        "目标是“不变”，可现在没有这个数。",
        "The target is “same”, but there is no such figure now.",
        "写出想要的数；录取线和占比要有名额，均值要没有无界的分数。",
        "Give the number that is wanted; a line needs places, a mean scores with bounds.",
    ),
    "S568": error(
        "条款“{name}”没有能唯一指出它的路径，不能写进修订。",
        "No path names the clause “{name}” alone, so no amendment can change it.",
        "给条款起不同的名称。",
        "Give the clauses different names.",
    ),
    "S569": error(
        "目标与录取有关，可是没有名额。",
        "The target is about admission, but there is no number of places.",
        "用 --quota 给出名额，或用 --scene 指定写明名额的场景。",
        "Give places with --quota, or a scene that states them with --scene.",
    ),
    "S570": error(
        "“{fact}”没有“{value}”这一组；有：{values}。",
        "“{fact}” has no group “{value}”; there are: {values}.",
        "改用列出的值；数量要分段，如 占比(年龄:35,45=35–45)。",
        "Take one of these; a number wants bands, like share(年龄:35,45=35–45).",
    ),
}
