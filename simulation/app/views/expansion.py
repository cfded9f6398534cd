"""Expansion: which domains the city has taken on since when, and which departments co-operate in them."""

from __future__ import annotations

from simulation.app.views.scene import Scene
from simulation.app.views.svg import INK, MUTED, PANEL, RULE, SECOND, WARN, Drawing, fit, percent, shrunk

PLACE, PAIRED = 45, True
ROW = 16.0
#: Thickness of a domain's bar where no department lets anything through, and what full co-operation adds.
THIN, THICKER = 2.0, 9.0


def draw(scene: Scene) -> str:
    """Draw the agenda over the weeks above, and departments × domains below."""
    model, city = scene.model, scene.chosen_city
    departments, domains = model.cities[city].departments, len(model.spec.domains)
    width, left = (360.0, 118.0) if scene.narrow else (560.0, 168.0)
    lines = 2 if scene.narrow else 1
    upper = 40 + ROW * domains + 22
    lower = 36 + ROW * len(departments) + 18 * lines if departments else 20
    d = Drawing(width, upper + lower + 8, scene.say("view.expansion.title"))
    state = model.state
    taken, attention = int(state.active[city].sum()), percent(float(state.attention[city]))
    now = scene.say("expansion.now", n=taken, all=domains, attention=attention)
    d.text(2, 14, now, shrunk([now], 12.5, width - 4, 9), font_weight=700)
    d.text(2, 30, scene.say("expansion.bars"), 10.5, fill=MUTED)
    _agenda(d, scene, left, width - 40, 38)
    if not departments:
        d.text(2, upper + 14, scene.say("expansion.none"), 11, fill=MUTED)
        return d.svg()
    _departments(d, scene, left, width, upper)
    _legend(d, scene, upper + 36 + ROW * len(departments) + 10, width)
    return d.svg()


def runs(scene: Scene, j: int) -> list[tuple[int, int, float]]:
    """Return the spells of a domain on the agenda: first week, week after the last, share let through to a tenth."""
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
    weeks, domains = max(scene.track.weeks, 1), len(model.spec.domains)
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
        week = spells[0][0] + 1 if spells else 0
        d.begin(title=scene.say(said, domain=scene.domain(j), week=week, through=percent(through)))
        size = shrunk([label], 11, left - 9, 9)
        d.text(2, y + 4, fit(label, size, left - 8), size, font_weight=700 if active else 400)
        d.line(left, y, right, y, stroke=RULE)
        for first, last, value in spells:
            thick = THIN + THICKER * value
            d.rect(x_of(first), y - thick / 2, x_of(last) - x_of(first), thick, fill=SECOND)
        if active and spells:
            d.text(right + 6, y + 4, percent(through), 10.5)
        d.end()
    for week in range(0, weeks + 1, 26 if weeks <= 160 else 52):
        d.text(x_of(week), bottom + 13, str(week), 10.5, anchor="middle", fill=MUTED)
    d.text(left - 14, bottom + 13, scene.say("axis.week"), 10.5, anchor="end", fill=MUTED)
    d.line(x_of(model.week), top, x_of(model.week), bottom, stroke=MUTED, stroke_dasharray="2 3")


def _departments(d: Drawing, scene: Scene, left: float, width: float, top: float) -> None:
    model, city = scene.model, scene.chosen_city
    domains = len(model.spec.domains)
    pitch = (width - left - 4) / domains
    active = model.state.active[city]
    head = scene.say("expansion.departments")
    d.text(2, top + 28, fit(head, 11.5, left - 6), 11.5, font_weight=700)
    for j in range(domains):
        d.begin(title=scene.domain(j))
        look = {"font_weight": 700, "fill": INK} if active[j] else {"fill": MUTED}
        d.text(left + pitch * (j + 0.5), top + 28, str(j + 1), 11, anchor="middle", **look)
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
        size = shrunk([name], 11, left - 7, 9)
        d.text(2, y + 12, fit(name, size, left - 6), size)
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
    columns = 2 if scene.narrow else 4
    for place, (state, leads) in enumerate(shown):
        x, line = 10 + width / columns * (place % columns), y + 18 * (place // columns)
        if leads:
            d.rect(x - 7, line - 7, 14, 14, fill="none", stroke=INK, stroke_width=1.2)
        else:
            _cell(d, x, line, state)
        key = "leads" if leads else state
        d.text(x + 11, line + 4, scene.say(f"expansion.{key}"), 10.5, fill=MUTED)
