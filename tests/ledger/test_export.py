"""The verifier of the documentation, run as it stands there, on exports true and forged."""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from ledger import journalfile
from ledger.cli.app import run
from ledger.errors import UsageProblem
from ledger.journal import FIRST_HASH
from ledger.seal import seal, write_seal
from ledger.storage.journal import Row
from tests.ledger.life import Life

PAGE = Path(__file__).parents[2] / "docs" / "journal.md"
Lines = list[dict[str, str]]


@pytest.fixture(scope="module")
def verifier() -> str:
    (program,) = re.findall(
        r"^```python\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert isinstance(program, str)
    return program


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("export")
    life = Life(folder / "ledger")
    life.through("001", "市司法局", "孙丽")
    life.assign("002", "市政数局")
    path, sealed = folder / "journal.jsonl", folder / "seal.json"
    head = journalfile.export(life.ledger, path)
    write_seal(seal(life.ledger), sealed)
    life.ledger.close()
    return SimpleNamespace(
        folder=folder, ledger=life.folder, path=path, seal=sealed, head=head
    )


def verify(program: str, path: Path, sealed: Path | None = None) -> tuple[int, str]:
    """Exit code and last line of the page's program, isolated, in a new process."""
    script = path.parent / "verify.py"
    script.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            str(script),
            str(path),
            *([str(sealed)] if sealed else []),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def function_of(program: str) -> Callable[..., tuple[int, str]]:
    """The page's ``verify``, loaded once: a hundred processes would take long."""
    space: dict[str, object] = {"__name__": "verify"}
    exec(compile(program, "verify.py", "exec"), space)  # noqa: S102 (the page's own program)
    found = space["verify"]
    assert callable(found)
    return found


def rehashed(lines: Lines, begin: int) -> Lines:
    """The lines from ``begin`` on chained anew, as a forger would."""
    previous = lines[begin - 1]["hash"] if begin else FIRST_HASH
    made = lines[:begin]
    for line in lines[begin:]:
        digest = hashlib.sha256((previous + line["body"]).encode()).hexdigest()
        made.append({"body": line["body"], "hash": digest})
        previous = digest
    return made


def edited(line: dict[str, str], **values: object) -> dict[str, str]:
    event = {**json.loads(line["body"]), **values}
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return {**line, "body": body}


def changed(lines: Lines, at: int, dice: random.Random) -> Lines:
    body = lines[at]["body"]
    place = dice.randrange(len(body))
    other = body[:place] + ("x" if body[place] != "x" else "y") + body[place + 1 :]
    return [*lines[:at], {**lines[at], "body": other}, *lines[at + 1 :]]


def wrong_hash(lines: Lines, at: int, dice: random.Random) -> Lines:
    kept = lines[at]["hash"]
    place = dice.randrange(64)
    digit = dice.choice([d for d in "0123456789abcdef" if d != kept[place]])
    other = kept[:place] + digit + kept[place + 1 :]
    return [*lines[:at], {**lines[at], "hash": other}, *lines[at + 1 :]]


def dropped(lines: Lines, at: int, _dice: random.Random) -> Lines:
    return lines[:at] + lines[at + 1 :]


def doubled(lines: Lines, at: int, _dice: random.Random) -> Lines:
    return lines[: at + 1] + lines[at:]


def swapped(lines: Lines, at: int, dice: random.Random) -> Lines:
    other = dice.choice([n for n in range(len(lines)) if n != at])
    made = list(lines)
    made[at], made[other] = made[other], made[at]
    return made


def one_rehashed(lines: Lines, at: int, _dice: random.Random) -> Lines:
    forged = edited(lines[at], actor="p9")
    previous = lines[at - 1]["hash"] if at else FIRST_HASH
    digest = hashlib.sha256((previous + forged["body"]).encode()).hexdigest()
    return [*lines[:at], {**forged, "hash": digest}, *lines[at + 1 :]]


def all_rehashed(lines: Lines, at: int, _dice: random.Random) -> Lines:
    return rehashed([*lines[:at], edited(lines[at], actor="p9"), *lines[at + 1 :]], at)


def dropped_and_rehashed(lines: Lines, at: int, _dice: random.Random) -> Lines:
    return rehashed(lines[:at] + lines[at + 1 :], at)


def cut_short(lines: Lines, at: int, _dice: random.Random) -> Lines:
    return lines[:at]


def put_between(lines: Lines, at: int, _dice: random.Random) -> Lines:
    return rehashed([*lines[:at], lines[at], *lines[at:]], at)


def with_more_keys(lines: Lines, at: int, _dice: random.Random) -> Lines:
    return [*lines[:at], {"note": "x", **lines[at]}, *lines[at + 1 :]]


FORGERIES = (
    changed,
    wrong_hash,
    dropped,
    doubled,
    swapped,
    one_rehashed,
    all_rehashed,
    dropped_and_rehashed,
    cut_short,
    put_between,
    with_more_keys,
)
ONLY_A_SEAL_SHOWS = {all_rehashed, cut_short}


def test_the_page_s_verifier_has_forty_lines_and_only_the_standard_library(
    verifier: str,
) -> None:
    assert len([line for line in verifier.splitlines() if line.strip()]) <= 40
    imports = set(re.findall(r"^(?:import|from) (\w+)", verifier, re.MULTILINE))
    assert imports <= set(sys.stdlib_module_names)


def test_it_accepts_a_true_export_and_names_count_and_head(
    verifier: str, exported: SimpleNamespace
) -> None:
    said = f"{exported.head.seq} {exported.head.hash}"
    assert verify(verifier, exported.path) == (0, said)
    assert verify(verifier, exported.path, exported.seal) == (0, said)


def test_it_rejects_a_hundred_and_ten_forged_exports(
    verifier: str, exported: SimpleNamespace
) -> None:
    check = function_of(verifier)
    lines: Lines = [
        json.loads(line) for line in exported.path.read_bytes().splitlines()
    ]
    sealed = json.loads(exported.seal.read_text())
    path = exported.folder / "forged.jsonl"
    dice = random.Random(20240607)  # noqa: S311 (forgeries, no secret)
    for number in range(110):
        forge = FORGERIES[number % len(FORGERIES)]
        # A last entry dropped or hashed anew is a chain cut short or written anew.
        at = dice.randrange(len(lines) - 1)
        forged = forge(lines, at, dice)
        assert forged != lines
        path.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in forged),
            encoding="utf-8",
        )
        with pytest.raises((ValueError, KeyError, TypeError)):
            check(path, sealed)
        if forge in ONLY_A_SEAL_SHOWS:
            assert check(path)[0] == len(forged)
        else:
            with pytest.raises((ValueError, KeyError, TypeError)):
                check(path)


