"""V: editions, amendments and their history."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error, note, warning

TEMPLATES: dict[str, Template] = {
    "V601": error(
        "基础文件“{base}”中没有条款“{ref}”。{near}",
        "The base “{base}” has no clause “{ref}”. {near}",
        "核对条款名称；修订按基础文件中的名称指称条款。",
        "Check the name; an amendment names clauses as they stand in its base.",
    ),
    "V602": error(
        "条款“{ref}”在本修订中已被废止、拆分或合并，不能再改。",
        "The clause “{ref}” is repealed, split or merged by this amendment and cannot be changed.",
        "保留其中一处。",
        "Keep one of the two.",
    ),
    "V603": error(
        "“{ref}”的同一处改动了两次。",
        "The same part of “{ref}” is amended twice.",
        "合并成一处改动。",
        "Make it one change.",
    ),
    "V604": error(
        "这句话不能写在修订里。",
        "This statement cannot stand in an amendment.",
        "修订写：修改、新增、废止、移动、更名、改号、拆分、合并，或事实、期限、职责、示例。",
        "An amendment holds modify, insert, repeal, move, rename, renumber, split, merge, or "
        "facts, deadlines, duties and examples.",
    ),
    "V605": error(
        "“{ref}”没有这一项可去除。",
        "“{ref}” has no such attribute to remove.",
        "删去“去除”。",
        "Leave out the “without”.",
    ),
    "V606": error(
        "“{ref}”中这个数出现 {count} 次，应恰好一次。",
        "The figure occurs {count} times in “{ref}”; it must occur exactly once.",
        "核对数字和单位；出现多次时请写出整条新规则。",
        "Check number and unit; where it occurs more than once, write the whole new rule.",
    ),
    "V607": error(
        "修订之后，同一层会有两个“{label}”。",
        "After the amendment two clauses of one level are called “{label}”.",
        "改用不同的名称或编号。",
        "Give them different names or numbers.",
    ),
    "V608": error(
        "不能把条款移到它自己里面。",
        "A clause cannot be moved into itself.",
        "核对目的地。",
        "Check the destination.",
    ),
    "V609": error(
        "几处移动互为目的地，条款没有着落：{cycle}。",
        "These moves are each other's destination, so the clauses have no place: {cycle}.",
        "让其中一条移到不动的条款旁边。",
        "Move one of them beside a clause that stays.",
    ),
    "V610": error(
        "修订“{id}”没有写明基于哪份文件。",
        "The amendment “{id}” does not say what it is based on.",
        "写成：修订 {id} 基于 文件标识 {{ … }}。",
        "Write: amendment {id} based_on document-id {{ … }}.",
    ),
    "V611": error(
        "没有修订所基于的文件“{base}”。{near}",
        "The document “{base}” on which the amendment is based is not known. {near}",
        "核对标识；基础文件须在同一文件夹，或是自带的文件。",
        "Check the id; the base must be in the same folder tree or come with the program.",
    ),
    "V612": error(
        "修订互为基础：{cycle}。",
        "Amendments are based on each other: {cycle}.",
        "让其中一份基于正式的文件。",
        "Base one of them on a document that is no amendment.",
    ),
    "V613": error(
        "“{base}”是{kind}，不能修订。",
        "“{base}” is {kind} and cannot be amended.",
        "修订只能基于积分、考核、要点，或另一份修订。",
        "Base it on a points scheme, an assessment, a work plan or another amendment.",
    ),
    "V614": note(
        "修订“{draft}”自己规定了（或者去掉了）“{ref}”，假设“{set}”不再补充它。",
        "The amendment “{draft}” states (or drops) “{ref}” itself; the assumption set “{set}” "
        "does not close it any more.",
        "",
        "",
    ),
    "V615": error(
        "两份草案都改动“{ref}”的同一处（{what}）：{left} 与 {right}。",
        "Two drafts change the same thing in “{ref}” ({what}): {left} and {right}.",
        "商定一种写法，只留其中一处；其余改动互不相干。",
        "Agree on one wording and keep one of the two; all other changes are independent.",
    ),
    "V616": error(
        "“{old}”是{old_kind}，“{new}”是{new_kind}，写不成修订。",
        "“{old}” is {old_kind} and “{new}” {new_kind}: no amendment leads from one to the other.",
        "比较同一种文件的两个版次。",
        "Compare two editions of one kind of document.",
    ),
    "V617": error(
        "草案“{id}”基于“{base}”，而不是“{wanted}”。",
        "The draft “{id}” is based on “{base}”, not on “{wanted}”.",
        "先把它改成基于同一版次，再合并。",
        "Rewrite it on the same edition first, then merge.",
    ),
    "V618": warning(
        "对“{ref}”的这处修改与原文相同，没有改动任何内容。",
        "This change of “{ref}” says what the base says already: nothing changes.",
        "删去，或核对数字。",
        "Remove it, or check the figure.",
    ),
    "V619": error(
        "条款“{ref}”与别处的条款同名，没有说得清的指称，写不成修订。",
        "The clause “{ref}” shares its name with another one, so no amendment can name it.",
        "给其中一条加上“标识”。",
        "Give one of them an id of its own.",
    ),
    "V620": error(
        "文件的先后成了循环：{cycle}。",
        "The documents follow one another in a circle: {cycle}.",
        "核对“替代”“基于”“依据”和沿革的“从…至…”。",
        "Check what replaces, is based on, cites or succeeds what.",
    ),
    "V621": error(
        "找不到“{id}”：它既没有文本，也没有存目。{near}",
        "“{id}” is not known, neither by its text nor by its title. {near}",
        "核对标识；只知道标题的文件，在沿革里写：存目 标识 “标题”。修订只能基于有文本的文件。",
        "Check the id; where only the title is known, write in a history: title_only id “title”. "
        "An amendment needs a base whose text is at hand.",
    ),
    "V622": error(
        "“{id}”中没有条款“{ref}”。{near}",
        "“{id}” has no clause “{ref}”. {near}",
        "核对条款；承继左边是旧版的条款，右边是新版的条款。",
        "Check the clause; the older edition's clauses stand left, the newer one's right.",
    ),
    "V623": error(
        "“{ref}”被两份已施行的修订各改了一次：{one}、{other}，后一份不是在前一份的基础上改的。",
        "“{ref}” is changed by two adopted amendments, {one} and {other}, each by itself.",
        "让后一份修订“基于”前一份。",
        "Let the later amendment be based on the earlier.",
    ),
    "V624": note(
        "“{ref}”在 {one} 和 {other} 里各改了一次，两份草案不能直接合并。",
        "“{ref}” is changed by {one} and by {other}; these drafts do not merge by themselves.",
        "看两份各改了什么：policydsl versions consolidate {base} {one} {other}。",
        "See what each changes: policydsl versions consolidate {base} {one} {other}.",
    ),
    "V625": error(
        "{other} 要改的“{ref}”，已被 {one} 废止。",
        "{other} changes “{ref}”, which {one} has repealed.",
        "删去这一处，或让它基于 {one}。",
        "Remove it, or base the amendment on {one}.",
    ),
    "V626": error(
        "{day} 这一天，“{ref}”有两个版次同时有效：{one}、{other}（共 {count} 条）。",
        "On {day} two versions of “{ref}” are in force: {one}, {other} ({count} clauses in all).",
        "写明后一份“替代”前一份，或给前一份写“失效”日期。",
        "State that the later one replaces the earlier, or when the earlier one expires.",
    ),
    "V627": error(
        "日期的先后不对：{one}（{first}）应在 {other}（{second}）之前。",
        "The dates are out of order: {one} ({first}) has to come before {other} ({second}).",
        "核对两个日期，以及谁替代谁、谁依据谁。",
        "Check both dates, and what replaces or cites what.",
    ),
    "V628": error(
        "关于“{ref}”说了两次。",
        "“{ref}” is accounted for twice.",
        "只保留一处。",
        "Keep one.",
    ),
    "V629": error(
        "没有名为“{ref}”的条款。{near}",
        "There is no clause “{ref}”. {near}",
        "写成 版次#条款标识，例如 beilun-departments#公安分局/1。",
        "Write edition#clause-id, as in beilun-departments#公安分局/1.",
    ),
    "V630": error(
        "“{ref}”不止一条：{options}。",
        "“{ref}” may be any of these: {options}.",
        "写成其中之一。",
        "Write one of them.",
    ),
    "V631": warning(
        "“{id}”已有文本，不必再写存目。",
        "The text of “{id}” is at hand; it needs no entry by title.",
        "删去存目。",
        "Remove the entry.",
    ),
    "V632": error(
        "这份沿革没有写从哪一版至哪一版。",
        "This history does not say from which edition to which.",
        "写成：沿革 标识 “名称” 从 旧版 至 新版。",
        "Write: history id “title” from older to newer.",
    ),
    "V633": error(
        "“{value}”既不是日期，也不是已知的版次。{near}",
        "“{value}” is neither a date nor a known edition. {near}",
        "日期写成 2022-04-06。",
        "Write dates as 2022-04-06.",
    ),
    "V634": warning(
        "{one} 施行时（{first}），它要改的 {other} 已被替代（{second}）。",
        "When {one} takes effect ({first}), {other}, its base, has been replaced ({second}).",
        "核对日期，或让修订基于现行的版次。",
        "Check the dates, or base the amendment on the edition in force.",
    ),
    "V635": warning(
        "{id} 的施行日期（{first}）早于印发日期（{second}）。",
        "{id} takes effect ({first}) before it was issued ({second}).",
        "核对两个日期；确属溯及既往的，可以不理会。",
        "Check both dates; ignore this if the effect is meant to be retroactive.",
    ),
    "V636": error(
        "“{suffix}”不是可写的图形格式。",
        "“{suffix}” is no format that can be written.",
        "用 .svg、.mmd、.graphml，或单独一个版次的 .xml。",
        "Use .svg, .mmd, .graphml, or .xml for a single edition.",
    ),
    "V637": error(
        "“{id}”只有标题，没有文本。",
        "Only the title of “{id}” is known.",
        "选用有文本的版次。",
        "Choose an edition whose text is at hand.",
    ),
}
