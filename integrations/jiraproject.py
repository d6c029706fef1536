"""What a Jira project demands and allows, asked once and kept in memory.

Issue type, the fields of its create screen, the statuses and the transitions
between them are the project's own; none of their names or ids may be assumed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from integrations.decode import Fields, objects
from integrations.http import Http
from integrations.jirajson import Edition, is_done
from integrations.tracker import N_, Forbidden, Invalid, Missing, Settings

_PAGE = 50
_USUAL_TYPES = ("Task", "任务")
_OWN_FIELDS = {"project", "issuetype", "summary", "description", "reporter"}
"""Fields that Jira fills or that every draft has."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of a workflow: where it leads, and what its screen takes.

    ``fields`` are the ids of the fields on its screen; ``filled`` gives those that
    are required a value.
    """

    id: str
    to: str
    fields: frozenset[str]
    filled: Mapping[str, object]

    @classmethod
    def of(cls, kept: Mapping[str, object]) -> Transition:
        """As memory kept it."""
        return cls(
            str(kept["id"]),
            str(kept["to"]),
            frozenset(cast("list[str]", kept["fields"])),
            cast("dict[str, object]", kept["filled"]),
        )

    def kept(self) -> dict[str, object]:
        """For memory."""
        fields = sorted(self.fields)
        return {
            "id": self.id,
            "to": self.to,
            "fields": fields,
            "filled": dict(self.filled),
        }


class JiraProject:
    """One project's settings, as the caller's memory keeps them.

    ``memory`` holds ``project`` (its id), ``type`` (the id of the issue type),
    ``screen`` (fields of its create screen, and which of them are required),
    ``statuses`` (by id, whether one counts as closed) and ``transitions``.
    """

    def __init__(
        self,
        http: Http,
        edition: Edition,
        settings: Settings,
        memory: MutableMapping[str, object],
    ) -> None:
        """Nothing is asked yet."""
        self._http = http
        self._api = f"/rest/api/{edition}"
        self._settings = settings
        self._memory = memory
        self._lock = threading.RLock()
        self.key = settings.project

    # -- creating --------------------------------------------------------------------

    def fields(self) -> dict[str, object]:
        """What every new issue of the project says: project, type, own fields.

        Raises :class:`Invalid` that names a required field nobody gives a value.
        """
        own = dict(self._own_fields())
        given = _OWN_FIELDS | set(own)
        lacking = [
            f"{name} ({id_})"
            for id_, (name, required) in self.screen().items()
            if required and id_ not in given
        ]
        if lacking:
            raise Invalid(
                N_("The project {project} demands more than the ledger knows."),
                N_("Required on its create screen: {fields}."),
                N_(
                    "Give each a value under [trackers.{tracker}.fields], or make it "
                    "optional in Jira."
                ),
                project=self.key,
                fields=", ".join(lacking),
                tracker=self._settings.name,
            )
        start = {"project": {"id": self.id()}, "issuetype": {"id": self.type()}}
        return {**start, **own}

    def id(self) -> str:
        """The project's id, which outlives its key."""
        if not isinstance(self._memory.get("project"), str):
            try:
                answer = self._http.read(f"{self._api}/project/{quote(self.key)}")
            except Missing as error:
                raise self.hidden(error) from None
            self._memory["project"] = Fields.of(answer.value, "project").text("id")
        return str(self._memory["project"])

    def type(self) -> str:
        """The id of the issue type: the one the options name, else the usual one."""
        if not isinstance(self._memory.get("type"), str):
            wanted = self._settings.options.get("issue_type", "").strip()
            found = [
                (one.text("id"), one.text("name"))
                for one in self._listed(f"{self._createmeta()}", "issueTypes")
                if not one.flag("subtask")
            ]
            names = [wanted] if wanted else [*_USUAL_TYPES, *(n for _, n in found[:1])]
            ids = [id_ for name in names for id_, one in found if name in {one, id_}]
            if not ids:
                raise Invalid(
                    N_("The project {project} has no issue type “{type}”."),
                    N_("It has: {types}."),
                    N_("Set the option issue_type to one of them."),
                    project=self.key,
                    type=wanted,
                    types=", ".join(name for _, name in found),
                )
            self._memory["type"] = ids[0]
        return str(self._memory["type"])

    def screen(self) -> dict[str, tuple[str, bool]]:
        """The fields of the create screen: name, and whether a value is required."""
        if not isinstance(self._memory.get("screen"), dict):
            path = f"{self._createmeta()}/{quote(self.type())}"
            self._memory["screen"] = {
                one.text("fieldId"): [
                    one.text("name"),
                    one.flag("required") and not one.flag("hasDefaultValue"),
                ]
                for one in self._listed(path, "fields")
            }
        screen = cast("dict[str, list[object]]", self._memory["screen"])
        return {id_: (str(one[0]), bool(one[1])) for id_, one in screen.items()}

    def _own_fields(self) -> Iterator[tuple[str, object]]:
        """The options ``fields.NAME``: a field's id or name, its value text or JSON."""
        ids = {name: id_ for id_, (name, _) in self.screen().items()}
        for option, text in self._settings.options.items():
            if option.startswith("fields."):
                name = option.removeprefix("fields.")
                try:
                    value: object = json.loads(text)
                except ValueError:
                    value = text
                yield ids.get(name, name), value

    def _createmeta(self) -> str:
        return f"{self._api}/issue/createmeta/{quote(self.key)}/issuetypes"

    def _listed(self, path: str, name: str) -> Iterator[Fields]:
        """All rows of a paged list; Data Center calls every list ``values``."""
        rows = 0
        while True:
            params = {"startAt": str(rows), "maxResults": str(_PAGE)}
            try:
                answer = self._http.read(path, params)
            except Missing as error:
                raise self.hidden(error) from None
            page = Fields.of(answer.value, "page")
            found = list(
                objects(page.values.get(name, page.values.get("values")), name)
            )
            yield from found
            rows += len(found)
            total = page.maybe_number("total")
            if (
                not found
                or page.flag("isLast")
                or (total is not None and rows >= total)
            ):
                return

    # -- statuses and transitions ------------------------------------------------------

    def is_done(self, status: str) -> bool:
        """Whether a status, by its id, counts as closed; one that is gone does not."""
        with self._lock:
            kept = self._memory.setdefault("statuses", {})
            known = cast("dict[str, bool]", kept)
            if status not in known:
                # A workflow gets new statuses; each unknown one is asked for once.
                answer = self._http.read(f"{self._api}/status")
                known.clear()
                known.update(
                    (one.text("id"), is_done(one))
                    for one in objects(answer.value, "statuses")
                )
                known.setdefault(status, False)
            return known[status]

    def transition(self, key: str, status: str | None, *, closed: bool) -> Transition:
        """The step that closes or opens an issue, from memory where it is known.

        Raises :class:`Invalid` when there is none from here for this account, or
        when its screen demands a field nobody gives a value.
        """
        name = f"{status} {'closed' if closed else 'open'}"
        with self._lock:
            known = self._transitions().get(name) if status else None
        if known is not None:
            return Transition.of(known)
        answer = self._http.read(
            f"{self._api}/issue/{quote(key)}/transitions",
            {"expand": "transitions.fields"},
        )
        rows = Fields.of(answer.value, "transitions").objects("transitions")
        found = self._best([one for one in rows if is_done(one.object("to")) == closed])
        if found is None:
            raise Invalid(
                N_("{key} cannot be {state} in Jira."),
                N_("Its workflow offers this account no such step from here."),
                N_("Give the account the right to transition, or set the workflow."),
                key=key,
                state="closed" if closed else "opened",
            )
        if status:
            with self._lock:
                self._transitions()[name] = found.kept()
        return found

    def forget_transitions(self) -> None:
        """The workflow is not as it was."""
        with self._lock:
            self._memory.pop("transitions", None)

    def _best(self, rows: list[Fields]) -> Transition | None:
        """Of several steps: the status the options name, then work in progress."""
        options = self._settings.options
        wanted = {options.get("status_closed", ""), options.get("status_open", "")}

        def rank(row: Fields) -> tuple[bool, bool]:
            to = row.object("to")
            named = bool(wanted & {to.text("name"), to.text("id")})
            begun = to.object("statusCategory").text("key") == "indeterminate"
            return not named, not begun

        rows = [row for row in rows if row.values.get("isAvailable") is not False]
        return self._step(min(rows, key=rank)) if rows else None

    def _step(self, row: Fields) -> Transition:
        """A transition with the fields of its screen, the required ones filled."""
        screen = row.maybe_object("fields")
        own = dict(self._own_fields())
        filled: dict[str, object] = {}
        fields: list[str] = []
        for name in screen.values if screen else ():
            field = cast("Fields", screen).object(name)
            fields.append(name)
            if not field.flag("required") or field.flag("hasDefaultValue"):
                continue
            filled[name] = own.get(name) or self._choice(name, field, row)
        to = row.object("to").text("id")
        return Transition(row.text("id"), to, frozenset(fields), filled)

    def _choice(self, name: str, field: Fields, row: Fields) -> object:
        """A value for a required field: of a resolution the first that is offered."""
        allowed = list(field.objects("allowedValues"))
        wanted = self._settings.options.get(name, "")
        named = [
            one
            for one in allowed
            if wanted in {one.values.get("name"), one.values.get("id")}
        ]
        if name == "resolution" and (named or (allowed and not wanted)):
            return {"id": (named or allowed)[0].text("id")}
        raise Invalid(
            N_("The step “{step}” demands the field “{field}”."),
            N_("Nothing gives it a value ({id})."),
            N_("Give it one under [trackers.{tracker}.fields]."),
            step=row.text("name"),
            field=field.maybe_text("name") or name,
            id=name,
            tracker=self._settings.name,
        )

    def _transitions(self) -> dict[str, dict[str, object]]:
        kept = self._memory.setdefault("transitions", {})
        return cast("dict[str, dict[str, object]]", kept)

    def hidden(self, error: Missing) -> Forbidden:
        """What a 404 of the whole project means."""
        return Forbidden(
            N_("The project {project} is not there for this account."),
            N_("{host} answers 404, which may also hide it."),
            N_("Check the key, and give the account the right to browse the project."),
            project=self.key,
            host=error.values.get("host", ""),
        )
