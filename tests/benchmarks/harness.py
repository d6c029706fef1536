"""Measure side by side, and hold ratios to their budgets.

Seconds differ between machines and between busy and quiet minutes of one; a ratio
to a yardstick that ran in turn with the subject differs little. Commands are
measured in seconds of processor time, user and system together: they work alone and
wait for nobody, and what else runs on the machine hardly changes the figure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Command = Sequence[str]

PASS: Command = (sys.executable, "-c", "pass")
"""The yardstick of start-up: an interpreter that does nothing."""


def ledger(*arguments: str) -> Command:
    """Our own command, as it is installed beside the interpreter."""
    return (os.path.join(os.path.dirname(sys.executable), "ledger"), *arguments)  # noqa: PTH118, PTH120 (a link into a virtual environment must stay one)


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table: ``subject`` and ``yardstick`` in seconds.

    ``allowance`` seconds are taken off the subject first: the start-up, where the
    budget is *so much + start-up*.
    """

    what: str
    subject: float
    yardstick: float
    budget: float
    allowance: float = 0.0

    @property
    def ratio(self) -> float:
        """How many times the yardstick the subject took."""
        return (self.subject - self.allowance) / self.yardstick

    @property
    def kept(self) -> bool:
        """Whether the ratio is within the budget."""
        return self.ratio <= self.budget


def seconds(command: Command) -> float:
    """Processor time of one run of ``command``, which must succeed.

    Raises:
        CalledProcessError: it failed; a failure takes no time that counts.
    """
    quiet = [
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    # Installed programs find their modules compiled; so must the one measured.
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    child = os.posix_spawnp(command[0], list(command), environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    if status:
        raise subprocess.CalledProcessError(status, list(command))
    return used.ru_utime + used.ru_stime


def best_of(commands: Mapping[str, Command], runs: int) -> dict[str, float]:
    """The least processor time of each command, run in turn ``runs`` times."""
    best = dict.fromkeys(commands, float("inf"))
    for _run in range(runs):
        for name, command in commands.items():
            best[name] = min(best[name], seconds(command))
    return best


def table(measured: Sequence[Measured]) -> list[str]:
    """The measurements as lines: what, ratio, budget, and the times behind them."""
    head = (
        f"{'what':<54} {'ratio':>6}  {'budget':>6}  {'subject':>10}  {'yardstick':>10}"
    )
    return [
        head,
        *(
            f"{one.what:<54} {one.ratio:>5.2f}×  {one.budget:>5.2f}×"
            f"  {one.subject * 1000:>7.1f} ms  {one.yardstick * 1000:>7.1f} ms"
            f"{'' if one.kept else '  OVER'}"
            for one in measured
        ),
    ]
