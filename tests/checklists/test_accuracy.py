"""Hand-labelled reports keep the accuracy and the precision of links from falling."""

from __future__ import annotations

import pytest

from tests.benchmarks import accuracy, links

pytestmark = pytest.mark.skipif(
    not accuracy.REPORTS.is_dir(),
    reason="the labelled reports (../shared/reports) are not beside the project",
)


@pytest.fixture(scope="module")
def results() -> list[accuracy.Result]:
    return [
        accuracy.measure(name)
        for name in accuracy.names()
        if name not in accuracy.HELD_OUT
    ]


def test_problems_and_plans_of_labelled_reports_are_found(
    results: list[accuracy.Result],
) -> None:
    problems, plans = accuracy.total(results)
    assert problems.f1 >= 0.97
    assert plans.f1 >= 0.98


def test_no_group_of_few_entries_has_more_than_three_errors(
    results: list[accuracy.Result],
) -> None:
    for group in {result.group for result in results}:
        for score in accuracy.total(
            result for result in results if result.group == group
        ):
            if score.hits + score.misses < 40:
                assert score.misses + score.inventions <= 3, group


def test_nothing_is_invented_in_documents_without_entries(
    results: list[accuracy.Result],
) -> None:
    for result in results:
        if result.empty and not result.doubtful:
            assert not result.wrong, result.name


def test_links_of_plans_to_problems_are_mostly_right() -> None:
    right, found, labelled = links.rates(links.measure())
    assert right / found >= 0.8
    assert right / labelled >= 0.7
