"""Help pages in Chinese and English, with click's own words in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import click

HELP: Mapping[str, str] = MappingProxyType(
    {
        "Options": "选项 Options",
        "Commands": "动词 Verbs",
        "Show this message and exit.": "显示帮助 · Show this help.",
        "[required]": "[必填 required]",
        "[env var: ": "[环境变量 env var: ",
        "[default: ": "[默认 default: ",
        "; default: ": "；默认 default: ",
        "; required]": "；必填 required]",
    }
)
"""Click's own words in a help page."""

_PLACEHOLDERS = (
    ("[OPTIONS]", "[选项 OPTIONS]"),
    ("COMMAND [ARGS]...", "动词 VERB …"),
    ("[COMMAND] [ARGS]...", "[动词 VERB …]"),
)


class Formatter(click.HelpFormatter):
    """Help with Chinese first in every word that click has of its own."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows how a verb is written."""
        super().write_usage(prog, _placed(args), "用法 Usage: " if prefix is None else prefix)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A part with a title."""
        with super().section(HELP.get(name, name)):
            yield

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Names with what they are."""
        super().write_dl([(name, _worded(text)) for name, text in rows], col_max, col_spacing)


class Context(click.Context):
    """The context of a command whose help is in both languages."""

    formatter_class = Formatter


def bilingual(command: click.Command) -> click.Command:
    """The command and those inside it, with help in both languages."""
    command.context_class = Context
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            bilingual(inner)
    return command


def _placed(args: str) -> str:
    for english, both in reversed(_PLACEHOLDERS):
        if english in args and both not in args:
            args = args.replace(english, both)
    return args


def _worded(text: str) -> str:
    for english, both in HELP.items():
        text = text.replace(english, both)
    return text
