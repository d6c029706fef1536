"""The Chinese catalogue: whole, true to the English, in the agreed words, and heard."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from ledger import i18n
from ledger.cli.app import COMMANDS, root, run
from ledger.views.text import width
from tests import catalogue
from tests.ledger.office import LI, Office

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")


@pytest.fixture(autouse=True)
def no_locale(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No locale asks for anything, and nothing said here is heard by later tests."""
    for name in LOCALE:
        # Set first, so that what a test leaves there goes as well.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    yield
    i18n.activate("en")


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    """Each message id with its Chinese."""
    return {
        text: said
        for text, message in catalogue.stored().items()
        for said in catalogue.strings_of(message)
        if said
    }


# Whole


def test_nothing_is_missing_unused_untranslated_fuzzy_or_stale() -> None:
    assert catalogue.faults() == []


def _renamed(po: str) -> str:
    return po.replace('msgid "Begin a ledger."', 'msgid "Begun a ledger."')


def _emptied(po: str) -> str:
    return re.sub(r'(msgid "Begin a ledger\."\nmsgstr )".*"', r'\1""', po)


def _doubted(po: str) -> str:
    return po.replace('msgid "Begin a ledger."', '#, fuzzy\nmsgid "Begin a ledger."')


def _misplaced(po: str) -> str:
    return re.sub(
        r'(msgid "There is no item \{ref\}\."\nmsgstr ".*)\{ref\}', r"\1{name}", po
    )


