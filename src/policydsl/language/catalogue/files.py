"""F: files that are read and written."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error

TEMPLATES: dict[str, Template] = {
    "F001": error(
        "找不到“{path}”。",
        "“{path}” does not exist.",
        "核对路径；策略文件以 .policy 结尾。",
        "Check the path; policy files end in .policy.",
    ),
    "F002": error(
        "“{path}”不是文本文件（含二进制内容）。",
        "“{path}” is not a text file (binary content).",
        "策略文件是 UTF-8 文本；Word 或 Excel 文件不能直接读入。",
        "A policy file is UTF-8 text; Word or Excel files cannot be read here.",
    ),
    "F003": error(
        "“{path}”的编码是 {encoding}，不是 UTF-8。",
        "“{path}” is encoded as {encoding}, not UTF-8.",
        "在编辑器中另存为 UTF-8 编码。",
        "Save it as UTF-8 in your editor.",
    ),
    "F004": error(
        "“{path}”有 {size} 字节，超过上限 {limit} 字节。",
        "“{path}” has {size} bytes; the limit is {limit}.",
        "拆成几个文件。",
        "Split it into several files.",
    ),
    "F005": error(
        "“{path}”读不出来：{problem}。",
        "“{path}” cannot be read: {problem}.",
        "核对文件权限。",
        "Check the permissions of the file.",
    ),
    "F006": error(
        "“{path}”中没有 .policy 文件。",
        "There is no .policy file in “{path}”.",
        "指向含有策略文件的文件夹。",
        "Name a folder that holds policy files.",
    ),
    "F007": error(
        "“{path}”写不进去：{problem}。",
        "“{path}” cannot be written: {problem}.",
        "核对文件夹是否存在、可写、未满；原有文件未改动。",
        "Check that the folder exists, is writable and has space; nothing was changed.",
    ),
    "F008": error(
        "不认识的策略“{name}”。{near}",
        "Unknown policy “{name}”. {near}",
        "给出 .policy 文件的路径，或已收录策略的标识（policydsl check --list 可列出）。",
        "Give the path of a .policy file or the id of a bundled policy (policydsl check --list).",
    ),
    "F009": error(
        "“{path}”中有 {count} 个可用的文件，请说明要哪一个：{names}。",
        "“{path}” holds {count} documents; say which one: {names}.",
        "写成 路径#标识。",
        "Write path#id.",
    ),
    "F010": error(
        "“{path}”在读取之后被改过，没有写入。",
        "“{path}” has changed since it was read; nothing was written.",
        "再运行一次。",
        "Run it again.",
    ),
}
