"""The ledger: where momentum came from, where it is now, and where it was lost."""

from __future__ import annotations

from simulation.app.switchoffs import BESIDE
from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    EFFECT,
    INK,
    MOMENTUM,
    MUTED,
    NARROW,
    PANEL,
    RULE,
    SMALLEST,
    WIDE,
    Drawing,
    fit,
    number,
    percent,
)
from simulation.ledger.accounts import FLOWS, accounts
from simulation.scenario.windows import STAGES

PLACE, PAIRED = 60, True
WAITS = True
Row = tuple[str, str, float]
#: Changes below this are shown as none.
LEAST = 0.0005


def entries(scene: Scene) -> tuple[list[Row], list[Row]]:
    """Return (account, kind, amount so far) of all sources, and of all ends; over all cities, in instructions."""
    model = scene.model
    totals = model.record.booked[: model.week].sum(axis=(0, 1))

    def total(account: str, kind: str) -> float:
        return sum(float(totals[i]) for i, f in enumerate(FLOWS) if (f.account, f.kind) == (account, kind))

    came = [(name, "source", total(name, "source")) for name in accounts("source")]
    went = [("delivered", "delivered", total("delivered", "delivered"))]
    went += [(stage, "stock", float(model.stocks[:, k].sum())) for k, stage in enumerate(STAGES)]
    went += [(name, "sink", total(name, "sink")) for name in accounts("sink")]
    return came, went


def draw(scene: Scene) -> str:
    """Draw both sides as bars on one scale; the sides are equal, week by week."""
    came, went = entries(scene)
    total = sum(amount for _, _, amount in came)
    longest = max((amount for _, _, amount in (*came, *went)), default=0.0) or 1.0
    width = NARROW if scene.narrow else WIDE
    row = 18.5
    beside = [name for name in BESIDE if name in (scene.off or {})]
    room = 30 + row * len(beside) if beside else 0.0
    d = Drawing(width, 84 + row * (len(came) + len(went)) + room, scene.say("view.ledger.title"))
    y = _column(d, scene, came, scene.say("ledger.came"), 16, width, row, total, longest)
    y = _column(d, scene, went, scene.say("ledger.went"), y + 20, width, row, total, longest)
    gone = sum(amount for _, _, amount in went)
    d.text(4, y + 14, scene.say("ledger.balance", came=number(total), went=number(gone)), fill=MUTED)
    if beside:
        _beside(d, scene, beside, y + 40, width, row)
    return d.svg()


def _beside(d: Drawing, scene: Scene, names: list[str], y: float, width: float, row: float) -> None:
    """Write the change without each mechanism that no account stands for."""
    off = scene.off or {}
    d.text(4, y - 2, scene.say("ledger.beside"), font_weight=700)
    d.line(4, y + 4, width - 4, y + 4, stroke=RULE)
    for place, name in enumerate(names):
        text = y + 20 + row * place
        d.begin(title=scene.say(f"mechanism.{name}.meaning"))
        d.text(21, text, scene.say(f"mechanism.{name}"), fill=INK)
        d.text(width - 4, text, _change(off[name]), anchor="end", fill=INK, font_weight=700)
        d.end()


def _change(value: float) -> str:
    return "0.0" if abs(value) < LEAST else f"{100 * value:+.1f}".replace("-", "−")


_LOOKS = {"source": ("+", MOMENTUM), "delivered": ("✓", EFFECT), "stock": ("◆", MOMENTUM), "sink": ("−", MUTED)}


def _column(
    d: Drawing,
    scene: Scene,
    rows: list[Row],
    head: str,
    y: float,
    width: float,
    row: float,
    total: float,
    longest: float,
) -> float:
    x, w = 4.0, width - 8
    off = scene.off or {}
    name_room = 164.0 if scene.narrow else 238.0
    number_room = 92.0
    room = w - name_room - number_room - (44 if scene.off is not None else 0)
    d.text(x, y - 2, head, font_weight=700)
    if scene.off is not None:
        d.text(x + w, y - 2, scene.say("ledger.off"), anchor="end", fill=MUTED)
    d.line(x, y + 4, x + w, y + 4, stroke=RULE)
    y += 8
    for account, kind, amount in rows:
        sign, colour = _LOOKS[kind]
        label = scene.word(f"stage.{account}") if kind == "stock" else scene.word(f"account.{account}")
        share = amount / total if total > 0 else 0.0
        d.begin(title=f"{label}: {number(amount)} ({percent(share)}). {_meaning(scene, account, kind)}")
        d.text(x + 2, y + 12, sign, fill=colour, font_weight=700)
        d.text(x + 17, y + 12, fit(label, SMALLEST, name_room - 20), fill=INK)
        d.rect(x + name_room, y + 3, room, 11, fill=PANEL)
        d.rect(x + name_room, y + 3, room * amount / longest, 11, fill=colour)
        d.text(x + name_room + room + 48, y + 12, number(amount), anchor="end", fill=INK)
        d.text(x + name_room + room + number_room, y + 12, percent(share), anchor="end", fill=INK)
        if account in off and kind != "stock":
            d.text(x + w, y + 12, _change(off[account]), anchor="end", fill=INK, font_weight=700)
        d.end()
        y += row
    return y


def _meaning(scene: Scene, account: str, kind: str) -> str:
    if kind == "stock":
        return scene.say("ledger.waiting")
    return scene.say(f"account.{account}.meaning")
