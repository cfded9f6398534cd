"""The store: one SQLite file that holds an experiment, its points and its runs, and is whole at every moment.

Only the parent of a sweep writes. Commits go through a rollback journal, at most half a second or 200 runs
apart; whoever reads meanwhile sees the last commit.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from simulation.experiments.design.design import Design
from simulation.experiments.design.factors import RESERVED
from simulation.experiments.running.waiting import Patience
from simulation.experiments.running.worker import OK, Job, Outcome
from simulation.experiments.store import continuation
from simulation.experiments.store.aside import aside_of, forget, set_aside, waiting_runs
from simulation.experiments.store.database import RUN_COLUMNS, StoreError, clear_error, quoted
from simulation.experiments.store.file import StoreFile
from simulation.experiments.store.locking import StoreLock
from simulation.experiments.store.reading import Experiment
from simulation.files.errors import InputError, told
from simulation.text.told import Told

BATCH_RUNS, BATCH_SECONDS = 200, 0.5
_PAGE = 256
_HURRY = 2.0


class Store:
    """A store open for writing, by one sweep at a time.

    Parameters
    ----------
    path : str or Path
        The file; it is made if it does not exist.
    design : Design
        The design of the sweep.
    task : dict
        The task, as plain data.
    patience : Patience, optional
        Keeps the time of waits for other programs that hold the store.

    Attributes
    ----------
    warnings : list of str
        Warnings for the reader of the results, such as a resume on another platform.

    Raises
    ------
    InputError
        When another command holds the store, the file is no store or damaged, or it holds another experiment.
    StoreError
        When the disk cannot be written, or another program holds the store too long.
    """

    def __init__(
        self, path: str | Path, design: Design, task: dict[str, Any], patience: Patience | None = None
    ) -> None:
        self.path = Path(path)
        self.patience = patience or Patience()
        self.design = design
        self.warnings: list[str] = []
        self._buffer: list[Outcome] = []
        self._committed = time.monotonic()
        self._columns: list[str] = []
        self._under_way: dict[int, list[Any]] = {}
        self._kept = False
        self._platforms: set[str] = set()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(told("error.store.folder", reason=error), file=self.path) from None
        self._lock = StoreLock(self.path)
        if self._lock.names > 1:
            # SQLite finds what a killed sweep left half done by the name that the file had then.
            self.warnings.append(told("experiments.doubt.hard_links", names=self._lock.names))
        try:
            self._file = StoreFile(self.path, create=True, patience=self.patience)
            self._db = self._file.db
            self._prepare(task)
        except BaseException as error:
            self.abandon()
            if isinstance(error, sqlite3.Error):
                raise clear_error(error, self.path, reading=True) from None
            raise

    def _prepare(self, task: dict[str, Any]) -> None:
        if not self._file.empty:
            # Before anything is begun in it: a file of somebody else is left as it is.
            with self._file.foreign():
                self._file.check()
        with self._file.transaction():
            if self._file.empty:
                continuation.create(self._file, self.design, task)
            else:
                with self._file.foreign():
                    continuation.resume(self._file, self.design, task)
        self._columns = self._file.metrics()
        for name in self.design.metrics:
            self._add_column(name)
        described = self._db.execute("SELECT digest, description FROM platforms").fetchall()
        self._platforms = {digest for digest, _ in described}
        self._before = described[0][1] if described else None
        self._take_over()

    def _take_over(self) -> None:
        """Commit the runs that an earlier sweep had to set aside, where they belong to a point and are not done."""
        waiting = waiting_runs(self.path)
        if not waiting:
            return
        points = {known: point for point, known in self._db.execute("SELECT point, identity FROM points")}
        done = set(self._db.execute("SELECT point, replicate FROM runs").fetchall())
        for known, outcome in waiting:
            replicate = outcome.replicate
            if known not in points or not 0 <= replicate < self.design.replicates:
                continue
            point = points[known]
            if (point, replicate) not in done and outcome.seed == self.design.seed_of(replicate, known):
                self._buffer.append(outcome._replace(point=point))
        self.flush()
        forget(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, outcome: Outcome) -> None:
        """Take a finished run; it is committed within half a second or 200 runs, if ``tick`` is called."""
        self._buffer.append(outcome)
        if len(self._buffer) >= BATCH_RUNS:
            self.flush()

    def tick(self) -> None:
        """Commit the runs that have waited for half a second."""
        if self._buffer and time.monotonic() - self._committed >= BATCH_SECONDS:
            self.flush()

    def platform(self, digest: str, description: str) -> None:
        """Record the platform of a worker, once, and warn when a resumed sweep ran on another platform before."""
        if digest not in self._platforms:
            if self._before is not None:
                self.warnings.append(_elsewhere(self._before, description))
            try:
                with self._file.transaction():
                    self._db.execute("INSERT OR IGNORE INTO platforms VALUES (?, ?)", (digest, description))
            except sqlite3.Error as error:
                raise clear_error(error, self.path) from None
            self._platforms.add(digest)

    def flush(self) -> None:
        """Commit every finished run.

        Raises
        ------
        StoreError
            When the disk is full or gone; runs that still fitted are kept, and a resume repeats the others. When
            another program holds the store too long; the runs then wait in a file beside it for the next sweep.
        """
        if not self._buffer:
            return
        try:
            self._write(self._buffer)
        except sqlite3.Error as error:
            kept = self._salvage()
            lost = len(self._buffer) - kept
            self._buffer.clear()
            raise clear_error(error, self.path, lost) from None
        except (StoreError, KeyboardInterrupt) as error:
            # Another program held the store until patience ended: the sweep's, or the user's.
            words = self._put_aside()
            if isinstance(error, StoreError):
                raise StoreError(told("experiments.two", first=error.args[0], second=words)) from None
            raise
        self._forget(self._buffer)
        self._buffer.clear()
        self._committed = time.monotonic()

    def _forget(self, outcomes: Sequence[Outcome]) -> None:
        """Let go of the identities of points of which no run is under way any more."""
        for outcome in outcomes:
            known = self._under_way.get(outcome.point)
            if known is not None:
                known[1] -= 1
                if not known[1]:
                    del self._under_way[outcome.point]

    def hurry(self) -> None:
        """Wait for other programs no longer than a few seconds from now on: the user wants to go."""
        self.patience.limit = min(self.patience.limit, _HURRY)

    def _put_aside(self) -> Told:
        """Write the finished runs into a file beside the store; return what became of them, in words."""
        number = len(self._buffer)
        identities = {point: known for point, (known, _) in self._under_way.items()}
        kept = set_aside(self.path, self._buffer, identities)
        self._buffer.clear()
        return told("experiments.aside" if kept else "experiments.again", number=number, file=str(aside_of(self.path)))

    def _salvage(self) -> int:
        """Write runs one by one while they still fit on a full disk; return how many did."""
        for number, outcome in enumerate(self._buffer):
            try:
                self._write([outcome])
            except sqlite3.Error:
                return number
        return len(self._buffer)

    def _write(self, outcomes: Sequence[Outcome]) -> None:
        with self._file.transaction():
            # Columns that an earlier attempt added may have been rolled back.
            self._columns = self._file.metrics()
            for outcome in outcomes:
                for name in outcome.metrics:
                    self._add_column(name)
            names = (*RUN_COLUMNS, *self._columns)
            marks = ", ".join("?" * len(names))
            self._db.executemany(
                f"INSERT OR REPLACE INTO runs ({', '.join(map(quoted, names))}) VALUES ({marks})",
                [
                    (*outcome[: len(RUN_COLUMNS)], *(outcome.metrics.get(name) for name in self._columns))
                    for outcome in outcomes
                ],
            )
            if self.design.weekly:
                self._write_weekly(outcomes)

    def _write_weekly(self, outcomes: Sequence[Outcome]) -> None:
        names = self.design.weekly
        rows: list[tuple[Any, ...]] = []
        for outcome in outcomes:
            columns = [outcome.weekly.get(name, []) for name in names]
            longest = max(map(len, columns))
            rows.extend(
                (
                    outcome.point,
                    outcome.replicate,
                    week,
                    *(c[week] if week < len(c) else None for c in columns),
                )
                for week in range(longest)
            )
        marks = ", ".join("?" * (3 + len(names)))
        self._db.executemany(f"INSERT OR REPLACE INTO weekly VALUES ({marks})", rows)

    def _add_column(self, name: str) -> None:
        if name in self._columns:
            return
        if name.lower() in RESERVED or name.lower() in {column.lower() for column in self._columns}:
            raise InputError(told("error.store.metric_name"), key="metrics", given=name)
        self._db.execute(f"ALTER TABLE runs ADD COLUMN {quoted(name)} REAL")
        self._columns.append(name)

    def pending(self, retry_failed: bool = False) -> Iterator[Job]:
        """Yield the runs that are still to do, replicate by replicate and points in a scattered order.

        An interrupted sweep is thus balanced. Points are read page by page, so memory does not grow with their number.
        """
        again = " AND r.status = 'ok'" if retry_failed else ""
        columns = ", ".join(quoted(name) for name in self.design.names)
        query = (
            f"SELECT point, identity, {columns} FROM points p WHERE identity > ? AND NOT EXISTS "
            f"(SELECT 1 FROM runs r WHERE r.point = p.point AND r.replicate = ?{again}) "
            f"ORDER BY identity LIMIT {_PAGE}"
        )
        for replicate in range(self.design.replicates):
            last = ""
            while page := self._db.execute(query, (last, replicate)).fetchall():
                for point, identity, *stored in page:
                    with self._file.foreign():
                        values = {
                            factor.name: factor.restore(value)
                            for factor, value in zip(self.design.factors, stored, strict=True)
                        }
                    self._under_way.setdefault(point, [identity, 0])[1] += 1
                    yield Job(point, replicate, self.design.seed_of(replicate, identity), values)
                last = page[-1][1]

    def counts(self) -> dict[str, int]:
        """Return the number of stored runs of each status, and the total planned under ``total``."""
        return self._file.counts(self.design.replicates)

    def sums(self) -> dict[str, tuple[int, float]]:
        """Return number and sum of each metric over the stored runs that are done."""
        result = {}
        for name in self._file.metrics():
            column = quoted(name)
            number, total = self._db.execute(
                f"SELECT COUNT({column}), SUM({column}) FROM runs WHERE status = ? AND abs({column}) < 1e308",
                (OK,),
            ).fetchone()
            result[name] = (number, total or 0.0)
        return result

    def experiment(self) -> Experiment:
        """Commit what is left and return what the store then holds, on the file that is open already."""
        self.flush()
        self._kept = True
        return Experiment(self._file, self.design, self.warnings)

    def close(self) -> None:
        """Commit the remaining runs and close the file."""
        try:
            self.flush()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the file without writing; an experiment that was handed out goes on reading it."""
        self._buffer.clear()
        if hasattr(self, "_file") and not self._kept:
            self._file.close()
        self._lock.release()


def _elsewhere(before: str, now: str) -> str:
    try:
        old = json.loads(before)
        if not isinstance(old["versions"], dict):
            raise TypeError
    except (ValueError, TypeError, LookupError, RecursionError):
        return told("experiments.doubt.unknown_platform")
    new = json.loads(now)
    changed = [key for key in ("system", "machine", "cpu") if old.get(key) != new.get(key)]
    versions = old.get("versions", {}) | new.get("versions", {})
    changed += [
        f"{name} {old['versions'].get(name, '–')} → {new['versions'].get(name, '–')}"
        for name in sorted(versions)
        if old["versions"].get(name) != new["versions"].get(name)
    ]
    return told("experiments.doubt.platform", changed=", ".join(changed))
