"""J: notebooks, editors and the page to try changes on."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error

TEMPLATES: dict[str, Template] = {
    "J901": error(
        "笔记本里没有名为“{name}”的变量。{near}",
        "The notebook has no variable “{name}”. {near}",
        "先在前面的单元格里定义，再运行这一格。",
        "Define it in a cell above, then run this one.",
    ),
    "J902": error(
        "语言服务需要另装组件（缺 {component}）。",
        "The language server needs an extra component ({component} is missing).",
        '运行：pip install "policydsl[editor]"。',
        'Run: pip install "policydsl[editor]".',
    ),
    "J910": error(
        "改稿页面需要另装组件（缺 {component}）。",
        "The studio needs an extra component ({component} is missing).",
        '运行：pip install "policydsl[studio]"。',
        'Run: pip install "policydsl[studio]".',
    ),
    "J911": error(
        "端口 {port} 用不了：{problem}。",
        "Port {port} cannot be used: {problem}.",
        "换一个端口，或写 --port 0 由系统挑一个。",
        "Name another one, or --port 0 for any that is free.",
    ),
    "J912": error(
        "“{path}”不能用：只能是所开文件夹里的 .policy 文件。",
        "“{path}” cannot be used: only .policy files inside the folder that was opened.",
        "写文件夹里的名字，如 “草案.policy”、“2023/草案.policy”；不用 ..、绝对路径、系统保留名。",
        "Give a name in the folder, like “draft.policy”: no .., nothing absolute or reserved.",
    ),
    "J913": error(
        "“{path}”在这期间被改过（或删掉了），没有保存。",
        "“{path}” was changed (or removed) meanwhile; nothing was saved.",
        "看看现在的内容，再决定保存为另一个文件，还是覆盖。",
        "Look at what is there now; then save under another name, or replace it.",
    ),
    "J914": error(
        "已经有“{path}”，没有保存。",
        "“{path}” exists already; nothing was saved.",
        "换一个文件名，或明确要求覆盖。",
        "Choose another name, or say that it is to be replaced.",
    ),
    "J915": error(
        "没有“{ref}”这份文件。",
        "There is no policy “{ref}”.",
        "刷新列表再选；文件可能已被移走。",
        "Refresh the list and choose again; the file may have been moved.",
    ),
    "J916": error(
        "请求里的“{field}”不对：{problem}。",
        "“{field}” of the request is wrong: {problem}.",
        "刷新页面再试。",
        "Reload the page and try again.",
    ),
    "J917": error(
        "令牌不对，或者没有令牌。",
        "The token is wrong or missing.",
        "用 policydsl studio 启动时显示的网址打开页面。",
        "Open the page by the address that policydsl studio showed when it started.",
    ),
    "J918": error(
        "这个请求不是从本机页面来的。",
        "This request does not come from the page on this machine.",
        "用 policydsl studio 启动时显示的网址打开页面。",
        "Open the page by the address that policydsl studio showed when it started.",
    ),
    "J919": error(
        "内容超过 {limit} 字节。",
        "The content has more than {limit} bytes.",
        "把文件拆小，或者用命令行处理。",
        "Split the file, or use the command line.",
    ),
    "J920": error(
        "内容要是 JSON（application/json）。",
        "The content has to be JSON (application/json).",
        "刷新页面再试。",
        "Reload the page and try again.",
    ),
    "J921": error(
        "没有“{path}”。",
        "There is no “{path}”.",
        "回到首页。",
        "Go back to the first page.",
    ),
    "J922": error(
        "程序内部出错（不是您的文件的问题）。",
        "An internal error (not the fault of your files).",
        "请把启动 policydsl studio 的窗口里显示的内容报告给维护者。",
        "Please report what the window shows in which policydsl studio was started.",
    ),
    "J923": error(
        "内容读不懂：{problem}。",
        "The content cannot be read: {problem}.",
        "刷新页面再试。",
        "Reload the page and try again.",
    ),
    "J924": error(
        "这份草案里没有这个数：{number}。",
        "The draft has no such number: {number}.",
        "文字改过以后，数的位置会变；刷新数的列表再改。",
        "Numbers move when the text changes; refresh their list and try again.",
    ),
    "J925": error(
        "“{value}”不是可用的数。",
        "“{value}” is no number that can be used.",
        "写不带符号的十进制数，如 0.5、30。",
        "Write a decimal number without a sign, like 0.5 or 30.",
    ),
    "J927": error(
        "写出的修订再读进来，与草案不是一回事，没有保存。",
        "The amendment, read again, is not the draft; nothing was saved.",
        "改用“保存全文”，并把草案报告给维护者。",
        "Save the whole text, and report the draft to the maintainers.",
    ),
    "J928": error(
        "“{id}”不能作标识：{problem}。",
        "“{id}” cannot be an id: {problem}.",
        "用字母、汉字、数字和 - 组成，不与别的文件相同。",
        "Use letters, digits and -, and none that another document has.",
    ),
    "J930": error(
        "一次最多 {limit} 户。",
        "At most {limit} households at a time.",
        "减少户数；更大的人口用 policydsl simulate。",
        "Take fewer; policydsl simulate handles more.",
    ),
    "J931": error(
        "内存不够，没有算完。",
        "There is not enough memory to finish.",
        "减少户数再试。",
        "Take fewer households and try again.",
    ),
    "J933": error(
        "草案和原文一样，没有可写成修订的内容。",
        "The draft is the same as the text; there is nothing to amend.",
        "先改一个数，或者改文字。",
        "Change a number or the text first.",
    ),
    "J934": error(
        "没有这项工作（{job}），或者它已经过时。",
        "There is no such job ({job}), or it is too old.",
        "重新开始。",
        "Start it again.",
    ),
    "J935": error(
        "正在做：{what}。",
        "Under way: {what}.",
        "等它做完，或者取消它。",
        "Wait until it is done, or cancel it.",
    ),
    "J936": error(
        "“{path}”不是文件夹。",
        "“{path}” is no folder.",
        "给出放策略文件的文件夹。",
        "Name the folder that holds the policy files.",
    ),
    "J937": error(
        "文本还有 {count} 处错误，没有保存。",
        "The text still has {count} errors; it was not saved.",
        "先改好；只是存一份没写完的，确认以后可以照样保存。",
        "Mend them; work in progress can be saved as it is once you have said so.",
    ),
    "J970": error(
        "“{path}”是收录的策略，不能改写。",
        "“{path}” is a bundled policy; it is not overwritten.",
        "先复制成自己的文件，再运行。",
        "Copy it into a file of your own first.",
    ),
    "J972": error(
        "“{text}”不是一种选择。",
        "“{text}” is no choice.",
        "写成 R605=1：代码和改法的序号，序号由不带 --choose 的 --fix 列出。",
        "Write R605=1: a code and the number of a fix as --fix lists it.",
    ),
    "J973": error(
        "“{path}”不是策略文件或文件夹，不能改正。",
        "“{path}” is no policy file or folder that could be mended.",
        "写出要改正的文件，例如 policydsl review --fix 我区.policy。",
        "Name the file: policydsl review --fix ours.policy.",
    ),
    "J974": error(
        "“{name}”是 {kind}，不是一张表、一组记录或一例。",
        "“{name}” is a {kind}, no table, records or case.",
        "给出 DataFrame、字典，或者字典的列表。",
        "Hand in a DataFrame, a mapping, or a list of mappings.",
    ),
}
