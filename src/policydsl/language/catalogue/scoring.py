"""S5, S6: scores and ranks, in cases and in columns."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error

TEMPLATES: dict[str, Template] = {
    "S501": error(
        "本策略没有名为“{scene}”的场景（{scenes}）。",
        "The policy has no scene “{scene}” ({scenes}).",
        "用 --scene 指定其中之一。",
        "Choose one of them with --scene.",
    ),
    "S502": error(
        "“{id}”是{kind}，不能计分。",
        "“{id}” is {kind} and cannot be scored.",
        "选用积分或考核文件。",
        "Use a points scheme or an assessment.",
    ),
    "S503": error(
        "计算“{clause}”时除数为零。",
        "Division by zero while scoring “{clause}”.",
        "核对该例的事实或规则。",
        "Check the facts of the case or the rule.",
    ),
    "S505": error(
        "{case}对象“{entity}”不在本策略中（{entities}）。",
        "{case}the policy scores no “{entity}” ({entities}).",
        "补上“对象”一列。",
        "Fill in the column of entities.",
    ),
    "S506": error(
        "“{clause}”不能按列计分：它同时取决于{facts}，取值的组合太多。",
        "“{clause}” cannot be scored in columns: it rests on {facts} at once: too many cases.",
        "用 --engine exact 逐例计分；或把规则拆成几条。",
        "Score with --engine exact; or write the rule as several.",
    ),
    "S507": error(
        "“{clause}”不能按列计分：分值要精确到 {scale} 分之一，整数容纳不下。",
        "“{clause}” cannot be scored in columns: points to 1/{scale} do not fit into integers.",
        "用 --engine exact 逐例计分；或在规则中写明舍入。",
        "Score with --engine exact; or state a rounding in the rule.",
    ),
    "S508": error(
        "“{clause}”不能按列计分：{what} 只能逐例计算。",
        "“{clause}” cannot be scored in columns: {what} is worked out case by case only.",
        "用 --engine exact 逐例计分。",
        "Score with --engine exact.",
    ),
    "S509": error(
        "有一户 {count} 人，超过按列计分所容的 {limit} 人。",
        "A household has {count} members; scoring in columns provides for {limit}.",
        "核对户号；或用 --engine exact 逐例计分。",
        "Check the household numbers; or score with --engine exact.",
    ),
    "S511": error(
        "按列计分不能处理：{what}。",
        "Scoring by columns cannot deal with {what}.",
        "用 --engine exact 逐例打分。",
        "Score case by case with --engine exact.",
    ),
    "S513": error(
        "第 {row} 行不能打分：除数为零，或缺少要用到的必填事实。",
        "Row {row} cannot be scored: a division by zero, or a required fact is missing.",
        "核对该行；用 --engine exact 可知详情。",
        "Check the row; --engine exact tells more.",
    ),
    "S520": error(
        "场景“{clause}”的“{what}”不能成列计算。",
        "Scene “{clause}”: “{what}” cannot be worked out in columns.",
        "用 --engine exact 逐户排序。",
        "Rank case by case with --engine exact.",
    ),
    "S521": error(
        "第 {row} 行不能打分。",
        "Row {row} cannot be scored.",
        "先用 policydsl score 查看并改正这一行的问题，再排序。",
        "See with policydsl score what is wrong with the row, and mend it before ranking.",
    ),
    "S571": error(
        "“{path}”不能用来重做找方案：{problem}。",
        "“{path}” cannot be used to search again: {problem}.",
        "用 policydsl search --out 写出的 search.json，或它所在的文件夹。",
        "Use the search.json that policydsl search --out wrote, or its folder.",
    ),
    "S601": error(
        "--by {by}：“{value}”不能作分段的界线。",
        "--by {by}: “{value}” cannot be an edge of bands.",
        "写成从小到大的数，如 年龄:18,30,45；日期写年份。",
        "Give ascending numbers, like 年龄:18,30,45; years for dates.",
    ),
    "S602": error(
        "“{path}”不是可用的运行记录：{problem}。",
        "“{path}” is not a run record that can be used: {problem}.",
        "给出 policydsl simulate 写出的文件夹或其中的 run.json。",
        "Give a folder that policydsl simulate wrote, or the run.json in it.",
    ),
    "S603": error(
        "“{what}”是在程序里直接给出的，没有文件，不能写出可重做的运行记录。",
        "“{what}” was handed in by a program and has no file: no record can reproduce it.",
        "先存成文件，再给出文件名。",
        "Save it to a file and give the name of the file.",
    ),
    "S604": error(
        "没有名为“{name}”的表。{near}",
        "There is no table “{name}”. {near}",
        "result.names 列出了所有的表。",
        "result.names lists them all.",
    ),
    "S605": error(
        "-n {value} 只用于人口设定：数据表有多少行就是多少行。",
        "-n {value} is for specifications only: a table has the rows that it has.",
        "去掉 -n。",
        "Leave -n out.",
    ),
}
