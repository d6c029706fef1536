"""What people do on a random day: in the ledger, and in the tracker.

Each act draws what it needs, does it, and notes in :class:`Done` what must not be
lost of it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import strategies as st

from integrations.tracker import Issue, Missing
from ledger.errors import LedgerError, Refused
from ledger.item import WORKING, State
from ledger.sync import linking, marker
from ledger.sync.link import round_of
from tests.ledger.office import CHEN, FENG, LI, QIAN, SUN
from tests.ledger.sync.agreement import link_of
from tests.ledger.sync.desk import Hands
from tests.ledger.sync.life import Idle, Life, act, act_in_the_tracker

OPEN_MEASURE = re.compile(r"- \[ \] 1\.")
MEASURE = re.compile(r"- \[.\] 1\.")
ANY = tuple(State)


class Acts(Life):
    """People at work on both sides."""

    # -- in the ledger

    @act
    def register(self, data: st.DataObject) -> None:
        del data
        if not self.register_one():
            raise Idle

    @act
    def go_on(self, data: st.DataObject) -> None:
        """The next steps of an item's life in the ledger."""
        ref = self.item_at(data, ANY)
        for number in range(data.draw(st.integers(1, 4))):
            try:
                self._step(ref)
            except Refused:
                if not number:
                    raise Idle from None
                return

    def _step(self, ref: str) -> None:
        office, item = self.office, self.desk.item(ref)
        match item.state:
            case State.REGISTERED:
                office.assign(ref)
            case State.ASSIGNED:
                office.act("start", ref, SUN)
            case State.IN_PROGRESS:
                self._work(ref)
            case State.CLOSURE_REQUESTED:
                office.act("review", ref, CHEN, opinion="材料齐全")
            case State.VERIFYING:
                office.verify(ref, FENG)
            case State.VERIFIED:
                office.act("close", ref, QIAN, opinion="同意销号")
            case State.CLOSED:
                office.act(
                    "reopen",
                    ref,
                    CHEN,
                    cause="recurrence",
                    opinion="问题反弹",
                    due=office.today.replace(year=2025),
                )

    def _work(self, ref: str) -> None:
        item = self.desk.item(ref)
        if item.measures and item.measures[0].done is None:
            self.office.act("measure.done", ref, SUN, number=1, on=self.office.today)
            self.done.forget(ref, "tick")
        elif not item.evidence:
            self.office.add_evidence(ref, SUN, self.say())
        else:
            self.office.request(ref)

    @act
    def send_back(self, data: st.DataObject) -> None:
        ref = self.item_at(data, (State.CLOSURE_REQUESTED, State.VERIFYING))
        self.office.act(
            "return", ref, CHEN, opinion="不足", requirement="补充培训签到表和照片"
        )

    @act
    def note(self, data: st.DataObject) -> None:
        self.note_something(data)

    def note_something(self, data: st.DataObject) -> None:
        """Write a progress note in the ledger."""
        ref, text = self.item_at(data, WORKING), self.say()
        self.office.act("progress", ref, SUN, text=text)
        self.done.notes.setdefault(ref, []).append(text)

    @act
    def amend(self, data: st.DataObject) -> None:
        ref = self.item_at(data, ANY)
        field = data.draw(st.sampled_from(["title", "target"]))
        try:
            self.office.act(
                "amend", ref, LI, field=field, value=self.say(), reason="更正"
            )
        except Refused:
            raise Idle from None

    # -- in the tracker

    @act_in_the_tracker
    def comment(self, data: st.DataObject) -> None:
        ref, issue = self.issue_of(data)
        hands = self.somebody(known=data.draw(st.booleans()))
        text = self.say()
        if data.draw(st.booleans()):
            hands.comment_with_file(issue.key, text, f"{text}.txt", text.encode())
        else:
            hands.comment(issue.key, text)
        self.done.said.setdefault(ref, []).append(text)

    @act_in_the_tracker
    def tick(self, data: st.DataObject) -> None:
        ref, issue = self.issue_of(data, lambda one: bool(MEASURE.search(one.body)))
        self._tick(ref, issue, done=data.draw(st.booleans()))

    def _tick(self, ref: str, issue: Issue, *, done: bool) -> None:
        """Tick the box of our block, or where that is damaged the first there is.

        What a damaged block left behind may hold a box, too, which means nothing.
        """
        box = f"- [{'x' if done else ' '}] 1."
        block = self._block(ref, issue)
        start = block.start if block.placing is marker.Placing.WHOLE else 0
        body = issue.body[:start] + MEASURE.sub(box, issue.body[start:], count=1)
        if body == issue.body:
            return
        self.desk.place.wang.write_body(issue.key, body)
        told = self._block(ref, self.seen(ref, issue)).inner
        if block.placing is not marker.Placing.WHOLE or box in told:
            self.done.forget(ref, "tick")
        else:
            self.done.wrote(ref, "tick", (round_of(self.desk.item(ref)), done))

    def _block(self, ref: str, issue: Issue) -> marker.Found:
        return marker.find(issue.body, self.office.ledger.id, self.desk.item(ref).id)

    @act_in_the_tracker
    def finish(self, data: st.DataObject) -> None:
        """The unit does all that is asked of it, in any order."""
        ref, issue = self.issue_of(data)
        for part in data.draw(st.permutations(["tick", "say", "close"])):
            issue = self.desk.tracker().issue(issue.key)
            if part == "tick" and OPEN_MEASURE.search(issue.body):
                self._tick(ref, issue, done=True)
            elif part == "say":
                text = self.say()
                self.desk.place.wang.comment_with_file(
                    issue.key, text, f"{text}.txt", text.encode()
                )
                self.done.said.setdefault(ref, []).append(text)
            elif part == "close" and not issue.closed:
                self._close(ref, issue)

    @act_in_the_tracker
    def close(self, data: st.DataObject) -> None:
        self._close(*self.issue_of(data, lambda issue: not issue.closed))

    def _close(self, ref: str, issue: Issue) -> None:
        self.desk.place.wang.close(issue.key)
        self.done.wrote(ref, "closed", round_of(self.desk.item(ref)))
        if self.seen(ref, issue).closed:
            # Opened and closed again before anybody was told of a new round.
            self.done.forget(ref, "closed")

    @act_in_the_tracker
    def reopen(self, data: st.DataObject) -> None:
        ref, issue = self.issue_of(data, lambda issue: issue.closed)
        self.desk.place.wang.reopen(issue.key)
        self.done.forget(ref, "closed")

    @act_in_the_tracker
    def retitle(self, data: st.DataObject) -> None:
        ref, issue = self.issue_of(data)
        self.done.kept(self.desk, ref, issue, "title")
        title = self.say()
        self.desk.place.wang.retitle(issue.key, title)
        self.done.wrote(ref, "title", title)

    @act_in_the_tracker
    def redate(self, data: st.DataObject) -> None:
        ref, issue = self.issue_of(data)
        self.done.kept(self.desk, ref, issue, "due")
        days = data.draw(st.none() | st.integers(0, 400))
        day = None if days is None else date(2024, 3, 1) + timedelta(days)
        self.desk.place.wang.redate(issue.key, day)
        self.done.wrote(ref, "due", day)
        if day == self.seen(ref, issue).due:
            self.done.forget(ref, "due")

    @act_in_the_tracker
    def write_in_the_margin(self, data: st.DataObject) -> None:
        ref, issue = self.issue_of(data)
        self.done.kept(self.desk, ref, issue, "margin")
        old = self.done.last(ref, "margin")
        text = f"旁注：{self.say()}"
        body = (
            issue.body.replace(old, text) if old else f"{issue.body}\n\n{text}".strip()
        )
        self.desk.place.wang.write_body(issue.key, body)
        self.done.wrote(ref, "margin", text)

    @act_in_the_tracker
    def write_in_the_block(self, data: st.DataObject) -> None:
        """A word in our first line, or a proposed measure at our end."""
        proposed = data.draw(st.booleans())
        place = "\n<!-- /ledger" if proposed else "**R-"
        ref, issue = self.issue_of(data, lambda one: place in one.body)
        if self._block(ref, issue).placing is not marker.Placing.WHOLE:
            raise Idle
        word = self.say()
        new = f"\n- [ ] {word}{place}" if proposed else f"{word} {place}"
        body = issue.body.replace(place, new, 1)
        self.desk.place.wang.write_body(issue.key, body)
        self.done.wrote(ref, "inside", word)

    @act_in_the_tracker
    def spoil(self, data: st.DataObject) -> None:
        """Somebody damages the block, or empties the issue."""
        how = data.draw(st.sampled_from(["begin", "end", "both", "doubled", "empty"]))
        ref, issue = self.issue_of(data)
        body = issue.body
        spoilt = {
            "begin": re.sub(r"<!-- ledger:.*?-->\n", "", body, count=1),
            "end": re.sub(r"\n<!-- /ledger:.*?-->", "", body, count=1),
            "both": re.sub(r"<!-- /?ledger:.*?-->\n?", "", body),
            "doubled": body + "\n\n" + re.sub("旁注.*", "", body),
            "empty": "",
        }[how]
        if spoilt == body:
            raise Idle
        self.done.kept(self.desk, ref, issue, "margin", "inside")
        self.desk.place.wang.write_body(issue.key, spoilt)
        self.done.forget(ref, "tick")
        self.done.taken_out(ref, issue.body, spoilt)

    @act_in_the_tracker
    def label(self, data: st.DataObject) -> None:
        """People's own labels come and go; ours, too, are taken off by them."""
        ref, issue = self.issue_of(data)
        name = data.draw(st.sampled_from(["重点", "督办", "ledger"]))
        mine = self.done.labels.setdefault(ref, set())
        if name in issue.labels:
            self.desk.place.wang.unlabel(issue.key, name)
            mine.discard(name)
        elif name == "ledger":
            raise Idle
        else:
            self.desk.place.wang.label(issue.key, name)
            mine.add(name)

    @act_in_the_tracker
    def post(self, data: st.DataObject) -> None:
        """Somebody opens an issue of their own, perhaps with a marker of ours in it."""
        copied = data.draw(st.booleans())
        item = self.desk.item(self.item_at(data, ANY))
        title = self.say()
        ledger = self.office.ledger.id
        body = marker.block(ledger, item.id, title) if copied else title
        hands = self.somebody(known=data.draw(st.booleans()))
        key = hands.create(title, body)
        self.done.posted[key] = (title, body)

    @act_in_the_tracker
    def paste(self, data: st.DataObject) -> None:
        """Somebody pastes the marker of another item into an issue."""
        other = self.desk.item(self.item_at(data, ANY))
        ref, issue = self.issue_of(data)
        if ref == other.ref:
            raise Idle
        text = marker.block(self.office.ledger.id, other.id, self.say())
        self.desk.place.wang.write_body(issue.key, f"{issue.body}\n\n{text}")
        self.done.wrote(ref, "pasted", text)

    @act_in_the_tracker
    def delete(self, data: st.DataObject) -> None:
        """Somebody who may deletes an issue, ours or another."""
        owner = self.desk.place.owner
        if owner is None:
            raise Idle
        others = data.draw(st.booleans())
        if self.done.posted and others:
            key = data.draw(st.sampled_from(sorted(self.done.posted)))
            self._delete(owner, key)
            del self.done.posted[key]
            return
        ref, issue = self.issue_of(data)
        self._delete(owner, issue.key)
        self.done.deleted(ref, self.desk)

    def _delete(self, owner: Hands, key: str) -> None:
        keys = [issue.key for issue in self.desk.issues()]
        if self.desk.place.kind == "folder" and key == max(keys, key=int):
            # A file that people then give the same number is that issue again.
            raise Idle
        owner.delete(key)

    # -- what is decided about links

    @act
    def relink(self, data: st.DataObject) -> None:
        """A new issue for one that was deleted."""
        ref = self.item_at(data, ANY)
        link = link_of(self.desk, ref)
        if ref not in self.done.gone or link is None:
            raise Idle
        try:
            linking.relink(
                self.office.ledger,
                ref,
                self.office.who(LI),
                tracker="t",
                connect=self.desk.connect,
            )
        except (Missing, LedgerError):
            raise Idle from None
        self.done.gone.discard(ref)
