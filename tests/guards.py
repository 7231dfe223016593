"""The cheap conditions that stand before rules of language in the code, read from the code itself.

A guard is what a function asks of a text, by ``in``, ``==``, ``startswith``, ``endswith`` or
``find``, before a rule is asked about the same text: ``" for" in before and _SOLD.search(before)``.
It may stand in the same condition, in an ``if`` around the rule or in an ``if`` that leaves before.
"""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.patterns import _Pattern

_ROOT = Path(__file__).parents[1]
_ASKS = ("search", "match", "fullmatch", "finditer")
_TEXT, _FIRST = "text_of_rule", "first_sign"
_NEXT, _BEHIND = "place.next", "place.mark.end"
# What a place tells of the words before it.
_PLACE = {"place.ascii": f"{_TEXT}.isascii()", "place.spaced": f"{_TEXT}.endswith(' ')"}
# The words right before a quantity, however many of them.
_IS_BEFORE = re.compile(
    r"(?:place\.lead|just_before\(place, \w+\)|[\w.]*folded\[.*:place\.mark\.start\])(?:\[-\d+:\])?"
)

_Conditions = list[tuple[ast.expr, bool]]
_Asked = tuple[ast.Call, _Conditions]


@dataclass(frozen=True)
class Guard:
    """A condition that has to be as ``wanted`` for a rule to be asked about a text."""

    where: str
    condition: ast.expr
    wanted: bool
    rule: _Pattern
    by: str
    names: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        told = ast.unparse(self.condition).replace(_TEXT, "text").replace(_FIRST, "first")
        return f"{self.where}: {told if self.wanted else f'not ({told})'}"

    def kept_out(self, texts: Iterable[str]) -> Iterator[str]:
        """Give those of the texts that the rule is found in and that the guard keeps from it."""
        expression = ast.fix_missing_locations(ast.Expression(self.condition))
        code = compile(expression, self.where, "eval")
        find = getattr(self.rule, "search" if self.by == "finditer" else self.by)
        for text in texts:
            told = {**self.names, _TEXT: text, _FIRST: text.lstrip()[:1]}
            if find(text) and bool(eval(code, told)) is not self.wanted:
                yield text


def guards_in(name: str) -> Iterator[Guard]:
    """Give the guards before the rules that a module of this name has by their names."""
    names = vars(import_module(name))
    tree = ast.parse((_ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        inlined = _Inlined(function)
        for call, conditions in _in_block(function.body, []):
            asked = call.func
            if not isinstance(asked, ast.Attribute) or not isinstance(asked.value, ast.Name):
                continue
            rule = names.get(asked.value.id)
            if not isinstance(rule, _Pattern):
                continue
            same = _SameText([inlined.of(argument) for argument in call.args])
            for condition, wanted in conditions:
                for part, holds in _parts(inlined.of(condition), wanted=wanted):
                    said = same.visit(part)
                    if _is_guard(said, names):
                        where = f"{name}.{asked.value.id}"
                        yield Guard(where, said, holds, rule, asked.attr, names)


def _in_block(body: list[ast.stmt], known: _Conditions) -> Iterator[_Asked]:
    """Give the calls of rules in statements, each with the conditions under which it is reached."""
    known = list(known)
    for statement in body:
        if isinstance(statement, ast.If):
            yield from _in_expression(statement.test, known)
            yield from _in_block(statement.body, [*known, *_parts(statement.test, wanted=True)])
            otherwise = list(_parts(statement.test, wanted=False))
            yield from _in_block(statement.orelse, [*known, *otherwise])
            if isinstance(statement.body[-1], ast.Return | ast.Continue):
                known += otherwise
        elif isinstance(statement, ast.For | ast.While):
            test = statement.iter if isinstance(statement, ast.For) else statement.test
            yield from _in_expression(test, known)
            yield from _in_block(statement.body, known)
        else:
            yield from _in_expression(statement, known)


def _in_expression(node: ast.AST, known: _Conditions) -> Iterator[_Asked]:
    if isinstance(node, ast.BoolOp):
        told, both = list(known), isinstance(node.op, ast.And)
        for value in node.values:
            # "this or the rule" spares the rule, and keeps no text from it.
            yield from _in_expression(value, known if _denies(value) is both else told)
            told += _parts(value, wanted=both)
    elif isinstance(node, ast.IfExp):
        yield from _in_expression(node.test, known)
        yield from _in_expression(node.body, [*known, *_parts(node.test, wanted=True)])
        yield from _in_expression(node.orelse, [*known, *_parts(node.test, wanted=False)])
    else:
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) in _ASKS:
            yield node, known
        for child in ast.iter_child_nodes(node):
            yield from _in_expression(child, known)


def _denies(value: ast.expr) -> bool:
    return (isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)) or (
        isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Is)
    )


