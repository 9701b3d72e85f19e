"""What people look at: charts with Chinese labels, and self-contained HTML pages.

Nothing here knows a policy: whoever has figures hands over plain rows and the words for them.

    from policydsl.pages import plots
    from policydsl.pages.html import render
    from policydsl.pages.page import Column, Figure, Page, Section, Table, Term

    chart = plots.grouped_bars(rows, "年龄", "均值", "版本", title="各组均值")
    chart.svg(), chart.png(dpi=300)     # a file; for Word
    page = Page("影响分析", (Section("分组", (Figure(chart, "各组均值"),)),), lead=("……",))
    Path("report.html").write_text(render(page), encoding="utf-8")
"""
