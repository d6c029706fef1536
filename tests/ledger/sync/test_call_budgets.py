"""The number of calls of a run is exactly what the design allows, counted there.

Gitea and Forgejo: ``N + m + l + p + a + t + b + s`` and the pages of k issues and c
comments. Jira: new issues by the fifty, labels and comments with the call that they
belong to, and one call for who we are in the place of the comment feed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from checklists import derive, read_document
from ledger import registration
from ledger.item import Kind, State
from tests.fakes.client import FakeGitea, FakeJira
from tests.ledger.office import BEGINNING, CHEN, DATA, LI, QIAN, SUN, Office
from tests.ledger.sync.desk import Desk, Hands, add_many, gitea_place
from tests.ledger.sync.jiraplace import jira_place

EDITIONS = ("gitea", "forgejo", "jira cloud", "jira")
SIZES = (0, 1, 50, 51)
FIFTY_ONE = pytest.param(51, marks=pytest.mark.long)
Sizes = tuple[int, int, int]
ALONE: list[Sizes] = [
    *((size, 0, 0) for size in SIZES),
    *((0, size, 0) for size in SIZES[1:]),
    *((0, 0, size) for size in SIZES[1:]),
    (51, 50, 1),
]
PAIRS = [
    (new, changed, SIZES[(row + column) % len(SIZES)])
    for row, new in enumerate(SIZES)
    for column, changed in enumerate(SIZES)
]
"""Every two sizes of every two of the three meet."""
THOUSANDS = [(1000, 0, 0), (0, 1000, 0), (0, 0, 1000), (1000, 1000, 1000)]
SAMPLE = Path(__file__).parents[3] / "checklists" / "samples" / "siping-2023.txt"


@dataclass
class Counting:
    """A desk whose caches are warm and behind whose overlap nothing stands."""

    desk: Desk
    fake: FakeGitea | FakeJira
    edition: str
    rounds: int = 0
    linked: list[str] = field(default_factory=list)

    @property
    def office(self) -> Office:
        return self.desk.office

    @property
    def jira(self) -> bool:
        return self.edition.startswith("jira")

    def allowed(self, **counts: int) -> int:
        """The calls of the design for ``counts``, by its letters.

        ``b`` counts the bodies written, which cost a call where the server has no
        version; ``steps`` the changes of open and closed beside other fields.
        """
        some = Counter(counts)
        assert set(counts) <= {*"Nmlpatbskc", "steps"}
        each = some["m"] + some["p"] + some["a"] + some["t"]
        if self.jira:
            made = -(-some["N"] // 50)
            return made + each + some["b"] + some["steps"] + 1 + pages(some["k"], 100)
        again = 0 if self.edition == "gitea" else some["b"]
        read = pages(some["k"], 50) + pages(some["c"], 50)
        return some["N"] + each + some["l"] + again + some["s"] + read

    def run(self) -> Counter[str]:
        """The calls of one run as the server saw them; its report says the same."""
        self.strike()
        self.fake.forget_calls()
        report = self.desk.sync(yes=True)
        assert report.exit_code == 0, report.to_json()
        calls = Counter(self.fake.calls())
        assert calls.total() == report.reads + report.writes, calls
        assert report.retries == 0
        return calls

    def demand(self, calls: int, why: object = None) -> Counter[str]:
        """A run takes so many calls, and an idle one its two reads afterwards."""
        seen = self.run()
        assert seen.total() == calls, (why, seen)
        self.pass_by()
        return seen

    def pass_by(self) -> None:
        """Let time go on, so that what was written is behind the overlap."""
        self.office.later(minutes=17)
        self.run()
        assert self.run().total() == self.allowed() == 2

    def strike(self) -> None:
        """Let the server's time go on with the office's."""
        passed = self.office.ledger.clock.now() - BEGINNING
        self.fake.clock(ahead=passed.total_seconds())

    def add(self, count: int) -> list[str]:
        """Items that have no issue yet."""
        refs = add_many(self.office, count)
        self.linked += refs
        return refs

    def retitle(self, refs: Sequence[str]) -> None:
        """Change items here, but nothing that stands in the body."""
        self.rounds += 1
        self.office.later()
        who = self.office.who(LI)
        for ref in refs:
            said = {"field": "title", "value": f"题{self.rounds}", "reason": "更正"}
            self.office.ledger.act("amend", ref, who, **said)

    def assign(self, refs: Sequence[str], **changes: str) -> None:
        """Change items here, also in the body."""
        self.office.later()
        wishes = [self.office.wish(ref, **changes) for ref in refs]
        self.office.ledger.assign(wishes, self.office.who(LI))

    def edit(self, refs: Sequence[str]) -> None:
        """Let people change issues there, in a way that is none of our business."""
        self.rounds += 1
        name = f"轮{self.rounds}"
        if isinstance(self.fake, FakeJira):
            person = self.fake.person("wangwu")
            for ref in refs:
                person.label(self.desk.key(ref), name)
            return
        someone = self.fake.person("wangwu")
        label = {"name": name, "color": "#777777"}
        made = someone.send("POST", "/labels", label)["id"] if refs else 0
        for ref in refs:
            path = f"/issues/{self.desk.key(ref)}/labels"
            someone.send("POST", path, {"labels": [made]})


def pages(count: int, size: int) -> int:
    """Reads of ``size`` rows each, at least one."""
    return max(1, -(-count // size))


@pytest.fixture(params=EDITIONS)
def counting(request: pytest.FixtureRequest, office: Office) -> Counting:
    """A desk before each tracker, and what it knows after its first days."""
    edition: str = request.param
    if edition.startswith("jira"):
        jira: FakeJira = request.getfixturevalue("jira_process")
        jira.reset(edition="cloud" if edition == "jira cloud" else "datacenter")
        made = Counting(Desk.set_up(office, jira_place(jira)), jira, edition)
    else:
        fake: FakeGitea = request.getfixturevalue("fake_gitea")
        place = gitea_place(fake, flavour=edition)
        made = Counting(Desk.set_up(office, place), fake, edition)
    _live(made)
    made.pass_by()
    return made


def _live(made: Counting) -> None:
    """Learn the labels."""
    made.office.assigned(severity="major")
    made.office.assigned(severity="ordinary")
    made.desk.synced()


def learn_steps(made: Counting) -> None:
    """Let each kind of closing happen once: statuses and steps are known then."""
    desk, office = made.desk, made.office
    ref, other = office.worked(), office.requested()
    desk.synced()
    for hands, word in ((desk.stranger, "不知道"), (desk.place.wang, "已整改")):
        hands.comment(desk.key(ref), word)
        hands.close(desk.key(ref))
        desk.synced()
    assert desk.item(ref).state is State.CLOSURE_REQUESTED
    strike_off(made, other)
    desk.synced()
    made.pass_by()


def strike_off(made: Counting, ref: str) -> None:
    """From the request to the end."""
    made.office.act("review", ref, CHEN, opinion="材料齐全")
    made.office.verify(ref)
    made.office.act("close", ref, QIAN, opinion="同意销号")


def mixed(made: Counting, sizes: Sequence[Sizes]) -> None:
    """New items, items changed here and issues changed there, in one run each."""
    made.add(max(changed for _, changed, _ in sizes))
    made.run()
    made.pass_by()
    for new, changed, edited in sizes:
        old = list(made.linked)
        # The same issues here and there, as far as they go.
        made.retitle(old[:changed])
        made.edit(old[:edited])
        made.add(new)
        # What an index says is old by minutes: Jira is asked again before any text.
        again = changed if made.jira else 0
        made.demand(
            made.allowed(N=new, m=changed, b=again, k=edited),
            f"N={new} m={changed} k={edited}",
        )


def test_new_changed_and_edited_issues_cost_what_each_alone_costs(
    counting: Counting,
) -> None:
    mixed(counting, ALONE)


@pytest.mark.long
def test_new_changed_and_edited_issues_cost_together_what_they_cost_alone(
    counting: Counting,
) -> None:
    mixed(counting, PAIRS)


@pytest.mark.long
def test_a_thousand_of_each_cost_what_the_design_says(counting: Counting) -> None:
    mixed(counting, THOUSANDS)


def test_what_was_just_written_is_read_once_more_and_nothing_is_written(
    counting: Counting,
) -> None:
    counting.add(51)
    counting.run()
    calls = counting.run()
    assert calls.total() == counting.allowed(k=51), calls
    counting.retitle(counting.linked)
    counting.run()
    calls = counting.run()
    assert calls.total() == counting.allowed(k=51), calls


@pytest.mark.parametrize("count", [1, FIFTY_ONE])
def test_a_body_is_read_again_where_the_server_has_no_version(
    counting: Counting, count: int
) -> None:
    refs = counting.add(count)
    counting.run()
    counting.pass_by()
    counting.assign(refs)
    counting.demand(counting.allowed(m=count, b=count))
    assert DATA in counting.desk.issue(refs[-1]).body


@pytest.mark.parametrize("count", [1, FIFTY_ONE])
def test_another_label_is_a_call_of_its_own_where_it_cannot_ride(
    counting: Counting, count: int
) -> None:
    refs = counting.add(count)
    counting.run()
    counting.pass_by()
    counting.assign(refs, severity="major")
    counting.demand(counting.allowed(m=count, l=count, b=count))
    # Of an exclusive label the other goes by the same call.
    who = counting.office.who(LI)
    for ref in refs:
        said = {"field": "severity", "value": "ordinary", "reason": "更正"}
        counting.office.ledger.act("amend", ref, who, **said)
    # Nothing else differs, so that nothing else is sent.
    counting.demand(counting.allowed(**{"m" if counting.jira else "l": count}))


@pytest.mark.parametrize("posted", [1, FIFTY_ONE])
def test_notes_of_the_ledger_take_one_call_each(
    counting: Counting, posted: int
) -> None:
    ref = counting.office.assigned()
    counting.run()
    counting.pass_by()
    for number in range(posted):
        counting.office.act("progress", ref, SUN, text=f"进展{number}")
    counting.demand(counting.allowed(p=posted))


@pytest.mark.parametrize("count", [1, FIFTY_ONE])
def test_files_take_one_call_each_beside_the_block_that_names_them(
    counting: Counting, count: int
) -> None:
    ref = counting.office.started()
    counting.run()
    counting.pass_by()
    for number in range(count):
        counting.office.add_evidence(ref, SUN, f"第{number}份签到表")
    counting.demand(counting.allowed(m=1, b=1, a=count))


@pytest.mark.parametrize("count", [1, FIFTY_ONE])
def test_a_close_seen_takes_one_call_and_its_request_one_change(
    counting: Counting, count: int
) -> None:
    learn_steps(counting)
    refs = [counting.office.worked() for _ in range(count)]
    counting.run()
    counting.pass_by()
    for ref in refs:
        counting.desk.place.wang.comment(counting.desk.key(ref), "已整改")
        counting.desk.place.wang.close(counting.desk.key(ref))
    counting.demand(counting.allowed(t=count, m=count, b=count, k=count, c=count))
    states = {counting.desk.item(ref).state for ref in refs}
    assert states == {State.CLOSURE_REQUESTED}


@pytest.mark.parametrize("count", [1, FIFTY_ONE])
def test_a_close_that_requests_nothing_is_answered_and_undone_by_one_call_each(
    counting: Counting, count: int
) -> None:
    learn_steps(counting)
    refs = counting.add(count)
    counting.run()
    counting.pass_by()
    for ref in refs:
        counting.desk.stranger.close(counting.desk.key(ref))
    counting.demand(counting.allowed(t=count, p=count, m=count, k=count))
    assert not any(counting.desk.issue(ref).closed for ref in refs)


def test_striking_off_takes_a_comment_and_one_change_with_its_step(
    counting: Counting,
) -> None:
    count = 3
    learn_steps(counting)
    refs = [counting.office.requested() for _ in range(count)]
    counting.run()
    counting.pass_by()
    for ref in refs:
        strike_off(counting, ref)
    counting.demand(counting.allowed(m=count, b=count, p=count, steps=count))
    assert all(counting.desk.issue(ref).closed for ref in refs)


def test_a_milestone_that_says_something_new_takes_one_call(
    counting: Counting, tmp_path: Path
) -> None:
    count = 3
    refs = [first_of(counting, tmp_path, f"第{number}市") for number in range(count)]
    counting.run()
    counting.pass_by()
    for ref in refs:
        counting.office.request(ref)
    calls = counting.demand(counting.allowed(m=count, b=count, s=count))
    told = 0 if counting.jira else count
    assert calls["PATCH /repos/{repo}/milestones/{n}"] == told


def first_of(made: Counting, folder: Path, city: str) -> str:
    """A problem of that city's report, worked on until closure can be requested."""
    office, path = made.office, folder / f"{city}.txt"
    text = SAMPLE.read_text(encoding="utf-8").replace("四平市", city)
    path.write_text(text, encoding="utf-8")
    checklist = derive(read_document(path))
    added = registration.register(
        office.ledger, checklist, office.who(LI), only=Kind.FINDING
    )
    ref = added.added[0]
    office.assign(ref)
    office.act("start", ref, SUN)
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    office.add_evidence(ref, SUN)
    return ref


