"""``package`` and ``feedback``: documents out, opinions in."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from policydsl.cli import OK
from policydsl.cli.options import Date, assume_option, folder_option
from policydsl.cli.output import coloured, language_option, say, settings, warning

SENDER = (
    ("office", "发文机关"), ("contact", "联系人"), ("phone", "电话"), ("mail", "电子邮箱"),
)  # fmt: skip


@click.command("package")
@click.argument("policy")
@click.option(
    "--base",
    metavar="OLD",
    help="与之对照的原文件：标识或文件 · The older edition to compare with.",
)
@click.option(
    "--simulation",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="policydsl simulate --out 写出的文件夹 · A folder that simulate wrote.",
)
@assume_option("假设集，可多次 · Assumption set, repeatable.")
@folder_option("写入这个文件夹 · Folder for the package.")
@click.option(
    "--format",
    "forms",
    default="docx",
    show_default=True,
    metavar="FORMS",
    help="docx、html、pdf，用逗号隔开 · Separated by commas.",
)
@click.option("--issued", type=Date(), metavar="DATE", help="发文日期 · When it is sent out.")
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    default=7,
    show_default=True,
    help="征求意见多少个工作日 · Working days for opinions.",
)
@click.option("--published", type=Date(), metavar="DATE", help="公布日期 · When it is published.")
@click.option("--in-force", type=Date(), metavar="DATE", help="施行日期 · When it takes effect.")
@click.option(
    "--start",
    type=Date(),
    metavar="DATE",
    help="办理期限从哪天推算 · From when to count the periods that it sets.",
)
@click.option(
    "--texts",
    type=click.Choice(["own", "generated"]),
    default="own",
    show_default=True,
    help="条款写有原文时用原文，还是一律由规则生成 · The clauses' own texts, or generated ones.",
)
@click.option("--office", help="发文机关 · The office that asks.")
@click.option("--contact", help="联系人 · Whom to ask.")
@click.option("--phone", help="联系电话 · Phone.")
@click.option("--mail", help="电子邮箱 · E-mail.")
@click.option(
    "--template",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="本单位的 .docx 模板 · Your office's own .docx template.",
)
@click.option(
    "--columns",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="本单位的列设定 .toml · Your office's own columns.",
)
@click.option("--overwrite", is_flag=True, help="替换改过的文件 · Replace files that were changed.")
@language_option
def package_command(
    policy: str, base: str | None, simulation: Path | None, assume: tuple[str, ...], out: Path,
    forms: str, issued: date | None, days: int, published: date | None, in_force: date | None,
    start: date | None, texts: str, office: str | None, contact: str | None, phone: str | None,
    mail: str | None, template: Path | None, columns: Path | None, overwrite: bool,
) -> int:  # fmt: skip
    """征求意见的全套文件：函、反馈单、征求意见稿和附表、起草说明、修改对照表、流程日历。

    The consultation package of POLICY (a policy or an amendment): letter, form, draft with its
    appendix tables, drafting note, table of changes, tracked changes, calendar, check list.
    """
    from policydsl.drafting.letters import Sender
    from policydsl.drafting.package import Wanted, forms_of, write_package

    wanted = Wanted(
        base, simulation, assume, forms_of(forms), issued, days, published, in_force, start,
        "generated" if texts == "generated" else "own", Sender(office, contact, phone, mail),
        template, columns, overwrite,
    )  # fmt: skip

    def tell(name: str) -> None:
        if coloured(sys.stderr):
            click.echo(f"  {name}", err=True)

    made, names = write_package(policy, out, wanted, tell)
    for note in made.notes:
        warning(note)
    say(f"已写入 {out}：", f"Wrote to {out}:")
    for name in names:
        click.echo(f"  {name}")
    left = made.documents["核对清单（起草人自用）"]
    if any(p.text == "一、待起草人填写的位置" for p in left.blocks if hasattr(p, "text")):
        say(
            "文稿中标有底色的〔〕由起草人填写，逐处列在核对清单里。",
            "Places marked 〔〕 are left to the drafter; the check list names them all.",
        )
    return OK


@click.command("feedback")
@click.argument("policy")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@folder_option(
    "汇总表写入这个文件夹；已有的接着用 · Folder for the table; one there is gone on from."
)
@click.option(
    "--previous",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="上一轮的汇总表 .xlsx · The table of the round before.",
)
@language_option
def feedback_command(policy: str, files: tuple[Path, ...], out: Path, previous: Path | None) -> int:
    """读回收的反馈单（.docx、.xlsx、.csv），写出意见采纳情况汇总表；已作的决定保留。

    Read filled forms (files, or folders of them), tie opinions to clauses, and write the table of
    what was adopted and why.  Decisions of the round before are kept.
    """
    from policydsl.drafting.feedback import place_text, summary_line, write_feedback

    feedback, paths = write_feedback(policy, _inside(files), out, previous)
    chinese = settings().language == "zh"
    if chinese:
        click.echo(summary_line(feedback))
    else:
        units = {o.unit for o in feedback.opinions}
        click.echo(
            f"{len(feedback.opinions)} opinions of {len(units)} units; "
            f"{len(feedback.without)} units have none."
        )
    for opinion in feedback.unknown:
        near = "、".join(feedback.places.shown(key) for key in opinion.near)
        zh = f"没有对应的条款：{opinion.unit}“{opinion.written}”" + (
            f"（可能是{near}）" if near else ""
        )
        en = f"no such clause: {opinion.unit} “{opinion.written}”" + (f" ({near}?)" if near else "")
        warning(zh if chinese else en)
    for opinion in feedback.guessed:
        place = place_text(opinion, feedback)
        warning(f"推定的条款，请核对：{opinion.unit}　{place}" if chinese
                else f"a proposal, please check: {opinion.unit} {place}")  # fmt: skip
    for note in feedback.notes:
        warning(note)
    for path in paths:
        say(f"已写入 {path}", f"Wrote {path}")
    return OK


def _inside(files: tuple[Path, ...]) -> list[Path]:
    """The files, and those in folders (not Word's own ~$ files)."""
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            found += sorted(
                p
                for p in path.iterdir()
                if p.suffix.lower() in (".docx", ".xlsx", ".csv") and not p.name.startswith("~$")
            )
        else:
            found.append(path)
    return found
