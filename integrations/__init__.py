"""Trackers behind one protocol: a folder of files, Gitea, Jira, and plug-ins.

This package knows nothing of ledgers. It turns *issue*, *comment* and
*attachment* of a tracker into the values of :mod:`integrations.tracker` and
says of every write what became of it.
"""

from __future__ import annotations
