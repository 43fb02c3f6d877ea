"""GitHub Classroom, which was retired in 2026: a folder of clones.

`gh classroom clone student-repos` made `{assignment}-submissions/{repository}/`; a repository is called
`{assignment}-{username}`. (github/gh-classroom) The times of the files are those of cloning;
a course list can have others.
"""

from __future__ import annotations

from grader.intake.attempt import Attempt, Download, Found, Keys, Layout, Stray
from grader.intake.files import shown
from grader.intake.roster import Field
from grader.intake.tree import Kind, names_in

_SUFFIX = "-submissions"


def _recognises(download: Download) -> bool:
    folders = [node.name for node in download.nodes if node.kind is Kind.FOLDER]
    if not folders:
        return False
    prefix = _prefix(download)
    if prefix and all(name.startswith(prefix) for name in folders):
        return True
    cloned = [name for name in folders[:20] if ".git" in names_in(download.tree, name)]
    return 2 * len(cloned) > len(folders[:20])


def _prefix(download: Download) -> str:
    """What the names of the repositories begin with, if the folder tells."""
    title = download.title
    return f"{title.removesuffix(_SUFFIX)}-" if title.endswith(_SUFFIX) else ""


def _find(download: Download) -> Found:
    attempts, strays = [], []
    prefix = _prefix(download)
    for node in download.nodes:
        if node.kind is Kind.FOLDER:
            tree = download.tree.below((node.name,))
            attempts.append(Attempt(people=(_keys(node.name, prefix),), tree=tree, label=shown((node.name,))))
        else:
            strays.append(Stray(shown((node.name,)), "It is no folder of a repository."))
    return Found(attempts, strays)


def _keys(repository: str, prefix: str) -> Keys:
    username = repository.removeprefix(prefix)
    own = ((Field.GITHUB, username),) if prefix and username != repository else ()
    return (*own, (Field.REPOSITORY, repository))


LAYOUT = Layout("github", "clones from GitHub Classroom", _recognises, _find)
