"""Taking examples over into a policy file, which stays as its author wrote it otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from policydsl.files import write_text
from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, has_errors
from policydsl.language.keywords import Language
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.review.examples import example_text


def with_examples(
    source: Source, document: n.Document, examples: Sequence[n.Example], comment: str | None = None
) -> str:
    """The text with examples before the closing brace of a document, everything else untouched.

    They are laid out by the printer, in the language of the document.  Raises
    :class:`PolicyError` (R741) where the text is not that of the document.
    """
    text = source.text
    end = document.span.end
    close = text.rfind("}", document.span.start, end)
    wide = text.rfind("｝", document.span.start, end)
    close = max(close, wide)
    if close < 0:
        raise _cannot(source, ("文件里找不到这份策略的末尾", "the end of the policy was not found"))
    language = written_in(text[document.span.start : end])
    printed = printed_examples(examples, language)
    before = text[:close].rstrip(" \t")
    lead = "" if before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
    mark = f"  # {comment}\n" if comment else ""
    made = f"{before}{lead}{mark}{printed}\n{text[close:]}"
    result = parse_text(made, source.name)
    was = parse_text(text, source.name)
    if has_errors(result.diagnostics):
        raise PolicyError([d for d in result.diagnostics if d.severity == "error"])
    kept = [d for d in result.file.documents if d.id.text == document.id.text]
    old = [d for d in was.file.documents if d.id.text == document.id.text]
    if not kept or not old or kept[0].body[: len(old[0].body)] != old[0].body:
        raise _cannot(source, ("加进示例以后别的地方变了", "something else would change"))
    return made


def printed_examples(examples: Sequence[n.Example], language: Language = "zh") -> str:
    """Examples as they stand in a file, two spaces from the margin."""
    document = n.Document("SCHEME", n.Name("x"), body=tuple(examples))
    whole = print_file(n.File((document,)), language)
    lines = whole.split("\n")
    inner = [line for line in lines[1:] if line != "}"]
    while inner and not inner[-1].strip():
        inner.pop()
    return "\n".join(inner) if inner else "\n".join(example_text(x, language) for x in examples)


def written_in(text: str) -> Language:
    """The language of the keywords that a document uses."""
    head = text.split("{", 1)[0].split()
    return "en" if head and head[0].isascii() else "zh"


def accept(
    path: Path,
    document: n.Document,
    source: Source,
    examples: Sequence[n.Example],
    comment: str | None = None,
) -> str:
    """Write examples into the file of a document; returns the new text.

    The file must be as it was read (R742: somebody has changed it since).  It is replaced whole
    or not at all; what was there stays, examples of the same name are not touched but refused
    (R743).
    """
    try:
        now = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _cannot(
            source, (error.strerror or str(error), error.strerror or str(error))
        ) from error
    if now.replace("\r\n", "\n") != source.text.lstrip("\ufeff").replace("\r\n", "\n"):
        raise PolicyError([Diagnostic("F010", source, None, {"path": str(path)})])
    titles = {s.title for s in document.body if isinstance(s, n.Example)}
    for example in examples:
        if example.title in titles:
            raise PolicyError(
                [Diagnostic("R743", source, None, {"title": example.title, "path": str(path)})]
            )
    text = with_examples(source, document, examples, comment)
    write_text(path, text)
    return text


def _cannot(source: Source, problem: tuple[str, str]) -> PolicyError:
    return PolicyError([Diagnostic("R741", source, None, {"problem": problem})])
