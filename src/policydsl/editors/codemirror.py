"""The keyword table for CodeMirror, the editor of JupyterLab, as a JavaScript module.

``tools/make_docs.py`` writes it into the extension in ``editors/jupyterlab``; a test holds the
file to this module, and the tokens that it leads to those of the Pygments lexer.
"""

from __future__ import annotations

import json
from collections import defaultdict

from policydsl.editors.categories import categories
from policydsl.language.parsing import FULL_WIDTH


def keywords_module() -> str:
    """The text of ``keywords.js``: the spellings by category, and what counts as a space."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    for word, category in sorted(categories().items()):
        words[category].append(word)
    lines = [
        f"  {category}: {json.dumps(found, ensure_ascii=False)}"
        for category, found in sorted(words.items())
    ]
    blank = sorted(code for code, plain in FULL_WIDTH.items() if plain == ord(" "))
    spaces = "".join(f"\\u{code:04x}" for code in blank)
    return (
        "// Written by tools/make_docs.py from grammar/10_keywords.lark: do not edit.\n"
        "export const KEYWORDS = {\n" + ",\n".join(lines) + "\n};\n"
        f"export const SPACES = '{spaces}';\n"
    )
