"""U: how the command line is used."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error

TEMPLATES: dict[str, Template] = {
    "U101": error(
        "没有“{option}”这个选项。{near}",
        "There is no option “{option}”. {near}",
        "“{command} --help”列出全部选项。",
        "“{command} --help” lists all options.",
    ),
    "U102": error(
        "缺少“{name}”。{values}",
        "“{name}” is missing. {values}",
        "照下面的用法补上；“{command} --help”有说明。",
        "Add it as the usage below shows; “{command} --help” says more.",
    ),
    "U103": error(
        "“{name}”的值不对：{problem}。",
        "The value of “{name}” is wrong: {problem}.",
        "改正这个值；“{command} --help”有说明。",
        "Correct the value; “{command} --help” says more.",
    ),
    "U104": error(
        "选项“{option}”后面缺少值（应有 {count} 个）。",
        "The option “{option}” needs a value behind it ({count} in all).",
        "在它后面写上值；“{command} --help”有说明。",
        "Write the value behind it; “{command} --help” says more.",
    ),
    "U105": error(
        "选项“{option}”不带值。",
        "The option “{option}” takes no value.",
        "去掉等号和后面的值。",
        "Leave out the equals sign and what follows.",
    ),
    "U106": error(
        "多出了 {words}。",
        "There is more than is wanted: {words}.",
        "去掉多出的；名称里有空格时加引号。",
        "Leave it out; put names with spaces in quotes.",
    ),
    "U107": error(
        "没有“{name}”这个动词。{near}",
        "There is no verb “{name}”. {near}",
        "“{command} --help”列出全部动词。",
        "“{command} --help” lists all verbs.",
    ),
    "U108": error(
        "命令写得不对：{problem}。",
        "The command is not right: {problem}.",
        "“{command} --help”有说明。",
        "“{command} --help” says more.",
    ),
}
