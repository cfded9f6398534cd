"""Expansion: which domains the city has taken on since when, and which departments co-operate in them."""

from __future__ import annotations

from simulation.app.views.chart import week_axis
from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    INK,
    MUTED,
    NARROW,
    PANEL,
    RULE,
    SECOND,
    SMALLEST,
    WARN,
    WIDE,
    Drawing,
    fit,
    percent,
    wrap,
)

PLACE, PAIRED = 45, True
CITY = True
WAITS = True
ROW, LINE = 18.0, 15.5
#: Thickness of a domain's bar where no department lets anything through, and what full co-operation adds.
THIN, THICKER = 2.0, 9.0


def draw(scene: Scene) -> str:
    """Draw the agenda over the weeks above, and departments × domains below."""
    model, city = scene.model, scene.chosen_city
    departments, domains = model.cities[city].departments, len(model.spec.domains)
    width, left = (NARROW, 150.0) if scene.narrow else (WIDE, 206.0)
    state = model.state
    taken, attention = int(state.active[city].sum()), percent(float(state.attention[city]))
    now = wrap(scene.say("expansion.now", n=taken, all=domains, attention=attention), 13, 0.94 * (width - 4), lines=3)
    said = wrap(scene.say("expansion.bars"), SMALLEST, width - 4, lines=4)
    head = LINE * (len(now) + len(said)) + 8
    upper = head + ROW * domains + 24
    lower = 36 + ROW * len(departments) + 40 if departments else 20
    d = Drawing(width, upper + lower + 4, scene.say("view.expansion.title"))
    for place, line in enumerate(now):
        d.text(2, 13 + LINE * place, line, 13, font_weight=700)
    for place, line in enumerate(said):
        d.text(2, 13 + LINE * (len(now) + place), line, fill=MUTED)
    _agenda(d, scene, left, width - 40, head)
    if not departments:
        d.text(2, upper + 14, scene.say("expansion.none"), fill=MUTED)
        return d.svg()
    _departments(d, scene, left, width, upper)
    _legend(d, scene, upper + 36 + ROW * len(departments) + 14, width)
    return d.svg()


def runs(scene: Scene, j: int) -> list[tuple[int, int, float]]:
    """Return the spells of a domain on the agenda: first week, week after the last, share let through (to a tenth)."""
    model, city = scene.model, scene.chosen_city
    active = model.record.active[: model.week, city, j]
    through = model.record.co_operation[: model.week, city, j].round(1)
    found: list[tuple[int, int, float]] = []
    for week in range(model.week):
        if not active[week]:
            continue
        value = float(through[week])
        if found and found[-1][1] == week and found[-1][2] == value:
            found[-1] = (found[-1][0], week + 1, value)
        else:
            found.append((week, week + 1, value))
    return found


def _agenda(d: Drawing, scene: Scene, left: float, right: float, top: float) -> None:
    model, city = scene.model, scene.chosen_city
    weeks, domains = max(scene.track.weeks - 1, 1), len(model.spec.domains)
    bottom = top + ROW * domains

    def x_of(week: float) -> float:
        return left + (right - left) * week / weeks

    for j in range(domains):
        y = top + ROW * (j + 0.5)
        point, active = j == model.world.point, bool(model.state.active[city, j])
        through = float(model.state.co_operation[city, j])
        label = f"{j + 1} {'● ' if point else ''}{scene.domain(j)}"
        spells = runs(scene, j)
        said = "expansion.since" if active and spells else "expansion.not_taken"
        week = spells[0][0] if spells else 0
        d.begin(title=scene.say(said, domain=scene.domain(j), week=week, through=percent(through)))
        d.text(2, y + 4, fit(label, SMALLEST, left - 12), font_weight=700 if active else 400)
        d.line(left, y, right, y, stroke=RULE)
        for first, last, value in spells:
            thick = THIN + THICKER * value
            d.rect(x_of(first), y - thick / 2, x_of(last) - x_of(first), thick, fill=SECOND)
        if active and spells:
            d.text(right + 6, y + 4, percent(through))
        d.end()
    week_axis(d, scene, x_of, bottom + 15, right + 6)
    if model.week:
        now = x_of(model.week - 1)
        d.line(now, top, now, bottom, stroke=MUTED, stroke_dasharray="2 3")


def _departments(d: Drawing, scene: Scene, left: float, width: float, top: float) -> None:
    model, city = scene.model, scene.chosen_city
    domains = len(model.spec.domains)
    pitch = (width - left - 4) / domains
    active = model.state.active[city]
    head = scene.say("expansion.departments")
    d.text(2, top + 28, fit(head, SMALLEST, left - 6), font_weight=700)
    for j in range(domains):
        d.begin(title=scene.domain(j))
        look = {"font_weight": 700, "fill": INK} if active[j] else {"fill": MUTED}
        d.text(left + pitch * (j + 0.5), top + 28, str(j + 1), anchor="middle", **look)
        d.end()
    for place, department in enumerate(model.cities[city].departments):
        m, y = department.index, top + 34 + ROW * place
        name = department.label(scene.lang)
        member = model.world.belongs[m]
        taken = int((member & active).sum())
        joined = int(model.state.joins[m].sum())
        label = scene.say("expansion.row", name=name, joined=joined, taken=taken)
        d.target(f"department:{m}", label, on=scene.picked == f"department:{m}")
        d.rect(0, y, width, ROW, fill=PANEL if place % 2 else "#ffffff")
        d.text(2, y + 13, fit(name, SMALLEST, left - 8))
        for j in range(domains):
            if member[j]:
                state = "joins" if model.state.joins[m, j] else "passes" if active[j] else "waits"
                _cell(d, left + pitch * (j + 0.5), y + ROW / 2, state, leads=bool(model.world.leads[m, j]))
        d.end()


def _cell(d: Drawing, x: float, y: float, state: str, *, leads: bool = False) -> None:
    """Draw how a department stands to a domain: filled, crossed or dotted; a frame for the one in the lead."""
    if leads:
        d.rect(x - 7, y - 7, 14, 14, fill="none", stroke=INK, stroke_width=1.2)
    if state == "joins":
        d.rect(x - 4.5, y - 4.5, 9, 9, fill=SECOND)
    elif state == "passes":
        d.add("path", d=f"M{x - 4:.4g} {y - 4:.4g}l8 8m0 -8l-8 8", fill="none", stroke=WARN, stroke_width=1.8)
    else:
        d.add("circle", cx=x, cy=y, r=1.8, fill=MUTED)


def _legend(d: Drawing, scene: Scene, y: float, width: float) -> None:
    shown = (("joins", False), ("passes", False), ("waits", False), ("waits", True))
    for place, (state, leads) in enumerate(shown):
        x, line = 10 + width / 2 * (place % 2), y + 18 * (place // 2)
        if leads:
            d.rect(x - 7, line - 7, 14, 14, fill="none", stroke=INK, stroke_width=1.2)
        else:
            _cell(d, x, line, state)
        key = "leads" if leads else state
        d.text(x + 12, line + 4, scene.say(f"expansion.{key}"), fill=MUTED)
