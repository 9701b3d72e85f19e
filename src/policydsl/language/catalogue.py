"""Every diagnostic code: severity, message and remedy, in Chinese and English.

Messages are templates; what fills them is given where the problem is found.  A code is
never reused for another meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Template:
    """A code's severity, and its message and remedy as templates."""

    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    return Template("error", zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    return Template("warning", zh, en, remedy_zh, remedy_en)


# F files · P parsing · M the model · A assumption sets · D data · S scoring · V versions ·
# R pages · W documents.
def _note(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    return Template("note", zh, en, remedy_zh, remedy_en)


# F files · P parsing · M the model · A assumption sets · D data · S scoring · V versions ·
# R findings of the review (R6), pages and reports (R7) · C comparison · W documents out ·
# I documents in · J notebooks and editors.
CATALOGUE: dict[str, Template] = {
    # -- files
    "F001": _error(
        "找不到“{path}”。",
        "“{path}” does not exist.",
        "核对路径；策略文件以 .policy 结尾。",
        "Check the path; policy files end in .policy.",
    ),
    "F002": _error(
        "“{path}”不是文本文件（含二进制内容）。",
        "“{path}” is not a text file (binary content).",
        "策略文件是 UTF-8 文本；Word 或 Excel 文件不能直接读入。",
        "A policy file is UTF-8 text; Word or Excel files cannot be read here.",
    ),
    "F003": _error(
        "“{path}”的编码是 {encoding}，不是 UTF-8。",
        "“{path}” is encoded as {encoding}, not UTF-8.",
        "在编辑器中另存为 UTF-8 编码。",
        "Save it as UTF-8 in your editor.",
    ),
    "F004": _error(
        "“{path}”有 {size} 字节，超过上限 {limit} 字节。",
        "“{path}” has {size} bytes; the limit is {limit}.",
        "拆成几个文件。",
        "Split it into several files.",
    ),
    "F005": _error(
        "“{path}”读不出来：{problem}。",
        "“{path}” cannot be read: {problem}.",
        "核对文件权限。",
        "Check the permissions of the file.",
    ),
    "F006": _error(
        "“{path}”中没有 .policy 文件。",
        "There is no .policy file in “{path}”.",
        "指向含有策略文件的文件夹。",
        "Name a folder that holds policy files.",
    ),
    "F007": _error(
        "“{path}”写不进去：{problem}。",
        "“{path}” cannot be written: {problem}.",
        "核对文件夹是否存在、可写、未满；原有文件未改动。",
        "Check that the folder exists, is writable and has space; nothing was changed.",
    ),
    "F008": _error(
        "不认识的策略“{name}”。{near}",
        "Unknown policy “{name}”. {near}",
        "给出 .policy 文件的路径，或已收录策略的标识（policydsl check --list 可列出）。",
        "Give the path of a .policy file or the id of a bundled policy (policydsl check --list).",
    ),
    "F009": _error(
        "“{path}”中有 {count} 个可用的文件，请说明要哪一个：{names}。",
        "“{path}” holds {count} documents; say which one: {names}.",
        "写成 路径#标识。",
        "Write path#id.",
    ),
    # -- parsing
    "P101": _error(
        "此处读不懂“{found}”。",
        "“{found}” is not understood here.",
        "此处可以写：{expected}。",
        "Possible here: {expected_en}.",
    ),
    "P102": _error(
        "句子到这里没有写完。",
        "The sentence is not finished here.",
        "接着可以写：{expected}。",
        "It can go on with: {expected_en}.",
    ),
    "P103": _error(
        "花括号“{{”没有对应的“}}”。",
        "This “{{” has no matching “}}”.",
        "在这一部分末尾补上“}}”。",
        "Add “}}” at the end of this part.",
    ),
    "P104": _error(
        "多出一个“}}”。",
        "One “}}” too many.",
        "删去，或补上对应的“{{”。",
        "Remove it, or add the “{{” it should close.",
    ),
    "P105": _error(
        "引号没有成对：{found}",
        "A quotation mark without its partner: {found}",
        '左右引号要在同一行成对；多行的“原文”用三个双引号 """ 括起。',
        'Both marks stand on one line; a full_text of several lines goes between """ and """.',
    ),
    "P106": _error(
        "不能使用的字符“{found}”{name}。",
        "The character “{found}” {name} cannot stand here.",
        "删去；名称里要用特殊字符时，把名称写在「」内。",
        "Remove it; a name with unusual characters goes between 「 and 」.",
    ),
    "P107": _error(
        "嵌套超过 {limit} 层。",
        "Nested deeper than {limit} levels.",
        "减少花括号或圆括号的层数。",
        "Use fewer levels of braces or parentheses.",
    ),
    "P108": _error(
        "数字“{found}”超过 {limit} 位。",
        "The number “{found}” has more than {limit} digits.",
        "核对数字。",
        "Check the number.",
    ),
    "P109": _error(
        "日期“{found}”不存在。",
        "The date “{found}” does not exist.",
        "写成 2022-04-06 或 2022年4月6日。",
        "Write it as 2022-04-06 or 2022年4月6日.",
    ),
    "P110": _error(
        "缺少“{missing}”。",
        "“{missing_en}” is missing here.",
        "补上“{missing}”。",
        "Add “{missing_en}”.",
    ),
    "P111": _error(
        "错误超过 {limit} 处，后面的不再列出。",
        "More than {limit} errors; the rest are not shown.",
        "先改正上面的错误。",
        "Correct the errors above first.",
    ),
    "P112": _error(
        "“{found}”像是名称与关键字粘连。",
        "“{found}” looks like a name and keywords run together.",
        "用空格分开：{proposal}；或把名称写在「」内。",
        "Put spaces between them: {proposal}; or put the name between 「 and 」.",
    ),
    "P113": _error(
        "已经写了“{word}”，后面不能再写“{surplus}”。",
        "“{surplus_en}” cannot follow “{word_en}”.",
        "只写其中之一。",
        "Write only one of the two.",
    ),
    "P114": _error(
        "文件里没有任何内容。",
        "The file holds no document.",
        "至少写一份：积分 标识 “名称” {{ … }}。",
        "Write at least one: points_scheme id “name” {{ … }}.",
    ),
    "P115": _error(
        "“{found}”是关键字，不能直接用作名称。",
        "“{found}” is a keyword and cannot be a name as it is.",
        "写成「{found}」。",
        "Write 「{found}」.",
    ),
    "P116": _error(
        "引号里又用了同样的引号：{found}",
        "The same quotation marks inside quotation marks: {found}",
        "里面的一层改用单引号 ‘ ’。",
        "Use ‘ and ’ for the inner ones.",
    ),
    "P117": _error(
        "不认识“{found}”。是否应为“{near}”？",
        "“{found}” is not a keyword. Did you mean “{near}”?",
        "改成“{near}”。",
        "Write “{near}”.",
    ),
    "P118": _error(
        "此处不能用“{found}”。",
        "“{found}” cannot be used here.",
        "改用{instead}。",
        "Use {instead} instead.",
    ),
    "P119": _error(
        "此处缺少{missing}。",
        "Here {missing_en} is missing.",
        "补上{missing}。",
        "Add {missing_en}.",
    ),
    "P120": _error(
        "“{found}”不能这样写。",
        "“{found}” is not a way to write a number here.",
        "百分之五写成 5%，千分之五写成 5‰。",
        "Write 5% or 5‰.",
    ),
    "P121": _error(
        "此处应是“{wanted}”，却是“{found}”。",
        "“{wanted_en}” is wanted here, found “{found}”.",
        "改成“{wanted}”。",
        "Write “{wanted_en}”.",
    ),
    "P122": _error(
        "“{first}”和“{second}”的次序颠倒了。",
        "“{first}” and “{second}” are in the wrong order.",
        "写成：{second} {first}。",
        "Write: {second} {first}.",
    ),
    "P123": _error(
        "这不是策略文件：开头是“{found}”。",
        "This is no policy file: it begins with “{found}”.",
        "文件这样写：积分（或 考核、要点、假设、词汇、修订）标识 “名称” {{ … }}。",
        "Write: points_scheme (or assessment, work_plan, …) id “name” {{ … }}.",
    ),
    "P124": _error(
        "文件超过 {limit} 个词，后面的没有读。",
        "The file has more than {limit} words; the rest was not read.",
        "拆成几个文件。",
        "Split it into several files.",
    ),
    "P125": _error(
        "“{found}”不是一个数。",
        "“{found}” is no number.",
        "写成阿拉伯数字，例如 30；用作名称时写在「」内。",
        "Write it in digits, such as 30; as a name it goes between 「 and 」.",
    ),
    "P127": _error(
        "“{found}”是数字，不能直接用作名称。",
        "“{found}” is a number and cannot be a name as it is.",
        "写成「{found}」。",
        "Write 「{found}」.",
    ),
    "P128": _error(
        "名称“{found}”里有数字。",
        "The name “{found}” has digits in it.",
        "写成「{found}」。",
        "Write 「{found}」.",
    ),
    "P126": _error(
        "有一个看不见的字符：{found}。",
        "There is an invisible character: {found}.",
        "删去；把这个词重新输入一遍最可靠。",
        "Remove it; typing the word anew is the surest way.",
    ),
    # -- the model
    "M201": _error(
        "没有名为“{name}”的事实。{near}",
        "There is no fact named “{name}”. {near}",
        "改正名称，或先写：事实 {name}：类型。",
        "Correct the name, or declare it: fact {name}: type.",
    ),
    "M202": _error(
        "单位不一致：{left} 与 {right}。",
        "The units differ: {left} and {right}.",
        "两边用同一种单位；两个百分比之差以百分点计。",
        "Use one kind of unit on both sides; a difference of percentages is in percentage points.",
    ),
    "M203": _error(
        "不认识的计量单位“{unit}”。{near}",
        "Unknown unit of measure “{unit}”. {near}",
        "改正单位，或在词汇中写：计量 {unit}。",
        "Correct it, or declare it: measure {unit}.",
    ),
    "M204": _error(
        "此处应是分值，单位应为“分”，却是“{found}”。",
        "An amount of points is wanted here, found the unit “{found}”.",
        "写成 N 分。",
        "Write N points.",
    ),
    "M205": _error(
        "事实“{name}”重复定义。",
        "The fact “{name}” is declared twice.",
        "保留一处；不同的事实用不同的名称。",
        "Keep one; give different facts different names.",
    ),
    "M206": _error(
        "同一层有两个“{label}”。",
        "Two parts of one level are called “{label}”.",
        "改用不同的名称或编号。",
        "Give them different names or numbers.",
    ),
    "M207": _error(
        "“{what}”不能写在“{where}”里。",
        "{what} cannot stand in {where}.",
        "移到它所属的部分（见 docs/language.md）。",
        "Move it to where it belongs (docs/language.md).",
    ),
    "M208": _error(
        "“{label}”写明满分 {declared} 分，各部分合计却是 {total} 分（{parts}）。",
        "“{label}” declares {declared} full marks, but its parts add up to {total} ({parts}).",
        "核对各部分分值或满分。",
        "Check the parts or the declared full marks.",
    ),
    "M209": _error(
        "此处应是“{wanted}”，却是“{found}”。",
        "{wanted} is wanted here, found {found}.",
        "核对事实的类型和比较的内容。",
        "Check the type of the fact and what it is compared with.",
    ),
    "M210": _error(
        "“每…”没有写明计数的对象，条件也不是与一个数的比较。",
        "“each …” names nothing to count, and the condition is no comparison with a number.",
        "写成：每 1 项 某事实 扣 N 分。",
        "Write: each 1 items some_fact deduct N points.",
    ),
    "M211": _error(
        "没有名为“{name}”的函数。{near}",
        "There is no function “{name}”. {near}",
        "可用的函数：{functions}。",
        "There are: {functions}.",
    ),
    "M212": _error(
        "函数“{name}”需要 {wanted} 个参数。",
        "The function “{name}” takes {wanted} arguments.",
        "核对参数个数。",
        "Check the number of arguments.",
    ),
    "M213": _error(
        "事实互相推导，成了循环：{cycle}。",
        "Facts are derived from each other in a circle: {cycle}.",
        "至少让其中一个成为直接填报的事实。",
        "Let at least one of them be given directly.",
    ),
    "M214": _error(
        "词汇互相使用，成了循环：{cycle}。",
        "Vocabularies use each other in a circle: {cycle}.",
        "去掉其中一处“使用”。",
        "Remove one of the “uses”.",
    ),
    "M215": _error(
        "找不到“{id}”。{near}",
        "“{id}” was not found. {near}",
        "核对标识；文件须与本文件在同一文件夹树内，或已随本程序收录。",
        "Check the id; its file must lie in the same folder tree or be bundled.",
    ),
    "M216": _error(
        "没有名为“{ref}”的条款。{near}",
        "There is no clause “{ref}”. {near}",
        "核对条款的种类和名称。",
        "Check the kind and the name of the clause.",
    ),
    "M217": _error(
        "“{key}”重复。",
        "“{key}” is given twice.",
        "只保留一处。",
        "Keep one.",
    ),
    "M218": _error(
        "“其他”必须是最后一档。",
        "“otherwise” must be the last tier.",
        "移到最后。",
        "Move it to the end.",
    ),
    "M219": _error(
        "这一行有 {found} 格，表头有 {wanted} 列。",
        "This row has {found} cells, the head has {wanted}.",
        "补齐或删去多余的格。",
        "Add the missing cells or remove the surplus.",
    ),
    "M220": _error(
        "“{value}”不是“{fact}”的取值（{values}）。{near}",
        "“{value}” is not a value of “{fact}” ({values}). {near}",
        "改成其中之一。",
        "Use one of them.",
    ),
    "M221": _error(
        "下界大于上界。",
        "The lower bound is above the upper bound.",
        "交换两个数。",
        "Swap the two numbers.",
    ),
    "M222": _error(
        "“{fact}”的取值没有高低之分，不能这样比较。",
        "The values of “{fact}” have no order; they cannot be compared like this.",
        "用“为”比较，或把类型改为“有序”。",
        "Compare with “is”, or make the type “ordered”.",
    ),
    "M223": _warning(
        "“{label}”从满分起评，又有加分规则。",
        "“{label}” starts at full marks and also awards points.",
        "若从零累加，写“起评 0 分”。",
        "If it adds up from nothing, write “starts_at 0 points”.",
    ),
    "M224": _error(
        "{value} 超出“{fact}”的范围。",
        "{value} is out of the range of “{fact}”.",
        "核对数值或范围。",
        "Check the value or the range.",
    ),
    "M225": _error(
        "“{fact}”应是整数，却是 {value}。",
        "“{fact}” takes whole numbers, found {value}.",
        "核对数值或类型。",
        "Check the value or the type.",
    ),
    "M226": _error(
        "这种类型不带单位“{unit}”。",
        "This type takes no unit (“{unit}”).",
        "删去括号里的单位。",
        "Remove the unit in brackets.",
    ),
    "M227": _error(
        "取值“{value}”写了两次。",
        "The value “{value}” is listed twice.",
        "只保留一个。",
        "Keep one.",
    ),
    "M228": _error(
        "“{name}”由本程序提供，不能另行定义。",
        "“{name}” is given by the program; do not declare it.",
        "删去这个定义。",
        "Remove this declaration.",
    ),
    "M229": _error(
        "“{fact}”不是数，没有范围。",
        "“{fact}” is no number and has no range.",
        "删去范围。",
        "Remove the range.",
    ),
    "M230": _error(
        "精度只用于小数和百分比，以整数位数表示（“{fact}”）。",
        "A precision belongs to decimals and percentages, as a whole number of places (“{fact}”).",
        "写成：到 2 位。",
        "Write: to_precision 2 places.",
    ),
    "M231": _error(
        "除数为零。",
        "Division by zero.",
        "核对除数。",
        "Check the divisor.",
    ),
    "M232": _error(
        "“{ref}”指向不止一个条款：{options}。",
        "“{ref}” names more than one clause: {options}.",
        "写出上级，例如：单位 某局 项 1。",
        "Write the outer clause too: unit X item 1.",
    ),
    "M233": _error(
        "文件已分附表，“{label}”须写在某个附表内。",
        "The document has schedules; “{label}” must stand in one of them.",
        "移入附表。",
        "Move it into a schedule.",
    ),
    "M234": _error(
        "词汇中没有概念“{name}”。{near}",
        "No vocabulary in use has the concept “{name}”. {near}",
        "核对名称，或在词汇中写：概念 {name} “解释”。",
        "Check the name, or write in a vocabulary: concept {name} “explanation”.",
    ),
    "M235": _error(
        "下限高于上限。",
        "The floor is above the cap.",
        "核对两个分值。",
        "Check both figures.",
    ),
    "M236": _error(
        "舍入的精度应写成“2 位”或“0.5 分”。",
        "A rounding goes to “2 places” or to “0.5 points”.",
        "改成其中一种。",
        "Use one of them.",
    ),
    "M237": _error(
        "花括号里没有规则。",
        "There is no rule in these braces.",
        "至少写一条。",
        "Write at least one.",
    ),
    "M238": _error(
        "“每”后面的数应大于零。",
        "The step behind “each” must be above zero.",
        "核对步长。",
        "Check the step.",
    ),
    "M239": _error(
        "“不足…”的数与“每…”的步长不同。",
        "The part of a step differs from the step itself.",
        "写成同一个数。",
        "Write the same number.",
    ),
    "M240": _error(
        "此处应是百分比。",
        "A percentage is wanted here.",
        "写成 50%。",
        "Write 50%.",
    ),
    "M241": _error(
        "这一限定只能跟在“每…加/扣…分”后面。",
        "This qualification belongs behind “each … add/deduct … points” only.",
        "删去，或改写规则。",
        "Remove it or rewrite the rule.",
    ),
    "M242": _error(
        "名额应是整数。",
        "A quota is a whole number.",
        "核对名额。",
        "Check the quota.",
    ),
    "M243": _error(
        "标识“{id}”已被另一份文件使用。",
        "The id “{id}” is taken by another document.",
        "换一个标识。",
        "Choose another id.",
    ),
    "M244": _error(
        "概念“{name}”没有解释。",
        "The concept “{name}” has no explanation.",
        "写成：概念 {name} “解释”。",
        "Write: concept {name} “explanation”.",
    ),
    "M245": _error(
        "“{id}”不是词汇，不能使用。",
        "“{id}” is no vocabulary and cannot be used.",
        "给出一份“词汇”文件的标识。",
        "Give the id of a vocabulary.",
    ),
    "M246": _error(
        "词汇一层用一层，超过 {limit} 层。",
        "Vocabularies use one another more than {limit} deep.",
        "让词汇直接使用它需要的那一份。",
        "Let each vocabulary use the one that it needs.",
    ),
    "M247": _warning(
        "“{label}”没有写满分，扣分不知从多少扣起。",
        "“{label}” declares no full marks, so there is nothing to deduct from.",
        "写明满分，或写“起评 N 分”。",
        "Declare its full marks, or write “starts_at N points”.",
    ),
    # -- assumption sets
    "A301": _error(
        "“{ref}”的{what}在原文中已经载明，假设不能改动。",
        "“{ref}” states {what} in its text; an assumption cannot change it.",
        "要改动条文，请写修订；假设只补原文未载明之处。",
        "To change the text write an amendment; an assumption closes what the text leaves open.",
    ),
    "A302": _error(
        "假设集“{id}”不适用于“{policy}”。",
        "The assumption set “{id}” does not apply to “{policy}”.",
        "选用适用的假设集（{options}），或在这一份的“用于”后面加上“{policy}”。",
        "Use one that does ({options}), or add “{policy}” behind its applies_to.",
    ),
    "A303": _error(
        "“{id}”里没有可采用的条款。",
        "“{id}” has no clause to adopt here.",
        "核对被采用的文件。",
        "Check the adopted document.",
    ),
    "A304": _error(
        "假设没有写理由。",
        "The assumption gives no reason.",
        "写：理由 “…”。",
        "Write: reason “…”.",
    ),
    "A305": _error(
        "“{id}”不是假设集。",
        "“{id}” is no assumption set.",
        "给出一份“假设”文件。",
        "Name an assumption document.",
    ),
    # -- versions
    "V601": _error(
        "基础文件“{base}”中没有条款“{ref}”。{near}",
        "The base “{base}” has no clause “{ref}”. {near}",
        "核对条款名称；修订按基础文件中的名称指称条款。",
        "Check the name; an amendment names clauses as they stand in its base.",
    ),
    "V602": _error(
        "条款“{ref}”在本修订中已被废止、拆分或合并，不能再改。",
        "The clause “{ref}” is repealed, split or merged by this amendment and cannot be changed.",
        "保留其中一处。",
        "Keep one of the two.",
    ),
    "V603": _error(
        "“{ref}”的同一处改动了两次。",
        "The same part of “{ref}” is amended twice.",
        "合并成一处改动。",
        "Make it one change.",
    ),
    "V604": _error(
        "这句话不能写在修订里。",
        "This statement cannot stand in an amendment.",
        "修订写：修改、新增、废止、移动、更名、改号、拆分、合并，或事实、期限、职责、示例。",
        "An amendment holds modify, insert, repeal, move, rename, renumber, split, merge, or "
        "facts, deadlines, duties and examples.",
    ),
    "V605": _error(
        "“{ref}”没有这一项可去除。",
        "“{ref}” has no such attribute to remove.",
        "删去“去除”。",
        "Leave out the “without”.",
    ),
    "V606": _error(
        "“{ref}”中这个数出现 {count} 次，应恰好一次。",
        "The figure occurs {count} times in “{ref}”; it must occur exactly once.",
        "核对数字和单位；出现多次时请写出整条新规则。",
        "Check number and unit; where it occurs more than once, write the whole new rule.",
    ),
    "V607": _error(
        "修订之后，同一层会有两个“{label}”。",
        "After the amendment two clauses of one level are called “{label}”.",
        "改用不同的名称或编号。",
        "Give them different names or numbers.",
    ),
    "V608": _error(
        "不能把条款移到它自己里面。",
        "A clause cannot be moved into itself.",
        "核对目的地。",
        "Check the destination.",
    ),
    "V609": _error(
        "几处移动互为目的地，条款没有着落：{cycle}。",
        "These moves are each other's destination, so the clauses have no place: {cycle}.",
        "让其中一条移到不动的条款旁边。",
        "Move one of them beside a clause that stays.",
    ),
    "V610": _error(
        "修订“{id}”没有写明基于哪份文件。",
        "The amendment “{id}” does not say what it is based on.",
        "写成：修订 {id} 基于 文件标识 {{ … }}。",
        "Write: amendment {id} based_on document-id {{ … }}.",
    ),
    "V611": _error(
        "没有修订所基于的文件“{base}”。{near}",
        "The document “{base}” on which the amendment is based is not known. {near}",
        "核对标识；基础文件须在同一文件夹，或是自带的文件。",
        "Check the id; the base must be in the same folder tree or come with the program.",
    ),
    "V612": _error(
        "修订互为基础：{cycle}。",
        "Amendments are based on each other: {cycle}.",
        "让其中一份基于正式的文件。",
        "Base one of them on a document that is no amendment.",
    ),
    "V613": _error(
        "“{base}”是{kind}，不能修订。",
        "“{base}” is {kind} and cannot be amended.",
        "修订只能基于积分、考核、要点，或另一份修订。",
        "Base it on a points scheme, an assessment, a work plan or another amendment.",
    ),
    "V614": Template(
        "note",
        "修订“{draft}”自己规定了（或者去掉了）“{ref}”，假设“{set}”不再补充它。",
        "The amendment “{draft}” states (or drops) “{ref}” itself; the assumption set “{set}” "
        "does not close it any more.",
        "",
        "",
    ),
    "V615": _error(
        "两份草案都改动“{ref}”的同一处（{what}）：{left} 与 {right}。",
        "Two drafts change the same thing in “{ref}” ({what}): {left} and {right}.",
        "商定一种写法，只留其中一处；其余改动互不相干。",
        "Agree on one wording and keep one of the two; all other changes are independent.",
    ),
    "V616": _error(
        "“{old}”是{old_kind}，“{new}”是{new_kind}，写不成修订。",
        "“{old}” is {old_kind} and “{new}” {new_kind}: no amendment leads from one to the other.",
        "比较同一种文件的两个版次。",
        "Compare two editions of one kind of document.",
    ),
    "V617": _error(
        "草案“{id}”基于“{base}”，而不是“{wanted}”。",
        "The draft “{id}” is based on “{base}”, not on “{wanted}”.",
        "先把它改成基于同一版次，再合并。",
        "Rewrite it on the same edition first, then merge.",
    ),
    "V618": _warning(
        "对“{ref}”的这处修改与原文相同，没有改动任何内容。",
        "This change of “{ref}” says what the base says already: nothing changes.",
        "删去，或核对数字。",
        "Remove it, or check the figure.",
    ),
    "V619": _error(
        "条款“{ref}”与别处的条款同名，没有说得清的指称，写不成修订。",
        "The clause “{ref}” shares its name with another one, so no amendment can name it.",
        "给其中一条加上“标识”。",
        "Give one of them an id of its own.",
    ),
    "V620": _error(
        "文件的先后成了循环：{cycle}。",
        "The documents follow one another in a circle: {cycle}.",
        "核对“替代”“基于”“依据”和沿革的“从…至…”。",
        "Check what replaces, is based on, cites or succeeds what.",
    ),
    "V621": _error(
        "找不到“{id}”：它既没有文本，也没有存目。{near}",
        "“{id}” is not known, neither by its text nor by its title. {near}",
        "核对标识；只知道标题的文件，在沿革里写：存目 标识 “标题”。修订只能基于有文本的文件。",
        "Check the id; where only the title is known, write in a history: title_only id “title”. "
        "An amendment needs a base whose text is at hand.",
    ),
    "V622": _error(
        "“{id}”中没有条款“{ref}”。{near}",
        "“{id}” has no clause “{ref}”. {near}",
        "核对条款；承继左边是旧版的条款，右边是新版的条款。",
        "Check the clause; the older edition's clauses stand left, the newer one's right.",
    ),
    "V623": _error(
        "“{ref}”被两份已施行的修订各改了一次：{one}、{other}，后一份不是在前一份的基础上改的。",
        "“{ref}” is changed by two adopted amendments, {one} and {other}, each by itself.",
        "让后一份修订“基于”前一份。",
        "Let the later amendment be based on the earlier.",
    ),
    "V624": Template(
        "note",
        "“{ref}”在 {one} 和 {other} 里各改了一次，两份草案不能直接合并。",
        "“{ref}” is changed by {one} and by {other}; these drafts do not merge by themselves.",
        "看两份各改了什么：policydsl versions consolidate {base} {one} {other}。",
        "See what each changes: policydsl versions consolidate {base} {one} {other}.",
    ),
    "V625": _error(
        "{other} 要改的“{ref}”，已被 {one} 废止。",
        "{other} changes “{ref}”, which {one} has repealed.",
        "删去这一处，或让它基于 {one}。",
        "Remove it, or base the amendment on {one}.",
    ),
    "V626": _error(
        "{day} 这一天，“{ref}”有两个版次同时有效：{one}、{other}（共 {count} 条）。",
        "On {day} two versions of “{ref}” are in force: {one}, {other} ({count} clauses in all).",
        "写明后一份“替代”前一份，或给前一份写“失效”日期。",
        "State that the later one replaces the earlier, or when the earlier one expires.",
    ),
    "V627": _error(
        "日期的先后不对：{one}（{first}）应在 {other}（{second}）之前。",
        "The dates are out of order: {one} ({first}) has to come before {other} ({second}).",
        "核对两个日期，以及谁替代谁、谁依据谁。",
        "Check both dates, and what replaces or cites what.",
    ),
    "V628": _error(
        "关于“{ref}”说了两次。",
        "“{ref}” is accounted for twice.",
        "只保留一处。",
        "Keep one.",
    ),
    "V629": _error(
        "没有名为“{ref}”的条款。{near}",
        "There is no clause “{ref}”. {near}",
        "写成 版次#条款标识，例如 beilun-departments#公安分局/1。",
        "Write edition#clause-id, as in beilun-departments#公安分局/1.",
    ),
    "V630": _error(
        "“{ref}”不止一条：{options}。",
        "“{ref}” may be any of these: {options}.",
        "写成其中之一。",
        "Write one of them.",
    ),
    "V631": _warning(
        "“{id}”已有文本，不必再写存目。",
        "The text of “{id}” is at hand; it needs no entry by title.",
        "删去存目。",
        "Remove the entry.",
    ),
    "V632": _error(
        "这份沿革没有写从哪一版至哪一版。",
        "This history does not say from which edition to which.",
        "写成：沿革 标识 “名称” 从 旧版 至 新版。",
        "Write: history id “title” from older to newer.",
    ),
    "V633": _error(
        "“{value}”既不是日期，也不是已知的版次。{near}",
        "“{value}” is neither a date nor a known edition. {near}",
        "日期写成 2022-04-06。",
        "Write dates as 2022-04-06.",
    ),
    "V634": _warning(
        "{one} 施行时（{first}），它要改的 {other} 已被替代（{second}）。",
        "When {one} takes effect ({first}), {other}, its base, has been replaced ({second}).",
        "核对日期，或让修订基于现行的版次。",
        "Check the dates, or base the amendment on the edition in force.",
    ),
    "V635": _warning(
        "{id} 的施行日期（{first}）早于印发日期（{second}）。",
        "{id} takes effect ({first}) before it was issued ({second}).",
        "核对两个日期；确属溯及既往的，可以不理会。",
        "Check both dates; ignore this if the effect is meant to be retroactive.",
    ),
    "V636": _error(
        "“{suffix}”不是可写的图形格式。",
        "“{suffix}” is no format that can be written.",
        "用 .svg、.mmd、.graphml，或单独一个版次的 .xml。",
        "Use .svg, .mmd, .graphml, or .xml for a single edition.",
    ),
    "V637": _error(
        "“{id}”只有标题，没有文本。",
        "Only the title of “{id}” is known.",
        "选用有文本的版次。",
        "Choose an edition whose text is at hand.",
    ),
    # -- data
    "D401": _error(
        "第 {row} 行“{column}”：“{value}”不是{wanted}。",
        "Row {row}, “{column}”: “{value}” is not {wanted}.",
        "改正这一格；空格表示未提供。",
        "Correct the cell; an empty cell means: not handed in.",
    ),
    "D402": _error(
        "第 {row} 行“{column}”：{value} 超出范围 {range}。",
        "Row {row}, “{column}”: {value} is out of the range {range}.",
        "核对数值。",
        "Check the value.",
    ),
    "D403": _error(
        "第 {row} 行“{column}”：没有“{value}”这个取值（{values}）。{near}",
        "Row {row}, “{column}”: “{value}” is no value of it ({values}). {near}",
        "改成其中之一。",
        "Use one of them.",
    ),
    "D404": _error(
        "列“{column}”不是本策略的事实。{near}",
        "Column “{column}” is no fact of this policy. {near}",
        "改正列名，或删去该列；不参与计分的列可用 --ignore 列出。",
        "Correct it or remove the column; name columns to leave aside with --ignore.",
    ),
    "D405": _error(
        "第 {row} 行缺少必填的“{column}”。",
        "Row {row} lacks the required “{column}”.",
        "补上。",
        "Fill it in.",
    ),
    "D406": _error(
        "编号“{value}”重复（第 {row} 行与第 {other} 行）。",
        "The id “{value}” is used twice (rows {row} and {other}).",
        "编号须唯一。",
        "Ids must be unique.",
    ),
    "D407": _error(
        "“{path}”不是可读的{format}文件：{problem}。",
        "“{path}” is not a readable {format} file: {problem}.",
        "核对文件。",
        "Check the file.",
    ),
    "D408": _error(
        "“{path}”里没有数据行。",
        "“{path}” holds no rows of data.",
        "第一行是列名，以下每行一例。",
        "The first row names the columns, each further row is a case.",
    ),
    "D409": _error(
        "第 {row} 行的单位“{value}”不在本策略中。{near}",
        "Row {row}: the policy has no unit “{value}”. {near}",
        "改正单位名称。",
        "Correct the name of the unit.",
    ),
    "D410": _error(
        "列“{column}”出现两次。",
        "The column “{column}” occurs twice.",
        "只保留一列。",
        "Keep one.",
    ),
    "D411": _error(
        "列“{column}”要评定的条款不存在。{near}",
        "Column “{column}” judges no known clause. {near}",
        "写成 评定:条款标识。",
        "Write judged:clause-id.",
    ),
    "D412": _error(
        "户“{household}”有 {count} 个“本人”，应为一个。",
        "The household “{household}” has {count} applicants; it must have one.",
        "核对“角色”一列。",
        "Check the column of roles.",
    ),
    "D413": _error(
        "不支持的文件格式“{suffix}”。",
        "Files of the kind “{suffix}” are not read.",
        "使用 .csv、.json、.xlsx 或 .parquet。",
        "Use .csv, .json, .xlsx or .parquet.",
    ),
    "D414": _error(
        "第 {row} 行没有写单位，而本策略按单位计分。",
        "Row {row} names no unit, but this policy scores by unit.",
        "补上“单位”一列。",
        "Fill in the column of units.",
    ),
    "D415": _error(
        "读写 {format} 需要另装组件。",
        "Reading and writing {format} needs an extra component.",
        '运行：pip install "policydsl[{extra}]"。',
        'Run: pip install "policydsl[{extra}]".',
    ),
    "D416": _error(
        "文件“{path}”不是 UTF-8 编码（像是 {encoding}）。",
        "“{path}” is not in UTF-8 (it looks like {encoding}).",
        "另存为 UTF-8，或加 --encoding {encoding}。",
        "Save it as UTF-8, or add --encoding {encoding}.",
    ),
    "D417": _error(
        "第 {row} 行有 {found} 格，表头有 {wanted} 列。",
        "Row {row} has {found} cells, the head has {wanted}.",
        "核对分隔符和引号。",
        "Check separators and quotation marks.",
    ),
    "D418": _error(
        "评定 {value} 分超出“{clause}”可评的范围。",
        "The judgement of {value} points exceeds what “{clause}” leaves to judge.",
        "核对评定的分值和正负号（扣分为负）。",
        "Check the figure and its sign (deductions are negative).",
    ),
    "D419": _error(
        "第 {row} 行“{column}”：“{value}”的单位是“{found}”，应为“{wanted}”。",
        "Row {row}, “{column}”: “{value}” is in “{found}”, not in “{wanted}”.",
        "换算成“{wanted}”，或只写数字。",
        "Convert it to “{wanted}”, or write the number alone.",
    ),
    "D420": _error(
        "“{path}”超过上限：{limit}{what}。",
        "“{path}” exceeds the limit of {limit} {what}.",
        "分成几个文件。",
        "Split it into several files.",
    ),
    "D421": _error(
        "有“角色”一列，却没有“户号”一列，分不清谁和谁是一家。",
        "There is a column of roles but none of households: families cannot be told apart.",
        "补上“户号”一列；不按家庭计算时删去“角色”一列。",
        "Add a column “household”, or remove the roles when families do not matter.",
    ),
    "D422": _error(
        "户“{household}”有 {count} 个“配偶”，至多一个。",
        "The household “{household}” has {count} spouses; it can have one.",
        "核对“角色”一列。",
        "Check the column of roles.",
    ),
    "D423": _error(
        "第 {row} 行第 {column} 列有内容，这一列却没有列名。",
        "Row {row} has something in column {column}, which has no name.",
        "给这一列写上列名，或清空这一列。",
        "Name the column or empty it.",
    ),
    "D424": _error(
        "工作表“{sheet}”有合并的单元格（{cells}）。",
        "The sheet “{sheet}” has merged cells ({cells}).",
        "取消合并，把每一格都填上；第一行只写列名。",
        "Unmerge them and fill in every cell; the first row holds the names of the columns.",
    ),
    "D425": _error(
        "第 {row} 行“{column}”是公式，文件里没有保存它的结果。",
        "Row {row}, “{column}” is a formula whose result is not stored in the file.",
        "用表格软件打开并保存一次，或改为数值。",
        "Open and save the file in a spreadsheet program, or put the value instead.",
    ),
    "D426": _error(
        "没有名为“{sheet}”的工作表（{sheets}）。",
        "There is no sheet “{sheet}” ({sheets}).",
        "用 --sheet 指定其中之一。",
        "Choose one of them with --sheet.",
    ),
    "D427": _error(
        "第 {row} 行：没有编号为“{value}”的案例。{near}",
        "Row {row}: there is no case with the id “{value}”. {near}",
        "核对编号。",
        "Check the id.",
    ),
    "D428": _error(
        "第 {row} 行：家庭成员的“{column}”是“{value}”，与本人那一行不同。",
        "Row {row}: “{column}” of a family member is “{value}”, unlike the applicant's.",
        "这一列只写在本人那一行，或全家写成一样。",
        "Fill it in for the applicant only, or alike for the whole family.",
    ),
    "D429": _error(
        "找不到数据文件“{path}”。",
        "The data file “{path}” does not exist.",
        "核对路径。",
        "Check the path.",
    ),
    "D431": _error(
        "第 {row} 行“{column}”：{value} 的位数太多（小数至多 {places} 位）。",
        "Row {row}, “{column}”: {value} has too many digits (at most {places} places).",
        "在策略里写明这个事实的小数位数（到 n 位），核对数值，或用 --engine exact 打分。",
        "Declare the places of the fact, check the value, or score with --engine exact.",
    ),
    "D432": _error(
        "第 {row} 行“{column}”的值超出文件自己写明的最小值和最大值。",
        "Row {row}, “{column}”: the value is outside what the file states as its range.",
        "文件的统计信息不可靠：重新写出这个文件，或用 --engine exact 打分。",
        "The statistics of the file are wrong: write it anew, or score with --engine exact.",
    ),
    "D433": _error(
        "户“{household}”的成员不在一起（第 {row} 行又出现），大表不能这样按户计分。",
        "The members of household “{household}” are apart (again in row {row}); a large table "
        "cannot be scored by household like that.",
        "先按“户号”排序，使一户的各行相连。",
        "Sort the table by household, so that its rows stand together.",
    ),
    "D434": _error(
        "第 {row} 行与第 {other} 行同属一户，那一行有问题，整户不打分。",
        "Row {row} belongs to the same household as row {other}, which has a problem: the "
        "household is not scored.",
        "改正那一行。",
        "Correct that row.",
    ),
    "D435": _error(
        "缺少列“{column}”，而它是必填的事实。",
        "There is no column “{column}”, which is a required fact.",
        "补上这一列。",
        "Add the column.",
    ),
    "D441": _error(
        "列“{column}”的类型是 {type}，读不成{wanted}。",
        "The column “{column}” is of type {type}, which cannot be read as {wanted}.",
        "在数据库里把这一列转换成合适的类型（整数、DECIMAL、文字、是否或日期）。",
        "Convert it in the database: to an integer, DECIMAL, text, BOOLEAN or DATE.",
    ),
    "D442": _error(
        "表里没有列“{column}”。{near}",
        "The table has no column “{column}”. {near}",
        "补上这一列，或说明它在表里的名称。",
        "Add the column, or say what it is called in the table.",
    ),
    "D443": _error(
        "“{path}”里各文件的列不一致（{columns}）。",
        "The files in “{path}” do not have the same columns ({columns}).",
        "一个文件夹里的文件，列名和类型都要一样。",
        "The files of a folder need the same columns of the same types.",
    ),
    "D444": _error(
        "编号“{value}”出现 {count} 次。",
        "The id “{value}” occurs {count} times.",
        "编号须唯一。",
        "Ids must be unique.",
    ),
    # -- populations and mappings of columns
    "D450": _error(
        "不是可读的 TOML 文件：{problem}。",
        "This is not a readable TOML file: {problem}.",
        "核对标点和引号；写法见 docs/populations.md。",
        "Check punctuation and quotes; docs/populations.md shows how it is written.",
    ),
    "D451": _error(
        "{where}：不认识的“{key}”。{near}",
        "{where}: unknown “{key}”. {near}",
        "改正名称；可写的各项见 docs/populations.md。",
        "Correct it; docs/populations.md lists what can stand here.",
    ),
    "D452": _error(
        "{where}：缺少“{key}”。",
        "{where}: “{key}” is missing.",
        "补上。",
        "Add it.",
    ),
    "D453": _error(
        "{where}：“{key}”应是{wanted}。",
        "{where}: “{key}” must be {wanted}.",
        "改正。",
        "Correct it.",
    ),
    "D454": _error(
        "{where}：各项比例合计 {total}，应为 100。",
        "{where}: the shares add up to {total}, not to 100.",
        "核对比例；发表的数字因舍入至多可差 0.1。",
        "Check the shares; published figures may differ by 0.1 for rounding.",
    ),
    "D455": _error(
        "{where}：没有写数字的来源，也没有写假定。",
        "{where}: the figures have neither a source nor an assumption.",
        "写明 来源 = “…”，或者 假定 = “理由”。",
        "Add source = “…” or assumed = “the reason”.",
    ),
    "D456": _error(
        "{where}：没有名为“{name}”的来源。{near}",
        "{where}: there is no source “{name}”. {near}",
        "在 [来源表] 里写上它。",
        "Add it to [sources].",
    ),
    "D457": _error(
        "{where}：没有名为“{name}”的属性，或者它写在后面。{near}",
        "{where}: there is no attribute “{name}”, or it stands further down. {near}",
        "改正名称；一个属性只能依据写在它前面的属性。",
        "Correct the name; an attribute can depend on those above it only.",
    ),
    "D458": _error(
        "{where}：“{name}”没有“{value}”这个取值。{near}",
        "{where}: “{value}” is no value of “{name}”. {near}",
        "改成它的取值之一；数的取值写“自”和“至”，并且在其范围之内。",
        "Use one of its values; for numbers write “from” and “to”, within its range.",
    ),
    "D459": _error(
        "“{name}”写了两次。",
        "“{name}” is described twice.",
        "只留一处。",
        "Keep one.",
    ),
    "D460": _error(
        "{where}：分段“{band}”与别的分段重叠、颠倒，或者不在步长上。",
        "{where}: the band “{band}” overlaps another, is reversed, or is off the step.",
        "从小到大写，首尾不相交；自、至都是步长的整数倍。",
        "Write bands from low to high without overlaps, on multiples of the step.",
    ),
    "D461": _error(
        "{where}：没有写其余情形的分布。",
        "{where}: nothing is said about the remaining cases.",
        "最后一段不写“当”，适用于其余情形；只有最后一段可以不写。",
        "The last part has no “when” and is for all the rest; only the last one.",
    ),
    "D462": _error(
        "要求的分布互相矛盾：{where}应占 {wanted}%，按各项限制至多只能有 {possible}%。",
        "The distributions contradict each other: {where} should have {wanted}%, but the limits "
        "leave room for {possible}% only.",
        "核对比例、限制和依存；用 policydsl population check 查看拟合结果。",
        "Check shares, limits and dependences.",
    ),
    "D463": _error(
        "限制“{where}”把分段“{band}”切成两段。",
        "The limit “{where}” cuts the band “{band}” in two.",
        "把这一段分成两段，或者改动限制的界线。",
        "Split the band, or move the limit.",
    ),
    "D464": _error(
        "限制“{where}”：{problem}。",
        "The limit “{where}”: {problem}.",
        "改正这一条限制。",
        "Correct the limit.",
    ),
    "D465": _error(
        "没有名为“{name}”的人口设定。{near}",
        "There is no population “{name}”. {near}",
        "写文件的路径，或者收录的标识（{known}）。",
        "Give a path, or the id of a bundled one ({known}).",
    ),
    "D466": _error(
        "人口设定“{population}”的“{name}”与策略“{policy}”不符：{problem}。",
        "“{name}” of the population “{population}” does not fit the policy “{policy}”: {problem}.",
        "改动人口设定，使它与策略的事实一致。",
        "Change the specification so that it agrees with the fact of the policy.",
    ),
    "D467": _error(
        "拟合的格子太多：{count} 个，上限 {limit} 个。",
        "The joint table is too large: {count} cells, at most {limit}.",
        "减少拟合的属性或者分段，其余的写成条件分布。",
        "Fit fewer attributes or bands, and describe the others by conditional distributions.",
    ),
    "D468": _error(
        "户数 {value} 超出范围 {range}。",
        "The number of households {value} is out of the range {range}.",
        "改正 -n。",
        "Correct -n.",
    ),
    "D469": _error(
        "列对照：{where}“{name}”不在数据表里。{near}",
        "Mapping of columns: {where}: the table has no “{name}”. {near}",
        "改正列名，或者删去这一行。",
        "Correct the name of the column, or remove the line.",
    ),
    "D499": _error(
        "还有 {count} 处问题没有列出。",
        "{count} more problems are not shown.",
        "先改正上面的问题。",
        "Correct the problems above first.",
    ),
    # -- scoring
    "S501": _error(
        "本策略没有名为“{scene}”的场景（{scenes}）。",
        "The policy has no scene “{scene}” ({scenes}).",
        "用 --scene 指定其中之一。",
        "Choose one of them with --scene.",
    ),
    "S502": _error(
        "“{id}”是{kind}，不能计分。",
        "“{id}” is {kind} and cannot be scored.",
        "选用积分或考核文件。",
        "Use a points scheme or an assessment.",
    ),
    "S503": _error(
        "计算“{clause}”时除数为零。",
        "Division by zero while scoring “{clause}”.",
        "核对该例的事实或规则。",
        "Check the facts of the case or the rule.",
    ),
    "S505": _error(
        "第 {row} 例的对象“{entity}”不在本策略中（{entities}）。",
        "Case {row}: the policy scores no “{entity}” ({entities}).",
        "补上“对象”一列。",
        "Fill in the column of entities.",
    ),
    "S511": _error(
        "按列计分不能处理：{what}。",
        "Scoring by columns cannot deal with {what}.",
        "用 --engine exact 逐例打分。",
        "Score case by case with --engine exact.",
    ),
    "S513": _error(
        "第 {row} 行不能打分：除数为零，或缺少要用到的必填事实。",
        "Row {row} cannot be scored: a division by zero, or a required fact is missing.",
        "核对该行；用 --engine exact 可知详情。",
        "Check the row; --engine exact tells more.",
    ),
    "S520": _error(
        "场景“{clause}”的“{what}”不能成列计算。",
        "Scene “{clause}”: “{what}” cannot be worked out in columns.",
        "用 --engine exact 逐户排序。",
        "Rank case by case with --engine exact.",
    ),
    "S521": _error(
        "第 {row} 行不能打分。",
        "Row {row} cannot be scored.",
        "先用 policydsl score 查看并改正这一行的问题，再排序。",
        "See with policydsl score what is wrong with the row, and mend it before ranking.",
    ),
    "S506": _error(
        "“{clause}”不能按列计分：它同时取决于{facts}，取值的组合太多。",
        "“{clause}” cannot be scored in columns: it rests on {facts} at once: too many cases.",
        "用 --engine exact 逐例计分；或把规则拆成几条。",
        "Score with --engine exact; or write the rule as several.",
    ),
    "S507": _error(
        "“{clause}”不能按列计分：分值要精确到 {scale} 分之一，整数容纳不下。",
        "“{clause}” cannot be scored in columns: points to 1/{scale} do not fit into integers.",
        "用 --engine exact 逐例计分；或在规则中写明舍入。",
        "Score with --engine exact; or state a rounding in the rule.",
    ),
    "S508": _error(
        "“{clause}”不能按列计分：{what} 只能逐例计算。",
        "“{clause}” cannot be scored in columns: {what} is worked out case by case only.",
        "用 --engine exact 逐例计分。",
        "Score with --engine exact.",
    ),
    "S509": _error(
        "有一户 {count} 人，超过按列计分所容的 {limit} 人。",
        "A household has {count} members; scoring in columns provides for {limit}.",
        "核对户号；或用 --engine exact 逐例计分。",
        "Check the household numbers; or score with --engine exact.",
    ),
    "S601": _error(
        "--by {by}：“{value}”不能作分段的界线。",
        "--by {by}: “{value}” cannot be an edge of bands.",
        "写成从小到大的数，如 年龄:18,30,45；日期写年份。",
        "Give ascending numbers, like 年龄:18,30,45; years for dates.",
    ),
    "S602": _error(
        "“{path}”不是可用的运行记录：{problem}。",
        "“{path}” is not a run record that can be used: {problem}.",
        "给出 policydsl simulate 写出的文件夹或其中的 run.json。",
        "Give a folder that policydsl simulate wrote, or the run.json in it.",
    ),
    "S603": _error(
        "“{what}”是在程序里直接给出的，没有文件，不能写出可重做的运行记录。",
        "“{what}” was handed in by a program and has no file: no record can reproduce it.",
        "先存成文件，再给出文件名。",
        "Save it to a file and give the name of the file.",
    ),
    "S604": _error(
        "没有名为“{name}”的表。{near}",
        "There is no table “{name}”. {near}",
        "result.names 列出了所有的表。",
        "result.names lists them all.",
    ),
    "S605": _error(
        "-n {value} 只用于人口设定：数据表有多少行就是多少行。",
        "-n {value} is for specifications only: a table has the rows that it has.",
        "去掉 -n。",
        "Leave -n out.",
    ),
    "S530": _error(
        "{engine} 执行失败：{problem}",
        "{engine} failed: {problem}",
        "核对数据、内存和磁盘空间。",
        "Check the data, memory and disk space.",
    ),
    "S531": _error(
        "“{column}”要先由其他列或配偶的那一行算出，数据库引擎读不到。",
        "“{column}” has to be worked out from other columns or the spouse's row, which the engines "
        "for databases do not do.",
        "用 --engine kernel 计分，或先把它算成一列代码。",
        "Score with --engine kernel, or work it out as a column of codes first.",
    ),
    # -- notebooks
    "J901": _error(
        "笔记本里没有名为“{name}”的变量。{near}",
        "The notebook has no variable “{name}”. {near}",
        "先在前面的单元格里定义，再运行这一格。",
        "Define it in a cell above, then run this one.",
    ),
    "J902": _error(
        "语言服务需要另装组件（缺 {component}）。",
        "The language server needs an extra component ({component} is missing).",
        '运行：pip install "policydsl[editor]"。',
        'Run: pip install "policydsl[editor]".',
    ),
    # -- pages and charts
    "R701": _error(
        "作图需要另装组件（缺 {component}）。",
        "Charts need an extra component ({component} is missing).",
        '运行：pip install "policydsl[charts]"。',
        'Run: pip install "policydsl[charts]".',
    ),
    # -- W documents out, and what comes back
    "W901": _error(
        "写 Word 文件需要 {package}，这里没有。",
        "Word files need {package}, which is not installed.",
        "安装：pip install {package}。",
        "Install it: pip install {package}.",
    ),
    "W902": _error(
        "写 PDF 需要 LibreOffice（soffice），这里找不到。",
        "PDF needs LibreOffice (soffice), which is not found here.",
        "安装 LibreOffice；或去掉 pdf，用 Word、WPS 打开 .docx 另存为 PDF。",
        "Install LibreOffice; or leave pdf out and save the .docx as PDF from a word processor.",
    ),
    "W903": _error(
        "模板不能用：{problem}。",
        "The template cannot be used: {problem}.",
        "模板是用 Word、WPS 存成的 .docx 文件（不是 .doc、.dotx）。",
        "A template is a .docx file saved by a word processor (no .doc, no .dotx).",
    ),
    "W904": _error(
        "LibreOffice 没有写出 PDF：{problem}。",
        "LibreOffice wrote no PDF: {problem}.",
        "关闭正在运行的 LibreOffice 后重试；或去掉 pdf。",
        "Close a LibreOffice that is running and try again; or leave pdf out.",
    ),
    "W905": _error(
        "“{id}”是{kind}，没有可以征求意见的条款。",
        "“{id}” is {kind}; it has no clauses to consult on.",
        "给出积分、考核、要点，或者它们的修订。",
        "Give a points scheme, an assessment, a work plan, or an amendment of one.",
    ),
    "W906": _error(
        "列设定不对：{problem}。",
        "The column settings are wrong: {problem}.",
        "docs/package.md 有例子；可用的内容：{known}。",
        "docs/package.md has an example; what columns can hold: {known}.",
    ),
    "W907": _error(
        "“{path}”不是可用的测算结果：{problem}。",
        "“{path}” is not a simulation result that can be used: {problem}.",
        "给出 policydsl simulate --out 写出的文件夹。",
        "Give a folder that policydsl simulate --out wrote.",
    ),
    "W908": _error(
        "“{path}”里读不出反馈意见：{problem}。",
        "No opinions can be read from “{path}”: {problem}.",
        "用发出的反馈单（.docx），或含“修改意见”一列的 .xlsx、.csv。",
        "Use the form that was sent (.docx), or an .xlsx or .csv with a column 修改意见.",
    ),
    "W909": _error(
        "“{path}”不是可以接着用的汇总表：{problem}。",
        "“{path}” is no summary table to go on from: {problem}.",
        "给出上一轮由 policydsl feedback 写出的 .xlsx。",
        "Give the .xlsx that policydsl feedback wrote in the round before.",
    ),
    "W910": _error(
        "“{value}”不是文件形式。",
        "“{value}” is no form of a file.",
        "可用：docx、html、pdf，用逗号隔开。",
        "Use docx, html, pdf, separated by commas.",
    ),
    "W911": _error(
        "日期先后不对：{problem}。",
        "The dates are not in order: {problem}.",
        "核对 --issued、--in-force 和 --days。",
        "Check --issued, --in-force and --days.",
    ),
    "W912": _error(
        "“{path}”里有改过或另加的文件：{names}。",
        "“{path}” holds files that were changed or added: {names}.",
        "换一个文件夹；确实要替换时加 --overwrite。",
        "Choose another folder; add --overwrite to replace them all the same.",
    ),
    # -- findings of the review (R): 原因 and 怎么改, in a drafter's words
    "D550": _error(
        "没有“{code}”这项检查。{near}",
        "There is no check “{code}”. {near}",
        "policydsl review --list 列出全部检查。",
        "policydsl review --list lists the checks.",
    ),
    "D551": _error(
        "没有可以审查的文件：{targets}。",
        "There is nothing to review: {targets}.",
        "审查的是积分、考核、要点和修订；词汇、假设集、沿革用 policydsl check 检查。",
        "Points schemes, assessments, work plans and amendments are reviewed; use policydsl check "
        "for vocabularies, assumption sets and histories.",
    ),
    "R600": _warning(
        "{label}：免查 {code} 没有用处，本来就没有这一发现。",
        "{label}: the suppression of {code} is not needed; there is no such finding.",
        "删去这条免查。",
        "Remove the suppression.",
    ),
    "R601": _error(
        "{label}{unit}：写明满分 {declared} 分，各部分合计 {total} 分（{parts}）。",
        "{label}{unit}: {declared} points are declared, the parts add up to {total} ({parts}).",
        "改满分，或改某一部分的分值。",
        "Change the full marks or the points of a part.",
    ),
    "R602": _error(
        "{label}：写明上限 {cap} 分，但至多只有 {most} 分，上限永远到不了。",
        "{label}: the cap is {cap} points, but there are at most {most}: it is never reached.",
        "核对上限和分值，改其中一个，或删去上限。",
        "Check the cap and the points; change one of them or remove the cap.",
    ),
    "R603": _error(
        "{label}：满分 {declared} 分，按规则至多得 {most} 分，谁也得不到满分。",
        "{label}: {declared} points are declared, the rules give {most} at most.",
        "改满分为 {most} 分，或改规则的分值、封顶。",
        "Declare {most} points, or change the points or caps of the rules.",
    ),
    "R604": _warning(
        "{label}：按“{fact}”计分的规则，与{other}的一条完全相同，同一件事计了两次。",
        "{label}: the rule over “{fact}” is the same as one of {other}: one thing counts twice.",
        "删去一处，或写明两处为什么都计。",
        "Remove one of them, or say why both count.",
    ),
    "R605": _error(
        "{label}：“{fact}”在两档之间有空当，{value}不属于任何一档，{falls}。",
        "{label}: a gap between two tiers of “{fact}”: {value} is in none and {falls}.",
        "把相邻两档接起来（上一档“不足 N”，下一档“N 以上”），或加“其他：N 分”。",
        "Join the two tiers (short of N, N or more), or add “otherwise”.",
    ),
    "R606": _note(
        "{label}：“{fact}”为 {value}时得几分，没有写（按 0 分算）。",
        "{label}: what “{fact}” of {value} is worth is not said (it earns nothing).",
        "加一档，或写“其他：0 分”。",
        "Add a tier, or “otherwise: 0 points”.",
    ),
    "R607": _error(
        "{label}：“{fact}”为 {value}的，同时属于“{first}”和“{second}”两档。",
        "{label}: “{fact}” {value} lies in two tiers, “{first}” and “{second}”.",
        "改其中一档的界限：一档写“不足”，另一档写“以上”。",
        "Change one bound: “short of” in one tier, “or more” in the other.",
    ),
    "R608": _error(
        "{label}：“{tier}”一档永远轮不到：{because}。",
        "{label}: the tier “{tier}” is never reached: {because}.",
        "把要求高的档写在前面，或改这一档的界限。",
        "Write the more demanding tier first, or change the bounds of this one.",
    ),
    "R609": _error(
        "{label}：“{fact}”继续变化时得分掉头，前后方向不一致。",
        "{label}: as “{fact}” goes on, the award turns back.",
        "核对这两处的分值，是否写反；取最好年龄之类的，用免查写明理由。",
        "Check whether the two amounts are swapped; suppress with a reason if it is meant.",
    ),
    "R610": _warning(
        "{label}：“{fact}”应当是越{better}越好，可是越{better}得分越少。",
        "{label}: {better} of “{fact}” should be better, but it costs points.",
        "核对比较的方向（低于、高于）和加扣（加、扣）是否写反。",
        "Check whether the comparison (below, above) or the sign is the wrong way round.",
    ),
    "R611": _note(
        "{label}：“{fact}”只差一点，得分就差 {jump} 分，是本项 {whole} 分的一半以上。",
        "{label}: the least change of “{fact}” moves {jump} of the item's {whole} points.",
        "改成分档或者每差一个单位扣若干分，让差距与分数相称；有意如此的，用免查写明理由。",
        "Use tiers or steps, so that points follow the distance; or suppress with a reason.",
    ),
    "R620": _warning(
        "{label}：本项 {start} 分，{worst}；没有写“扣完为止”。",
        "{label}: the item has {start} points; {worst}, and nothing says that it stops at 0.",
        "写“下限 0 分”（扣完为止），或给扣分写“最高 N 分”，或少扣一些。",
        "Write “floor 0 points”, or cap the deduction (up_to N points), or deduct less.",
    ),
    "R621": _warning(
        "{label}：全都没有做到仍得 {left} 分（本项 {start} 分的 {share}%）。",
        "{label}: total failure still leaves {left} of {start} points ({share}%).",
        "全部没有做到就应扣完：改扣分，或写“不得分”；有意保底的，写“下限 {left} 分”。",
        "Deduct everything on total failure, write “no_points”, or state the floor of {left}.",
    ),
    "R622": _note(
        "{label}：每次扣 {each} 分，{start} 分扣 {steps} 次以后剩 {rest} 分，再扣一次不够。",
        "{label}: {each} points a time do not divide {start}: after {steps} times {rest} are left.",
        "改每次扣的分或本项的分，使两者除得尽。",
        "Change the step or the points of the item so that they divide.",
    ),
    "R623": _warning(
        "{label}：{own}，同组（{group}）其他项目{others}，方向相反。",
        "{label} {own}, while the others of {group} go the other way: {others}.",
        "统一为一个方向，或写明为什么不同。",
        "Score all of them one way, or say why this one differs.",
    ),
    "R624": _note(
        "{label}：没有写不足一个计量单位怎样算。",
        "{label}: what a part of a step is worth is not said.",
        "加上“不足 1 … 不计”“按比例计”或“按满计”。",
        "Add not_counted, pro_rata or counted_in_full for a part of a step.",
    ),
    "R630": _warning(
        "{label}：酌情没有幅度，{worth}都由评定人决定。",
        "{label}: discretion without a bound: an assessor decides {worth}.",
        "写明扣分的标准，或给酌情加上“最高 N 分”。",
        "State what is deducted for what, or bound it (up_to N points).",
    ),
    "R631": _warning(
        "{label}：{items} 项中有 {judged} 项酌情没有幅度，占 {all} 分中的 {points} 分"
        "（{share}%）{units}。",
        "{label}: {judged} of {items} items are at discretion without a bound: "
        "{points} of {all} points ({share}%){units}.",
        "先给分值最大的几项写明扣分标准。",
        "Begin with the items of most points: say what is deducted for what.",
    ),
    "R640": _warning(
        "{label}：要求{what}，但是没有规则用到它，达到与否得分一样。",
        "{label}: “{what}” carries no points: no rule reads it.",
        "写明没有达到扣几分，或把这个要求移出计分项目。",
        "Say what is deducted below it, or take the demand out of the scored item.",
    ),
    "R641": _error(
        "{label}：“{fact}”的门槛“{value}”{how}：它只能{span}。",
        "{label}: the threshold “{value}” for “{fact}” {how}: it lies {span}.",
        "改门槛的数，或删去多余的“以上”。",
        "Change the number, or remove the “or more” that is too much.",
    ),
    "R642": _warning(
        "{label}：“{fact}”的门槛是 {value}，{other}写 {other_value}。",
        "{label}: the threshold for “{fact}” is {value}; {other} says {other_value}.",
        "统一，或写明两处为什么不同。",
        "Make them the same, or say why they differ.",
    ),
    "R643": _warning(
        "{label}：“{number}”没有写单位，别处同类的数写“{unit}”。",
        "{label}: “{number}” has no unit; others of its kind have “{unit}”.",
        "补上单位。",
        "Add the unit.",
    ),
    "R644": _note(
        "{label}：“{fact}”的门槛是 {value}，{other}是 {other_value}。",
        "{label}: the threshold for “{fact}” is {value}; in {other} it is {other_value}.",
        "核对：是有意不同，还是漏改。",
        "Check whether the difference is meant.",
    ),
    "R650": _warning(
        "{label}：{what}没有写明。",
        "{label}: the text does not state the {what}.",
        "写明；不设的，写明不设。",
        "State it, or say that there is none.",
    ),
    "R651": _warning(
        "{label}：没有计分规则，{worth}怎样得、怎样扣都没有写。",
        "{label}: there is no rule: how {worth} are earned or lost is not said.",
        "写明加分或者扣分的规则。",
        "Write the rule.",
    ),
    "R652": _warning(
        "{label}：规则里{what}没有写明。",
        "{label}: the rule does not state {what}.",
        "写明这个数或情形。",
        "State the figure or the trigger.",
    ),
    "R653": _warning(
        "{label}：{items} 项中有 {bare} 项没有计分规则{amount}。",
        "{label}: {bare} of {items} items have no rule{amount}.",
        "逐项补上规则，或把它们移出计分项目。",
        "Write their rules, or take them out of what is scored.",
    ),
    "R654": _note(
        "{label}：{what}没有写明。",
        "{label}: {what} is not stated.",
        "写明，或写由谁、何时定。",
        "State it, or say who decides and when.",
    ),
    "R660": _note(
        "{label}：“{fact}”声明了，但没有规则用到。",
        "{label}: “{fact}” is declared and nothing reads it.",
        "删去，或补上用到它的规则。",
        "Remove it, or write the rule that it was meant for.",
    ),
    "R661": _note(
        "{unit}审核“{what}”，没有对应的指标。",
        "{unit} reviews “{what}”, for which there is no indicator.",
        "写明归入哪个指标，或补上指标。",
        "Say which indicator it belongs to, or add one.",
    ),
    "R662": _note(
        "{label}：没有写由哪个单位审核。",
        "{label}: no unit is named that reviews it.",
        "写责任单位，或在职责里写明。",
        "Name the responsible unit, here or in the duties.",
    ),
    "R663": _note(
        "{label}：没有写由哪个单位主管。",
        "{label}: no unit is named that hosts it.",
        "在职责里写明主管单位。",
        "Name its host in the duties.",
    ),
    "R670": _warning(
        "“{notice}”最短 {short}，“{reply}”最长 {long}：公示结束时，异议可能还没有答复。",
        "“{notice}” may end after {short}, “{reply}” may take {long}: a notice may end before the "
        "objection is answered.",
        "缩短答复期，延长公示期，或写明有异议的延长到答复以后再定。",
        "Shorten the reply, lengthen the notice, or let it run on until the reply.",
    ),
    "R671": _warning(
        "{label}：排序依据以“等”字收尾，后面的依据没有写。",
        "{label}: the keys of the ranking end in “and so on”.",
        "写全依据，或写明最后抽签、一并录取。",
        "List all keys, or end with a lottery or with admitting all.",
    ),
    "R672": _warning(
        "{label}：同分怎样排先后、怎样录取，没有写。",
        "{label}: how ties are broken, and who is admitted of those who tie, is not said.",
        "写明总分以后的排序依据，或同分一并录取、不录取、抽签。",
        "State further keys, or what happens to ties.",
    ),
    "R673": _warning(
        "“{name}”写了两个期限，内容不同。",
        "“{name}” has two limits of time that differ.",
        "只留一个，或写明各管什么。",
        "Keep one, or say what each is for.",
    ),
    "R674": _warning(
        "{label}：一票否决没有写什么情形。",
        "{label}: a veto without its trigger.",
        "写明哪些情形否决、由谁认定。",
        "State what leads to the veto and who decides.",
    ),
    "R675": _warning(
        "{label}：编号不连续，缺{numbers}。",
        "{label}: the numbers do not run on; {numbers} is missing.",
        "补上缺的一条，或者重新编号。",
        "Add what is missing, or number anew.",
    ),
    "R676": _warning(
        "{label}：章号不连续，{what}{numbers}。",
        "{label}: the sections do not run on: {numbers} {what}.",
        "补上缺的一章，或者重新编号。",
        "Add the section that is missing, or number anew.",
    ),
    "R690": _note(
        "与{other}比，得分不同：{most}。",
        "Compared with {other}, scores differ: {most}.",
        "核对是不是有意的；影响多少人，用 policydsl simulate 测算。",
        "Check whether it is meant; policydsl simulate counts who is affected.",
    ),
    # -- search
    "S560": _error(
        "没有给出可以改的数字。",
        "No number that may move is given.",
        "用 --move 写条款、现在的数和范围，如 缴纳社保:0.5=0.3..0.8/0.1；--list 列出所有数字。",
        "Give clause, present number and bounds with --move, like 缴纳社保:0.5=0.3..0.8/0.1; "
        "--list shows all numbers.",
    ),
    "S561": _error(
        "找不到“{name}”。{found}",
        "“{name}” is not there. {found}",
        "核对条款名和现在的数；--list 列出所有可以改的数字。",
        "Check the clause and its present number; --list shows all numbers that may move.",
    ),
    "S562": _error(
        "“{name}”不止一处：{found}。",
        "“{name}” stands in several places: {found}.",
        "写全条款的路径，或在数后面加 #1、#2 说明是第几处。",
        "Give the whole path of the clause, or #1, #2 behind the number.",
    ),
    "S563": _error(
        "“{value}”不是可用的范围。",
        "“{value}” are not bounds that can be used.",
        "写成 下限..上限/步长，如 0.3..0.8/0.1：不小于 0，下限不大于上限，其中有现在以外的数。",
        "Write LOW..HIGH/STEP, like 0.3..0.8/0.1: not below 0, low not above high, with some "
        "number other than the present one.",
    ),
    "S564": _error(
        "“{value}”有 {count} 个取值，最多 {limit} 个。",
        "“{value}” has {count} values; the limit is {limit}.",
        "缩小范围，或加大步长。",
        "Narrow the bounds or take larger steps.",
    ),
    "S565": _error(
        "没有给出目标。",
        "No target is given.",
        "用 --target 写目标，如 均值=不变、录取线=130±2、占比(文化程度=大专)>=30%、受损<=5%。",
        "Give targets with --target, like mean=same, line=130±2, share(文化程度=大专)>=30%, "
        "losers<=5%.",
    ),
    "S566": _error(
        "看不懂的目标：写成 均值、录取线、占比(事实=值)、受损、受益 之一，"
        "加 =、>=、<= 或 ≈，再加数。",
        "A target that cannot be read: one of mean, line, share(FACT=VALUE), losers, gainers, "
        "then =, >=, <= or ~, then a number.",
        "如 均值=不变±0.5、录取线=128..132、占比(文化程度=大专)>=30%、受损<=5%。",
        "For example mean=same±0.5, line=128..132, share(文化程度=大专)>=30%, losers<=5%.",
    ),
    "S567": _error(
        "目标是“不变”，可现在没有这个数。",
        "The target is “same”, but there is no such figure now.",
        "写出想要的数；录取线和占比要有名额，均值要没有无界的分数。",
        "Give the number that is wanted; a line needs places, a mean scores with bounds.",
    ),
    "S568": _error(
        "条款“{name}”没有能唯一指出它的路径，不能写进修订。",
        "No path names the clause “{name}” alone, so no amendment can change it.",
        "给条款起不同的名称。",
        "Give the clauses different names.",
    ),
    "S569": _error(
        "目标与录取有关，可是没有名额。",
        "The target is about admission, but there is no number of places.",
        "用 --quota 给出名额，或用 --scene 指定写明名额的场景。",
        "Give places with --quota, or a scene that states them with --scene.",
    ),
    "S570": _error(
        "“{fact}”没有“{value}”这一组；有：{values}。",
        "“{fact}” has no group “{value}”; there are: {values}.",
        "改用列出的值；数量要分段，如 占比(年龄:35,45=35–45)。",
        "Take one of these; a number wants bands, like share(年龄:35,45=35–45).",
    ),
    # -- comparisons
    "C901": _error(
        "比较至少要两份策略，只给了 {count} 份。",
        "A comparison takes two policies at least; {count} given.",
        "再写一份策略的文件或标识。",
        "Name another policy, by file or id.",
    ),
    "C902": _error(
        "给了 {count} 份策略，超过上限 {limit} 份。",
        "{count} policies given; the limit is {limit}.",
        "分几次比较。",
        "Compare them in several runs.",
    ),
    "C903": _error(
        "种类不同，不能并排比较：{what}。",
        "Of kinds that cannot be compared: {what}.",
        "积分只与积分比；考核与考核、要点可以一起比。",
        "Compare points schemes with each other, and assessments with assessments or work plans.",
    ),
    "C904": _error(
        "“{id}”不是可以比较的策略。",
        "“{id}” is no policy that can be compared.",
        "给出积分、考核或要点；假设集用 --assume。",
        "Give a points scheme, an assessment or a work plan; assumption sets go with --assume.",
    ),
    "C905": _error(
        "同义词文件里“{entry}”的写法不对。",
        "“{entry}” in the file of synonyms is not written as it should be.",
        '写成 [组] 之下 标准说法 = ["别的说法", …]。',
        'Write word = ["another word", …] under a [group].',
    ),
    "C906": _error(
        "决定文件里“{entry}”的写法不对。",
        "“{entry}” in the file of decisions is not written as it should be.",
        '每条写 [[对应]]：条款 = ["标识#条款", "标识#条款"]，相同 = "是"、"否"或"待定"。',
        'Each entry is a [[pair]] with clauses = ["id#clause", "id#clause"], same = "yes", "no" '
        'or "open", and perhaps a reason.',
    ),
    "C907": _error(
        "“{id}”是要点，没有分值，不能给人打分。",
        "“{id}” is a work plan without points: nobody can be scored by it.",
        "去掉 --persons 和 --population，或去掉这份文件。",
        "Leave out --persons and --population, or that document.",
    ),
    "C908": _error(
        "人口的权重合计 {count}，超过 {limit}，排序的一致程度算不出来。",
        "The weights of the population add up to {count}, more than {limit}: the agreement of "
        "rankings cannot be counted.",
        "把权重按比例缩小。",
        "Scale the weights down.",
    ),
    "C909": _error(
        "--persons 有 {count} 人，逐人列出的上限是 {limit} 人。",
        "--persons has {count} persons; at most {limit} are shown one by one.",
        "人多时用 --population。",
        "Use --population for many.",
    ),
    "C910": _warning(
        "没有安装计算文字相近程度的程序库，没有概念的条款不作建议对应。",
        "The library for likeness of texts is missing: nothing is proposed for clauses without "
        "a concept.",
        "安装 policydsl[{extra}]。",
        "Install policydsl[{extra}].",
    ),
    "C911": _error(
        "写不出 {suffix} 格式的比较。",
        "A comparison cannot be written as {suffix}.",
        "用 .html、.xlsx、.docx、.md 或 .json。",
        "Use .html, .xlsx, .docx, .md or .json.",
    ),
    "C920": _warning(
        "决定里的“{key}”不在这次比较的文件里，没有用上。{near}",
        "“{key}” of the decisions is in none of the documents compared and was not used. {near}",
        "条款改了名称或编号时，改掉这一条；不再需要就删去。",
        "Change the entry if the clause got another name or number, or delete it.",
    ),
    "C921": _warning(
        "同一对“{pair}”在决定文件里有两个不同的答案，用后面的一个。",
        "“{pair}” has two different answers in the file of decisions; the later one counts.",
        "删去其中一条。",
        "Delete one of them.",
    ),
    "C922": _warning(
        "决定把“{pair}”当作同一事项，可是别的决定或建议要分开，没有照办。",
        "A decision puts “{pair}” together which others keep apart; it was not followed.",
        "核对两条决定。",
        "Check both decisions.",
    ),
    # -- proofs, coverage, generated examples
    "R730": _error(
        "没有条款“{clause}”。{near}",
        "There is no clause “{clause}”. {near}",
        "条款标识见 policydsl check 或 policydsl show 的输出。",
        "The ids of clauses are in the output of policydsl check and policydsl show.",
    ),
    "R731": _error(
        "“{text}”不是只问事实的条件。",
        "“{text}” is not a condition on facts alone.",
        "写成：持有居住证 为 否 且 年龄 不满 35 岁。条件里不能有得分。",
        "Write it like: 持有居住证 is no and 年龄 under 35. It cannot speak of scores.",
    ),
    "R732": _error(
        "“{text}”不是分数。",
        "“{text}” is not a number of points.",
        "写成 60 或 60.5。",
        "Write 60 or 60.5.",
    ),
    "R740": _error(
        "“{target}”不是可以计分的策略，不能为它生成示例。",
        "“{target}” is no policy that can be scored: no examples can be made for it.",
        "给出一份积分办法或考核细则的文件、文件#标识。",
        "Give the file (or file#id) of a points scheme or an assessment.",
    ),
    "R741": _error(
        "不能把示例写进这份策略：{problem}。",
        "The examples cannot be written into this policy: {problem}.",
        "用 --out 存成单独的文件，再自己贴进去。",
        "Save them to a file of their own with --out, and paste them.",
    ),
    "R742": _error(
        "“{path}”在读取之后被改过，没有写入。",
        "“{path}” has been changed since it was read; nothing was written.",
        "再运行一次。",
        "Run it again.",
    ),
    "R743": _error(
        "“{path}”里已有名为“{title}”的示例，没有写入。",
        "“{path}” has an example “{title}” already; nothing was written.",
        "改掉其中一个的名字。",
        "Rename one of the two.",
    ),
    "R744": _error(
        "“{path}”已经存在，没有覆盖。",
        "“{path}” exists already and was not overwritten.",
        "换一个文件名，或先移走原来的文件。",
        "Choose another name, or move the old file away.",
    ),
    "R745": _error(
        "“{id}”是收录的策略，不能改写。",
        "“{id}” is a bundled policy and cannot be rewritten.",
        "先复制成自己的文件；或用 --out 存成单独的文件。",
        "Copy it to a file of your own first; or save the examples with --out.",
    ),
    # -- a text held against its policy
    "R760": _error(
        "{section}：原文的“{words}”在代码里没有。",
        "{section}: “{words}” of the text is not in the code.",
        "在引用此处的条款里补上，或者用校读、说明写明为什么不算。",
        "Add it to the clause that cites it, or say in a reading or note why it is left out.",
    ),
    "R761": _error(
        "{clause}：代码的“{code}”（{coded}）在所引的原文里没有。",
        "{clause}: “{code}” ({coded}) is not in the text that the clause cites.",
        "核对数字和出处；原文没写而是推断的，写成假设。",
        "Check the figure and the locator; what was inferred belongs into an assumption (假设).",
    ),
    "R762": _error(
        "{clause}：原文是“{words}”，代码是“{code}”（{coded}）。",
        "{clause}: the text says “{words}”, the code “{code}” ({coded}).",
        "以原文为准改代码；原文有误的，用校读写明读法和理由。",
        "Follow the text; where the text is garbled, declare the reading (校读) and why.",
    ),
    "R763": _error(
        "{section}：原文“{words}”要另外读才对得上，策略里没有声明这种读法。",
        "{section}: “{words}” fits only when read otherwise, and the policy declares no reading.",
        "加一条校读：原样、读作、理由。",
        "Declare it: 校读 “…” 读作 “…” 理由 “…”.",
    ),
    "R764": _error(
        "{clause}：校读的原样“{original}”在原文里找不到。",
        "{clause}: “{original}” of a declared reading is not in the text.",
        "核对原样的字；原文已改的，删去这条校读。",
        "Check the words; remove the reading if the text was corrected.",
    ),
    "R765": _warning(
        "{clause}：出处“{locator}”在原文里找不到。",
        "{clause}: the locator “{locator}” points at nothing in the text.",
        "核对附件号、单位名称和项号。",
        "Check the annex, the unit and the number of the item.",
    ),
    "R766": _error(
        "{section}：原文的“{words}”所在的部分没有条款引用。",
        "{section}: no clause cites the place of “{words}”.",
        "补上条款，或者在有关条款的出处里写上这一处。",
        "Add a clause, or add the place to the locator of one.",
    ),
    # -- documents in
    "I801": _error(
        "“{path}”是{kind}，不能读作文档。",
        "“{path}” is {kind}, which cannot be read as a document.",
        "给出 .docx、.xlsx、.html、.pdf 或纯文本文件。",
        "Give a .docx, .xlsx, .html, .pdf or plain text file.",
    ),
    "I802": _error(
        "“{path}”有密码，打不开。",
        "“{path}” is locked with a password.",
        "在 Word 或 Excel 里去掉密码，另存一份。",
        "Open it in its program and save a copy without the password.",
    ),
    "I803": _error(
        "“{path}”已损坏，读不出来：{problem}",
        "“{path}” is damaged: {problem}",
        "重新取得这份文件，或者打开以后另存。",
        "Get the file anew, or open it and save it again.",
    ),
    "I804": _error(
        "“{path}”太大：最多 {limit}{what}。",
        "“{path}” is too large: at most {limit} {what}.",
        "只留下要用的附件，分成几份。",
        "Keep the annexes that are needed, or split it.",
    ),
    "I805": _error(
        "“{path}”解压以后有 {size} 字节，大得不正常，没有读。",
        "“{path}” unpacks to {size} bytes, which no document does; it was not read.",
        "核对文件来源；打开以后另存一份。",
        "Check where it comes from; open it and save a copy.",
    ),
    "I806": _error(
        "“{path}”的 {part} 里有外部实体或者文档类型声明，没有读。",
        "“{path}” declares entities in {part}; it was not read.",
        "核对文件来源；打开以后另存一份。",
        "Check where it comes from; open it and save a copy.",
    ),
    "I807": _error(
        "“{path}”里没有文字，像是扫描件。",
        "“{path}” holds no text; it seems to be a scan.",
        "先做文字识别（OCR），或者找到 Word 原件。",
        "Recognise its text (OCR) first, or find the Word original.",
    ),
    "I808": _error(
        "“{path}”是旧格式（.doc、.xls），读不了。",
        "“{path}” is in an old format (.doc, .xls).",
        "在 Word 或 WPS 里另存为 .docx（Excel 存为 .xlsx）。",
        "Save it as .docx (or .xlsx) in Word or WPS.",
    ),
    "I809": _error(
        "读“{path}”要用 pdfplumber，没有安装。",
        "Reading “{path}” needs pdfplumber, which is not installed.",
        "pip install 'policydsl[pdf]'",
        "pip install 'policydsl[pdf]'",
    ),
    "I810": _error(
        "“{path}”是空的。",
        "“{path}” is empty.",
        "核对文件。",
        "Check the file.",
    ),
    "I811": _error(
        "“{path}”里没有找到计分表，也没有找到任务。",
        "No table of points and no tasks were found in “{path}”.",
        "核对文件；表头要有“考核内容”“分值”一类的字。用 --kind 写明种类。",
        "Check the file: headers like 考核内容 and 分值 are looked for. State its --kind.",
    ),
    "I812": _error(
        "生成的策略有错误，没有写出：{problem}",
        "The policy that was made has errors and was not written: {problem}",
        "这是程序的缺陷，请报告并附上文件。",
        "This is a defect of the program; please report it with the file.",
    ),
    "I813": _error(
        "“{path}”已经存在。",
        "“{path}” exists already.",
        "换一个名字；要写成修订，用 --onto；要覆盖，用 --force。",
        "Choose another name; use --onto for an amendment, --force to replace it.",
    ),
    "I820": _note(
        "“{path}”里有宏，没有运行，也没有读。",
        "“{path}” holds macros; they were neither run nor read.",
        "不用处理。",
        "Nothing to do.",
    ),
    # -- speed: what no plan can hold
    "S540": _error(
        "这样的办法只能逐例计分，至多 {limit} 例，这里有 {count} 例。",
        "Such a policy is scored case by case, {limit} cases at most; here are {count}.",
        "用 -n 减少人数，或把“{clause}”拆成几条规则。",
        "Take fewer persons (-n), or write “{clause}” as several rules.",
    ),
    "S541": _warning(
        "“{clause}”不能按列计分，{count} 例全部逐例计算，较慢；至多 {limit} 例。",
        "“{clause}” cannot be scored in columns: all {count} cases are scored one by one, which is "
        "slower; {limit} at most.",
        "得分不受影响；人数更多时把“{clause}”拆成几条规则。",
        "Scores are the same; for more persons write “{clause}” as several rules.",
    ),
    "R702": _warning(
        "没有写出 report.html：作图需要另装组件（缺 {component}）。",
        "report.html was not written: charts need an extra component ({component} is missing).",
        '运行：pip install "policydsl[charts]"，再用 policydsl rerun 补写；表格都已写出。',
        'Run: pip install "policydsl[charts]", then policydsl rerun; tables and record are there.',
    ),
    # -- simulation
    "S550": _error(
        "“{what}”不是任何条款的名称，也不是条文中的数。{near}",
        "“{what}” is neither the name of a clause nor a number of the text. {near}",
        "写条款名（缴纳社保）、数（0.5），或两者（缴纳社保=0.5）。",
        "Give the name of a clause, a number (0.5), or both (name=0.5).",
    ),
    "S551": _error(
        "文件里有 {count} 人，逐条说明的最多 {limit} 人。",
        "There are {count} persons; at most {limit} can be told clause by clause.",
        "人多的文件用 --population 给出。",
        "Give a file of many persons with --population.",
    ),
}