@pytest.mark.parametrize("said", [1, 50, FIFTY_ONE])
def test_comments_of_people_cost_their_pages_or_come_with_their_issue(
    counting: Counting, said: int
) -> None:
    ref = counting.office.assigned()
    counting.run()
    counting.pass_by()
    hands: Hands = counting.desk.place.wang
    for number in range(said):
        hands.comment(counting.desk.key(ref), f"进展{number}")
    counting.demand(counting.allowed(k=min(said, 1), c=said))
    assert len(counting.desk.item(ref).notes) == said


@pytest.mark.parametrize("said", [1, FIFTY_ONE])
def test_comments_that_people_edited_cost_their_pages(
    counting: Counting, said: int
) -> None:
    ref = counting.office.assigned()
    counting.run()
    key, fake = counting.desk.key(ref), counting.fake
    texts = [f"进展{number}" for number in range(said)]
    if isinstance(fake, FakeJira):
        for text in texts:
            fake.person("wangwu").comment(key, text)
        counting.pass_by()
        for text in texts:
            fake.person("wangwu").rewrite_comment(key, text, f"{text}，更正")
        # There an edited comment bumps its issue, and comes with it.
        counting.demand(counting.allowed(k=1))
    else:
        ids = [fake.person("wangwu").comment(key, text) for text in texts]
        counting.pass_by()
        for id_ in ids:
            fake.person("wangwu").edit_comment(id_, "更正")
        counting.demand(counting.allowed(c=said))
    assert len(counting.desk.item(ref).notes) == 2 * said