def test_a_body_that_stands_twice_in_a_line_is_rejected(
    verifier: str, exported: SimpleNamespace
) -> None:
    first, *rest = exported.path.read_text(encoding="utf-8").splitlines(keepends=True)
    path = exported.folder / "twice.jsonl"
    path.write_text('{"body": "{}", ' + first.removeprefix("{") + "".join(rest))
    code, said = verify(verifier, path)
    assert (code, said) == (1, "FALSE: line 1: not a body and a hash")


def test_the_bodies_are_what_was_hashed_character_by_character(
    exported: SimpleNamespace,
) -> None:
    previous = FIRST_HASH
    for raw in exported.path.read_bytes().split(b"\n")[:-1]:
        line = json.loads(raw)
        previous = hashlib.sha256((previous + line["body"]).encode()).hexdigest()
        assert line["hash"] == previous
    assert previous == exported.head.hash


def test_the_command_writes_a_new_file_or_prints(
    exported: SimpleNamespace, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    place = ["--ledger", str(exported.ledger)]
    path = exported.folder / "again.jsonl"
    assert run(["journal", "export", str(path), *place]) == 0
    assert exported.head.hash.encode() in capsysbinary.readouterr().out
    assert path.read_bytes() == exported.path.read_bytes()
    assert run(["journal", "export", "-", *place]) == 0
    assert capsysbinary.readouterr().out == exported.path.read_bytes()
    path.write_text("mine")
    assert run(["journal", "export", str(path), *place]) == 2
    assert path.read_text() == "mine"


def test_an_export_that_fails_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(tmp_path / "ledger")
    broken = journalfile.line

    def stops(row: Row) -> bytes:
        if row.seq == 5:
            raise UsageProblem("stopped")
        return broken(row)

    monkeypatch.setattr(journalfile, "line", stops)
    with pytest.raises(UsageProblem):
        journalfile.export(life.ledger, tmp_path / "journal.jsonl")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "ledger",
        "ledger-papers",
    ]
    life.ledger.close()
