"""The command ``ledger``: nothing but parsing, one call, one view."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with the documented exit code."""
    import gc

    # Starting makes many objects and no garbage; collecting costs `ledger status` a
    # tenth of its time. Long runs still collect.
    gc.set_threshold(100_000, 10, 10)
    from ledger.cli.app import run

    raise SystemExit(run())
