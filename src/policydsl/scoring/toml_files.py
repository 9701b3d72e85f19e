"""Small files that users write by hand: TOML in which Chinese names need no quotes."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source

MAX_BYTES = 2_000_000

# Strings and comments, which stay as they are, or a name that is not ASCII.
_BARE = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*'
    r"|(?P<name>[\w-]*[^\W\x00-\x7f][\w-]*)",
    re.DOTALL,
)


def read_text(path: Path) -> str:
    """The text of a small UTF-8 file; raises :class:`PolicyError` (D407, D420, D429, D450)."""
    if not path.exists():
        raise fatal(str(path), "D429", path=str(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = error.strerror or str(error)
        raise fatal(str(path), "D407", path=str(path), format="TOML", problem=problem) from error
    if len(data) > MAX_BYTES:
        what = (" 字节", "bytes")
        raise fatal(str(path), "D420", path=str(path), limit=MAX_BYTES, what=what)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fatal(str(path), "D450", problem=("不是 UTF-8 文本", "no UTF-8 text")) from error


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The content of a file, numbers as exact decimals; raises :class:`PolicyError` (D450)."""

    def quoted(found: re.Match[str]) -> str:
        return f'"{found[0]}"' if found["name"] else found[0]

    try:
        return tomllib.loads(_BARE.sub(quoted, text), parse_float=Decimal)
    except RecursionError as error:
        raise fatal(name, "D450", problem=("嵌套过深", "nested too deeply")) from error
    except (ValueError, ArithmeticError) as error:
        raise fatal(name, "D450", problem=str(error)) from error


def quote(text: str) -> str:
    """A text as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def fatal(name: str | None, code: str, **details: object) -> PolicyError:
    """A single problem of a file as an error."""
    source = None if name is None else Source(name, "")
    return PolicyError([Diagnostic(code, source, None, details)])
