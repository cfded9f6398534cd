"""Sentences of a case's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.cases import naming
from simulation.cases.laying import GROUP, first_week, laid
from simulation.cases.predicting import smallest
from simulation.drawing.lettering import capital
from simulation.drawing.numbers import count, decimals, percent
from simulation.experiments import labels
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case
    from simulation.cases.coverage import Coverage
    from simulation.cases.fitted import Fit
    from simulation.cases.horizon import Horizon
    from simulation.cases.predicting import Predicted
    from simulation.scenario.changes import Change

_LIMIT = 2.0


def paragraph(fit: Fit, lang: str) -> str:
    """Return the case in one paragraph."""
    case = fit.case
    units = {row.unit for row in case.rows} - set(case.hierarchy.cities)
    dates = sorted(row.date for row in case.rows)
    names = [naming.measure(name, lang) for name in dict.fromkeys(row.measure for row in case.rows)]
    return say(
        "case.report.paragraph", lang, city=naming.unit(case, case.city, lang), start=case.start.isoformat(),
        rows=count(len(case.rows)), units=count(len(units)), domains=count(len(case.spec.domains)),
        first=dates[0].isoformat(), last=dates[-1].isoformat(), measures=say("case.report.comma", lang).join(names),
        signals=count(len(case.tables.signals)), meetings=count(len(case.tables.meetings)),
        free=count(len(case.free)), worlds=count(len(case.worlds)),
    )  # fmt: skip


def adequacy_lines(fit: Fit, lang: str) -> list[str]:
    """Return whether the model fits, over all rows."""
    whole = fit.adequacy.iloc[0]
    key = "case.report.adequacy.yes" if fit.fits else "case.report.adequacy.no"
    bad = fit.adequacy["measure"][~fit.adequacy["fits"].astype(bool)]
    names = [say("case.report.unfit.all", lang) if one == "all" else naming.measure(one, lang) for one in bad]
    return [say(key, lang, p=percent(float(whole["p"])), distance=decimals(float(whole["distance"]), 2),
                which=say("case.report.comma", lang).join(names)),
            say("case.report.adequacy.about", lang)]  # fmt: skip


def coverage_lines(fit: Fit, found: Coverage, lang: str) -> list[str]:
    """Return how many rows lie inside, what was to be expected, and which rows and units stand out."""
    whole = found.measures.iloc[0]
    inside = float(whole["inside"])
    where = "below" if inside < whole["low"] else "above" if inside > whole["high"] else "inside"
    said = [
        say("case.report.coverage.all", lang, rows=count(int(whole["rows"])), inside=percent(inside),
            low=percent(float(whole["low"])), high=percent(float(whole["high"]))),
        say(f"case.report.coverage.{where}", lang),
    ]  # fmt: skip
    far = found.rows[found.rows["residual"].abs() > _LIMIT]
    said.append(say("case.report.coverage.far", lang, n=count(len(far)), of=count(len(found.rows))))
    out = found.units[(found.units["inside"] < found.units["low"]) & (found.units["name"] != "all")]
    if len(out):
        names = [naming.unit(fit.case, name, lang) for name in out["name"]]
        said.append(say("case.report.coverage.units", lang, units=say("case.report.comma", lang).join(names)))
    return said


def pinned_line(fit: Fit, lang: str) -> str:
    """Return how many parameters are pinned down, narrowed and free."""
    if not len(fit.parameters):
        return say("case.report.pinned.nothing", lang)
    verdicts = fit.parameters["verdict"].value_counts()
    return say("case.report.pinned.count", lang, all=count(len(fit.parameters)),
               **{name: count(int(verdicts.get(name, 0))) for name in ("pinned", "narrowed", "free")})  # fmt: skip


def difference_lines(fit: Fit, predicted: Predicted, table: pd.DataFrame, lang: str) -> list[str]:
    """Return what each counterfactual would have changed by the last observed week, as far as it matters."""
    said = [say("case.report.otherwise.about", lang, when=naming.week(fit.case, predicted.horizon.last, lang))]
    comma = say("case.report.comma", lang)
    for arm in predicted.arms[1:]:
        mine = table[(table["arm"] == arm.name) & (table["time"] == "now")]
        title = capital(arm.title(lang))
        undefined = [labels.metric(name, lang) for name in mine["metric"][mine["vectors"] == 0]]
        none = [labels.metric(row.metric, lang) for row in mine.itertuples() if row.vectors and row.verdict == "within"]
        said += [_difference(row, title, lang) for row in mine.itertuples() if row.vectors and row.verdict != "within"]
        if none:
            said.append(say("case.report.otherwise.none", lang, arm=title, metrics=comma.join(none)))
        if undefined:
            said.append(say("case.report.otherwise.undefined", lang, arm=title, metric=comma.join(undefined)))
    return said


def _difference(row: Any, title: str, lang: str) -> str:
    return say(
        f"case.report.otherwise.{row.verdict}", lang, arm=title, metric=labels.metric(row.metric, lang),
        median=naming.difference(row.metric, float(row.median)), low=naming.difference(row.metric, float(row.low)),
        high=naming.difference(row.metric, float(row.high)),
        beyond=percent(float(row.beyond)), least=naming.level(row.metric, float(row.smallest)),
    )  # fmt: skip


def forecast_lines(fit: Fit, predicted: Predicted, lang: str) -> list[str]:
    """Return medians and intervals of the metrics that matter, now and at the end."""
    last, end = predicted.horizon
    if end == last:
        return [say("case.report.forecast.none", lang)]
    said = [say("case.report.forecast.about", lang, weeks=end - last, when=naming.week(fit.case, end, lang))]
    said += group_lines(fit.case, predicted.horizon, lang)
    for metric in smallest(fit.case):
        now, then = (values[0][~np.isnan(values[0])] for values in (predicted.now[metric], predicted.end[metric]))
        if not len(now) or not len(then):
            continue
        low, middle, high = np.quantile(then, (0.05, 0.5, 0.95))
        said.append(say("case.report.forecast.metric", lang, metric=capital(labels.metric(metric, lang)),
                        now=naming.level(metric, float(np.median(now))), then=naming.level(metric, float(middle)),
                        low=naming.level(metric, float(low)), high=naming.level(metric, float(high))))  # fmt: skip
    return said


def group_lines(case: Case, span: Horizon, lang: str) -> list[str]:
    """Return how the leading group goes on in the forecast, and what of the coded months and changes plays no part."""
    months = sorted(row.month for row in case.tables.meetings)
    begins = {month: first_week(month, case.start) for month in months}
    counted = [month for month in months if begins[month] < case.spec.weeks and begins[month] <= span.end]
    later = [month for month in months if begins[month] >= case.spec.weeks and begins[month] <= span.end]
    own = _own_changes(case)
    if any(not set(GROUP).isdisjoint(change.set) and _reaches(change, span) for change in own):
        said = [say("case.report.forecast.group.changed", lang)]
    elif not counted:
        said = [say("case.report.forecast.group.uncoded", lang)]
    else:
        key = "last" if begins[counted[-1]] <= span.last else "until"
        said = [say(f"case.report.forecast.group.{key}", lang, month=f"{counted[-1]:%Y-%m}")]
    if later:
        words = {"number": count(len(later)), "weeks": count(case.spec.weeks)}
        said.append(say("case.report.forecast.group.later", lang, **words))
    if any(_reaches(change, span) for change in own):
        said.append(say("case.report.forecast.changes", lang))
    return said


def _own_changes(case: Case) -> list[Change]:
    """Return the changes of the case file that reach the case's city; they stand before those of the coded months."""
    addressed = (case.city,) if len(case.hierarchy.cities) > 1 else ()
    coded = laid(case.tables, case.start, case.spec.weeks, addressed).get("changes", ())
    own = case.spec.changes[: len(case.spec.changes) - len(coded)]
    here = {case.city, *case.units}
    return [change for change in own if change.everywhere or here.intersection(change.cities + change.units)]


def _reaches(change: Change, span: Horizon) -> bool:
    """Tell whether a change of the case file holds, begins or ends in the forecast, or may do so."""
    if change.week is None:
        return True
    return change.week <= span.end and (change.length is None or change.week + change.length > span.last)
