"""Predict facts that plausible worlds were not found with, and compare the predictions with the facts.

    python docs/making/holdouts.py predict facts       a few minutes; runs go to --store
    python docs/making/holdouts.py predict findings    each finding by worlds that meet all others; needs --search
    python docs/making/holdouts.py compare             writes the block "holdouts" of docs/validation.md

``predict`` writes `scenarios/worlds/predictions.toml`, which knows nothing of the facts. ``compare`` refuses to look at
it before it is committed, so that no prediction is made or changed in knowledge of the comparison. Both go on from
their stores when run again.
"""

from __future__ import annotations

import argparse
import datetime
import math
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from numpy.typing import NDArray
from scipy.stats import qmc

from simulation import worlds as plausible
from simulation._version import EDITION
from simulation.drawing.numbers import bounds
from simulation.evidence.comparing import SAYS_LITTLE, Fact, Prediction, share_of_possible, verdict
from simulation.evidence.findings import all_findings
from simulation.evidence.holdouts import HoldoutsFile, all_holdouts
from simulation.evidence.predicting import Predicting, value_and_error
from simulation.evidence.worlds import Worlds
from simulation.evidence.worlds.budget import Budget, runs
from simulation.evidence.worlds.leaving_out import asked_of, from_stores, meeting_the_others, without
from simulation.evidence.worlds.making import CUT
from simulation.evidence.worlds.measuring import Measurer, rounded
from simulation.experiments import sweep
from simulation.experiments.design.design import Design
from simulation.experiments.design.design_file import list_of_points
from simulation.experiments.design.distributions import Range
from simulation.experiments.running.worker import OK
from simulation.files.output import whole_file

type Array = NDArray[np.float64]
type Row = dict[str, float | int]

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "validation.md"
PREDICTIONS = ROOT / "scenarios" / "worlds" / "predictions.toml"
WORLDS, SEEDS = 40, 8
WANTED, MOST, AT_ONCE = 24, 96, 24
FRESH = (60, 12)
"""Runs per vector for a finding left out: of ordinary cities, and of a single scenario."""
_DIGITS = 4
_SEED = 2020
_PARTS = {"facts": "holdouts", "findings": "findings"}


# --- predict ---


def predict_facts(known: Worlds, store: Path, worlds: int, seeds: int, task: Predicting, **options: Any) -> dict:
    """Return every fact's prediction by the first worlds of a set, and by vectors spread over what was searched."""
    points = [dict(one) for one in known[:worlds]]
    name = f"{known.digest[:8]}-{task.asked.question[:8]}"
    inside = _predicted(task, points, store / f"facts-{name}.sqlite", seeds, options)
    drawn = _searched(known, worlds)
    whole = _predicted(task, drawn, store / f"facts-searched-{name}.sqlite", seeds, options) if drawn else {}
    return {key: _row(one, whole.get(key)) | {"runs": len(points) * seeds} for key, one in inside.items()}


def _searched(known: Worlds, number: int) -> list[dict[str, float]]:
    """Return vectors spread over all that was searched; empty where a set does not say what that was."""
    if known.about is None:
        return []
    priors = {key: Range(one.prior_low, one.prior_high, one.scale) for key, one in known.about.parameters.items()}
    unit = qmc.LatinHypercube(len(priors), rng=np.random.default_rng(_SEED)).random(number)
    return [
        {key: rounded(float(prior.at(float(u))), prior) for (key, prior), u in zip(priors.items(), row, strict=True)}
        for row in unit
    ]


def _predicted(
    task: Predicting, points: Sequence[Mapping[str, Any]], store: Path, seeds: int, options: Mapping[str, Any]
) -> dict[str, Prediction]:
    factors, rows = list_of_points(points)
    design = Design(
        factors=factors, kind="list", rows=rows, replicates=seeds, metrics=tuple(task.columns), seed=_SEED,
        paired=False, name="holdouts", file=None,
    )  # fmt: skip
    done = sweep(design, task, store=store, **options).runs
    found: dict[str, Prediction] = {}
    for key, one in task.asked.holdouts.items():
        each = [
            value_and_error({name: part[name].tolist() for name in task.columns}, key, one)
            for _, part in done[done["status"] == OK].groupby("point")
        ]
        values, errors = (np.array(column, dtype=np.float64) for column in zip(*each, strict=True))
        found[key] = Prediction.over(values, errors)
    return found