def _reworded(po: str) -> str:
    return re.sub(r'(msgid "Begin a ledger\."\nmsgstr ").*"', r'\1开始。"', po)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_renamed, "missing: 'Begin a ledger.'"),
        (_renamed, "unused: 'Begun a ledger.'"),
        (_emptied, "untranslated: 'Begin a ledger.'"),
        (_doubted, "fuzzy: 'Begin a ledger.'"),
        (_misplaced, "other places than 'There is no item {ref}.'"),
        (_reworded, "stale: ledger.mo"),
    ],
)
def test_the_check_finds_what_does_not_hold(
    change: Callable[[str], str],
    found: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = catalogue.PO.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    _beside(tmp_path, monkeypatch, changed)
    assert any(line.startswith(found) for line in catalogue.faults())
    assert catalogue.main(["--check"]) == 1


def test_an_update_keeps_translations_and_a_second_one_changes_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _beside(tmp_path, monkeypatch, catalogue.PO.read_text(encoding="utf-8"))
    before = catalogue.stored()
    catalogue.update()
    first = [path.read_bytes() for path in (catalogue.PO, catalogue.MO)]
    catalogue.update()
    assert [path.read_bytes() for path in (catalogue.PO, catalogue.MO)] == first
    after = catalogue.stored()
    kept = before.keys() & after.keys()
    assert kept
    assert all(before[text].string == after[text].string for text in kept)


def _beside(folder: Path, monkeypatch: pytest.MonkeyPatch, po: str) -> None:
    """Let the tool work on a copy."""
    copy = folder / "ledger.po"
    copy.write_text(po, encoding="utf-8")
    shutil.copy(catalogue.MO, folder)
    monkeypatch.setattr(catalogue, "PO", copy)
    monkeypatch.setattr(catalogue, "MO", copy.with_suffix(".mo"))


# In the agreed words

TERMS = {
    r"ledgers?": "台账",
    r"closures?|closings?|closer|str(?:ike|uck) off": "销号",
    r"(?:closure|closing) requested": "申请销号",
    r"closure rate": "销号率",
    r"completion rate": "整改完成率",
    r"on-time rate": "按期完成率",
    r"on account|registration": "挂账|在账",
    r"assign(?:ed|s|ment)?(?! an item to other)": "交办",
    r"reassign(?:ed)?": "改派",
    r"evidence": "佐证材料",
    r"measures?": "措施",
    r"responsible units?": "责任单位",
    r"lead units?": "牵头单位",
    r"cooperating units?": "配合单位",
    r"supervising office": "督办单位",
    r"responsible leader": "责任领导",
    r"(?<!later )due dates?": "时限",
    r"original due dates?": "原定时限",
    r"criteri(?:on|a)": "标准",
    r"progress notes?": "进展情况",
    r"desk review|papers": "初审",
    r"verif(?:y|ied|ication|ier)": "核查",
    r"public notice": "公示",
    r"rework requirement": "补充整改要求",
    r"extensions?|extended": "延期",
    r"look(?:ed|s)?[- ]back": "回头看",
    r"recurrence|recurred": "反弹",
    r"reopen(?:ed|s)?": "重新挂账|重新打开",  # items, issues
    r"transfer(?:red|s)?": "移交",
    r"void(?:ed|s)?": "撤账",
    r"reinstate[ds]?": "恢复",
    r"overdue": "逾期",
    r"weekly brief": "周报",
    r"provisional": "暂定",
    r"checklist": "清单",
    r"findings?|problems?": "问题",
    r"plan entr(?:y|ies)": "工作安排",
    r"dut(?:y|ies)": "法定职责",
    r"immediate": "立行立改",
    r"phased": "分阶段整改",
    r"ongoing|long-term": "长期整改",
}
"""The terms of the interface: what is said in English, and what Chinese must say."""

FORBIDDEN = {
    # ticket, approve
    "工单": ".",
    "批准": ".",
    "审批": ".",
    # to delete, for to close: only files and issues of others are deleted
    "删除": r"^(?!.*\bdelet)",
    # other words for the terms
    "证据": ".",
    "账本": ".",
    "指派": ".",
    "结案": ".",
    "办结": ".",
    "作废": ".",
    "展期": ".",
    "超期": ".",
    "过期": ".",
    "公告": ".",
}
"""Words that never stand in the Chinese of an id that the pattern finds."""

_TYPED = re.compile(
    r"`[^`]*`|\bledger \{\w+\}"
    r"|\{\w*(?:![rs])?\}"
    r"|--[a-z][a-z-]*|\b\w+=\w+"
    r"|\brectification-ledger\b|\b\w+\.csv\b"
    rf"|\bledger (?:{'|'.join(COMMANDS)})\b(?: [a-zA-Z-]+)*"
)


@pytest.mark.parametrize("english", TERMS)
def test_a_term_has_one_chinese_word(english: str, chinese: dict[str, str]) -> None:
    term = re.compile(rf"(?<![\w-])(?:{english})(?![\w-])", re.IGNORECASE)
    said = re.compile(TERMS[english])
    # What the Chinese repeats as it is typed, it need not translate.
    plain = {text: _TYPED.sub(" ", text).strip() for text in chinese}
    meant = [text for text in chinese if term.search(plain[text])]
    assert meant
    assert [text for text in meant if not said.search(chinese[text])] == []


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_word_that_is_never_used_is_not_used(
    word: str, chinese: dict[str, str]
) -> None:
    found = re.compile(FORBIDDEN[word], re.DOTALL)
    assert [
        text for text, said in chinese.items() if word in said and found.search(text)
    ] == []


def test_chinese_sentences_have_chinese_punctuation(chinese: dict[str, str]) -> None:
    half = re.compile(r"[\u4e00-\u9fff][,;:?!.()]|[(),;?!][\u4e00-\u9fff]")
    assert [said for said in chinese.values() if half.search(said)] == []
    assert [
        said
        for text, said in chinese.items()
        if re.search(r"\w{3}\.$", text) and not said.endswith(("。", "！"))
    ] == []


def test_commands_and_options_stand_as_they_are_typed(chinese: dict[str, str]) -> None:
    typed = re.compile(
        rf"--[a-z][a-z-]*|\bledger (?:{'|'.join(COMMANDS)})(?= |$)(?! (?:is|and|to|the)\b)"
    )
    assert [
        (text, word)
        for text, said in chinese.items()
        for word in typed.findall(text)
        if word not in said
    ] == []


# Heard


@pytest.mark.parametrize(
    ("environment", "words", "spoken"),
    [
        ({}, [], "en"),
        ({}, ["--lang", "zh"], "zh"),
        ({}, ["--lang=zh"], "zh"),
        ({"LANG": "zh_CN.UTF-8"}, [], "zh"),
        ({"LANG": "zh_TW.UTF-8"}, [], "zh"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, [], "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, [], "en"),
        ({"LC_ALL": "C.UTF-8"}, ["--lang", "zh"], "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_US:en"}, [], "zh"),
        ({"LANG": "zh_CN.UTF-8"}, ["--lang", "en"], "en"),
        ({"LANG": "de_DE.UTF-8"}, [], "en"),
    ],
)
def test_option_or_locale_choose_the_language_of_click_and_of_ours(
    environment: dict[str, str],
    words: list[str],
    spoken: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert run(["close", "--nonsense", *words]) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        {"en": "Error: No such option", "zh": "错误：没有 '--nonsense' 这个选项。\n"}[
            spoken
        ]
    )
    assert ("下一步：ledger close --help\n" in said) == (spoken == "zh")


def test_english_comes_back_after_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    run(["close", "--help", "--lang", "zh"])
    chinese = capsys.readouterr().out
    run(["close", "--help", "--lang", "en"])
    english = capsys.readouterr().out
    assert "选项：" in chinese
    assert "Options:" in english
    assert not re.search(r"[\u4e00-\u9fff]", english)


def test_english_reads_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_FOLDER", Path("/nowhere"))
    i18n.activate("en")
    assert i18n._("Begin a ledger.") == "Begin a ledger."
    with pytest.raises(FileNotFoundError):
        i18n.activate("zh")


def test_the_environment_is_left_alone_where_the_locale_is_chinese(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    i18n.activate(None)
    assert i18n.language() == "zh"
    assert "LANGUAGE" not in os.environ


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "错误：没有 'nonsense' 这个命令。"),
        (["list", "--limi", "3"], "是否指 '--limit'？"),
        (["show"], "错误：缺少 'REF'。"),
        (["add", "标题"], "错误：缺少 '--origin'。"),
        (["show", "1", "2"], "错误：多出参数（2）。"),
        (["list", "--kind", "x"], "错误：'--kind' 的值无效：'x' 不可用，可选："),
        (["list", "--limit", "x"], "错误：'--limit' 的值无效：'x' 不是有效的数值"),
        (["list", "--limit", "0"], "错误：'--limit' 的值无效：0 不在 x>=1 范围内。"),
        (["assign", "--due"], "错误：选项 '--due' 后须有值。"),
        (["assign", "--yes=1"], "错误：选项 '--yes' 不带值。"),
    ],
)
def test_what_click_refuses_is_said_in_chinese(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "zh", *words]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert re.search(r"\n下一步：ledger.* --help\n$", shown)


