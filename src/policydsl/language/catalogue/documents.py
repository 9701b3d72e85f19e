"""W: documents out and what comes back; I: documents in."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error, note

TEMPLATES: dict[str, Template] = {
    "I801": error(
        "“{path}”是{kind}，不能读作文档。",
        "“{path}” is {kind}, which cannot be read as a document.",
        "给出 .docx、.xlsx、.html、.pdf 或纯文本文件。",
        "Give a .docx, .xlsx, .html, .pdf or plain text file.",
    ),
    "I802": error(
        "“{path}”有密码，打不开。",
        "“{path}” is locked with a password.",
        "在 Word 或 Excel 里去掉密码，另存一份。",
        "Open it in its program and save a copy without the password.",
    ),
    "I803": error(
        "“{path}”已损坏，读不出来：{problem}",
        "“{path}” is damaged: {problem}",
        "重新取得这份文件，或者打开以后另存。",
        "Get the file anew, or open it and save it again.",
    ),
    "I804": error(
        "“{path}”太大：最多 {limit}{what}。",
        "“{path}” is too large: at most {limit} {what}.",
        "只留下要用的附件，分成几份。",
        "Keep the annexes that are needed, or split it.",
    ),
    "I805": error(
        "“{path}”解压以后有 {size} 字节，大得不正常，没有读。",
        "“{path}” unpacks to {size} bytes, which no document does; it was not read.",
        "核对文件来源；打开以后另存一份。",
        "Check where it comes from; open it and save a copy.",
    ),
    "I806": error(
        "“{path}”的 {part} 里有外部实体或者文档类型声明，没有读。",
        "“{path}” declares entities in {part}; it was not read.",
        "核对文件来源；打开以后另存一份。",
        "Check where it comes from; open it and save a copy.",
    ),
    "I807": error(
        "“{path}”里没有文字，像是扫描件。",
        "“{path}” holds no text; it seems to be a scan.",
        "先做文字识别（OCR），或者找到 Word 原件。",
        "Recognise its text (OCR) first, or find the Word original.",
    ),
    "I808": error(
        "“{path}”是旧格式（.doc、.xls），读不了。",
        "“{path}” is in an old format (.doc, .xls).",
        "在 Word 或 WPS 里另存为 .docx（Excel 存为 .xlsx）。",
        "Save it as .docx (or .xlsx) in Word or WPS.",
    ),
    "I809": error(
        "读“{path}”要用 pdfplumber，没有安装。",
        "Reading “{path}” needs pdfplumber, which is not installed.",
        "pip install 'policydsl[pdf]'",
        "pip install 'policydsl[pdf]'",
    ),
    "I810": error(
        "“{path}”是空的。",
        "“{path}” is empty.",
        "核对文件。",
        "Check the file.",
    ),
    "I811": error(
        "“{path}”里没有找到计分表，也没有找到任务。",
        "No table of points and no tasks were found in “{path}”.",
        "核对文件；表头要有“考核内容”“分值”一类的字。用 --kind 写明种类。",
        "Check the file: headers like 考核内容 and 分值 are looked for. State its --kind.",
    ),
    "I812": error(
        "生成的策略有错误，没有写出：{problem}",
        "The policy that was made has errors and was not written: {problem}",
        "这是程序的缺陷，请报告并附上文件。",
        "This is a defect of the program; please report it with the file.",
    ),
    "I813": error(
        "“{path}”已经存在。",
        "“{path}” exists already.",
        "换一个名字；要写成修订，用 --onto；要覆盖，用 --force。",
        "Choose another name; use --onto for an amendment, --force to replace it.",
    ),
    "I820": note(
        "“{path}”里有宏，没有运行，也没有读。",
        "“{path}” holds macros; they were neither run nor read.",
        "不用处理。",
        "Nothing to do.",
    ),
    "W901": error(
        "写 Word 文件需要 {package}，这里没有。",
        "Word files need {package}, which is not installed.",
        "安装：pip install {package}。",
        "Install it: pip install {package}.",
    ),
    "W902": error(
        "写 PDF 需要 LibreOffice（soffice），这里找不到。",
        "PDF needs LibreOffice (soffice), which is not found here.",
        "安装 LibreOffice；或去掉 pdf，用 Word、WPS 打开 .docx 另存为 PDF。",
        "Install LibreOffice; or leave pdf out and save the .docx as PDF from a word processor.",
    ),
    "W903": error(
        "模板不能用：{problem}。",
        "The template cannot be used: {problem}.",
        "模板是用 Word、WPS 存成的 .docx 文件（不是 .doc、.dotx）。",
        "A template is a .docx file saved by a word processor (no .doc, no .dotx).",
    ),
    "W904": error(
        "LibreOffice 没有写出 PDF：{problem}。",
        "LibreOffice wrote no PDF: {problem}.",
        "关闭正在运行的 LibreOffice 后重试；或去掉 pdf。",
        "Close a LibreOffice that is running and try again; or leave pdf out.",
    ),
    "W905": error(
        "“{id}”是{kind}，没有可以征求意见的条款。",
        "“{id}” is {kind}; it has no clauses to consult on.",
        "给出积分、考核、要点，或者它们的修订。",
        "Give a points scheme, an assessment, a work plan, or an amendment of one.",
    ),
    "W906": error(
        "列设定不对：{problem}。",
        "The column settings are wrong: {problem}.",
        "docs/package.md 有例子；可用的内容：{known}。",
        "docs/package.md has an example; what columns can hold: {known}.",
    ),
    "W907": error(
        "“{path}”不是可用的测算结果：{problem}。",
        "“{path}” is not a simulation result that can be used: {problem}.",
        "给出 policydsl simulate --out 写出的文件夹。",
        "Give a folder that policydsl simulate --out wrote.",
    ),
    "W908": error(
        "“{path}”里读不出反馈意见：{problem}。",
        "No opinions can be read from “{path}”: {problem}.",
        "用发出的反馈单（.docx），或含“修改意见”一列的 .xlsx、.csv。",
        "Use the form that was sent (.docx), or an .xlsx or .csv with a column 修改意见.",
    ),
    "W909": error(
        "“{path}”不是可以接着用的汇总表：{problem}。",
        "“{path}” is no summary table to go on from: {problem}.",
        "给出上一轮由 policydsl feedback 写出的 .xlsx。",
        "Give the .xlsx that policydsl feedback wrote in the round before.",
    ),
    "W910": error(
        "“{value}”不是文件形式。",
        "“{value}” is no form of a file.",
        "可用：docx、html、pdf，用逗号隔开。",
        "Use docx, html, pdf, separated by commas.",
    ),
    "W911": error(
        "日期先后不对：{problem}。",
        "The dates are not in order: {problem}.",
        "核对 --issued、--in-force 和 --days。",
        "Check --issued, --in-force and --days.",
    ),
    "W912": error(
        "“{path}”里有改过或另加的文件：{names}。",
        "“{path}” holds files that were changed or added: {names}.",
        "换一个文件夹；确实要替换时加 --overwrite。",
        "Choose another folder; add --overwrite to replace them all the same.",
    ),
}
