"""Which class stands behind a kind of tracker: ours by name, others by entry point."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from importlib import import_module
from typing import cast

from integrations.tracker import N_, Invalid, Settings, Tracker, TrackerFactory

GROUP = "ledger.trackers"
"""The entry-point group in which other packages offer trackers."""

_OURS = {
    "folder": ("integrations.folder", "FolderTracker"),
    "gitea": ("integrations.gitea", "GiteaTracker"),
    "jira": ("integrations.jira", "JiraTracker"),
}


def kinds() -> tuple[str, ...]:
    """All kinds of tracker that are installed, in alphabetical order."""
    # Costs 20 to 50 ms, so only where somebody asks for the list.
    from importlib.metadata import entry_points

    return tuple(sorted({*_OURS, *(entry.name for entry in entry_points(group=GROUP))}))


def open_tracker(
    settings: Settings,
    secret: Callable[[], str],
    memory: MutableMapping[str, object],
) -> Tracker:
    """The tracker that ``settings`` names; nothing is sent yet.

    Raises :class:`Invalid` when no installed package offers this kind, or when the
    settings are not such as it can use.
    """
    return _factory(settings.kind)(settings, secret, memory)


def _factory(kind: str) -> TrackerFactory:
    if kind in _OURS:
        module, name = _OURS[kind]
        return cast("TrackerFactory", getattr(import_module(module), name))
    from importlib.metadata import entry_points

    found = list(entry_points(group=GROUP, name=kind))
    if not found:
        raise Invalid(
            N_("There is no kind of tracker called {kind}."),
            N_("Installed are: {kinds}."),
            N_("Correct the kind, or install the package that offers it."),
            kind=kind,
            kinds=", ".join(kinds()),
        )
    return cast("TrackerFactory", found[0].load())
