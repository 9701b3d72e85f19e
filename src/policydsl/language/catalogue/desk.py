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
    "J970": error(
        "“{path}”是收录的策略，不能改写。",
        "“{path}” is a bundled policy; it is not overwritten.",
        "先复制成自己的文件，再运行。",
        "Copy it into a file of your own first.",
    ),
    "J971": error(
        "“{path}”在读取之后被改过，没有写入。",
        "“{path}” has changed since it was read; nothing was written.",
        "再运行一次。",
        "Run it again.",
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
