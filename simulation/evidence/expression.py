"""The small language in which a finding states its measurement: arithmetic over metrics, and nothing else."""

from __future__ import annotations

import ast
import math
import operator
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, listed, nearest, told

LONGEST = 500
"""Longest expression, in characters."""
LARGEST = sys.float_info.max
"""Largest number in an expression: Python's own whole numbers know no bound, and no float holds a larger one."""
MOMENTS = ("peak", "year_after")
"""Words that may follow a metric's name: its highest weekly value, and its value 52 weeks after that."""

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_CALLS: dict[str, Callable[..., float]] = {"min": min, "max": max}


@dataclass(frozen=True)
class Expression:
    """A parsed expression.

    Parameters
    ----------
    text : str
        As it was written.
    names : frozenset of str
        Metrics that it needs, as ``metric`` or ``metric.moment``.
    """

    text: str
    names: frozenset[str]

    @classmethod
    def parse(cls, text: Any, valid: Iterable[str], *, file: str | Path | None = None, key: str = "") -> Expression:
        """Return the expression.

        Parameters
        ----------
        text : str
            For example ``"site_effect / (site_effect + reporting_gap)"`` or ``"core_effect.peak"``.
        valid : iterable of str
            Names of metrics.

        Raises
        ------
        InputError
            For anything but numbers, valid names, + - * /, brackets, ``min`` and ``max``.
        """

        def refuse(problem: str, given: Any, near: str | None = None) -> InputError:
            return InputError(
                problem, file=file, key=key, given=given, allowed=told("error.expression.allowed"), suggestion=near
            )

        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            raise refuse(told("error.expression.none"), text)
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise refuse(told("error.expression.none"), text) from None
        known = set(valid)
        names: set[str] = set()
        for node in _nodes(tree):
            name = _name(node)
            if name is None:
                if not _allowed(node):
                    raise refuse(told("error.expression.else"), ast.unparse(node))
                continue
            if name.partition(".")[0] not in known:
                raise refuse(told("error.no_such_metric"), name, nearest(name.partition(".")[0], known))
            if "." in name and name.partition(".")[2] not in MOMENTS:
                raise refuse(
                    told("error.expression.moment", moments=listed(MOMENTS, "and")),
                    name,
                    nearest(name.partition(".")[2], MOMENTS),
                )
            names.add(name)
        return cls(text.strip(), frozenset(names))

    def value(self, metrics: Mapping[str, float]) -> float:
        """Return the value; NaN where something is not defined, division by zero included."""
        value = _value(ast.parse(self.text, mode="eval").body, metrics)
        return value if math.isfinite(value) else math.nan


def _nodes(node: ast.expr) -> list[ast.expr]:
    """Return the node and its parts; a name with its moment is one node, and a call's function is left out."""
    inside: list[ast.expr] = []
    if _name(node) is None:
        if isinstance(node, ast.BinOp):
            inside = [node.left, node.right]
        elif isinstance(node, ast.UnaryOp):
            inside = [node.operand]
        elif isinstance(node, ast.Call):
            inside = list(node.args)
    return [node, *(deeper for child in inside for deeper in _nodes(child))]


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _allowed(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
        case ast.BinOp(op=op):
            return type(op) in _BINARY or isinstance(op, ast.Div)
        case ast.UnaryOp(op=op):
            return isinstance(op, ast.USub | ast.UAdd)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return name in _CALLS and len(args) >= 2
    return False


def _value(node: ast.expr, metrics: Mapping[str, float]) -> float:
    name = _name(node)
    if name is not None:
        return float(metrics[name])
    match node:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _value(left, metrics), _value(right, metrics)
            if isinstance(op, ast.Div):
                return first / second if second != 0 else math.nan
            return _BINARY[type(op)](first, second)
        case ast.UnaryOp(op=op, operand=operand):
            return -_value(operand, metrics) if isinstance(op, ast.USub) else _value(operand, metrics)
        case ast.Call(func=ast.Name(id=function), args=args):
            values = [_value(argument, metrics) for argument in args]
            return math.nan if any(math.isnan(value) for value in values) else _CALLS[function](*values)
    raise AssertionError("parse let something through")
