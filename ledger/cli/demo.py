"""``demo``: the whole round on the bundled report, every command shown before it runs."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from ledger.cli.app import Command, colour, run, say
from ledger.errors import N_, LedgerError, UsageProblem
from ledger.i18n import _

REPORT = "siping-2023.txt"
OFFICE, CITY, SERVICE, JUSTICE = (
    "市委依法治市办",
    "市政府督查室",
    "市政数局",
    "市司法局",
)
SUPERVISOR, APPROVER, VERIFIER, SERVICE_HEAD, JUSTICE_HEAD = (
    "李明",
    "周涛",
    "赵敏",
    "王强",
    "陈静",
)
PLAN = f"""ref,unit,due,kind,owner,target,measure,criterion
1,{JUSTICE},6m,phased,{JUSTICE_HEAD},各县（市）区法治政府建设全部达标,对未达标地区逐一督导,未达标地区复评合格
2,{SERVICE},2m,phased,{SERVICE_HEAD},乡镇（街道）政务服务事项与市级同标准办理,培训乡镇窗口人员；统一办事指南,抽查五个乡镇窗口均能独立办理
3,{JUSTICE},3m,phased,{JUSTICE_HEAD},规范性文件和重大决策程序完备,修订备案审查工作办法,新制定文件备案率百分之百
4,{JUSTICE},3m,immediate,{JUSTICE_HEAD},执法案卷合格,开展案卷制作培训,案卷评查无不合格案卷
"""


class DemoStopped(LedgerError):
    """A step of the demo did not end as it should."""


@click.command("demo", cls=Command)
@click.argument(
    "folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]"
)
def demo_command(folder: Path | None) -> None:
    """Show the whole round on the bundled report.

    In a fresh folder: derive, register, assign, sync to a folder of issues; a unit
    works in its issue file and closes it; others review, verify and strike off.
    The report is a real public document; the people and assignments are made up.
    """
    where = _fresh(folder)
    # The demo's own settings only: not the user's name, ledger or clock.
    kept = {name: os.environ.pop(name, None) for name in ("LEDGER", "LEDGER_AS")}
    before = Path.cwd()
    os.chdir(where)
    try:
        for step in _steps(where):
            title, commands = step
            if title:
                say("")
                say(_heading(title))
            for words in commands:
                _run(words)
    finally:
        os.chdir(before)
        os.environ.update({name: value for name, value in kept.items() if value})
    say("")
    say(_heading(_("Try next, in {folder}:").format(folder=where)))
    for line in (
        "ledger show 2",
        "ledger log 2",
        f'ledger progress 4 "案卷培训已排期" --as {JUSTICE_HEAD}',
    ):
        say(f"  {line}")


def _fresh(folder: Path | None) -> Path:
    """An empty folder: the one named, or a new one here."""
    if folder is None:
        number = 1
        folder = Path("ledger-demo")
        while folder.exists():
            number += 1
            folder = Path(f"ledger-demo-{number}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(
            N_("{folder} is not empty."),
            N_(
                "The demo begins in a fresh folder, so that nothing of yours is touched."
            ),
            N_("Name another folder, or none."),
            folder=folder,
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _steps(where: Path) -> Iterator[tuple[str, list[Sequence[str]]]]:
    """The titles and commands of the demo, in order; writes its files on the way."""
    from importlib.resources import files

    sample = files("checklists").joinpath("samples", REPORT)
    (where / REPORT).write_bytes(sample.read_bytes())
    yield (
        _("1. A report becomes a checklist: what it says is wrong, and what it plans"),
        [["derive", REPORT]],
    )
    yield (
        _("2. A ledger begins: the office that keeps it, the units, the people"),
        [
            ["init", ".", "--unit", OFFICE, "--actor", SUPERVISOR],
            ["units", "add", SERVICE],
            ["units", "add", JUSTICE],
            ["units", "add", CITY, "--outside"],
            ["people", "add", SERVICE_HEAD, "--unit", SERVICE, "--role", "unit-head"],
            ["people", "add", JUSTICE_HEAD, "--unit", JUSTICE, "--role", "unit-head"],
            ["people", "add", VERIFIER, "--unit", CITY, "--role", "verifier"],
            ["people", "add", APPROVER, "--unit", OFFICE, "--role", "approver"],
            [
                "rules",
                "set",
                "closing",
                "three-person",
                "--reason",
                "核查人与销号人分开",
            ],
        ],
    )
    yield (
        _("3. Every entry goes on account, and the problems are assigned"),
        [["register", REPORT]],
    )
    (where / "assign.csv").write_text(PLAN, encoding="utf-8")
    say(_("  (assign.csv was filled in; ledger assign --template writes it)"))
    yield "", [["assign", "--from", "assign.csv", "--yes"]]
    yield (
        _("4. The items become issues where the units work: here a folder of files"),
        [
            ["tracker", "add", "folder", "--kind", "folder", "--url", "issues"],
            ["people", "link", SERVICE_HEAD, f"folder:{SERVICE_HEAD}"],
            ["start", "2", "--as", SERVICE_HEAD],
            ["sync", "--yes"],
        ],
    )
    _work(where)
    yield (
        _("6. Sync brings that home: closing an issue is a request, not a closure"),
        [["sync"], ["show", "2"]],
    )
    yield (
        _("7. Other people of other units decide: papers, verification, closure"),
        [
            ["review", "2", "--opinion", "材料齐全，进入核查", "--as", SUPERVISOR],
            [
                "verify",
                "2",
                "--pass",
                "--conclusion",
                "1:现场抽查五个乡镇窗口，均能独立办理",
                "--method",
                "现场核查",
                "--as",
                VERIFIER,
            ],
            ["close", "2", "--opinion", "佐证材料充分，同意销号", "--as", APPROVER],
            ["sync"],
        ],
    )
    yield _("8. How the ledger stands"), [["status"], ["weekly"], ["audit"]]


def _work(where: Path) -> None:
    """Do in the issue file what the unit would do in it with an editor."""
    (path,) = (
        path
        for path in (where / "issues").glob("*.md")
        if "R-2023-002" in path.read_text(encoding="utf-8")
    )
    before = path.read_text(encoding="utf-8")
    shelf = where / "issues" / "attachments" / path.name[:4]
    shelf.mkdir(parents=True, exist_ok=True)
    (shelf / "培训签到表.txt").write_text(
        "2023 年政务服务培训签到：五个乡镇窗口人员 23 人全部到训。\n", encoding="utf-8"
    )
    after = re.sub(r"(?m)^- \[ \] (?=\d)", "- [x] ", before)
    after = re.sub(r"(?m)^state:.*$", "state: closed", after, count=1)
    after = re.sub(r"(?m)^closed_by:.*$", f"closed_by: {SERVICE_HEAD}", after, count=1)
    after = (
        after.rstrip("\n")
        + f"\n\n### {SERVICE_HEAD}\n\n乡镇窗口人员已全部培训，办事指南已统一，申请销号。"
        f" 佐证：[培训签到表](attachments/{path.name[:4]}/培训签到表.txt)\n"
    )
    path.write_text(after, encoding="utf-8")
    say("")
    say(
        _heading(
            _("5. {person} works in the issue file, with any editor: {path}").format(
                person=SERVICE_HEAD, path=path.relative_to(where)
            )
        )
    )
    for line in difflib.unified_diff(
        before.splitlines(), after.splitlines(), lineterm="", n=0
    ):
        if not line.startswith(("---", "+++", "@@")):
            say(f"  {line}")


def _typed(words: Sequence[str]) -> str:
    """The words as a person would type them: quoted only where a shell needs it."""
    return " ".join(
        word if re.fullmatch(r"[\w./:=@%+,-]+", word) else shlex.quote(word)
        for word in words
    )


def _heading(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour() else text


def _run(words: Sequence[str]) -> None:
    """Show a command as it would be typed, and run it here."""
    say(f"$ ledger {_typed(words)}")
    sys.stdout.flush()
    from ledger import i18n

    with _language_kept():
        code = run([*words, "--lang", i18n.language()])
    if code != 0:
        raise DemoStopped(
            N_("The demo stopped at: ledger {command}"),
            N_("It ended with exit code {code}."),
            N_("Its folder is left as it is: {folder}"),
            command=_typed(words),
            code=code,
            folder=Path.cwd(),
        )


@contextmanager
def _language_kept() -> Iterator[None]:
    from ledger import i18n

    before = i18n.language()
    try:
        yield
    finally:
        i18n.activate(before)