def predict_findings(known: Worlds, search: Path, store: Path, **options: Any) -> dict:
    """Return every finding's prediction by vectors that meet all others on fresh cities."""
    if known.about is None:
        sys.exit(f"{known.path}: the file beside it is missing, which says how the set was found")
    asked = asked_of(known.about)
    matched = from_stores(asked, search)
    first = Budget().first
    found: dict[str, Row] = {}
    for place, key in enumerate(asked.targets):
        candidates = without(matched, key).candidates(MOST, CUT, _SEED)
        measurer = Measurer(asked, store / f"without-{key}", "left-out", runs(asked.settings, FRESH), **options)

        def measure(unit: Array, by: Measurer = measurer) -> tuple[Array, Array]:
            return by(by.values(unit))

        values, errors, looked_at = meeting_the_others(matched, key, candidates, measure, WANTED, AT_ONCE)
        whole = Prediction.over(matched.means[:first, place], matched.errors[:first, place])
        prediction = Prediction.over(values, errors)
        found[key] = _row(prediction, whole) | {"looked_at": looked_at, "runs": measurer.made}
        print(key, prediction, flush=True)
    return found


def _row(one: Prediction, whole: Prediction | None) -> Row:
    shown: Row = {
        "median": _short(one.median), "low90": _short(one.low), "high90": _short(one.high), "error": _short(one.error),
        "worlds": one.worlds, "of": one.of,
    }  # fmt: skip
    if whole is not None:
        shown |= {
            "searched_median": _short(whole.median), "searched_low90": _short(whole.low),
            "searched_high90": _short(whole.high),
        }  # fmt: skip
    return shown


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def write_predictions(part: str, rows: Mapping[str, Row], known: Worlds, question: str, file: Path) -> None:
    """Write a part of the predictions; the other part stays if it is of the same set and the same question."""
    head = {"edition": EDITION, "set": known.digest, "question": question}
    old = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept = {
        name: old[name] for name in _PARTS.values() if name in old and all(old.get(k) == v for k, v in head.items())
    }
    made = {"made": datetime.datetime.now(datetime.UTC).date().isoformat()}
    with whole_file(file) as path:
        path.write_text(tomli_w.dumps(head | made | kept | {part: dict(rows)}), encoding="utf-8")


# --- compare ---


def refusal(file: Path) -> str | None:
    """Return why predictions may not be looked at yet, or None when they are committed and unchanged."""
    if not file.is_file():
        return f"{file} is not there: predict first"
    for command in (["ls-files", "--error-unmatch", "--", file.name], ["diff", "--quiet", "HEAD", "--", file.name]):
        try:
            done = subprocess.run(["git", "-C", str(file.parent), *command], capture_output=True, check=False)
        except OSError:
            return "git is not there, so that nothing says when the predictions were made"
        if done.returncode:
            return f"{file} is not committed as it is: predictions come before the comparison"
    return None


def outdated(predictions: Mapping[str, Any], known: Worlds, asked: HoldoutsFile) -> str | None:
    """Return why predictions are not those of this set and of these questions, or None."""
    if predictions.get("set") != known.digest:
        return "the predictions are those of another set of worlds: predict anew"
    if predictions.get("question") != asked.question:
        return "a quantity or a setting has changed since the predictions were made: predict anew"
    return None


