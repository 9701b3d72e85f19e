"""What a Word file of ours starts from: the plain template, or an office's own.

The plain one is built here, part by part, so that its files are valid and say nothing of who made
them.  An office's own template keeps its styles, headers and footers; a style of ours that it
does not have (they have Chinese names: 公文标题, 公文正文 …) is added to it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from xml.sax.saxutils import escape

from policydsl.drafting import pageformat as f
from policydsl.drafting.paper import Kind, word_like
from policydsl.drafting.xmlparts import R, W, element, points, q, text
from policydsl.language.diagnostics import Diagnostic, PolicyError

_NS = f'xmlns:w="{W}" xmlns:r="{R}"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = ("styles", "settings", "fontTable")
MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000


def style_id(kind: Kind) -> str:
    """The id of the style of a kind of paragraph."""
    return f"Pd{kind.capitalize()}"


def opened(base: bytes | None) -> Any:
    """A python-docx document to write into; raises :class:`PolicyError` (W903)."""
    import docx

    if base is None:
        return docx.Document(io.BytesIO(plain_template()))
    try:
        check_package(base)
        made = docx.Document(io.BytesIO(base))
        if made.element.body is None:
            raise ValueError("a document without a body")
    except PolicyError:
        raise
    except Exception as error:  # python-docx, zipfile and lxml raise whatever they meet
        details = {"problem": str(error)[:200]}
        raise PolicyError([Diagnostic("W903", None, None, details)]) from error
    _add_styles(made)
    _drop_personal(made)
    return made


def check_package(data: bytes) -> None:
    """Refuse what is too large to be a document; raises :class:`PolicyError` (W903)."""
    if len(data) > MAX_BYTES:
        problem = (f"超过 {MAX_BYTES} 字节", f"more than {MAX_BYTES} bytes")
        raise PolicyError([Diagnostic("W903", None, None, {"problem": problem})])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if sum(info.file_size for info in package.infolist()) > MAX_UNPACKED:
            problem = ("解开以后过大", "too large when unpacked")
            raise PolicyError([Diagnostic("W903", None, None, {"problem": problem})])


# -- the plain template


def plain_template() -> bytes:
    """A .docx without text: styles, fonts with stand-ins, page numbers."""
    footers = "".join(
        f'<Override PartName="/word/footer{i}.xml" ContentType="{_TYPES}.footer+xml"/>'
        for i in (1, 2)
    )
    parts = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPES}.{name}+xml"/>'
        for name in _PARTS
    )
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    files = {
        "[Content_Types].xml": f"{_HEAD}<Types "
        'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPES}.document.main+xml"/>'
        f"{parts}{footers}"
        '<Override PartName="/word/theme/theme1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>',
        "_rels/.rels": _relationships(
            (f"{_REL}/officeDocument", "word/document.xml"),
            ("http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
             "docProps/core.xml"),
        ),
        "docProps/core.xml": f"{_HEAD}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title/></cp:coreProperties>',
        "word/_rels/document.xml.rels": _relationships(
            *((f"{_REL}/{name}", f"{name}.xml") for name in _PARTS),
            (f"{_REL}/footer", "footer1.xml"), (f"{_REL}/footer", "footer2.xml"),
            (f"{_REL}/theme", "theme/theme1.xml"),
        ),
        "word/document.xml": f"{_HEAD}<w:document {_NS}><w:body><w:sectPr>"
        '<w:footerReference w:type="even" r:id="rId5"/>'
        '<w:footerReference w:type="default" r:id="rId4"/>'
        "</w:sectPr></w:body></w:document>",
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": _font_table(),
        "word/theme/theme1.xml": _theme(),
        "word/footer1.xml": _footer("right"),
        "word/footer2.xml": _footer("left"),
    }  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return made.getvalue()


def _relationships(*targets: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{_HEAD}<Relationships xmlns="{namespace}">{items}</Relationships>'


def _styles() -> str:
    fonts = _fonts(f.FANG)
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}"
        '<w:sz w:val="32"/><w:szCs w:val="32"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )
    basic = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "</w:style>"
        '<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/>'
        '<w:basedOn w:val="Normal"/></w:style>'
    )
    own = "".join(_style(kind) for kind in f.LOOKS)
    return f"{_HEAD}<w:styles {_NS}>{defaults}{basic}{own}</w:styles>"


def _fonts(font: f.Font) -> str:
    return (
        f'<w:rFonts w:ascii="{f.LATIN}" w:hAnsi="{f.LATIN}" w:eastAsia="{font.name}" '
        f'w:cs="{f.LATIN}"/>'
    )


def fonts_of(font: f.Font) -> Any:
    """The fonts of a run that differ from its paragraph's."""
    return element("w:rFonts", ascii=f.LATIN, hAnsi=f.LATIN, eastAsia=font.name, cs=f.LATIN)


