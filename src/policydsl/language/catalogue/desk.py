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
}
