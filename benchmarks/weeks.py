"""The citizens' week in four implementations: Mesa objects, mesa-frames, numpy with scipy, and ours."""

from __future__ import annotations

import math
import subprocess
import tempfile
import time
from pathlib import Path

import mesa
import numba
import numpy as np

from simulation import MomentumModel, load_scenario
from simulation.citizens.network import edges
from simulation.citizens.week import run_week

WEEK = 104  # the middle of the story: a tenth of the citizens take part


def model_at(citizens, threads=2, week=WEEK):
    """Return the default scenario's model with so many citizens, at the end of a week."""
    model = MomentumModel(
        load_scenario("zhaoqing").with_values({"structure.citizens": citizens}), rng=0, threads=threads
    )
    for _ in range(week):
        model.step()
    return model


def fastest(work, repetitions):
    """Return all wall times of a piece of work in milliseconds."""
    seconds = []
    for _ in range(repetitions):
        begun = time.perf_counter()
        work()
        seconds.append((time.perf_counter() - begun) * 1000)
    return seconds


def given(model):
    """Return the input of every implementation: columns, contacts, rates."""
    p, g, s, people = model.parameters, model.world, model.state, model.population
    home, concern = people.home, people.concern
    told = (
        p.citizens.inform * s.level[0, 2] * p.scouting.breadth
        + p.citizens.contact * p.citizens.coverage * s.level[0, 0]
    )
    rates = (
        told,
        p.citizens.spread,
        p.citizens.forget,
        p.citizens.b_salience,
        p.citizens.b_social,
        p.citizens.b_trust,
        s.gate[0, 4],
        p.citizens.learn,
    )
    return {
        "concern": concern,
        "salience": people.salience,
        "trust": people.trust,
        "awareness": people.awareness,
        "took": people.took_part.astype(np.uint8),
        "place": p.citizens.b0 + p.citizens.b_platform * g.platforms[home] * s.level[0, 4],
        "covered": s.covered[home, concern],
        "seen": s.seen[home, concern],
        "rates": np.array(rates, dtype=np.float64),
    }


def neighbours(model):
    """Return the contacts as a sparse 0/1 matrix."""
    from scipy.sparse import csr_matrix

    ties, n = edges(model.population.contacts), len(model.population)
    both = np.concatenate([ties, ties[:, ::-1]])
    return csr_matrix((np.ones(len(both), np.float32), (both[:, 0], both[:, 1])), shape=(n, n))


def contact_table(matrix, width=8):
    """Return contacts as a table; whoever has fewer (double ties) sees the last one again."""
    table = np.zeros((matrix.shape[0], width), np.int64)
    counts = np.diff(matrix.indptr)
    for slot in range(width):
        at = matrix.indptr[:-1] + np.minimum(slot, np.maximum(counts - 1, 0))
        table[:, slot] = matrix.indices[np.minimum(at, len(matrix.indices) - 1)]
    return table


class ObjectCitizen(mesa.Agent):
    """A citizen as an ordinary Mesa agent."""

    def __init__(self, model, row):
        super().__init__(model)
        self.salience, self.trust, self.awareness = row["salience"], row["trust"], row["awareness"]
        self.took, self.place, self.covered, self.believed = row["took"], row["place"], row["covered"], row["seen"]
        self.contacts, self.will = [], False

    def decide(self):
        """Look at contacts, hear of the reform, and make up one's mind."""
        told, spread, forget, b_salience, b_social, b_trust, chance, _ = self.model.rates
        contacts = self.contacts
        soc = sum([other.took for other in contacts]) / len(contacts) if contacts else 0.0
        aware = self.awareness
        aware += (told + spread * soc) * (1 - aware) - forget * aware
        self.awareness = min(1.0, max(0.0, aware))
        self.will = False
        if self.covered:
            u = self.place + b_salience * self.salience * self.awareness + b_social * soc + b_trust * self.trust
            self.will = self.random.random() * (1 + math.exp(-u)) < chance

    def act(self):
        """Take part, and learn from it."""
        self.took = self.will
        if self.will:
            self.trust += self.model.rates[7] * (min(1.0, 1.3 * self.believed) - self.trust)


