"""What was written wrong on the command line, as findings in Chinese and English.

Click words its messages in English only.  What it raises says by its class what is wrong, and
by the parameter what is wanted; the text itself is read only for the value in question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click

from policydsl.language.diagnostics import Diagnostic, did_you_mean
from policydsl.language.keywords import Language

Pair = tuple[str, str]


def usage_problem(problem: click.ClickException, command: str = "policydsl") -> Diagnostic:
    """What click complains of, as a finding of the catalogue (U1xx); ``command``: as written."""
    code, details = _found(problem)
    return Diagnostic(code, None, None, {**details, "command": command})


def _found(problem: click.ClickException) -> tuple[str, dict[str, object]]:
    text = problem.message
    if isinstance(problem, click.NoSuchOption):
        return "U101", {"option": problem.option_name, "near": _near(problem)}
    if isinstance(problem, click.MissingParameter):
        return "U102", {"name": _name(problem), "values": _values(problem.param)}
    if isinstance(problem, click.BadParameter):
        return "U103", {"name": _name(problem), "problem": _value_problem(problem)}
    if isinstance(problem, click.BadOptionUsage):
        if "does not take a value" in text:
            return "U105", {"option": problem.option_name}
        count = re.search(r"requires (\d+) arguments", text)
        return "U104", {"option": problem.option_name, "count": count.group(1) if count else "1"}
    extra = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", text, re.DOTALL)
    if extra:
        return "U106", {"words": f"“{extra.group(1)}”"}
    verb = re.match(r"No such command '(.*?)'\.", text, re.DOTALL)
    if verb:
        ctx = getattr(problem, "ctx", None)
        known = ctx.command.list_commands(ctx) if ctx is not None else ()
        return "U107", {"name": verb.group(1), "near": did_you_mean(verb.group(1), known)}
    if text == "Missing command.":
        return "U102", {"name": "VERB", "values": ("", "")}
    zh, _, en = text.partition(" · ")
    return "U108", {"problem": (zh.strip("。. "), (en or zh).strip("。. "))}


def _name(problem: click.BadParameter) -> str:
    """What a parameter is called on the command line."""
    param = problem.param
    if param is None:
        hint = problem.param_hint or "…"
        return hint if isinstance(hint, str) else " / ".join(hint)
    if isinstance(param, click.Option):
        return " / ".join(param.opts)
    return param.make_metavar(problem.ctx or click.Context(click.Command("policydsl")))


def _near(problem: click.NoSuchOption) -> Pair:
    ctx = problem.ctx
    known = (
        []
        if ctx is None
        else [name for param in ctx.command.get_params(ctx) for name in param.opts]
    )
    return did_you_mean(problem.option_name, known)


def _values(param: click.Parameter | None) -> Pair:
    """What may be written, where there is a choice."""
    if param is None or not isinstance(param.type, click.Choice):
        return "", ""
    known = [str(each) for each in param.type.choices]
    return f"可以写 {'、'.join(known)}。", f"It may be {', '.join(known)}."


def _value_problem(problem: click.BadParameter) -> Pair:
    text = problem.message.strip()
    kind = None if problem.param is None else problem.param.type
    value = re.match(r"'(.*?)' is not|(\S+) is not in the range", text, re.DOTALL)
    shown = next((each for each in value.groups() if each is not None), "") if value else ""
    if value and isinstance(kind, click.Choice):
        known = [str(each) for each in kind.choices]
        near = did_you_mean(shown, known)
        return (
            f"“{shown}”不在其中：{'、'.join(known)}。{near[0]}".rstrip("。"),
            f"“{shown}” is none of {', '.join(known)}. {near[1]}".rstrip(". "),
        )
    if value and isinstance(kind, (click.IntRange, click.FloatRange)):
        noun = (
            ("整数", "a whole number") if isinstance(kind, click.IntRange) else ("数", "a number")
        )
        low, high = kind.min, kind.max
        zh = (
            f"{low} 以上" if high is None else f"{high} 以下" if low is None else f"{low} 至 {high}"
        )
        en = (
            f"from {low}" if high is None
            else f"up to {high}" if low is None else f"from {low} to {high}"
        )  # fmt: skip
        return f"“{shown}”不是 {zh}的{noun[0]}", f"“{shown}” is not {noun[1]} {en}"
    if value:
        wanted = _WANTED.get(
            kind.name if kind is not None else "", ("可以用的值", "a value for it")
        )
        return f"“{shown}”不是{wanted[0]}", f"“{shown}” is not {wanted[1]}"
    zh, _, en = text.partition(" · ")
    return zh.strip("。. "), (en or zh).strip("。. ")


_WANTED: Mapping[str, Pair] = MappingProxyType(
    {
        "integer": ("整数", "a whole number"),
        "float": ("数", "a number"),
        "boolean": ("是否（yes 或 no）", "yes or no"),
        "datetime": ("日期", "a date"),
    }
)


def shown_usage(
    problem: click.ClickException,
    language: Language | None,
    group: click.Group,
    given: Sequence[str],
) -> str:
    """The finding, how the command is written, and where there is more.

    In both languages where none was asked for: who cannot read the one has not chosen it yet.
    """
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        return problem.message
    ctx = getattr(problem, "ctx", None) or _context(group, given)
    found = usage_problem(problem, ctx.command_path)
    return f"{found.render('both' if language is None else language)}\n{ctx.get_usage()}"


def _context(group: click.Group, given: Sequence[str]) -> click.Context:
    """The context of the command that was written; click does not always tell."""
    ctx = group.context_class(group, info_name="policydsl")
    for word in given:
        if isinstance(ctx.command, click.Group) and word in ctx.command.list_commands(ctx):
            command = ctx.command.get_command(ctx, word)
            if command is not None:
                ctx = command.context_class(command, parent=ctx, info_name=word)
    return ctx
