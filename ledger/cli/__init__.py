"""The command ``ledger``: nothing but parsing, one call, one view."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with the documented exit code."""
    from ledger.cli.app import run

    raise SystemExit(run())
