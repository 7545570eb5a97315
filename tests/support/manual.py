"""README.md and the manual as tests read them: pages, links, pictures, and the commands that people are told to run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CONFIG = ROOT / ".mkdocs.yml"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))

_BLOCK = re.compile(r"^([ ]*)```(\w*)[^\n]*\n(.*?)^\1```[ ]*$", re.MULTILINE | re.DOTALL)
_HERE_DOCUMENT = re.compile(r"<<-?'?(\w+)'?")
_SHELL = {"sh", "bash", "console", "shell"}


@dataclass(frozen=True)
class Command:
    """What one enters at once: a line, with the text that goes into it where there is one."""

    page: Path
    text: str

    @property
    def words(self) -> str:
        """The line itself, without what is said about it."""
        return re.sub(r"\s+#\s.*", "", self.text.splitlines()[0])


def commands(page: Path) -> list[Command]:
    """The commands of a page's blocks, in the order in which they stand there."""
    return [Command(page, text) for block in blocks(page) for text in _statements(block)]


def blocks(page: Path) -> list[str]:
    """The blocks that a shell would understand."""
    return [dedent(found[3]) for found in _blocks(page) if found[2] in _SHELL]


def kinds(page: Path) -> list[str]:
    """What kind each block says that it is."""
    return [str(found[2]) for found in _blocks(page)]


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def spans(page: Path) -> list[str]:
    """What stands between backticks within a line."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def targets(page: Path) -> list[str]:
    """Where links lead, and where pictures lie."""
    text = re.sub(r"`[^`\n]+`", "", prose(page))
    return re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)


def _blocks(page: Path) -> Iterator[re.Match[str]]:
    return _BLOCK.finditer(page.read_text(encoding="utf-8"))


def _statements(block: str) -> Iterator[str]:
    lines = iter(block.splitlines())
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        statement = [line]
        if found := _HERE_DOCUMENT.search(line):
            for further in lines:
                statement.append(further)
                if further == found[1]:
                    break
        yield "\n".join(statement)
