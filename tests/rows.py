"""Which rows of docs/features.md have a test: `ID covered|missing test, test ...`, one line each.

Reads the tests' source instead of running them: `@pytest.mark.row("TH5")` on a function or a class, in
`pytestmark`, or among the marks of a parameter.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FEATURES = ROOT / "docs" / "features.md"
ROW = re.compile(r"^- \*\*([A-Z]{2}\d+)\*\* ", re.MULTILINE)


def known() -> list[str]:
    """The ids of all rows, in the order of the document."""
    return ROW.findall(FEATURES.read_text(encoding="utf-8"))


def marks(node: ast.AST) -> list[str]:
    """Ids in `...mark.row("ID")` anywhere below a node."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    return [
        str(argument.value)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "row"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]


def of_module(tree: ast.Module) -> list[str]:
    """Ids that hold for a whole file."""
    assigned = [one for one in tree.body if isinstance(one, ast.Assign)]
    return [
        row
        for one in assigned
        if any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in one.targets)
        for row in marks(one.value)
    ]


def of_tests(body: list[ast.stmt], above: list[str]) -> Iterator[tuple[str, str]]:
    """(id, test) for each test in a module or class, with the ids that hold `above` it."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        rows = [*above, *(row for decorator in node.decorator_list for row in marks(decorator))]
        if isinstance(node, ast.ClassDef):
            yield from ((row, f"{node.name}::{test}") for row, test in of_tests(node.body, rows))
        elif node.name.startswith("test"):
            yield from ((row, node.name) for row in dict.fromkeys(rows))


def collect() -> dict[str, list[str]]:
    """Each marked id with its tests, as path::name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for row, test in of_tests(tree.body, of_module(tree)):
            found[row].append(f"{path.relative_to(ROOT)}::{test}")
    return found


def main() -> int:
    """Print the list; 1 if a test names a row that does not exist."""
    found = collect()
    for row in known():
        tests = found.pop(row, [])
        print(f"{row} {'covered' if tests else 'missing'} {', '.join(tests)}".rstrip())  # noqa: T201
    for row, tests in found.items():
        print(f"{row} is not in docs/features.md: {', '.join(tests)}", file=sys.stderr)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
