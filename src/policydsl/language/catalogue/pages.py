"""R70: charts and pages."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error, warning

TEMPLATES: dict[str, Template] = {
    "R701": error(
        "作图需要另装组件（缺 {component}）。",
        "Charts need an extra component ({component} is missing).",
        '运行：pip install "policydsl[charts]"。',
        'Run: pip install "policydsl[charts]".',
    ),
    "R702": warning(
        "没有写出 report.html：作图需要另装组件（缺 {component}）。",
        "report.html was not written: charts need an extra component ({component} is missing).",
        '运行：pip install "policydsl[charts]"，再用 policydsl rerun 补写；表格都已写出。',
        'Run: pip install "policydsl[charts]", then policydsl rerun; tables and record are there.',
    ),
}
