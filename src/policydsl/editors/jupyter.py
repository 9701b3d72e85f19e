"""The language server's entry in JupyterLab, found by the entry point ``jupyter_lsp_spec_v1``.

An entry point and not a file of settings, because only a function knows which Python runs: the
server has to be that of this environment, wherever Jupyter was started.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from logging import Logger
from shutil import which
from typing import Any, Protocol

LANGUAGE = "policydsl"
# jupyterlab-lsp looks for %%policy cells only in notebooks whose own language has a server.
PYTHON_SERVER = "jedi-language-server"


class Manager(Protocol):
    """What is used of jupyter-lsp's manager."""

    log: Logger


def language_servers(manager: Manager) -> dict[str, dict[str, Any]]:
    """The servers of this environment by name, as jupyter-lsp describes them.

    That of policies, and that of Python where jupyter-lsp would not find it because the
    programs of this environment are not on the path; none where the extra is not installed.
    """
    if find_spec("pygls") is None:
        manager.log.warning('policydsl: no language server without pip install "policydsl[lab]"')
        return {}
    # -P: a random.py in the user's folder must not stand in for the library's
    python = [sys.executable, "-P"]
    found = {
        LANGUAGE: {
            "display_name": "policydsl 打分政策",
            "argv": [*python, "-m", "policydsl", "lsp"],
            "languages": [LANGUAGE],
            "mime_types": ["text/x-policydsl"],
        }
    }
    if find_spec("jedi_language_server") is not None and which(PYTHON_SERVER) is None:
        found[PYTHON_SERVER] = {
            "display_name": PYTHON_SERVER,
            "argv": [*python, "-c", "from jedi_language_server.cli import cli; cli()"],
            "languages": ["python"],
            "mime_types": ["text/python", "text/x-ipython"],
        }
    # cells and unsaved texts are sent over: nothing has to be written beside the notebooks
    common = {"version": 2, "env": {"PYTHONUTF8": "1"}, "requires_documents_on_disk": False}
    return {name: common | server for name, server in found.items()}
