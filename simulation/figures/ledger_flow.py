"""The ledger as a flow diagram: sources, five steps down the hill, deliveries and losses.

Widths are momentum in instructions, all on one scale. Beside each share stands governance effectiveness without its
mechanism, because a share of the ledger is bookkeeping and no cause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulation.drawing.colours import BLUE, FAINT, INK, ORANGE, SKY, SOFT
from simulation.drawing.lettering import wrap
from simulation.drawing.numbers import amount as number
from simulation.drawing.numbers import decimals
from simulation.drawing.sheet import Sheet
from simulation.figures.flows import Flows, flows
from simulation.figures.names import caption
from simulation.figures.sankey import Slot, band, block, column
from simulation.figures.switch_off import JOINT, joint, ratio_of
from simulation.ledger.accounts import FLOWS, accounts
from simulation.scenario.windows import LEVERAGE, STAGES
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 2, "figure.ledger_flow.title"
NEEDS = ("switch_off", "flows")
WIDTH, TALL, ROW = 12.4, 2.9, 0.37
LEFT, RIGHT, STEP = 2.75, 7.95, 0.13
HAIR = 0.01
STEPS = (3.25, 4.15, 5.05, 5.95, 6.85)
JOINED = 2.9
"""Inches from the column of ends to the brackets round those that one switch ends together."""
SOURCES = tuple(accounts("source"))
_SINKS = [name for group in joint(accounts("sink")) for name in group]
_LATE = [name for name in _SINKS if all(f.origin == LEVERAGE for f in FLOWS if f.account == name)]
ENDS = (*(name for name in _SINKS if name not in _LATE), "stock", *_LATE, *accounts("delivered"))


def draw(result: RunResult, lang: str, switch_off: Mapping[str, float] | None = None) -> Figure:
    """Return the picture (see the module); ``switch_off`` as `switch_off_effects` returns it."""
    moved = flows(result)
    ends = {**moved.sinks, ("delivered", 4): moved.passed[4]}
    ends |= {("stock", k): amount for k, amount in enumerate(moved.stock) if amount > 1e-9 * moved.total}
    left = [name for name in SOURCES if any(account == name for account, _ in moved.sources)]
    right = [name for name in ENDS if sum(v for (account, _), v in ends.items() if account == name) > 0]
    scale = TALL / moved.total if moved.total > 0 else 0.0
    heights = {name: scale * sum(v for (a, _), v in moved.sources.items() if a == name) for name in left}
    falls = {name: scale * sum(v for (a, _), v in ends.items() if a == name) for name in right}
    room = max(sum(max(h, ROW) + 0.05 for h in side.values()) for side in (heights, falls, {"": 3.6}))

    sheet = Sheet("ledger-flow", lang, WIDTH, room + 2.0)
    with sheet.styled():
        lang = sheet.lang
        axis = sheet.subplots()
        axis.set_axis_off()
        axis.set_xlim(0, WIDTH)
        axis.set_ylim(-0.1, room + 0.75)
        heading = {"va": "bottom", **sheet.bold}
        axis.text(LEFT, room + 0.3, say("figure.ledger_flow.sources", lang), ha="right", **heading)
        axis.text(RIGHT, room + 0.3, say("figure.ledger_flow.ends", lang), ha="left", **heading)
        if moved.total > 0:
            sides = (
                dict(zip(left, column(list(heights.values()), room, ROW, 0.05), strict=True)),
                dict(zip(right, column(list(falls.values()), room, ROW, 0.05), strict=True)),
            )
            _bands(axis, moved, ends, sides, scale, room, lang)
            alone = dict(switch_off or {})
            for group in joint(right):
                ratio = ratio_of(group[0], switch_off)
                if len(group) > 1 and ratio is not None:
                    _bracket(axis, [sides[1][name] for name in group], ratio, sheet)
                    alone |= dict.fromkeys([JOINT.get(name, name) for name in group], math.nan)
            for name, slot in sides[0].items():
                _label(axis, name, slot, heights[name] / scale, moved.total, switch_off, sheet, "right")
            for name, slot in sides[1].items():
                _label(axis, name, slot, falls[name] / scale, moved.total, alone, sheet, "left")
        else:
            axis.text(WIDTH / 2, room / 2, say("figure.ledger_flow.nothing", lang), ha="center")
        sheet.head(say(TITLE, lang))
        sheet.foot(*_notes(switch_off, lang), caption(result, lang))
    return sheet


def _notes(switch_off: Mapping[str, float] | None, lang: str) -> list[str]:
    notes = [say("figure.ledger_flow.note", lang)]
    if switch_off:
        notes.append(say("figure.ledger_flow.switches", lang))
        if "citizens" in switch_off:
            notes[-1] += say("figure.ledger_flow.citizens", lang, ratio=f"{switch_off['citizens']:.2f}")
    else:
        notes.append(say("figure.ledger_flow.no_switches", lang))
    return notes


def _label(
    axis: Axes,
    name: str,
    slot: Slot,
    amount: float,
    total: float,
    switch_off: Mapping[str, float] | None,
    sheet: Sheet,
    side: str,
) -> None:
    lang = sheet.lang
    x = LEFT - 0.17 if side == "right" else RIGHT + 0.17
    label = say("figure.ledger_flow.stock" if name == "stock" else f"account.{name}", lang)
    share = amount / total
    percent = f"{share:.0%}" if share >= 0.0095 else "<1%"
    ratio = ratio_of(name, switch_off)
    without = "" if ratio is None else " · " + say("figure.ledger_flow.without", lang, ratio=f"{ratio:.2f}")
    axis.text(x, slot.text + 0.012, label, ha=side, va="bottom", **sheet.bold)
    axis.text(
        x, slot.text - 0.012, f"{number(amount)} · {percent}{without}", ha=side, va="top", fontsize=7.8, color=SOFT
    )


def _bracket(axis: Axes, slots: Sequence[Slot], ratio: float, sheet: Sheet) -> None:
    """Join neighbouring ends that one switch ends together, and say once what is left without all of them."""
    top = slots[0].text + ROW / 2 - 0.03
    low = slots[-1].text - ROW / 2 + 0.03
    x = RIGHT + JOINED
    axis.plot([x, x + 0.07, x + 0.07, x], [top, top, low, low], color=SOFT, linewidth=0.8)
    said = say("figure.ledger_flow.together", sheet.lang, ratio=decimals(ratio, 2))
    text = wrap(said.replace(" × ", "\u00a0×\u00a0"), 1.45, 7.5)
    axis.text(x + 0.14, (top + low) / 2, text, va="center", fontsize=7.5, color=SOFT, linespacing=1.05)


def _bands(
    axis: Axes,
    moved: Flows,
    ends: Mapping[tuple[str, int], float],
    sides: tuple[Mapping[str, Slot], Mapping[str, Slot]],
    scale: float,
    room: float,
    lang: str,
) -> None:
    """Draw the steps, the flows between them, the sources on the left and the ends on the right."""
    inflow = [
        sum(v for (_, k), v in moved.sources.items() if k == stage) + (moved.passed[stage - 1] if stage else 0.0)
        for stage in range(5)
    ]
    tops = _steps([amount * scale for amount in inflow], room)
    entered = list(tops)
    left_out = list(tops)
    used = {name: slot.high for name, slot in sides[0].items()}
    filled = {name: slot.high for name, slot in sides[1].items()}
    for stage in range(5):
        x = STEPS[stage]
        if stage:
            height = moved.passed[stage - 1] * scale
            left_out[stage - 1] -= height
            entered[stage] -= height
            start = (STEPS[stage - 1] + STEP, left_out[stage - 1])
            band(axis, start, (x, entered[stage]), height, facecolor=INK, edgecolor=INK, alpha=0.55, zorder=3)
        for name in sides[0]:
            height = moved.sources.get((name, stage), 0.0) * scale
            if height > 0:
                used[name] -= height
                entered[stage] -= height
                style = {"facecolor": SKY, "edgecolor": BLUE, "alpha": 0.5, "zorder": 2}
                band(axis, (LEFT, used[name]), (x, entered[stage]), height, **style)
        for name in sides[1]:
            height = ends.get((name, stage), 0.0) * scale
            if height > (0 if name != "stock" else HAIR) and name != "delivered":
                filled[name] -= height
                left_out[stage] -= height
                style = {"facecolor": FAINT, "edgecolor": SOFT, "alpha": 0.6, "zorder": 1}
                band(axis, (x + STEP, left_out[stage]), (RIGHT, filled[name]), height, **style)
    height = moved.passed[4] * scale
    left_out[4] -= height
    if "delivered" in sides[1]:
        start, end = (STEPS[4] + STEP, left_out[4]), (RIGHT, sides[1]["delivered"].low)
        band(axis, start, end, height, facecolor=ORANGE, edgecolor=INK, alpha=0.85, zorder=3)
    for slot in sides[0].values():
        block(axis, LEFT - 0.1, slot.low, 0.1, max(slot.high - slot.low, 0.01), facecolor=BLUE, edgecolor=INK, lw=0.5)
    for name, slot in sides[1].items():
        colour, hatch = (ORANGE, "") if name == "delivered" else ("white", "/////")
        tall = max(slot.high - slot.low, 0.01)
        block(axis, RIGHT, slot.low, 0.1, tall, facecolor=colour, edgecolor=INK, lw=0.5, hatch=hatch)
    for stage, name in enumerate(STAGES):
        tall = max(inflow[stage] * scale, 0.05)
        block(axis, STEPS[stage], tops[stage] - tall, STEP, tall, facecolor=INK, edgecolor=INK, lw=0.5, zorder=4)
        # The names stand over the diagram, where no flow passes, each on a thin line down to its step.
        middle = STEPS[stage] + STEP / 2
        axis.plot([middle, middle], [tops[stage], room + 0.26], color=SOFT, linewidth=0.6, linestyle=":", zorder=0)
        text = f"{stage + 1} {say(f'stage.{name}', lang)}\n{number(inflow[stage])}"
        axis.text(middle, room + 0.3, text, ha="center", va="bottom", fontsize=8.0, linespacing=1.15)


def _steps(heights: list[float], room: float) -> list[float]:
    """Return the upper ends of the five steps, each lower than the one before."""
    last = heights[4] + 0.1
    first = room - 0.35
    return [first - (first - max(last, room * 0.42)) * share for share in (0.0, 0.16, 0.34, 0.62, 1.0)]
