"""``sync serve``: the process that receives webhooks and runs sync for them."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from ledger.cli.app import colour, say, session, width
from ledger.errors import LedgerError
from ledger.i18n import _


class _Ending:
    """Ctrl-C and SIGTERM, both as the first: a run ends between two calls."""

    def __init__(self) -> None:
        self.asked = False

    def install(self) -> None:
        # A shell hands background jobs an ignored SIGINT; here it has a meaning.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, self._terminated)

    @staticmethod
    def _terminated(number: int, frame: FrameType | None) -> None:
        del number, frame
        signal.raise_signal(signal.SIGINT)


def serve(host: str, port: int, names: tuple[str, ...]) -> None:
    """Receive and sync until Ctrl-C or SIGTERM."""
    from ledger import config
    from ledger.sync.bell import Bell
    from ledger.sync.serve import Receiver, attend, posts, receiving

    served = posts(
        session().ledger,
        names,
        lambda address: config.credential(address).webhook_secret(),
    )
    ending, bell = _Ending(), Bell()
    receiver = Receiver(host, port, served, bell, refused=_distrusted)
    if not receiver.loopback:
        click.echo(
            _(
                "Warning: {address} can be reached from other machines, and what is"
                " sent there can be read on the way. Put a proxy with HTTPS before it."
            ).format(address=receiver.address),
            err=True,
        )
    ending.install()
    try:
        with receiving(receiver):
            for post in served.values():
                say(
                    _("{name}: receiving at {address}").format(
                        name=post.name, address=receiver.address + post.path
                    )
                )
            sys.stdout.flush()
            attend(
                bell,
                lambda name, keys: _run(name, keys, ending),
                stopped=lambda: ending.asked,
            )
    except KeyboardInterrupt:
        ending.asked = True
    click.echo(_("Stopped receiving."), err=True)


def _run(name: str, keys: frozenset[str], ending: _Ending) -> None:
    """The ordinary run of a tracker; what goes wrong is told, and serving goes on."""
    from integrations.tracker import TrackerError
    from ledger.cli.failing import explain
    from ledger.cli.trackers import connect
    from ledger.errors import Busy
    from ledger.sync.run import sync
    from ledger.sync.serve import look_at
    from ledger.views import sync as view

    ledger = session().ledger
    try:
        look_at(ledger, name, keys)
        report = sync(ledger, name, connect=connect())
    except Busy:
        raise
    except (LedgerError, TrackerError) as error:
        explain(error, debug=session().debug, machine=False)
        return
    say(
        view.report_screen(
            report, width=width(), colour=colour(), zone=ledger.directory.rules.zone
        )
    )
    sys.stdout.flush()
    if report.stopped is not None:
        explain(report.stopped, debug=False, machine=False)
    ending.asked = ending.asked or report.interrupted


def _distrusted(name: str) -> None:
    click.echo(
        _(
            "{name}: a webhook with a wrong signature was refused; is the secret the"
            " same on both sides?"
        ).format(name=name),
        err=True,
    )
