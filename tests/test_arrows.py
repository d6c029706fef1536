"""Who may import whom: the arrows of the design, read from the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("checklists", "integrations", "ledger")

CORE = frozenset(
    {
        "assignment",
        "clean",
        "clock",
        "deadlines",
        "directory",
        "errors",
        "guards",
        "holidays",
        "i18n",
        "item",
        "journal",
        "lifecycle",
        "plain",
        "projection",
        "rules",
        "told",
        "workdays",
    }
)
"""What is pure: no storage, no door, no screen."""

DOOR = frozenset(
    {
        "audit",
        "backup",
        "book",
        "dossier",
        "evidence",
        "inbox",
        "journalfile",
        "past",
        "registration",
        "restore",
        "roster",
        "seal",
        "selecting",
        "stated",
        "versions",
    }
)
"""Every way into a ledger, above the storage: ``book`` and what is done through it."""

SHOWN = frozenset({"audit", "dossier", "evidence", "inbox", "stated", "versions"})
"""Those of them whose values the views put on a screen."""

FRONT = frozenset({"cli", "config", "deriving"})
"""What stands before them all: the command line and what it alone uses."""

# part of ledger: the parts of ledger that it may import, besides itself
ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(CORE, CORE),
    "storage": CORE,
    **dict.fromkeys(DOOR, CORE | DOOR | {"storage"}),
    "figures": CORE | {"storage"},
    "sync": CORE | DOOR | {"storage"},
    "views": CORE | SHOWN | {"figures", "sync"},
    "config": CORE | {"storage"},
    "deriving": CORE | DOOR | {"views"},
    "cli": CORE | DOOR | FRONT | {"storage", "figures", "sync", "views"},
}
SYNC_STORES = {
    "ledger.storage.sync",
    "ledger.storage.evidence",
    "ledger.storage.items",
}
"""Of the storage, sync uses what remembers trackers, what takes attachments, and the
values by which items are selected."""

OUTSIDE: dict[str, set[str]] = {
    "sqlite3": {"ledger/storage"},
    "rich": {"ledger/views", "ledger/cli"},
    "click": {"ledger/cli"},
    # page.py asks for one public page by the same rules and without an account.
    "requests": {"integrations/http.py", "integrations/page.py"},
}


def modules() -> list[Path]:
    return [
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Every module that ``path`` imports anywhere, also for types alone."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by dots"
            assert node.module is not None
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                is_module = (ROOT / name.replace(".", "/")).with_suffix(".py").exists()
                is_package = (ROOT / name.replace(".", "/") / "__init__.py").exists()
                yield name if is_module or is_package else node.module


def part_of(name: str) -> str | None:
    """The part of ledger that a module belongs to; ``None``: the package itself."""
    return name.split(".")[1] if "." in name else None


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_imports_only_what_its_place_allows(path: Path) -> None:
    top = path.parts[0]
    for name in imported(path):
        package = name.split(".")[0]
        if package in PACKAGES and package != top:
            assert top == "ledger", f"{path} imports {name}"
        if package in OUTSIDE:
            place = path.as_posix()
            assert any(
                place == allowed or place.startswith(f"{allowed}/")
                for allowed in OUTSIDE[package]
            ), f"{path} imports {name}"


@pytest.mark.parametrize(
    "path", [path for path in modules() if path.parts[0] == "ledger"], ids=str
)
def test_a_part_of_the_ledger_imports_only_the_parts_below_it(path: Path) -> None:
    own = path.parts[1].removesuffix(".py")
    if own == "__init__":
        assert not [name for name in imported(path) if name.startswith("ledger")]
        return
    assert own in ALLOWED, f"{path} has no place among the arrows yet"
    for name in imported(path):
        if name.split(".")[0] in ("checklists", "integrations"):
            pure = own in CORE or own in ("storage", "figures")
            assert not pure, f"{path} imports {name}"
        if not name.startswith("ledger."):
            continue
        part = part_of(name)
        assert part == own or part in ALLOWED[own], f"{path} imports {name}"
        if own == "sync" and part == "storage":
            assert name in SYNC_STORES, f"{path} imports {name}"


_SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM|INSERT\s.*INTO|UPDATE\s.+\sSET|DELETE\s+FROM|PRAGMA\s"
    r"|CREATE\s+(TABLE|INDEX|TRIGGER|VIEW)|ATTACH\s|BEGIN\s+IMMEDIATE)\b",
    re.DOTALL,
)


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if not path.as_posix().startswith("ledger/storage/")],
    ids=str,
)
def test_only_the_storage_holds_sql(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not _SQL.match(node.value), f"{path}:{node.lineno}: {node.value}"


def test_every_part_has_a_place_and_every_place_a_part() -> None:
    there = {
        path.parts[1].removesuffix(".py")
        for path in modules()
        if path.parts[0] == "ledger"
    } - {"__init__"}
    assert there == set(ALLOWED)
