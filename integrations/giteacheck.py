"""What may be wrong with a Gitea repository and our rights on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from integrations.decode import Fields
from integrations.http import Http
from integrations.tracker import (
    N_,
    Forbidden,
    Invalid,
    Missing,
    ReadOnly,
    TrackerError,
)
from integrations.upload import JsonBody


def hidden(project: str, error: TrackerError) -> Forbidden:
    """What a 404 of the whole project means."""
    return Forbidden(
        N_("The repository {project} is not there for this account."),
        N_("{host} answers 404, which may also hide a private repository."),
        N_(
            "Check the name, make the account a collaborator, and see that the token "
            "is not “public only” and the account has two-factor sign-in where the "
            "server demands it."
        ),
        project=project,
        host=error.values.get("host", ""),
    )


def repository_problems(
    http: Http, path: str, project: str, learn: Callable[[datetime], None]
) -> Iterator[TrackerError]:
    """Look at the repository: archived, without issues, without rights.

    ``learn`` is told a time in the server's own zone.
    """
    try:
        answer = http.read(path)
    except Forbidden as error:
        yield Forbidden(
            N_("The rights on {project} cannot be checked."),
            N_("The token has no scope read:repository ({said})."),
            N_(
                "Add the scope read:repository to see archived repositories and "
                "missing rights beforehand."
            ),
            project=project,
            said=error.values.get("said", ""),
        )
        return
    except Missing as error:
        raise hidden(project, error) from None
    fields = Fields.of(answer.value, "repository")
    learn(fields.moment("created_at"))
    rights = fields.maybe_object("permissions")
    if fields.flag("archived"):
        yield ReadOnly(
            N_("The repository {project} is archived."),
            N_("Nothing can be written there."),
            N_("Un-archive it, or choose another repository."),
            project=project,
        )
    if not fields.flag("has_issues"):
        yield Forbidden(
            N_("The repository {project} has no issues."),
            N_("They are switched off in its settings."),
            N_("Switch the issue tracker on."),
            project=project,
        )
    if rights is None or not rights.flag("push"):
        yield Forbidden(
            N_("The account may not write to {project}."),
            N_("Labels, due dates and assignees would be dropped in silence."),
            N_("Give the account write access to the repository."),
            project=project,
        )


def scope_problems(http: Http, path: str, project: str) -> Iterator[TrackerError]:
    """Whether the token may write issues, without writing one.

    The server looks at scopes and at the archive first, then refuses an issue
    without a title (422).
    """
    try:
        http.write("POST", f"{path}/issues", JsonBody.of({}), expect=())
    except Invalid:
        return
    except Forbidden as error:
        yield Forbidden(
            N_("The token may not write issues of {project}."),
            N_("The server says: {said}"),
            N_("Make a token with the scope write:issue."),
            project=project,
            said=error.values.get("said", ""),
        )
