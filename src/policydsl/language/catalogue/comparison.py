"""C: schemes side by side."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error, warning

TEMPLATES: dict[str, Template] = {
    "C901": error(
        "比较至少要两份策略，只给了 {count} 份。",
        "A comparison takes two policies at least; {count} given.",
        "再写一份策略的文件或标识。",
        "Name another policy, by file or id.",
    ),
    "C902": error(
        "给了 {count} 份策略，超过上限 {limit} 份。",
        "{count} policies given; the limit is {limit}.",
        "分几次比较。",
        "Compare them in several runs.",
    ),
    "C903": error(
        "种类不同，不能并排比较：{what}。",
        "Of kinds that cannot be compared: {what}.",
        "积分只与积分比；考核与考核、要点可以一起比。",
        "Compare points schemes with each other, and assessments with assessments or work plans.",
    ),
    "C904": error(
        "“{id}”不是可以比较的策略。",
        "“{id}” is no policy that can be compared.",
        "给出积分、考核或要点；假设集用 --assume。",
        "Give a points scheme, an assessment or a work plan; assumption sets go with --assume.",
    ),
    "C905": error(
        "同义词文件里“{entry}”的写法不对。",
        "“{entry}” in the file of synonyms is not written as it should be.",
        '写成 [组] 之下 标准说法 = ["别的说法", …]。',
        'Write word = ["another word", …] under a [group].',
    ),
    "C906": error(
        "决定文件里“{entry}”的写法不对。",
        "“{entry}” in the file of decisions is not written as it should be.",
        '每条写 [[对应]]：条款 = ["标识#条款", "标识#条款"]，相同 = "是"、"否"或"待定"。',
        'Each entry is a [[pair]] with clauses = ["id#clause", "id#clause"], same = "yes", "no" '
        'or "open", and perhaps a reason.',
    ),
    "C907": error(
        "“{id}”是要点，没有分值，不能给人打分。",
        "“{id}” is a work plan without points: nobody can be scored by it.",
        "去掉 --persons 和 --population，或去掉这份文件。",
        "Leave out --persons and --population, or that document.",
    ),
    "C908": error(
        "人口的权重合计 {count}，超过 {limit}，排序的一致程度算不出来。",
        "The weights of the population add up to {count}, more than {limit}: the agreement of "
        "rankings cannot be counted.",
        "把权重按比例缩小。",
        "Scale the weights down.",
    ),
    "C909": error(
        "--persons 有 {count} 人，逐人列出的上限是 {limit} 人。",
        "--persons has {count} persons; at most {limit} are shown one by one.",
        "人多时用 --population。",
        "Use --population for many.",
    ),
    "C910": warning(
        "没有安装计算文字相近程度的程序库，没有概念的条款不作建议对应。",
        "The library for likeness of texts is missing: nothing is proposed for clauses without "
        "a concept.",
        "安装 policydsl[{extra}]。",
        "Install policydsl[{extra}].",
    ),
    "C911": error(
        "写不出 {suffix} 格式的比较。",
        "A comparison cannot be written as {suffix}.",
        "用 .html、.xlsx、.docx、.md 或 .json。",
        "Use .html, .xlsx, .docx, .md or .json.",
    ),
    "C920": warning(
        "决定里的“{key}”不在这次比较的文件里，没有用上。{near}",
        "“{key}” of the decisions is in none of the documents compared and was not used. {near}",
        "条款改了名称或编号时，改掉这一条；不再需要就删去。",
        "Change the entry if the clause got another name or number, or delete it.",
    ),
    "C921": warning(
        "同一对“{pair}”在决定文件里有两个不同的答案，用后面的一个。",
        "“{pair}” has two different answers in the file of decisions; the later one counts.",
        "删去其中一条。",
        "Delete one of them.",
    ),
    "C922": warning(
        "决定把“{pair}”当作同一事项，可是别的决定或建议要分开，没有照办。",
        "A decision puts “{pair}” together which others keep apart; it was not followed.",
        "核对两条决定。",
        "Check both decisions.",
    ),
}
