"""What looks for tokens in the run finds one wherever it is put."""

from __future__ import annotations

import sqlite3
import zipfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaks import Watch

SECRET = "planted-6b1e94"  # not the run's own mark: that would be found, too


def plain(folder: Path) -> None:
    (folder / "a.txt").write_text(f"vor {SECRET}-x nach", encoding="utf-8")


def over_the_edge_of_a_piece(folder: Path) -> None:
    (folder / "large").write_bytes(b"x" * ((1 << 20) - 5) + SECRET.encode())


def within_a_header(folder: Path) -> None:
    for more in ("", "a", "ab"):
        code = b64encode(f"{more}ledger:{SECRET}-x".encode()).decode()
        (folder / f"a{more}").write_text(f"Authorization: Basic {code}")


def torn_in_a_database(folder: Path) -> None:
    link = sqlite3.connect(folder / "ledger.db")
    link.execute("CREATE TABLE t (v TEXT)")
    # So large that it lies on several pages, and one edge falls into the secret.
    for long in range(4000, 4100, len(SECRET) - 4):
        link.execute("INSERT INTO t VALUES (?)", ("x" * long + SECRET + "y" * 4000,))
    link.commit()
    link.close()


def in_an_archive(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<v>{SECRET}</v>" + "x" * 1000)


def in_a_name(folder: Path) -> None:
    (folder / f"{SECRET}.txt").touch()


def deep_below(folder: Path) -> None:
    plain_folder = folder / "a" / "b"
    plain_folder.mkdir(parents=True)
    plain(plain_folder)


@pytest.mark.parametrize(
    "put",
    [
        plain,
        over_the_edge_of_a_piece,
        within_a_header,
        torn_in_a_database,
        in_an_archive,
        in_a_name,
        deep_below,
    ],
)
def test_a_token_in_a_file_is_found(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    watch = Watch([SECRET])
    watch.search(tmp_path)
    assert watch.found == []
    put(tmp_path)
    watch.search(tmp_path)
    assert len(watch.found) == 3 if put is within_a_header else 1
    assert watch.files
    assert watch.bytes or put is in_a_name


def test_only_the_file_that_was_named_may_hold_it_and_only_for_its_owner(
    tmp_path: Path,
) -> None:
    watch = Watch([SECRET])
    for name in ("named", "other"):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "credentials.toml"
        path.write_text(f'token = "{SECRET}"')
        path.chmod(0o600)
    watch.allowed.add(tmp_path / "named" / "credentials.toml")
    watch.search(tmp_path)
    assert watch.found == [str(tmp_path / "other" / "credentials.toml")]
    (tmp_path / "named" / "credentials.toml").chmod(0o640)
    watch.search(tmp_path / "named")
    assert "others may read" in watch.found[-1]


def test_what_is_said_is_looked_at_as_text_and_as_bytes() -> None:
    watch = Watch([SECRET])
    nothing: tuple[object, ...] = ("", b"", None, "nichts", "密码")
    for said in nothing:
        watch.look("print", said)
    assert watch.found == []
    something: tuple[object, ...] = (f"!{SECRET}!", f"!{SECRET}!".encode(), [SECRET])
    for said in something:
        watch.look("print", said)
    assert len(watch.found) == 3
    assert "test_what_is_said" in watch.found[0]
