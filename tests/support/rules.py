"""The rules of the house, read from the text of its files. Each rule is a function that yields sentences.

A tree is a mapping of paths (with `/`, from the top) to text: the real one, or a small broken one that shows that a
rule can go red. What a linter sees is left to the linter.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

LONGEST_FILE = 250
TOP = {
    *("app.py", "pyproject.toml", "events", "payments", "templates", "static", "tests"),
    *("README.md", "LICENSE", "CHANGELOG.md", "Makefile", "requirements.lock", "docs"),
}
LAYERS = ("events.core", "events", "payments", "app")
ONLY_IN = {
    "stripe": ("payments/gateway/", 1000),
    "flask_mail": ("events/mail/", 1),
    "qrcode": ("events/tickets/", 1),
    "typst": ("events/core/pdf.py", 1),
}
CLOCK, TOKENS = "events/core/clock.py", "events/core/tokens.py"
RANDOM = {"random", "secrets", "uuid"}
EDGES = ("routes", "commands", "access", "web")
"""Modules that belong to a request or a command: they may read the request, and open transactions. A room with many
pages has further ones whose names end with `_routes`."""
NO_STORIES = (
    *("events/core/db.py", "events/core/direct.py", "events/core/i18n.py", "events/core/callers.py"),
    *("events/core/squeezing.py", "events/core/bodies.py", "events/mail/mailbox.py"),
)
"""transaction() itself commits, and so does what is written past the session; the language of a page, the network of a
caller, what a browser understands and whether a body is whole are read from the request; the mailbox is a
server of its own."""
OTHER_TEMPLATES = {"mail", "pdf", "drawings"}


class Tree:
    """The files, and what their Python says."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        ours = [path for path in files if path == "app.py" or path.startswith(("events/", "payments/"))]
        self.python = {path: _parsed(files[path]) for path in ours if path.endswith(".py")}
        self.modules = {_dotted(path): path for path in self.python}

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Module -> what it imports: our own modules by their full name, others by the first part."""
        return {module: set(self._imports(module, path)) for module, path in self.modules.items()}

    @cached_property
    def rooms(self) -> dict[str, set[str]]:
        """Room -> other rooms it imports from."""
        found: dict[str, set[str]] = {}
        for module, others in self.imports.items():
            found.setdefault(room_of(module), set()).update(room_of(other) for other in others & self.modules.keys())
        return {room: others - {room} for room, others in found.items()}

    def _imports(self, module: str, path: str) -> Iterator[str]:
        for node in ast.walk(self.python[path]):
            if isinstance(node, ast.Import):
                yield from (self._known(alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = _absolute(node, module, path)
                yield from (self._known(f"{base}.{alias.name}", base) for alias in node.names)

    def _known(self, name: str, base: str | None = None) -> str:
        own = name if name in self.modules else base if base in self.modules else None
        return own or (base or name).split(".")[0]


def violations(files: Mapping[str, str]) -> list[str]:
    """One sentence for each breach of a rule, in the order of the rules."""
    tree = Tree(files)
    return [sentence for rule in RULES for sentence in rule(tree)]


def layers(tree: Tree) -> Iterator[str]:
    for module, others in tree.imports.items():
        for other in sorted(others & tree.modules.keys()):
            if _height(other) > _height(module) or other == "app":
                yield f"{module} imports {other}, which stands above it"


def circles(tree: Tree) -> Iterator[str]:
    ours = {module: others & tree.modules.keys() - {module} for module, others in tree.imports.items()}
    for kind, graph in (("files", ours), ("rooms", tree.rooms)):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            yield f"a circle of {kind}: {' <- '.join(error.args[1])}"


def doors(tree: Tree) -> Iterator[str]:
    for module, others in tree.imports.items():
        for other in sorted(others & tree.modules.keys()):
            behind = other.rsplit(".", 1)[-1].endswith(("routes", "forms"))
            if module != "app" and behind and room_of(other) != room_of(module):
                yield f"{module} goes through the door of another room: {other}"


def libraries(tree: Tree) -> Iterator[str]:
    for library, (place, most) in ONLY_IN.items():
        users = [tree.modules[module] for module, others in tree.imports.items() if library in others]
        yield from (f"{path} imports {library}: only {place} may" for path in users if not path.startswith(place))
        if len(users) > most:
            yield f"{library} is imported by {len(users)} modules: {', '.join(sorted(users))}"


def one_clock(tree: Tree) -> Iterator[str]:
    for path, code in tree.python.items():
        if path != CLOCK:
            if "time" in tree.imports[_dotted(path)]:
                yield f"{path} imports time: only {CLOCK} reads the clock"
            yield from (f"{path} reads the clock: {name}" for name in _names(code) if _CLOCKS.fullmatch(name))


def one_source_of_chance(tree: Tree) -> Iterator[str]:
    for path, code in tree.python.items():
        if path != TOKENS:
            for library in sorted(RANDOM & tree.imports[_dotted(path)]):
                yield f"{path} imports {library}: only {TOKENS} draws"
            if any(name in ("os.urandom", "urandom") for name in _names(code)):
                yield f"{path} draws from os.urandom"


def foreign_keys(tree: Tree) -> Iterator[str]:
    above = set(_tables(tree, "payments/"))
    for path, code in tree.python.items():
        if path.startswith("events/") and "/migrations/" not in path:
            for target in _calls(code, "ForeignKey"):
                if target.split(".")[0] in above:
                    yield f"{path} has a foreign key upwards, to {target}"


def stories(tree: Tree) -> Iterator[str]:
    for path, code in tree.python.items():
        name = PurePosixPath(path).stem
        if path == "app.py" or name in EDGES or name.endswith("_routes") or path in NO_STORIES:
            continue
        for node in ast.walk(code):
            if isinstance(node, ast.ImportFrom) and node.module == "flask":
                taken = sorted({"request", "session"} & {alias.name for alias in node.names})
                yield from (f"{path} is a story and reads Flask's {thing}" for thing in taken)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                yield f"{path} is a story and commits (line {node.lineno})"


def imports_on_top(tree: Tree) -> Iterator[str]:
    for path, code in tree.python.items():
        for outer in ast.walk(code):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(outer):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        yield f"{path} imports inside {outer.name} (line {node.lineno})"


def lengths(tree: Tree) -> Iterator[str]:
    """Migrations are excepted (one describes a whole schema, and is never touched again), and what others wrote."""
    for path, text in tree.files.items():
        lines, excepted = text.count("\n"), "/migrations/versions/" in path or "/vendor/" in path
        if path.endswith((".py", ".js", ".html")) and not excepted and lines > LONGEST_FILE:
            yield f"{path} has {lines} lines"


def top_level(tree: Tree) -> Iterator[str]:
    for name in sorted({path.split("/")[0] for path in tree.files}):
        if name not in TOP and not name.startswith("."):
            yield f"{name} does not belong at the top"


def templates(tree: Tree) -> Iterator[str]:
    for path in tree.files:
        parts = path.split("/")
        if parts[0] != "templates" or len(parts) == 2 or parts[1] in OTHER_TEMPLATES:
            continue
        if not any(other.startswith(f"{parts[1]}/{parts[2]}/") for other in tree.python):
            yield f"{path} belongs to no room"


def pages(tree: Tree) -> Iterator[str]:
    for path, text in tree.files.items():
        if path.startswith("templates/") and path.endswith(".html") and not path.startswith("templates/mail/"):
            yield from (f"{path} is not for our content policy: {found}" for found in _INLINE.findall(text))


def public_addresses(tree: Tree) -> Iterator[str]:
    """Behind a proxy that ends TLS, a request does not know where the public is."""
    for path, text in tree.files.items():
        if not path.startswith(("tests/", "docs/")) and re.search(r"\b_external\s*=\s*True", text):
            yield f"{path} builds an address from the request: use absolute()"


RULES: tuple[Callable[[Tree], Iterator[str]], ...] = (
    layers, circles, doors, libraries, one_clock, one_source_of_chance, foreign_keys, stories, imports_on_top, lengths,
    top_level, templates, pages, public_addresses,
)  # fmt: skip

_CLOCKS = re.compile(r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|func\.(now|current_\w+|localtime\w*|sysdate)")
_INLINE = re.compile(r"<[^>]*\s(?:style|on[a-z]+)\s*=|<style\b|<script(?![^>]*\ssrc=)[^>]*>|javascript:", re.IGNORECASE)


def room_of(module: str) -> str:
    """`events.mail` for whatever stands in it; a file beside the rooms is one of its own."""
    return ".".join(module.split(".")[:2])


def _height(module: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if module == layer or module.startswith(f"{layer}."))


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _absolute(node: ast.ImportFrom, module: str, path: str) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".") if path.endswith("__init__.py") else module.split(".")[:-1]
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


@lru_cache(maxsize=1000)
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _names(code: ast.Module) -> Iterator[str]:
    return (ast.unparse(node) for node in ast.walk(code) if isinstance(node, ast.Attribute | ast.Name))


def _calls(code: ast.Module, name: str) -> Iterator[str]:
    """The first argument, where it is a text, of every call of `name`."""
    for node in ast.walk(code):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] != name or not node.args:
            continue
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            yield node.args[0].value


def _tables(tree: Tree, below: str) -> Iterator[str]:
    for path, code in tree.python.items():
        for node in ast.walk(code) if path.startswith(below) else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__tablename__":
                yield str(ast.literal_eval(node.value))
