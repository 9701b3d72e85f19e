"""``policydsl lsp``: the language server."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout

import click

from policydsl.cli import OK
from policydsl.language.diagnostics import Diagnostic, PolicyError


@click.command("lsp")
def lsp_command() -> int:
    """编辑器的语言服务：由编辑器启动，经标准输入输出说话。

    The language server; started by an editor, it speaks over standard input and output.
    """
    try:
        from policydsl.editors.service.server import make_server
    except ImportError as error:
        details = {"component": error.name or "pygls"}
        raise PolicyError([Diagnostic("J902", None, None, details)]) from None
    # The server closes what it speaks over, and whatever else is printed would garble the talk.
    asked = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    said = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with redirect_stdout(sys.stderr):
        make_server().start_io(asked, said)
    return OK