def _style(kind: Kind) -> str:
    """A style of ours; the order of its parts is what the schema wants."""
    look = f.LOOKS[kind]
    spacing = (
        f'<w:spacing w:before="{points(look.before, 20)}" w:after="{points(look.after, 20)}" '
        f'w:line="{points(look.line, 20)}" w:lineRule="exact"/>'
    )
    indent = ""
    if look.indent:
        # in hundredths of a character, with the measure for programs that do not know those
        wide = points(look.indent * (look.size + f.CLOSER), 20)
        chars = round(look.indent * 100)
        indent = f'<w:ind w:firstLineChars="{chars}" w:firstLine="{wide}"/>'
    elif look.left:
        left, hanging = (points(n * (look.size + f.CLOSER), 20) for n in (look.left, look.hanging))
        indent = (
            f'<w:ind w:leftChars="{round(look.left * 100)}" w:left="{left}" '
            f'w:hangingChars="{round(look.hanging * 100)}" w:hanging="{hanging}"/>'
        )
    elif look.right:
        wide = points(look.right * look.size, 20)
        indent = f'<w:ind w:rightChars="{round(look.right * 100)}" w:right="{wide}"/>'
    paragraph = "".join(
        (
            "<w:keepNext/>" if look.keep else "",
            '<w:widowControl w:val="0"/>',
            '<w:overflowPunct w:val="0"/>',
            '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>',
            "" if look.grid else '<w:snapToGrid w:val="0"/>',
            spacing,
            indent,
            f'<w:jc w:val="{look.align}"/>',
            "" if look.level is None else f'<w:outlineLvl w:val="{look.level}"/>',
        )
    )
    closer = f'<w:spacing w:val="{points(f.CLOSER, 20)}"/>' if look.grid else ""
    size = points(look.size, 2)
    letters = f'{_fonts(look.font)}{closer}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{style_id(kind)}">'
        f'<w:name w:val="{escape(look.name)}"/><w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def _settings() -> str:
    return (
        f"{_HEAD}<w:settings {_NS}><w:evenAndOddHeaders/>"
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
    )


def _font_table() -> str:
    fonts = "".join(
        f'<w:font w:name="{font.name}"><w:altName w:val="{font.fallback}"/>'
        f'<w:charset w:val="86"/><w:family w:val="{font.family}"/></w:font>'
        for font in f.FONTS
    )
    return f"{_HEAD}<w:fonts {_NS}>{fonts}</w:fonts>"


def _theme() -> str:
    """The theme that every file has to have: black on white, and the fonts of the text."""
    colours = ("dk1", "000000"), ("lt1", "FFFFFF"), ("dk2", "1F1F1F"), ("lt2", "EEEEEE")
    accents = tuple((f"accent{i}", "404040") for i in range(1, 7))
    links = ("hlink", "0000FF"), ("folHlink", "800080")
    scheme = "".join(
        f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>'
        for name, value in (*colours, *accents, *links)
    )
    font = f'<a:latin typeface="{f.LATIN}"/><a:ea typeface="{f.FANG.name}"/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="6350">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{_HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'name="policydsl"><a:themeElements><a:clrScheme name="policydsl">{scheme}</a:clrScheme>'
        f'<a:fontScheme name="policydsl"><a:majorFont>{font}</a:majorFont>'
        f"<a:minorFont>{font}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="policydsl"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{effect * 3}"
        f"</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme>"
        "</a:themeElements></a:theme>"
    )