def compared(predictions: Mapping[str, Any], asked: HoldoutsFile) -> str:
    """Return the block of the page."""
    facts = predictions.get("holdouts", {})
    lines = [
        f"{_made(predictions)} {next(iter(facts.values()))['of']} worlds predict every fact." if facts else "",
        "",
        "| fact | found, with 95 % interval | predicted: median, 90 % interval over worlds | verdict "
        "| width, of what is possible | all that was searched |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    said: list[str] = []
    for key, one in asked.holdouts.items():
        if key not in facts:
            continue
        prediction = prediction_of(facts[key])
        width = share_of_possible(prediction, *one.possible)
        found = verdict(Fact(one.value, *one.range), prediction)
        said.append(words(found, width))
        lines.append(
            f"| {one.claim.en} ({key}) | {_fact(one.value, *one.range)} | {_interval(prediction)} | {said[-1]} "
            f"| {_number(width)} | {_searched_interval(facts[key])} |"
        )
    lines += ["", _counted("facts", said), ""]
    lines += [f"- *{key}*: {one.compared.en}" for key, one in asked.holdouts.items() if key in facts]
    return "\n".join([*lines, "", *_left_out(predictions.get("findings", {}))])


def _left_out(rows: Mapping[str, Row]) -> list[str]:
    if not rows:
        return []
    lines = [
        f"Each finding by turns, predicted by vectors that meet all others on {FRESH[0]} fresh cities:",
        "",
        "| finding left out | range, with tolerance | predicted: median, 90 % interval | verdict "
        "| width, of all that was searched | all that was searched | vectors, of those that ran |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    said: list[str] = []
    for key, row in rows.items():
        one = all_findings().findings[key]
        low, high = one.ends
        prediction = prediction_of(row)
        width = share_of_possible(prediction, float(row["searched_low90"]), float(row["searched_high90"]))
        # A finding has a range and a tolerance, and no interval.
        said.append(words(verdict(Fact(None, low - one.tolerance, high + one.tolerance), prediction), width))
        lines.append(
            f"| {one.claim.en} ({key}) | {bounds(low, high)} (± {one.tolerance:g}) | {_interval(prediction)} "
            f"| {said[-1]} | {_number(width)} | {_searched_interval(row)} | {row['worlds']} of {row['looked_at']} |"
        )
    return [*lines, "", _counted("findings", said)]


def prediction_of(row: Mapping[str, Any]) -> Prediction:
    """Return a row of the file as the prediction that it was."""
    return Prediction(row["median"], row["low90"], row["high90"], row["error"], row["worlds"], row["of"])


def words(found: str, width: float) -> str:
    """Return a verdict in words; being right with a prediction that covers nearly everything is no success."""
    if found == "met":
        return "met, but says little" if width > SAYS_LITTLE else "met"
    return f"**{found}**" if found == "not met" else found


def _counted(what: str, said: Sequence[str]) -> str:
    kinds = ("met", "met, but says little", "not contradicted", "**not met**", "no prediction")
    counts = "; ".join(f"{said.count(kind)} {kind.strip('*')}" for kind in kinds if kind in said)
    return f"Of {len(said)} {what}: {counts}."


def _made(predictions: Mapping[str, Any]) -> str:
    return f"Predicted on {predictions['made']} by the set `{predictions['set'][:16]}`."


def _fact(value: float | None, low: float, high: float) -> str:
    span = f"{_number(low)} to {_number(high)}"
    return span if value is None else f"{_number(value)} [{span}]"


def _interval(prediction: Prediction) -> str:
    if not prediction.worlds:
        return "undefined in every world"
    part = prediction.worlds < prediction.of
    defined = f"; defined in {prediction.worlds} of {prediction.of}" if part else ""
    return f"{_number(prediction.median)} [{_number(prediction.low)} to {_number(prediction.high)}]{defined}"


def _searched_interval(row: Mapping[str, Any]) -> str:
    if "searched_median" not in row or math.isnan(row["searched_median"]):
        return "–"
    low, high = row["searched_low90"], row["searched_high90"]
    return f"{_number(row['searched_median'])} [{_number(low)} to {_number(high)}]"


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"
    if float(shown) == 0:
        return ".00"
    return re.sub(r"^(-?)0(?=\.)", r"\1", shown).replace("-", "−")


def put(page: str, block: str) -> str:
    """Return a page with the block in its place."""
    whole = f"<!-- measured: holdouts -->\n\n{block}\n\n<!-- /measured -->"
    return re.sub(r"<!-- measured: holdouts -->.*?<!-- /measured -->", lambda _: whole, page, flags=re.DOTALL)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["predict", "compare"])
    parser.add_argument("parts", nargs="*", help="facts, findings; both by default")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--search", type=Path, default=ROOT / "out" / "worlds", help="folder of the search's stores")
    parser.add_argument("--store", type=Path, default=ROOT / "out" / "holdouts", help="folder of the runs made here")
    parser.add_argument("--workers", type=int, default=None)
    given = parser.parse_args(words)
    if set(given.parts) - _PARTS.keys():
        parser.error(f"parts are {', '.join(_PARTS)}")
    asked, known = all_holdouts(), plausible()
    if given.command == "compare":
        wrong = refusal(PREDICTIONS)
        predictions = {} if wrong else tomllib.loads(PREDICTIONS.read_text(encoding="utf-8"))
        wrong = wrong or outdated(predictions, known, asked)
        if wrong:
            sys.exit(wrong)
        PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), compared(predictions, asked)), encoding="utf-8")
        return
    for part in given.parts or _PARTS:
        if part == "facts":
            worlds = min(given.worlds, len(known))
            rows = predict_facts(known, given.store, worlds, given.seeds, Predicting(), workers=given.workers)
        else:
            rows = predict_findings(known, given.search, given.store, workers=given.workers)
        write_predictions(_PARTS[part], rows, known, asked.question, PREDICTIONS)


if __name__ == "__main__":
    main()
