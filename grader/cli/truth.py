"""`grade truth`: Keras' answers."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, example


@click.group(epilog=example("grade truth record"))
def command() -> None:
    """Ask Keras again."""


@command.command("record", epilog=example("grade truth record adam --seed 7"))
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@click.option("--seed", type=int, help="Run seed (default: the course's). Other seeds get a file of their own.")
@course_option
def record_command(topics: tuple[str, ...], seed: int | None, course_dir: Path | None) -> None:
    """Write down what Keras answers to the hidden suites. Needs TensorFlow."""
    from grader.course import find_course, select_topics
    from grader.suite.recording import record

    course = find_course(None, course_dir)
    names = [topic.name for topic in select_topics(course, topics)]
    for path in record(course, names, course.seed if seed is None else seed):
        click.echo(f"Wrote {path.relative_to(course.root)}")