def mesa_objects(citizens, repetitions):
    """Time the week of ordinary Mesa objects: everybody decides, then everybody acts."""
    source = model_at(citizens)
    columns, matrix = given(source), neighbours(source)
    model = mesa.Model(rng=0)
    model.rates = tuple(columns["rates"].tolist())
    names = ("salience", "trust", "awareness", "took", "place", "covered", "seen")
    rows = zip(*(columns[name].tolist() for name in names), strict=True)
    people = [ObjectCitizen(model, dict(zip(names, row, strict=True))) for row in rows]
    for i, one in enumerate(people):
        one.contacts = [people[j] for j in matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]]

    def week():
        model.agents.do("decide")
        model.agents.do("act")

    return fastest(week, repetitions)


def numpy_scipy(model, repetitions):
    """Time the week as whole-array arithmetic with a sparse matrix of contacts."""
    columns, matrix = given(model), neighbours(model)
    told, spread, forget, b_salience, b_social, b_trust, chance, learn = columns["rates"].tolist()
    home, concern = model.population.home, model.population.concern.astype(np.int64)
    cell = home * model.state.covered.shape[1] + concern
    known = np.maximum(np.diff(matrix.indptr), 1).astype(np.float32)
    rng = np.random.default_rng(0)
    trust, aware = columns["trust"].copy(), columns["awareness"].copy()
    place = columns["place"].astype(np.float32)
    took = columns["took"].astype(np.float32)

    def week():
        nonlocal aware, took
        soc = matrix @ took / known
        aware = np.clip(aware + (told + spread * soc) * (1 - aware) - forget * aware, 0, 1)
        rows = np.flatnonzero(columns["covered"])
        u = (
            place[rows]
            + b_salience * columns["salience"][rows] * aware[rows]
            + b_social * soc[rows]
            + b_trust * trust[rows]
        )
        joined = rows[rng.random(len(rows)) * (1 + np.exp(-u)) < chance]
        trust[joined] += learn * (np.minimum(1, 1.3 * columns["seen"][joined]) - trust[joined])
        took = np.zeros_like(took)
        took[joined] = 1
        np.bincount(cell[joined], minlength=model.state.covered.size)

    return fastest(week, repetitions)


def mesa_frames(python, citizens, repetitions):
    """Time the week in mesa-frames, run by another Python; None when there is none that can."""
    model = model_at(citizens)
    columns = given(model) | {"contacts": contact_table(neighbours(model))}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "columns.npz")
        np.savez(file, **columns)
        done = subprocess.run(
            [python, str(Path(__file__).with_name("frames_week.py")), str(file), str(repetitions)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        print("mesa-frames did not run:", done.stderr.strip().splitlines()[-1:])
        return None
    return [float(done.stdout)]


def ours(model, threads, repetitions):
    """Time the compiled week, in the middle of a run and without disturbing it."""
    people = model.population

    def week():
        run_week(model.numbers, model.ground, model.state, people, "logit", WEEK, threads=threads)

    week()
    return fastest(week, repetitions)


@numba.njit(parallel=True)
def _read(words, parts, sums):
    for part in numba.prange(parts):
        total = np.uint64(0)
        for i in range(part * len(words) // parts, (part + 1) * len(words) // parts):
            total ^= words[i]
        sums[part] = total


def touched(model):
    """Return how many bytes of columns and contacts a week reads when everybody looks at all contacts."""
    people, contacts = model.population, model.population.contacts
    columns = (people.concern, people.salience, people.trust, people.awareness, people.seen, people.seen_next)
    return sum(array.nbytes for array in (contacts.table, contacts.outside, *columns))


def memory_limit(size, repetitions):
    """Time reading so many bytes once, with all threads."""
    words = np.ones(size // 8, np.uint64)
    parts = 8 * numba.get_num_threads()
    sums = np.zeros(parts, np.uint64)
    _read(words, parts, sums)
    return fastest(lambda: _read(words, parts, sums), repetitions)
