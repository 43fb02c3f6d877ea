"""Solutions pass with other random numbers too, and the suites say the same each time."""

from __future__ import annotations

from collections.abc import Sequence

from grader import diagnosis
from grader.audit.findings import Breach, breach_of
from grader.audit.running import Entry, run
from grader.course import truth_path
from grader.model import Course, Outcome, Result, Topic
from grader.suite.recording import ask_keras


def check_seeds(course: Course, topics: Sequence[Topic], count: int) -> list[Breach]:
    """Run the solutions with other seeds: with the truth recorded for a seed, or else with Keras asked live.

    Raises:
        TruthError: if Keras is needed and not installed.
    """
    return [
        breach_of(
            outcome.topic,
            f"with seed {seed} the solution fails {outcome.test}: {outcome.message}",
            "Choose inputs that are not on a knife edge.",
        )
        for seed in range(course.seed + 1, course.seed + 1 + count)
        for outcome in _failures(course, topics, seed)
    ]


def _failures(course: Course, topics: Sequence[Topic], seed: int) -> list[Outcome]:
    """What the solutions do not pass with this seed."""
    recorded = [topic.name for topic in topics if truth_path(course, topic.name, seed).is_file()]
    live = [topic.name for topic in topics if topic.name not in recorded]
    entries = [Entry(topic=name, label="solution", module=diagnosis.solution_module(course, name)) for name in recorded]
    replayed = run(course, entries, diagnose=False, seed=seed)
    failed = [outcome for found in replayed.values() for outcome in found if outcome.result is not Result.PASSED]
    return failed + (ask_keras(course, live, seed)[1] if live else [])


def check_repeats(course: Course, topics: Sequence[Topic], count: int) -> list[Breach]:
    """Run solutions and mistakes again and again: the outcomes must be the same each time."""
    entries = []
    for topic in topics:
        solution = diagnosis.solution_module(course, topic.name)
        entries.append(Entry(topic=topic.name, label="solution", module=solution))
        for mistake in diagnosis.load_mistakes(course, topic.name)[:3]:
            entries.append(Entry(topic=topic.name, label=mistake.name, module=diagnosis.edited(solution, mistake)))
    first = None
    breaches = []
    for _ in range(count):
        results = {
            key: tuple((outcome.test, outcome.result, outcome.message) for outcome in outcomes)
            for key, outcomes in run(course, entries, diagnose=False).items()
        }
        first = first or results
        for (topic_name, label), found in results.items():
            if found != first[topic_name, label]:
                breaches.append(
                    breach_of(topic_name, f"{label} has other outcomes in another run", "Draw every number from rng.")
                )
    return breaches