def test_our_errors_have_three_chinese_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "zh", "--ledger", str(tmp_path), "status"]) == 12
    what, why, todo = capsys.readouterr().err.splitlines()
    assert what.startswith(f"错误：{tmp_path}")
    assert what.endswith(" 处没有台账。")
    assert why.startswith("原因：")
    assert todo.startswith("下一步：请新建：ledger init ")


def test_reasons_of_a_refusal_follow_each_other_as_chinese_sentences(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    ref = office.registered()
    office.ledger.close()
    words = ["assign", ref, "--ledger", str(office.ledger.folder), "--as", LI]
    assert run(["--lang", "zh", *words]) == 4
    shown = capsys.readouterr().err
    assert f"错误：{ref} 不能执行 assign。\n" in shown
    assert "原因：未指明责任单位（--unit）。未定整改时限（--due）。" in shown


def _commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, (*path, name))


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_help_of_every_command_is_chinese_and_fits(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    typed = re.compile(r"--?[a-z][a-zA-Z-]*|\[[^]]*\]|[A-Z]{2,}\S*|\S*[/:.=|_]\S*")
    for path, _command in _commands(root):
        assert run([*path, "--help", "--lang", "zh"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith(" ".join(("用法：ledger", *path)))
        # The words of an option may be wider than the screen; nothing Chinese is.
        assert [
            line
            for line in lines
            if width(line) > columns and re.search("[\u4e00-\u9fff]", line)
        ] == []
        english = re.compile(r"(?:[A-Za-z]+[ ,]+){4}[a-z]+")
        assert [line for line in lines if english.search(typed.sub("#", line))] == []


SCREENS = {
    "status": "手工挂账事项 3 项（已销号 1，",
    "list": "整改中",
    "show 1": "目前可办",
    "show 2": "佐证材料",
    "log": "申请销号",
    "weekly": "无对应安排",
    "weekly --format markdown": "## 总体情况",
    "audit": "完整：哈希链",
    "rules": "几人销号",
    "units list": "体系外",
    "people list": "督办人",
    "evidence list 2": "大小",
    "tracker list": "尚无跟踪系统",
    "assign --template": "ref,",
    "derive siping-2023.txt": "无对应安排的问题：P2",
    "register siping-2023.txt --as 李明": "挂账 8 项",
    "close 2024-001 --as 李明": "目前可办",
    "assign 2024-003 --unit 无此单位 --due 30d --kind phased --as 李明": "没有单位“无此单位”",
    "close 99": "没有事项 99",
}
"""Commands, and what their Chinese output must hold."""


def test_screens_are_chinese_and_ask_for_no_words_that_the_catalogue_lacks(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    office.started()
    office.closed()
    office.registered()
    office.ledger.close()
    monkeypatch.setenv("LEDGER", str(office.ledger.folder))
    shutil.copy(catalogue.ROOT / "checklists" / "samples" / "siping-2023.txt", tmp_path)
    monkeypatch.chdir(tmp_path)
    asked = _listening(monkeypatch)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    for words, said in SCREENS.items():
        run(["--lang", "zh", *words.split()])
        shown = capsys.readouterr()
        assert said in shown.out + shown.err, words
    assert asked
    assert sorted(asked - catalogue.stored().keys()) == []


def test_the_demo_speaks_chinese_throughout(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    asked = _listening(monkeypatch)
    assert run(["--lang", "zh", "demo", "演示"]) == 0
    shown = capsys.readouterr().out
    assert "8. 台账总体情况" in shown
    assert "已销号" in shown
    assert sorted(asked - catalogue.stored().keys()) == []


def _listening(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every message id that is asked for from now on and has letters in it."""
    asked: set[str] = set()
    activate = i18n.activate

    def listen(language: str | None) -> None:
        activate(language)
        speak = i18n._catalogue

        def heard(text: str) -> str:
            if re.search("[A-Za-z]{2}", re.sub(r"\{\w*\}", "", text)):
                asked.add(text)
            return speak(text)

        monkeypatch.setattr(i18n, "_catalogue", heard)

    monkeypatch.setattr(i18n, "activate", listen)
    return asked
