"""What people of an office do in the ledger and in a Gitea or Forgejo, and remember.

Each method of :class:`Work` is one thing that somebody does to something that is ready
for it, or :class:`Idle` where nothing is. A seed decides to what.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, cast

from integrations.tracker import Issue
from ledger.errors import Refused
from ledger.item import OPEN, WORKING, Item, State
from tests.integrations.labs import GiteaPerson
from tests.ledger.office import CHEN, DATA, FENG, LI, QIAN, SUN, TRAFFIC, WANG
from tests.ledger.sync.agreement import Done, link_of
from tests.ledger.sync.desk import Desk
from tests.ledger.sync.life import Idle

BOX = r"- \[(?P<mark>[ x])\] \d"
LABELS = ("重点", "本周办", "领导关注")


class Work:
    """The people of the office, what they do, and what they remember of it."""

    def __init__(self, desk: Desk, seed: int) -> None:
        """Work at ``desk``, whose tracker is a Gitea or Forgejo."""
        self.desk, self.office = desk, desk.office
        self.dice = Random(seed)  # noqa: S311 (no secret)
        self.done = Done()
        self.tally: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()
        self.wang = cast("GiteaPerson", desk.place.wang)
        self.sun = cast("GiteaPerson", desk.stranger)
        self.speaker: dict[str, GiteaPerson] = {}
        self.reworded: dict[tuple[str, str], str] = {}
        self.labels: dict[str, set[str]] = {}
        self.milestones: dict[str, str] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        self.numbers: dict[str, int] = {}
        self.keys: dict[str, str] = {}
        self.words = 0
        desk.know(SUN, self.sun.login)

    # In the ledger

    def register(self) -> None:
        self.done.refs.append(self.office.registered(f"问题{len(self.done.refs)}"))

    def go_on(self) -> None:
        """The next step of some item's life."""
        self._advance(self._item())

    def _advance(self, ref: str) -> None:
        office, item = self.office, self.desk.item(ref)
        match item.state:
            case State.REGISTERED:
                self._step("assign", lambda: office.assign(ref))
            case State.ASSIGNED:
                self._act("start", ref, SUN)
            case State.IN_PROGRESS:
                self._on_with_work(ref, item)
            case State.CLOSURE_REQUESTED:
                self._act("review", ref, CHEN, opinion="材料齐全")
            case State.VERIFYING:
                self._step("verify.pass", lambda: office.verify(ref, FENG))
            case State.VERIFIED:
                self._act("close", ref, QIAN, opinion="同意销号")
            case _:
                due = office.today + timedelta(days=60)
                said = {"cause": "recurrence", "opinion": "问题反弹", "due": due}
                self._act("reopen", ref, CHEN, **said)

    def _on_with_work(self, ref: str, item: Item) -> None:
        undone = [one.number for one in item.measures if one.done is None]
        if undone:
            said = {"number": undone[0], "on": self.office.today}
            self._act("measure.done", ref, SUN, **said)
        elif not item.evidence:
            self.prove(ref)
        else:
            self._step("request-closure", lambda: self.office.request(ref))

    def send_back(self) -> None:
        ref = self._item(State.CLOSURE_REQUESTED, State.VERIFYING)
        self._act(
            "return", ref, CHEN, opinion="不足", requirement="补充培训签到表和照片"
        )

    def note(self) -> None:
        ref, text = self._item(*WORKING), self._say()
        self._act("progress", ref, self.dice.choice((SUN, WANG)), text=text)
        self.done.notes.setdefault(ref, []).append(text)

    def prove(self, ref: str = "") -> None:
        """A file is put to an item as evidence."""
        ref = ref or self._item(State.IN_PROGRESS)
        add = self.office.add_evidence
        self._step("evidence.add", lambda: add(ref, SUN, self._say()))

    def amend(self) -> None:
        ref = self._item(*OPEN)
        field = self.dice.choice(("title", "target", "severity"))
        value = self.dice.choice(("gross", "major", "minor"))
        if field != "severity":
            value = self._say()
        self._act("amend", ref, LI, field=field, value=value, reason="更正")

    def add_a_measure(self) -> None:
        self._act("measure.add", self._item(*WORKING), SUN, text=self._say())

    def extend(self) -> None:
        """More time is asked for, and given."""
        ref = self._item(State.IN_PROGRESS)
        bound = self.desk.item(ref).bound
        assert bound is not None
        self._act(
            "extend.request", ref, SUN, due=bound + timedelta(days=10), reason="招标"
        )
        self._act("extend.grant", ref, QIAN)
        self.tally["extend"] += 1  # that were two

    def move_to_another_unit(self) -> None:
        """Another unit becomes responsible, then the first is again."""
        ref = self._item(State.ASSIGNED, State.IN_PROGRESS)
        for unit in (TRAFFIC, DATA):
            given = (self.office.unit(unit),)
            self._act("reassign", ref, LI, responsible=given, reason="分工调整")
        self.tally["move_to_another_unit"] += 1  # that were two

    def _act(self, command: str, ref: str, who: str, **said: Any) -> None:
        self._step(command, lambda: self.office.act(command, ref, who, **said))

    def _step(self, name: str, does: Callable[[], object]) -> None:
        try:
            does()
        except Refused:
            raise Idle from None
        self.steps[name] += 1

    # In the tracker

    def comment(self) -> None:
        ref, issue = self._issue()
        self._say_there(ref, issue)

    def comment_with_a_file(self) -> None:
        ref, issue = self._issue()
        self._say_there(ref, issue, with_file=True)

    def _say_there(self, ref: str, issue: Issue, *, with_file: bool = False) -> None:
        who, text = self.dice.choice((self.wang, self.sun)), self._say()
        if with_file:
            name, data = f"{text}.txt", text.encode()
            who.comment_with_file(issue.key, text, name, data)
            self.files.setdefault(ref, {})[name] = data
        else:
            who.comment(issue.key, text)
        self.speaker[text] = who
        self.done.said.setdefault(ref, []).append(text)

    def reword(self) -> None:
        """Somebody changes a comment that the ledger has taken."""
        said = [
            (ref, text)
            for ref, texts in self.done.said.items()
            for text in texts
            if any(note.text == text for note in self.desk.item(ref).notes)
        ]
        if not said:
            raise Idle
        ref, text = self.dice.choice(said)
        old, new = self.reworded.get((ref, text), text), self._say()
        self.speaker[text].rewrite_comment(self.desk.key(ref), old, new)
        self.reworded[ref, text] = new

    def attach(self) -> None:
        ref, issue = self._issue()
        name = f"{self._say()}.txt"
        self.wang.who.attach(issue.key, name, name.encode())
        self.files.setdefault(ref, {})[name] = name.encode()

    def tick(self) -> None:
        """A box is ticked that was empty, or emptied that was ticked."""
        _, issue = self._issue(lambda issue: bool(re.search(BOX, issue.body)))
        boxes = list(re.finditer(BOX, issue.body))
        box = self.dice.choice(boxes)
        self._write(issue, issue.body, box, " " if box["mark"] != " " else "x")

    def _write(self, issue: Issue, body: str, box: re.Match[str], mark: str) -> None:
        start, end = box.span("mark")
        self.wang.write_body(issue.key, body[:start] + mark + body[end:])

    def finish(self) -> None:
        """The unit does all that is asked of it, in any order: three edits."""
        ref, issue = self._issue(lambda issue: not issue.closed)
        does: list[Callable[[], object]] = [
            lambda: self.wang.write_body(
                issue.key, issue.body.replace("- [ ] ", "- [x] ")
            ),
            lambda: self._say_there(ref, issue, with_file=True),
            lambda: self.wang.close(issue.key),
        ]
        self.dice.shuffle(does)
        for one in does:
            one()
        self.tally["finish"] += 2

    def close(self) -> None:
        self.wang.close(self._issue(lambda issue: not issue.closed)[1].key)

    def reopen(self) -> None:
        self.wang.reopen(self._issue(lambda issue: issue.closed)[1].key)

    def retitle(self) -> None:
        (ref, issue), title = self._issue(), self._say()
        self.wang.retitle(issue.key, title)
        self.done.ever.add((ref, "title", title))

    def redate(self) -> None:
        days = self.dice.choice((None, 3, 30, 200))
        day = None if days is None else date(2024, 3, 1) + timedelta(days)
        ref, issue = self._issue()
        self.wang.redate(issue.key, day)
        self.done.ever.add((ref, "due", day))

    def write_in_the_margin(self) -> None:
        ref, issue = self._issue()
        old, text = self.done.last(ref, "margin"), f"旁注：{self._say()}"
        self.wang.write_body(
            issue.key,
            issue.body.replace(old, text) if old else f"{issue.body}\n\n{text}",
        )
        self.done.wrote(ref, "margin", text)

    def spoil(self) -> None:
        """Somebody damages the block, or proposes a measure in it."""
        _, issue = self._issue()
        body = issue.body
        spoilt = self.dice.choice(
            [
                re.sub(r"<!-- ledger:.*?-->\n", "", body, count=1),
                re.sub(r"\n<!-- /ledger:.*?-->", "", body, count=1),
                re.sub(r"<!-- /?ledger:.*?-->\n?", "", body),
                body.replace("**R-", "**X-", 1),
                body + "\n\n" + re.sub("旁注.*", "", body),
                body.replace(
                    "\n<!-- /ledger", f"\n- [ ] {self._say()}\n<!-- /ledger", 1
                ),
            ]
        )
        if spoilt == body or not spoilt.strip():
            raise Idle
        self.wang.write_body(issue.key, spoilt)

    def label(self) -> None:
        ref, issue = self._issue()
        name = self.dice.choice(LABELS)
        self.wang.label(issue.key, name)
        self.labels.setdefault(ref, set()).add(name)

    def unlabel(self) -> None:
        ref, issue = self._issue(lambda issue: not issue.labels.isdisjoint(LABELS))
        name = self.dice.choice(sorted(issue.labels & set(LABELS)))
        shown = self.wang.who.send("GET", f"/issues/{issue.key}")["labels"]
        (id_,) = [one["id"] for one in shown if one["name"] == name]
        self.wang.who.send("DELETE", f"/issues/{issue.key}/labels/{id_}")
        self.labels[ref].discard(name)

    def assign(self) -> None:
        """Somebody else is to do it, or several, or nobody."""
        chosen = self.dice.choice(([self.wang], [self.sun], [self.wang, self.sun], []))
        logins = [one.login for one in chosen]
        self.wang.who.edit(self._issue()[1].key, assignees=logins)

    def set_a_milestone(self) -> None:
        ref, issue = self._issue()
        title = self.dice.choice(("一季度", "二季度"))
        if title not in self.numbers:
            made = self.wang.who.send("POST", "/milestones", {"title": title})
            self.numbers[title] = made["id"]
        self.wang.who.edit(issue.key, milestone=self.numbers[title])
        self.milestones[ref] = title

    # What acts begin with

    def _item(self, *states: State) -> str:
        refs = [
            ref
            for ref in self.done.refs
            if not states or self.desk.item(ref).state in states
        ]
        if not refs:
            raise Idle
        return self.dice.choice(refs)

    def _issue(
        self, fits: Callable[[Issue], bool] = lambda _: True
    ) -> tuple[str, Issue]:
        """Some item whose issue people find fit, and the issue as it is."""
        for ref in self.dice.sample(self.done.refs, len(self.done.refs)):
            if ref in self.keys:
                issue = self.desk.tracker().issue(self.keys[ref])
                if fits(issue):
                    return ref, issue
        raise Idle

    def look_around(self) -> None:
        """Learn the issues there are, for who acts in the midst of a run."""
        links = {ref: link_of(self.desk, ref) for ref in self.done.refs}
        self.keys = {ref: link.key for ref, link in links.items() if link and link.key}

    def _say(self) -> str:
        """Words that nobody said before."""
        self.words += 1
        return f"第{self.words}句话"
