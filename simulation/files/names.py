"""The valid name that a wrong one must mean: near in its letters, of the same kind, or nothing at all."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

#: Keys of the first edition, and what says the same today.
RENAMED = {"transmission.fragment": "departments.conflict", "plan.domains": "agenda.domains"}
#: Shortest beginning of a name that stands for it, in signs.
_SHORTEST = 3
#: Least share of signs that two names have in common, in their order, by `difflib`.
_LEAST = 0.65
_LEAST_ELSEWHERE = 0.8
_MOST = 5000
_DOT = re.compile(r"\.")
#: Most names that are suggested at once.
_FEW = 4


def nearest(name: str, valid: Iterable[str], least: float = _LEAST) -> str | None:
    """Return the valid name that ``name`` must mean, or None when nothing is near among the first few thousand.

    A name is near if most signs agree in their order and the lengths differ by a quarter at most, so that neither a few
    common letters nor another word's ending are taken for a slip. A beginning of three signs or more is near too, if
    only one valid name begins so. ``least`` is the share of signs in common, by `difflib`.
    """
    given = str(name)[:200].strip().casefold()
    plain = {word.casefold(): word for word in reversed(list(itertools.islice(valid, _MOST)))}
    if given in plain:
        return plain[given]
    room = max(1, len(given) // 4)
    alike = [word for word in reversed(plain) if abs(len(word) - len(given)) <= room]
    close = difflib.get_close_matches(given, alike, 1, least)
    if close:
        return plain[close[0]]
    begun = [word for word in plain if word.startswith(given) or given.startswith((f"{word}_", f"{word}-"))]
    return plain[begun[0]] if len(begun) == 1 and len(given) >= _SHORTEST else None


def labelled(given: str, labels: Mapping[str, str]) -> str | tuple[str, ...] | None:
    """Return the name (or a few) whose label is ``given`` or begins with it: "高要" for "Gaoyao", labelled "高要区".

    Parameters
    ----------
    given : str
        What stands in the place of a name.
    labels : mapping
        Name to label.
    """
    plain = str(given).strip()
    exact = [name for name, label in labels.items() if label == plain]
    begun = [name for name, label in labels.items() if label.startswith(plain)]
    found = exact or (begun if len(plain) > 1 else [])
    return found[0] if len(found) == 1 else tuple(found) if 1 < len(found) <= _FEW else None


def nearest_key(key: str, names: Iterable[str], *, table: bool | None = None) -> str | tuple[str, ...] | None:
    """Return the valid dotted key that ``key`` must mean; several, where each of them could be meant.

    Parameters
    ----------
    key : str
        The dotted key that is not valid.
    names : iterable of str
        The valid ones, tables among them.
    table : bool, optional
        Whether a table was given for the key: then rather a table is meant, else rather a parameter. None if that is
        not known.

    Returns
    -------
    str, tuple of str or None
        The key that it was renamed to; else the one whose parts are near, table by table; else those of the same last
        part; else the one whose last part is near; else None.
    """
    names = list(dict.fromkeys(names))
    if RENAMED.get(key) in names:
        return RENAMED[key]
    tables = {name[: place.start()] for name in names for place in _DOT.finditer(name)}
    kind = [name for name in names if table is None or (name in tables) == table]
    for meant in (kind, names):
        by_part = _by_part(key.split("."), names, meant)
        if by_part is not None:
            return by_part
    leaf = key.rpartition(".")[2]
    same = [name for name in kind if name.rpartition(".")[2] == leaf]
    if same:
        return same[0] if len(same) == 1 else tuple(same) if len(same) <= _FEW else None
    leaves = {name.rpartition(".")[2]: name for name in reversed(kind)}
    # In another table a name must be nearer: there are many, and some resemble anything.
    close = nearest(leaf, leaves, _LEAST_ELSEWHERE)
    return leaves[close] if close else None


def _by_part(parts: Sequence[str], names: Sequence[str], kind: Sequence[str]) -> str | None:
    """Return the key found by taking, table by table, the entry that is there or near."""
    found = ""
    for depth, part in enumerate(parts, 1):
        last = depth == len(parts)
        inside = [name[len(found) :] for name in (kind if last else names) if name.startswith(found)]
        entries = dict.fromkeys(name.partition(".")[0] for name in inside)
        near = part if part in entries and not last else nearest(part, entries)
        if near is None:
            return None
        found += near if last else f"{near}."
    return found if found in kind else None
