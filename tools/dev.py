"""Every chore of this repository, on any system: ``python tools/dev.py <task> [arguments]``.

The Makefile calls this file, so there is one implementation of each task. It needs Python 3.11
or newer and nothing else: it makes ``.venv`` itself, and brings it up to date whenever
``pyproject.toml`` changes. Arguments after the task go to the tool behind it, for example
``python tools/dev.py test -k quota -n 0``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
OLDEST_PYTHON = (3, 11)

PIP = ("-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check")
"""Arguments of a pip call that prints errors only."""


def program(name: str, environment: Path = VENV) -> Path:
    """The path of an installed program (without suffix) in a virtual environment."""
    return environment / ("Scripts" if WINDOWS else "bin") / (f"{name}.exe" if WINDOWS else name)


def say(message: str) -> None:
    """Tell the user what happens; on stderr, so that the output of a task stays clean."""
    print(f"[dev] {message}", file=sys.stderr, flush=True)


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
    interactive: bool = False,
) -> None:
    """Run a command; leave with its exit code when it fails.

    Children get no stdin unless ``interactive``: one that waits for a key would hang a CI job.
    """
    environment = dict(os.environ if env is None else env)
    environment["PYTHONUTF8"] = "1"  # Chinese output also on a Windows console or in a C locale
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=None if interactive else subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        say(f"failed with exit code {done.returncode}: {' '.join(map(str, command))}")
        # A signal gives a negative code, which a shell would not see as it is.
        raise SystemExit(done.returncode if done.returncode > 0 else 1)


# --- the virtual environment ---------------------------------------------------------------------


def _works(python: Path) -> bool:
    """Whether a virtual environment's interpreter starts and has pip (it may be half made)."""
    if not python.exists():
        return False
    probe = subprocess.run(
        [str(python), "-c", "import pip"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return probe.returncode == 0


ENGINES = "dev,parquet,fast,sql,spark,charts,editor,studio,lab,proof,compare,pdf,bench"
"""Extras with every engine, which the tests hold against each other, charts and JupyterLab."""


def setup(extras: str = "dev,parquet") -> Path:
    """Make ``.venv`` ready with the package (editable) and these extras; returns its Python.

    A stamp file in ``.venv`` keeps a digest of ``pyproject.toml`` and of the checkout's place,
    so a second call costs nothing, and a moved checkout is installed anew.
    """
    python = program("python")
    if not _works(python):
        say("making .venv")
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    stamp = VENV / f"ready-{extras.replace(',', '-')}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()
    if not stamp.exists() or stamp.read_text(encoding="ascii") != wanted:
        say(f"installing policydsl[{extras}] into .venv (the first time takes a minute or two)")
        run([python, *PIP, "-e", f".[{extras}]"])
        stamp.write_text(wanted, encoding="ascii")
    return python


# --- the tasks -----------------------------------------------------------------------------------


def task_setup(arguments: list[str]) -> None:
    """Make or update .venv, and do nothing else."""
    setup()


def task_demo(arguments: list[str]) -> None:
    """Show what the package does, on the policies of this repository."""
    setup()
    run([program("policydsl"), "demo", *arguments])


def task_test(arguments: list[str]) -> None:
    """Run the tests, one process per core (-n 0 for one process; arguments go to pytest)."""
    # by groups: what takes long to start (Spark) starts in one process only
    run([setup(ENGINES), "-m", "pytest", "-n", "auto", "--dist", "loadgroup", *arguments])


def task_lint(arguments: list[str]) -> None:
    """Look for mistakes with ruff."""
    run([setup(), "-m", "ruff", "check", *arguments])


def task_format(arguments: list[str]) -> None:
    """Lay out the code and sort its imports, in place."""
    python = setup()
    run([python, "-m", "ruff", "check", "--select", "I", "--fix", "--quiet", *arguments])
    run([python, "-m", "ruff", "format", *arguments])


def task_format_check(arguments: list[str]) -> None:
    """Say which files ``format`` would change; changes none."""
    run([setup(), "-m", "ruff", "format", "--check", *arguments])


def task_types(arguments: list[str]) -> None:
    """Check the types of src, tests and tools with mypy."""
    run([setup(ENGINES), "-m", "mypy", *arguments])


def task_notebooks(arguments: list[str]) -> None:
    """Run every notebook from top to bottom, without a browser (or those named)."""
    python = setup(ENGINES)
    saved = sorted((ROOT / "notebooks").glob("*.ipynb"))
    chosen = [Path(name).resolve() for name in arguments] or saved
    run([python, ROOT / "tools" / "run_notebooks.py", *chosen])


def task_wheel_check(arguments: list[str]) -> None:
    """Build sdist and wheel, install the wheel in a fresh environment, run its demo elsewhere."""
    python = setup()
    with tempfile.TemporaryDirectory(prefix="policydsl-wheel-") as name:
        place = Path(name)
        say("building the sdist, and the wheel from it")
        build = subprocess.run(
            [str(python), "-m", "build", "--outdir", str(place / "dist"), str(ROOT)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if build.returncode:
            print(build.stdout, file=sys.stderr)
            say(f"the build failed with exit code {build.returncode}")
            raise SystemExit(1)
        (wheel,) = (place / "dist").glob("*.whl")
        say(f"installing {wheel.name} in a fresh environment")
        fresh = place / "venv"
        venv.create(fresh, with_pip=True)
        run([program("python", fresh), *PIP, wheel], cwd=place)
        elsewhere = place / "elsewhere"
        elsewhere.mkdir()
        say("running policydsl demo outside the checkout")
        # PYTHONPATH could lead back to the checkout, and the check would prove nothing.
        env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        run([program("policydsl", fresh), "demo", *arguments], cwd=elsewhere, env=env)
    say("the wheel works")


def benchmarks(folder: Path = ROOT / "benchmarks") -> dict[str, list[str]]:
    """The benchmarks by name, each with what Python is to run: a script, or a package."""
    found = {path.stem: [f"{folder.name}/{path.name}"] for path in sorted(folder.glob("[!_]*.py"))}
    for path in sorted(folder.glob("*/__main__.py")):
        found[path.parent.name] = ["-m", f"{folder.name}.{path.parent.name}"]
    return found


def task_bench(arguments: list[str]) -> None:
    """Run the benchmarks, one after the other (or the one named first, with its arguments)."""
    found = benchmarks()
    chosen = list(found)
    if arguments:
        name, *arguments = arguments
        if name not in found:
            say(f"no benchmark {name!r}; there are {', '.join(found)}")
            raise SystemExit(2)
        chosen = [name]
    python = setup(ENGINES)
    for name in chosen:
        say(name)
        run([python, *found[name], *arguments])


def lab_call(python: Path, arguments: list[str]) -> tuple[list[str | Path], dict[str, str]]:
    """The command that opens JupyterLab, and its environment.

    The notebooks are opened unless the arguments name a file or folder.  An editable install
    leaves out what a wheel puts into Jupyter's folders, so Jupyter is told where it stands.
    """
    share = str(ROOT / "editors" / "jupyterlab" / "share" / "jupyter")
    env = dict(os.environ)
    env["JUPYTER_PATH"] = os.pathsep.join(filter(None, [share, env.get("JUPYTER_PATH")]))
    command: list[str | Path] = [python, "-m", "jupyterlab", *arguments]
    if not any(Path(name).exists() for name in arguments):
        command.append(ROOT / "notebooks")
    return command, env


def task_lab(arguments: list[str]) -> None:
    """Open JupyterLab on the notebooks, with the language server and colours of policies."""
    command, env = lab_call(setup(ENGINES), arguments)
    run(command, env=env, interactive=True)


def task_clean(arguments: list[str]) -> None:
    """Remove what was built and all caches; keeps .venv (delete that folder to start anew)."""
    for name in ("build", "dist", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for top in ("src", "tests", "tools", "notebooks", "benchmarks"):
        for pattern in ("__pycache__", ".ipynb_checkpoints"):
            for folder in list((ROOT / top).rglob(pattern)):
                shutil.rmtree(folder, ignore_errors=True)


TASKS: dict[str, Callable[[list[str]], None]] = {
    "setup": task_setup,
    "demo": task_demo,
    "test": task_test,
    "lint": task_lint,
    "format": task_format,
    "format-check": task_format_check,
    "types": task_types,
    "notebooks": task_notebooks,
    "wheel-check": task_wheel_check,
    "bench": task_bench,
    "lab": task_lab,
    "clean": task_clean,
}


def usage() -> str:
    """The list of tasks, one a line."""
    lines = [f"  {name:<13} {(task.__doc__ or '').splitlines()[0]}" for name, task in TASKS.items()]
    return "\n".join(["usage: python tools/dev.py <task> [arguments]", "", *lines])


def main(argv: Sequence[str]) -> int:
    """Run one task; returns the exit code (2 for a wrong call)."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        say(f"Python {wanted} or newer is needed, and this is {sys.version.split()[0]}.")
        say("Name another one: make PYTHON=python3.12 <task>, or python3.12 tools/dev.py <task>")
        return 2
    if not argv or argv[0] in {"help", "-h", "--help"}:
        print(usage())
        return 0
    task = TASKS.get(argv[0])
    if task is None:
        say(f"no task {argv[0]!r}")
        print(usage(), file=sys.stderr)
        return 2
    task(list(argv[1:]))
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
