"""``policydsl studio``: a local page to try changes on."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from threading import Timer

import click

from policydsl.cli import OK
from policydsl.cli.output import language_option, say, settings
from policydsl.language.diagnostics import Diagnostic, PolicyError


@click.command("studio")
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True,
    help="端口，0 为任一空闲的 · Port; 0: any that is free.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="不打开浏览器 · Do not open a browser.")
@click.option(
    "--population", metavar="P", help="先选好的人口（标识） · The population chosen at first (id)."
)
@click.option(
    "-n", "--households", "n", type=click.IntRange(min=1), metavar="N",
    help="先选好的户数 · The number of households chosen at first.",
)  # fmt: skip
@language_option
def studio_command(
    folder: Path, port: int, no_browser: bool, population: str | None, n: int | None
) -> int:
    """改稿页面：在浏览器里改数，马上看到影响，存成修订，写出材料。

    A local page to try changes on: change a number, see what it does to typical persons, the
    distribution and the line; save it as a 修订; write the package.  Only this machine can open
    it, by the address that is shown.  Ctrl-C ends it.
    """
    try:
        from policydsl.studio.desk import Desk
        from policydsl.studio.server import serve
    except ImportError as error:
        details = {"component": error.name or "starlette"}
        raise PolicyError([Diagnostic("J910", None, None, details)]) from None
    desk = Desk(folder, population, n)
    if population is not None:
        desk.populations.spec(population)

    def started(address: str) -> None:
        shown = f"{address}&lang=en" if settings().language == "en" else address
        say(f"改稿页面：{shown}", f"Studio: {shown}")
        say("只有本机能打开；按 Ctrl-C 结束。",
            "Only this machine can open it; Ctrl-C ends it.", err=True)  # fmt: skip
        sys.stdout.flush()
        if not no_browser:
            Timer(0.5, webbrowser.open, [shown]).start()

    try:
        serve(desk, port, started)
    except KeyboardInterrupt:
        pass
    finally:
        desk.close()
    say("已结束。", "Ended.", err=True)
    return OK
