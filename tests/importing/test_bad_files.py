"""Files that cannot be read, or must not be: a clear error, nothing fetched, nothing run."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest
from tests.cli.conftest import Command, run  # noqa: F401
from tests.importing import office_files as office

from policydsl.importing import import_document
from policydsl.language.diagnostics import PolicyError
from policydsl.reading import archives, files, pdf
from policydsl.reading.files import read_file


def code_of(path: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        read_file(path)
    (problem,) = caught.value.diagnostics
    assert problem.message("zh")
    assert problem.message("en")
    return problem.code


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def test_a_missing_file(tmp_path: Path):
    assert code_of(tmp_path / "no.docx") == "F001"


def test_a_folder(tmp_path: Path):
    assert code_of(tmp_path) == "I801"


def test_an_old_doc(tmp_path: Path):
    assert code_of(written(tmp_path / "old.doc", OLE)) == "I808"


def test_a_file_with_a_password(tmp_path: Path):
    locked = OLE + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 100
    assert code_of(written(tmp_path / "locked.docx", locked)) == "I802"


def test_a_corrupt_docx(tmp_path: Path):
    good = office.word(tmp_path / "good.docx", [office.paragraph("文")])
    half = good.read_bytes()[: len(good.read_bytes()) // 2]
    assert code_of(written(tmp_path / "half.docx", half)) == "I803"


def test_broken_xml(tmp_path: Path):
    path = office.word(tmp_path / "broken.docx", ["<w:p><w:r>"])
    assert code_of(path) == "I803"


def test_a_zip_that_is_no_document(tmp_path: Path):
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"x")
    assert code_of(path) == "I801"


def test_a_zip_bomb(tmp_path: Path):
    path = office.word(
        tmp_path / "bomb.docx",
        [office.paragraph("文")],
        {"word/media/zero.bin": b"\x00" * 30_000_000},
    )
    assert path.stat().st_size < 100_000
    assert code_of(path) == "I805"


def test_external_entities_are_not_read(tmp_path: Path):
    secret = written(tmp_path / "secret.txt", "机密".encode())
    path = tmp_path / "entity.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
            f'<w:document xmlns:w="{office.W}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body>'
            "</w:document>",
        )
    assert code_of(path) == "I806"


def test_entities_in_a_workbook(tmp_path: Path):
    path = office.excel(tmp_path / "book.xlsx", ["题"], [[["单位", "考核内容"]]])
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bad, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE lolz [<!ENTITY lol "lol">]>' + data
            new.writestr(name, data)
    assert code_of(bad) == "I806"


def test_macros_are_left_alone(tmp_path: Path):
    path = office.word(
        tmp_path / "macro.docm",
        [office.paragraph("文")],
        {"word/vbaProject.bin": b"\x00Sub AutoOpen"},
    )
    document = read_file(path)
    assert document.source.text.strip() == "文"
    assert [note.code for note in document.notes] == ["I820"]


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    assert code_of(written(tmp_path / "large.txt", b"x" * 200)) == "I804"


def test_a_text_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MOST_CHARACTERS", 100)
    assert code_of(written(tmp_path / "long.txt", b"x" * 200)) == "I804"


def test_too_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MOST_PARTS", 1)
    assert code_of(office.word(tmp_path / "parts.docx", [office.paragraph("文")])) == "I805"


def test_a_pdf_without_text(tmp_path: Path):
    pytest.importorskip("pdfplumber")
    assert code_of(office.pdf(tmp_path / "scan.pdf", [], [])) == "I807"


def test_a_pdf_of_too_many_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("pdfplumber")
    monkeypatch.setattr(pdf, "MOST_PAGES", 0)
    assert code_of(office.pdf(tmp_path / "many.pdf", ["文字"], [])) == "I804"


def test_a_pdf_of_500_pages_is_refused_with_the_limit(tmp_path: Path, run: Command):  # noqa: F811
    """Told by its list of pages, before one of them is read: in under a second, not in a minute."""
    pytest.importorskip("pdfplumber")
    rows = [["区教育局", "70", "做好入学工作，普及率达到95%；每下降一个百分点扣2分。", "40"]]
    path = office.pdf(tmp_path / "yearbook.pdf", ["附件1"], [rows * 12], pages=500)
    began = time.monotonic()
    done = run("import", path, "--out", tmp_path / "made.policy")
    assert time.monotonic() - began < 10
    assert "I804" in done.err
    assert "最多 200页" in done.err
    assert not (tmp_path / "made.policy").exists()


def test_a_word_file_of_500_pages_is_read(tmp_path: Path):
    """Word has no pages to count; ten long paragraphs a page are read, 60,000 are the limit."""
    text = "做好入学工作，普及率达到95%；每下降一个百分点扣2分，未开展培训的扣5分。"
    blocks = [office.paragraph(f"{text}{number}") for number in range(5_000)]
    path = office.word(tmp_path / "long.docx", blocks)
    began = time.monotonic()
    document = read_file(path)
    assert time.monotonic() - began < 60
    assert document.source.text.count("普及率") == 5_000
    assert code_of(office.word(tmp_path / "longer.docx", ["<w:p/>"] * 60_100)) == "I804"


def test_a_damaged_pdf(tmp_path: Path):
    pytest.importorskip("pdfplumber")
    assert code_of(written(tmp_path / "bad.pdf", b"%PDF-1.4\nnothing")) in ("I803", "I807")


def test_an_empty_file(tmp_path: Path):
    assert code_of(written(tmp_path / "empty.txt", b"")) == "I810"
    assert code_of(written(tmp_path / "spaces.txt", b" \n ")) == "I810"


def test_bytes_that_are_no_text(tmp_path: Path):
    assert code_of(written(tmp_path / "noise.bin", bytes(range(256)) * 4)) == "I801"


def test_other_encodings(tmp_path: Path):
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        path = written(tmp_path / f"{encoding}.txt", "未开展的扣5分。".encode(encoding))
        assert read_file(path).passage.text == "未开展的扣5分。"


def test_a_text_without_tables(tmp_path: Path):
    path = written(tmp_path / "letter.txt", "各位同事：请准时开会。".encode())
    with pytest.raises(PolicyError) as caught:
        import_document(read_file(path))
    assert caught.value.diagnostics[0].code == "I811"


def test_a_page_fetches_nothing(tmp_path: Path):
    page = '<html><body><img src="http://127.0.0.1:9/x.png"><iframe src="http://127.0.0.1:9/">扣9分</iframe><p>文</p>'
    path = written(tmp_path / "page.html", page.encode())
    assert read_file(path).source.text.strip() == "文"


def test_the_verb_says_what_is_wrong(tmp_path: Path, run: Command):  # noqa: F811
    done = run("import", written(tmp_path / "old.doc", OLE))
    assert done.code != 0
    assert "I808" in done.err
    assert "另存为 .docx" in done.err


# -- small files that would cost much


SECONDS = 10


def read_in_time(path: Path) -> str:
    """The text of a file, or the code of why it is refused; in no great time either way."""
    started = time.process_time()
    try:
        found = read_file(path).passage.text
    except PolicyError as error:
        found = error.diagnostics[0].code
    assert time.process_time() - started < SECONDS
    return found


NUMBERED = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    "<w:r><w:t>加5分</w:t></w:r></w:p>"
)
NUMBERING = (
    f'<w:numbering xmlns:w="{office.W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="LEVEL">'
    '<w:start w:val="START"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


@pytest.mark.parametrize(("level", "start", "shown"), [
    ("0", "12", "十二、加5分"), ("0", "99999", "99999、加5分"), ("0", "x", "一、加5分"),
    ("900000000", "1", "加5分"), ("-3", "1", "一、加5分"),
])  # fmt: skip
def test_numbers_that_word_would_not_write(tmp_path: Path, level: str, start: str, shown: str):
    numbering = NUMBERING.replace("LEVEL", level).replace("START", start).encode()
    path = office.word(tmp_path / "n.docx", [NUMBERED.replace("{level}", level)],
                       {"word/numbering.xml": numbering})  # fmt: skip
    assert read_in_time(path).strip() == shown


def test_a_row_that_begins_a_billion_columns_to_the_right(tmp_path: Path):
    row = (
        '<w:tr><w:trPr><w:gridBefore w:val="{n}"/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="{n}"/>'
    )
    cells = f"{row}</w:tcPr>{office.paragraph('加5分')}</w:tc></w:tr>"
    for n in ("900000000", "many", "-1"):
        path = office.word(tmp_path / "t.docx", [f"<w:tbl>{cells.replace('{n}', n)}</w:tbl>"])
        assert read_in_time(path).strip() == "加5分"


def test_a_workbook_merged_over_all_its_cells(tmp_path: Path):
    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "加5分"
    book.save(tmp_path / "good.xlsx")
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(bad, "w") as out:
        for name in good.namelist():
            merged = (
                b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            )
            out.writestr(name, good.read(name).replace(b"</sheetData>", merged))
    assert read_in_time(bad) == "I804"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<table>" + "<tr><td>加5分</td></tr>" * 30_000 + "</table>", None),
        ("<table><tr><td>加5分</td></tr></table>" * 20_000, None),
        (
            "<table><tr>" + "<td rowspan=500 colspan=500>加5分</td>" * 2_000 + "</tr></table>",
            "I804",
        ),
        ("<table><tr>" + "<td>加5分</td>" * 3_000 + "</tr></table>", None),
        ("<table><tr>" + "<td>加5分</td>" * 9_000 + "</tr></table>", "I804"),
        ("<p>加5分</p>" + "<!--" * 300_000, "加5分"),
        ("<p>加5分</p>" + '<a b="' * 200_000, "加5分"),
        ("<p>加5分</p>" + "<" * 500_000, None),
    ],
    ids=[
        "rows",
        "tables",
        "spans",
        "columns",
        "too-many-columns",
        "comments",
        "attributes",
        "open",
    ],
)
def test_pages_that_repeat_themselves(tmp_path: Path, page: str, found: str | None):
    path = written(tmp_path / "p.html", f"<html><body>{page}".encode())
    text = read_in_time(path)
    assert "加5分" in text if found is None else text.strip() == found


def test_a_text_of_many_headings(tmp_path: Path):
    text = read_in_time(written(tmp_path / "t.txt", "一、\n（一）\n1. 加5分\n".encode() * 30_000))
    assert text.startswith("一、")


def test_entities_in_another_encoding(tmp_path: Path):
    bad = (
        '<?xml version="1.0" encoding="UTF-16"?>' + " " * 500 + '<!DOCTYPE a [<!ENTITY b "c">]><a/>'
    )
    path = tmp_path / "e.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", bad.encode("utf-16"))
    assert code_of(path) == "I806"