def _footer(side: str) -> str:
    """— 1 —, 4号, one character from the edge: odd pages at the right, even ones at the left."""
    run = f'<w:rPr>{_fonts(f.SONG)}<w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>'
    field = (
        f'<w:r>{run}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{run}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'<w:r>{run}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{run}<w:t>1</w:t></w:r>"
        f'<w:r>{run}<w:fldChar w:fldCharType="end"/></w:r>'
    )
    indent = f'<w:ind w:{side}Chars="100" w:{side}="280"/>'
    return (
        f'{_HEAD}<w:ftr {_NS}><w:p><w:pPr><w:pStyle w:val="Footer"/>{indent}'
        f'<w:jc w:val="{side}"/></w:pPr><w:r>{run}<w:t xml:space="preserve">— </w:t></w:r>{field}'
        f'<w:r>{run}<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


# -- an office's own template


def _add_styles(made: Any) -> None:
    """Styles of ours that the template lacks; one of the same name is used under its own id."""
    from lxml import etree

    styles = made.styles.element
    own = {
        style.find(q("w:name")).get(q("w:val")): style
        for style in styles.findall(q("w:style"))
        if style.find(q("w:name")) is not None
    }
    for kind, look in f.LOOKS.items():
        there = own.get(look.name)
        if there is not None:
            there.set(q("w:styleId"), style_id(kind))
            continue
        for clash in styles.findall(q("w:style")):
            if clash.get(q("w:styleId")) == style_id(kind):
                styles.remove(clash)
        wrapped = f"<w:styles {_NS}>{_style(kind)}</w:styles>"
        styles.append(deepcopy(etree.fromstring(wrapped)[0]))


def _drop_personal(made: Any) -> None:
    """Leave out the parts of a template that tell of people and places (comments, own data)."""
    personal = ("customXml", "comments", "people", "custom-properties", "extended-properties",
                "glossaryDocument", "attachedTemplate", "thumbnail")  # fmt: skip
    for owner in (made.part, made.part.package):
        for key, relation in list(owner.rels.items()):
            if any(word in relation.reltype for word in personal):
                del owner.rels[key]
    settings = made.settings.element
    for tag in ("w:attachedTemplate", "w:rsids", "w:docVars"):
        for found in settings.findall(q(tag)):
            settings.remove(found)


def references(section: Any) -> Iterator[Any]:
    """Copies of the references to headers and footers of a section."""
    if section is None:
        return
    for child in section:
        if child.tag in (q("w:headerReference"), q("w:footerReference")):
            yield deepcopy(child)


def clean_properties(made: Any, title: str) -> None:
    """Title and language only; no author, no time."""
    properties = made.core_properties
    kept = properties._element
    for child in list(kept):
        kept.remove(child)
    properties.title = word_like(title)[:250]
    properties.language = "zh-CN"


def drawing(relation: str, number: int, alt: str, width: int, height: int) -> Any:
    """A picture that stands in the text; ``width`` and ``height`` in the units of drawings."""
    from docx.oxml import parse_xml

    wp = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    pic = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    said = escape(word_like(alt), {'"': "&quot;", "\n": " "})
    return parse_xml(
        f'<w:drawing xmlns:w="{W}" xmlns:wp="{wp}" xmlns:a="{a}" xmlns:pic="{pic}" xmlns:r="{R}">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name="图{number}" descr="{said}"/>'
        f'<a:graphic><a:graphicData uri="{pic}"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="图{number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing>"
    )


__all__ = ["drawing", "element", "opened", "plain_template", "q", "style_id", "text"]