def _parts(condition: ast.expr, *, wanted: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Give the conditions that are told by one being ``wanted``."""
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        yield from _parts(condition.operand, wanted=not wanted)
    elif isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And) is wanted:
        for value in condition.values:
            yield from _parts(value, wanted=wanted)
    else:
        yield condition, wanted


class _Inlined(ast.NodeTransformer):
    """Puts what the names of a function stand for in their places, where they stand for one thing.

    So ``before`` is known for ``folded[start:end]``, which a rule is asked about by its bounds.
    """

    def __init__(self, function: ast.FunctionDef) -> None:
        given: dict[str, dict[str, ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                target, value = node.targets[0], node.value
                pairs = [(target, value)]
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                    pairs = list(zip(target.elts, value.elts, strict=False))
                for to, what in pairs:
                    given.setdefault(ast.unparse(to), {})[ast.unparse(what)] = what
            elif isinstance(node, ast.AugAssign | ast.NamedExpr | ast.For | ast.comprehension):
                given.setdefault(ast.unparse(node.target), {})[""] = node.target
        for argument in function.args.args:
            given.pop(argument.arg, None)
        self._given = {
            name: next(iter(values.values()))
            for name, values in given.items()
            if len(values) == 1 and "" not in values
        }
        self._open: set[str] = set()

    def of(self, node: ast.expr) -> ast.expr:
        copied: ast.expr = self.visit(deepcopy(node))
        return copied

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = node.id
        if name not in self._given or name in self._open:
            return node
        self._open.add(name)
        given = self.of(self._given[name])
        self._open.remove(name)
        return given


class _SameText(ast.NodeTransformer):
    """Names the text that a rule is asked about, and its first sign, wherever they are meant."""

    def __init__(self, arguments: list[ast.expr]) -> None:
        self._whole, *bounds = [ast.unparse(argument) for argument in arguments]
        self._begin = bounds[0] if bounds else ""
        if not bounds:
            self._asked = self._whole
        else:
            self._asked = f"{self._whole}[{self._begin}:{''.join(bounds[1:])}]"
        self._before = _IS_BEFORE.fullmatch(self._asked) is not None
        self._behind = self._begin == _BEHIND or f"[{_BEHIND}:" in self._whole

    def visit(self, node: ast.AST) -> Any:
        if not isinstance(node, ast.expr):
            return super().visit(node)
        told = ast.unparse(node)
        if told == self._asked or (self._before and _IS_BEFORE.fullmatch(told)):
            return ast.Name(_TEXT, ast.Load())
        if self._behind and told == _NEXT:
            return ast.Name(_FIRST, ast.Load())
        if told in _PLACE and self._before:
            return ast.parse(_PLACE[told], mode="eval").body
        if self._begin and told == f"{self._whole}[{self._begin}:{self._begin} + 1]":
            return ast.parse(f"{_TEXT}[:1]", mode="eval").body
        if self._begin and told == f"{self._whole}[{self._begin}]":
            return ast.parse(f"{_TEXT}[0]", mode="eval").body
        return self._without_bounds(node) or super().visit(node)

    def _without_bounds(self, node: ast.expr) -> ast.expr | None:
        """Give ``find`` and ``startswith`` from where the rule is asked as asked of its text."""
        if not isinstance(node, ast.Call) or not self._begin:
            return None
        told = [ast.unparse(each) for each in node.args]
        if told == [self._whole, self._begin] and ast.unparse(node.func) == "ahead":
            return ast.parse(f"ahead({_TEXT}, 0)", mode="eval").body
        of = node.func
        if not isinstance(of, ast.Attribute) or of.attr not in ("find", "startswith"):
            return None
        if ast.unparse(of.value) != self._whole or told[1:2] != [self._begin]:
            return None
        return ast.parse(f"{_TEXT}.{of.attr}({told[0]})", mode="eval").body


def _is_guard(condition: ast.expr, names: dict[str, Any]) -> bool:
    """Say whether a condition looks for signs in the text of a rule, and at nothing else."""
    nodes = list(ast.walk(condition))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    bound = {node.target for node in nodes if isinstance(node, ast.comprehension)}
    unknown = used - {ast.unparse(each) for each in bound} - {_TEXT, _FIRST}
    if not used & {_TEXT, _FIRST} or not all(
        name in names or hasattr(builtins, name) for name in unknown
    ):
        return False
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    if attributes & {*_ASKS}:
        return False
    return (
        bool(attributes & {"startswith", "endswith", "find", "isascii"})
        or "ahead" in used
        or any(
            isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn | ast.Eq)
            for node in nodes
        )
    )
