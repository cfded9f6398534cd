"""The report of a sweep in words and tables: design, factors, completion, failures, method, versions."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from simulation.drawing.numbers import UNDEFINED, count, percent, plain, significant
from simulation.experiments import labels
from simulation.experiments.design.distributions import Choices
from simulation.experiments.failures import reason_of
from simulation.experiments.running.worker import FAILED, OK, TIMEOUT
from simulation.scenario import parameters
from simulation.scenario.sources import source_in
from simulation.text import say
from simulation.text.told import in_language

if TYPE_CHECKING:
    import pandas as pd

    from simulation.experiments.design.factors import Factor
    from simulation.experiments.store.reading import Experiment

MOST_REASONS, MOST_CHOICES, MOST_FIXED = 20, 12, 400
_BOOKS = {"sobol": "Saltelli 2002", "morris": "Morris 1991"}


def say_sweep(key: str, lang: str, **values: object) -> str:
    """Return a label of this report."""
    return say(f"sweep.{key}", lang, **values)


class SweepWords:
    """The texts and tables of the template that concern the whole sweep, in one language."""

    def __init__(self, experiment: Experiment, lang: str) -> None:
        self._experiment, self._design, self._lang = experiment, experiment.design, lang
        self._counts = experiment.counts

    def _say(self, key: str, **values: object) -> str:
        return say_sweep(key, self._lang, **values)

    @functools.cached_property
    def _infos(self) -> dict[str, Any]:
        return {info.key: info for info in parameters()}

    @functools.cached_property
    def _points(self) -> int:
        return len(self._experiment.identities)

    @property
    def title(self) -> str:
        """The report's title: the store's name."""
        return self._say("title", name=self._experiment.path.stem)

    @property
    def caption(self) -> str:
        """The line under the title: what was done, in one breath."""
        return self._say(
            "caption",
            kind=self._say(f"kind.{self._design.kind}"),
            factors=len(self._design.factors),
            points=count(self._points),
            replicates=count(self._design.replicates),
            runs=count(self._counts["total"]),
        )

    @property
    def design(self) -> list[tuple[str, str]]:
        """The design, as name and value."""
        design = self._design
        rows = [("kind", self._say(f"kind.{design.kind}"))]
        if design.samples:
            rows.append(("samples", count(design.samples)))
        rows += [
            ("points", count(self._points)),
            ("replicates", count(design.replicates)),
            ("seeds", self._seeds),
            ("scenario", self._scenario),
            ("metrics", self._metrics),
            ("store", str(self._experiment.path)),
        ]
        return [(self._say(f"design.{key}"), value) for key, value in rows]

    @property
    def _metrics(self) -> str:
        named = self._say("comma").join(self._design.metrics)
        return named or self._say("all_metrics", n=len(self._experiment.metrics))

    @property
    def _seeds(self) -> str:
        if self._design.seeds:
            return ", ".join(map(str, self._design.seeds[:MOST_CHOICES])) + (
                " …" if len(self._design.seeds) > MOST_CHOICES else ""
            )
        return self._say("paired" if self._design.paired else "unpaired", seed=self._design.seed)

    @property
    def _scenario(self) -> str:
        task = self._experiment.task
        if task.get("model") == "wushi":
            return self._say("digest", digest=str(task.get("digest", UNDEFINED)))
        return ", ".join(f"{key}: {value}" for key, value in list(task.items())[:4]) or UNDEFINED

    @property
    def factors(self) -> list[dict[str, str]]:
        """One row per factor: key, meaning, values or range, unit, source."""
        rows = []
        for factor in self._design.factors:
            info = self._infos.get(labels.parameter(factor.name))
            rows.append(
                {
                    "key": factor.name,
                    "meaning": labels.factor(factor.name, self._lang),
                    "values": self._values(factor),
                    "unit": labels.unit(factor.name, self._lang),
                    "source": source_in(info.source, self._lang) if info else "",
                }
            )
        return rows

    def _values(self, factor: Factor) -> str:
        if isinstance(factor.drawn, Choices):
            shown = [labels.value(factor.name, value, self._lang) for value in factor.drawn.values]
            more = len(shown) - MOST_CHOICES
            listed = self._say("comma").join(shown[:MOST_CHOICES])
            return listed if more <= 0 else self._say("and_more", listed=listed, more=more)
        key = "whole_range" if factor.drawn.integer else "range"
        return self._say(key, low=plain(factor.drawn.low), high=plain(factor.drawn.high))

    @property
    def fixed(self) -> list[tuple[str, str, str]]:
        """Key, meaning and value of the parameters that were the same in every run and differ from the defaults."""
        task = self._experiment.task
        if task.get("model") != "wushi":
            return []
        varied = set(self._design.names)
        rows = []
        for key, info in self._infos.items():
            given = task.get(key)
            if key in varied or info.kind not in ("number", "whole", "word", "flag") or given == info.default:
                continue
            if key in task:
                shown = labels.value(key, given, self._lang)
                rows.append((key, info.description[self._lang], shown))
        changes = labels.listed(self._unvaried_changes, self._lang)
        if changes:
            rows.insert(0, ("changes", self._infos["changes"].description[self._lang], changes))
        return rows[:MOST_FIXED]

    @property
    def _unvaried_changes(self) -> list[Any]:
        """The scenario's changes, but for those of which the factors vary the week and every value."""
        varied = set(self._design.names)
        if "changes" in varied:
            return []
        found = []
        for number, one in enumerate(self._experiment.task.get("changes") or (), 1):
            parts = {f"changes.{number}.set.{key}" for key in one["set"]}
            parts.add(f"changes.{number}.{'week' if 'week' in one else 'when'}")
            if not parts <= varied:
                found.append(one)
        return found

    @property
    def completion(self) -> list[tuple[str, str, str]]:
        """Planned, done, failed, timed out and missing runs, each with its share of the planned ones."""
        total = self._counts["total"]
        stored = sum(number for key, number in self._counts.items() if key != "total")
        numbers = {
            "planned": total,
            "done": self._counts.get(OK, 0),
            "failed": self._counts.get(FAILED, 0),
            "timeout": self._counts.get(TIMEOUT, 0),
            "missing": max(total - stored, 0),
        }
        return [
            (self._say(f"runs.{key}"), count(number), percent(number / total, 1) if total else UNDEFINED)
            for key, number in numbers.items()
        ]

    @property
    def verdict(self) -> str:
        """One sentence that says if runs are missing or failed."""
        if not self._experiment.complete:
            return self._say("incomplete")
        return self._say("complete_with_failures" if len(self._failed) else "complete")

    @property
    def sound(self) -> bool:
        """True if every run is there and none failed."""
        return self._experiment.complete and not len(self._failed)

    @property
    def warnings(self) -> list[str]:
        """Warnings of the store."""
        return [in_language(warning, self._lang) for warning in self._experiment.warnings]

    @functools.cached_property
    def _failed(self) -> pd.DataFrame:
        return self._experiment.failed

    @property
    def failures(self) -> list[dict[str, str]]:
        """Failed runs by reason: runs, points, the text of one error, and the point that it came from.

        Errors are one reason when they differ in nothing but their numbers.
        """
        failed = self._failed
        if failed.empty:
            return []
        reasons = failed["error"].fillna(failed["status"]).astype(str).map(reason_of)
        rows = []
        for _, block in sorted(failed.groupby(reasons, sort=False), key=lambda pair: -len(pair[1]))[:MOST_REASONS]:
            first = block.iloc[0]
            listed = [f"{name} = {self._shown(name, first[name])}" for name in self._design.names[:8]]
            rows.append(
                {
                    "runs": count(len(block)),
                    "points": count(block["point"].nunique()),
                    "error": str(first["error"]) if first["error"] else self._say(f"runs.{first['status']}"),
                    "example": self._say("comma").join(listed) + (" …" if len(self._design.names) > 8 else ""),
                    "where": self._where(block),
                }
            )
        return rows

    def _where(self, block: pd.DataFrame) -> str:
        """Return the factors whose values among these failures are fewer or narrower than in the whole design."""
        runs = self._experiment.runs
        told = []
        for name in self._design.names:
            all_values, values = set(runs[name].dropna()), set(block[name].dropna())
            if len(all_values) > 1 and len(values) <= min(3, len(all_values) - 1):
                shown = [self._shown(name, value) for value in sorted(values, key=str)]
                told.append(f"{name} = {self._say('or').join(shown)}")
        return self._say("comma").join(told[:4])

    def _shown(self, name: str, value: Any) -> str:
        value = value.item() if hasattr(value, "item") else value
        return significant(value, 4) if isinstance(value, float) else labels.value(name, value, self._lang)

    @property
    def method(self) -> str:
        """A paragraph on how it was done, to be quoted."""
        design = self._design
        versions = self._versions()
        # Sentences follow each other without a space in Chinese.
        return ("" if self._lang == "zh" else " ").join(
            part
            for part in (
                self._say(
                    f"method.{design.kind}",
                    factors=len(design.factors),
                    samples=count(design.samples),
                    points=count(self._points),
                    levels=design.levels,
                    book=_BOOKS.get(design.kind, ""),
                ),
                self._say("method.paired" if design.paired else "method.unpaired", replicates=count(design.replicates)),
                self._say("method.means"),
                self._say("method.indices") if design.kind in _BOOKS else "",
                self._say("method.software", versions=self._say("comma").join(versions)) if versions else "",
            )
            if part
        )

    def _versions(self) -> list[str]:
        found = self._experiment.platforms
        versions = found[0].get("versions") if found else None
        return [f"{name} {version}" for name, version in versions.items()] if isinstance(versions, dict) else []

    @property
    def platforms(self) -> list[tuple[str, str]]:
        """System and versions of every kind of machine that computed runs."""
        rows = []
        for one in self._experiment.platforms:
            system = " · ".join(str(one[key]) for key in ("system", "machine") if one.get(key))
            versions = one.get("versions")
            listed = [f"{name} {version}" for name, version in versions.items()] if isinstance(versions, dict) else []
            rows.append((system or UNDEFINED, " · ".join(listed)))
        return rows
