"""A folder for each student, named by the student's id; or a zip for each."""

from __future__ import annotations

from pathlib import PurePosixPath

from grader.errors import IntakeError
from grader.intake.attempt import Attempt, Download, Found, Layout, Stray
from grader.intake.files import printable
from grader.intake.roster import Field
from grader.intake.tree import Kind, Node, Picked, PickedTree, Tree

_REMEDY = "Give the folder that holds one folder per student, with the modules in it."


def _recognises(download: Download) -> bool:
    return bool(_folders(download) or len(_archives(download)) > 1)


def _folders(download: Download) -> list[Node]:
    return [node for node in download.nodes if node.kind in (Kind.FOLDER, Kind.FOLDER_LINK)]


def _archives(download: Download) -> list[Node]:
    return [node for node in download.nodes if node.kind is Kind.FILE and node.name.lower().endswith(".zip")]


def _find(download: Download) -> Found:
    """Loose files beside folders are nobody's; what may be somebody's work is named.

    Raises:
        IntakeError: there is no student.
    """
    tree = download.tree
    folders = _folders(download)
    if folders:
        attempts = [_attempt(node.name, tree.below((node.name,))) for node in folders]
        return Found(attempts, _loose(download, {node.name for node in folders}))
    archives = _archives(download)
    if len(archives) > 1:
        return Found([_attempt(PurePosixPath(node.name).stem, _alone(tree, node)) for node in archives])
    if archives:
        name = printable(archives[0].name)
        raise IntakeError(f"{download.path} holds only {name}.", f"Give the zip itself, if it is the class: {name}")
    raise IntakeError(f"{download.path} holds no folder of a student.", _REMEDY)


def _loose(download: Download, folders: set[str]) -> list[Stray]:
    """Zips and modules beside the folders. The class may have been unpacked beside its zip, so nothing is guessed."""
    zips = [node.name for node in _archives(download) if PurePosixPath(node.name).stem not in folders]
    modules = {f"{topic}{ending}" for topic in download.topics for ending in (".py", ".ipynb")}
    files = [node.name for node in download.nodes if node.kind is Kind.FILE and node.name.lower() in modules]
    return [
        *(Stray(printable(name), "A zip beside folders: unpack it, if it is a student's.") for name in zips),
        *(Stray(printable(name), "It lies in no student's folder.") for name in files),
    ]


def _alone(tree: Tree, archive: Node) -> Tree:
    return PickedTree((Picked(archive.name, archive.kind, tree, (archive.name,)),))


def _attempt(name: str, tree: Tree) -> Attempt:
    return Attempt(people=(((Field.ANY, name),),), tree=tree, label=printable(name), dated=True)


LAYOUT = Layout("folders", "a folder for each student", _recognises, _find)
