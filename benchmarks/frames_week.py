"""One citizens' week in mesa-frames (AgentSetPolars): frames_week.py COLUMNS.npz, run by a Python that has mesa-frames.

The released mesa-frames asks for a numpy below 2 and cannot be installed beside wushi; so this file imports nothing
else of the project and gets its columns through a file. Prints milliseconds of the fastest week.
"""

import sys
import time

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF


class Citizens(AgentSetPolars):
    """Citizens as rows; contacts as eight columns of row numbers."""

    def __init__(self, model, given):
        super().__init__(model)
        degree = given["contacts"].shape[1]
        self.degree, self.rates, self.rng = degree, given["rates"], np.random.default_rng(0)
        columns = {name: given[name] for name in ("concern", "salience", "trust", "awareness", "took", "place")}
        columns |= {f"contact{slot}": given["contacts"][:, slot] for slot in range(degree)}
        self += pl.DataFrame(
            {
                "unique_id": np.arange(len(given["trust"])),
                **columns,
                "covered": given["covered"],
                "believed": given["seen"],
            }
        )

    def step(self):
        """Let all look, decide and learn."""
        told, spread, forget, b_salience, b_social, b_trust, chance, learn = self.rates
        soc = pl.sum_horizontal(pl.col("took").gather(pl.col(f"contact{s}")) for s in range(self.degree))
        frame = self.agents.with_columns((soc.cast(pl.Float64) / self.degree).alias("soc"))
        frame = frame.with_columns(
            (
                pl.col("awareness")
                + (told + spread * pl.col("soc")) * (1 - pl.col("awareness"))
                - forget * pl.col("awareness")
            )
            .clip(0.0, 1.0)
            .alias("awareness"),
            pl.Series("draw", self.rng.random(len(frame))),
        )
        utility = (
            pl.col("place")
            + b_salience * pl.col("salience") * pl.col("awareness")
            + b_social * pl.col("soc")
            + b_trust * pl.col("trust")
        )
        took = pl.col("covered") & (pl.col("draw") * (1 + (-utility).exp()) < chance)
        frame = frame.with_columns(took.cast(pl.UInt8).alias("took"))
        better = pl.col("trust") + learn * (pl.min_horizontal(1.0, 1.3 * pl.col("believed")) - pl.col("trust"))
        self.agents = frame.with_columns(
            pl.when(pl.col("took") == 1).then(better).otherwise(pl.col("trust")).alias("trust")
        ).drop("soc", "draw")


class Town(ModelDF):
    """The model that holds them."""

    def __init__(self, given):
        super().__init__()
        self.citizens = Citizens(self, given)
        self.agents += self.citizens

    def step(self):
        """Run one week."""
        self.agents.do("step")


def main():
    with np.load(sys.argv[1]) as file:
        town = Town({name: file[name] for name in file.files})
    seconds = []
    for _ in range(int(sys.argv[2])):
        begun = time.perf_counter()
        town.step()
        seconds.append(time.perf_counter() - begun)
    print(min(seconds) * 1000)


if __name__ == "__main__":
    main()
