"""P: texts that cannot be read."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error

TEMPLATES: dict[str, Template] = {
    "P101": error(
        "此处读不懂“{found}”。",
        "“{found}” is not understood here.",
        "此处可以写：{expected}。",
        "Possible here: {expected_en}.",
    ),
    "P102": error(
        "句子到这里没有写完。",
        "The sentence is not finished here.",
        "接着可以写：{expected}。",
        "It can go on with: {expected_en}.",
    ),
    "P103": error(
        "花括号“{{”没有对应的“}}”。",
        "This “{{” has no matching “}}”.",
        "在这一部分末尾补上“}}”。",
        "Add “}}” at the end of this part.",
    ),
    "P104": error(
        "多出一个“}}”。",
        "One “}}” too many.",
        "删去，或补上对应的“{{”。",
        "Remove it, or add the “{{” it should close.",
    ),
    "P105": error(
        "引号没有成对：{found}",
        "A quotation mark without its partner: {found}",
        '左右引号要在同一行成对；多行的“原文”用三个双引号 """ 括起。',
        'Both marks stand on one line; a full_text of several lines goes between """ and """.',
    ),
    "P106": error(
        "不能使用的字符“{found}”{name}。",
        "The character “{found}” {name} cannot stand here.",
        "删去；名称里要用特殊字符时，把名称写在「」内。",
        "Remove it; a name with unusual characters goes between 「 and 」.",
    ),
    "P107": error(
        "嵌套超过 {limit} 层。",
        "Nested deeper than {limit} levels.",
        "减少花括号或圆括号的层数。",
        "Use fewer levels of braces or parentheses.",
    ),
    "P108": error(
        "数字“{found}”超过 {limit} 位。",
        "The number “{found}” has more than {limit} digits.",
        "核对数字。",
        "Check the number.",
    ),
    "P109": error(
        "日期“{found}”不存在。",
        "The date “{found}” does not exist.",
        "写成 2022-04-06 或 2022年4月6日。",
        "Write it as 2022-04-06 or 2022年4月6日.",
    ),
    "P110": error(
        "缺少“{missing}”。",
        "“{missing_en}” is missing here.",
        "补上“{missing}”。",
        "Add “{missing_en}”.",
    ),
    "P111": error(
        "错误超过 {limit} 处，后面的不再列出。",
        "More than {limit} errors; the rest are not shown.",
        "先改正上面的错误。",
        "Correct the errors above first.",
    ),
    "P112": error(
        "“{found}”像是名称与关键字粘连。",
        "“{found}” looks like a name and keywords run together.",
        "用空格分开：{proposal}；或把名称写在「」内。",
        "Put spaces between them: {proposal}; or put the name between 「 and 」.",
    ),
    "P113": error(
        "已经写了“{word}”，后面不能再写“{surplus}”。",
        "“{surplus_en}” cannot follow “{word_en}”.",
        "只写其中之一。",
        "Write only one of the two.",
    ),
    "P114": error(
        "文件里没有任何内容。",
        "The file holds no document.",
        "至少写一份：积分 标识 “名称” {{ … }}。",
        "Write at least one: points_scheme id “name” {{ … }}.",
    ),
    "P115": error(
        "“{found}”是关键字，不能直接用作名称。",
        "“{found}” is a keyword and cannot be a name as it is.",
        "写成「{found}」。",
        "Write 「{found}」.",
    ),
    "P116": error(
        "引号里又用了同样的引号：{found}",
        "The same quotation marks inside quotation marks: {found}",
        "里面的一层改用单引号 ‘ ’。",
        "Use ‘ and ’ for the inner ones.",
    ),
    "P117": error(
        "不认识“{found}”。是否应为“{near}”？",
        "“{found}” is not a keyword. Did you mean “{near}”?",
        "改成“{near}”。",
        "Write “{near}”.",
    ),
    "P118": error(
        "此处不能用“{found}”。",
        "“{found}” cannot be used here.",
        "改用{instead}。",
        "Use {instead} instead.",
    ),
    "P119": error(
        "此处缺少{missing}。",
        "Here {missing_en} is missing.",
        "补上{missing}。",
        "Add {missing_en}.",
    ),
    "P120": error(
        "“{found}”不能这样写。",
        "“{found}” is not a way to write a number here.",
        "百分之五写成 5%，千分之五写成 5‰。",
        "Write 5% or 5‰.",
    ),
    "P121": error(
        "此处应是“{wanted}”，却是“{found}”。",
        "“{wanted_en}” is wanted here, found “{found}”.",
        "改成“{wanted}”。",
        "Write “{wanted_en}”.",
    ),
    "P122": error(
        "“{first}”和“{second}”的次序颠倒了。",
        "“{first}” and “{second}” are in the wrong order.",
        "写成：{second} {first}。",
        "Write: {second} {first}.",
    ),
    "P123": error(
        "这不是策略文件：开头是“{found}”。",
        "This is no policy file: it begins with “{found}”.",
        "文件这样写：积分（或 考核、要点、假设、词汇、修订）标识 “名称” {{ … }}。",
        "Write: points_scheme (or assessment, work_plan, …) id “name” {{ … }}.",
    ),
    "P124": error(
        "文件超过 {limit} 个词，后面的没有读。",
        "The file has more than {limit} words; the rest was not read.",
        "拆成几个文件。",
        "Split it into several files.",
    ),
    "P125": error(
        "“{found}”不是一个数。",
        "“{found}” is no number.",
        "写成阿拉伯数字，例如 30；用作名称时写在「」内。",
        "Write it in digits, such as 30; as a name it goes between 「 and 」.",
    ),
    "P126": error(
        "有一个看不见的字符：{found}。",
        "There is an invisible character: {found}.",
        "删去；把这个词重新输入一遍最可靠。",
        "Remove it; typing the word anew is the surest way.",
    ),
    "P127": error(
        "“{found}”是数字，不能直接用作名称。",
        "“{found}” is a number and cannot be a name as it is.",
        "写成「{found}」。",
        "Write 「{found}」.",
    ),
    "P128": error(
        "名称“{found}”里有数字。",
        "The name “{found}” has digits in it.",
        "写成「{found}」。",
        "Write 「{found}」.",
    ),
}
