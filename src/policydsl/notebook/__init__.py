"""For notebooks: values that show themselves, and the magics of ``%load_ext policydsl``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load(shell: InteractiveShell) -> None:
    """Register the magics, their completion, and how values are shown."""
    from policydsl.notebook.completing import register as completion
    from policydsl.notebook.display import register as display
    from policydsl.notebook.magics import PolicyMagics

    display(shell)
    magics = PolicyMagics(shell)
    shell.register_magics(magics)
    completion(shell, magics.desk)
