"""The measured part of docs/performance.md: its table, its raw numbers and its pictures."""

from __future__ import annotations

import statistics

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

FULL = 4_501_500
BEGIN, END = "<!-- measured: begin (make bench writes this part) -->", "<!-- measured: end -->"
SAMPLES = "<!-- samples: begin -->", "<!-- samples: end -->"
LABELS = {
    "objects": "Mesa objects",
    "frames": "mesa-frames",
    "numpy": "numpy + scipy sparse",
    "one_thread": "wushi, one thread",
    "two_threads": "wushi, two threads",
    "limit": "reading the memory once",
}


def largest(rows):
    """Return the largest size measured and its fastest time."""
    size = max(int(n) for n, times in rows.items() if times)
    return size, min(rows.get(size) or rows[str(size)])


def scaled(rows, size):
    """Return the fastest time at the largest size measured, scaled to another size."""
    n, fastest = largest(rows)
    return fastest * size / n


def verdict(value, must, aim, *, at_least=False):
    """Say whether a value meets its bound and its aim."""
    meets = (lambda bound: value >= bound) if at_least else (lambda bound: value <= bound)
    if aim is not None and meets(aim):
        return "aim met"
    return "met" if meets(must) else f"**missed** ({value / must:.2f} × the bound)"


def rows_of(found):
    """Return the rows of the table: what, must, aim, measured, verdict."""
    week, commands, exponents = found["weeks"], found["commands"], found["exponents"]
    size, ours = largest(week["two_threads"])
    limit = largest(week["limit"])[1]
    ratio = scaled(week["objects"], size) / ours
    full = min(commands["full"], key=lambda one: one["seconds"])
    helping = min(one["seconds"] for one in commands["help"])
    default = min(one["seconds"] for one in commands["default"])
    steepest = max(exponents.values())
    named = ", ".join(f"{name} {value:.2f}" for name, value in exponents.items())
    return [
        (
            f"Mesa objects' week ({largest(week['objects'])[0]:,}, scaled) ÷ ours at {size:,}, two threads",
            "≥ 100",
            "≥ 170",
            f"{ratio:.0f} ({scaled(week['objects'], size):,.0f} ms ÷ {ours:.1f} ms)",
            verdict(ratio, 100, 170, at_least=True),
        ),
        (
            "ours ÷ reading the memory once",
            "≤ 8",
            "≤ 4",
            f"{ours / limit:.1f} ({ours:.1f} ms ÷ {limit:.1f} ms)",
            verdict(ours / limit, 8, 4),
        ),
        (
            "`wushi run zhaoqing --citizens all`, 156 weeks, build and data files",
            "≤ 30 s, ≤ 2 GiB",
            "≤ 12 s, ≤ 1 GiB",
            f"{full['seconds']:.1f} s, {full['mib'] / 1024:.2f} GiB (processor {full['processor']:.1f} s)",
            max(verdict(full["seconds"], 30, 12), verdict(full["mib"], 2048, 1024), key=len),
        ),
        ("growth over citizens and over cities", "exponent ≤ 1.05", "", named, verdict(steepest, 1.05, None)),
        ("`wushi --help`", "≤ 0.7 s", "≤ 0.3 s", f"{helping:.2f} s", verdict(helping, 0.7, 0.3)),
        ("`wushi run`, with files and figures", "≤ 8 s", "≤ 5 s", f"{default:.1f} s", verdict(default, 8, 5)),
    ]


def table(found):
    """Return the table as Markdown."""
    lines = ["| what | must | aim | measured | |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows_of(found))])


def raw(found):
    """Return the raw numbers of the weeks as Markdown: fastest, median and number of repetitions."""
    lines = ["| citizens' week, ms | citizens | fastest | median | repetitions |", "|---|---|---|---|---|"]
    for name, label in LABELS.items():
        for n, times in found["weeks"][name].items():
            if times:
                lines.append(
                    f"| {label} | {int(n):,} | {min(times):.2f} | {statistics.median(times):.2f} | {len(times)} |"
                )
    growth = [
        "| whole run, processor seconds | build | 156 weeks | peak MiB |",
        "|---|---|---|---|",
        *(
            f"| {int(row['citizens']):,} citizens | {row['build']:.2f} | {row['weeks']:.2f} | {row['mib']:.0f} |"
            for row in found["growth"]["citizens"]
        ),
        *(
            f"| {row['cities']} cities × 10 counties, {int(row['cells']):,} cells"
            f" | {row['build']:.2f} | {row['weeks']:.2f} | {row['mib']:.0f} |"
            for row in found["growth"]["cities"]
        ),
    ]
    return "\n".join([*lines, "", *growth])


def agreement(found):
    """Return what a sample tells of the whole city: a table, and what follows from it."""
    lines = ["| citizens | communities | seeds | effectiveness | participation |", "|---|---|---|---|---|"]
    for size in found["agreement"]:
        row = [f"{size['citizens']:,}", f"{size['communities']:,}", str(len(size["runs"]))]
        for name in ("effectiveness", "participation"):
            mean, half, _ = mean_of(size, name)
            row.append(f"{mean:.3f} ± {half:.3f}")
        lines.append(f"| {' | '.join(row)} |")
    few, *enough, crowded, many, everybody = found["agreement"]
    levels = [mean_of(size, "effectiveness")[0] for size in (*enough, many, everybody)]
    high, packed = (mean_of(size, "effectiveness")[0] for size in (few, crowded))
    spreads = [mean_of(size, "effectiveness")[2] for size in found["agreement"]]
    text = (
        f"Over seeds effectiveness has a standard deviation of {min(spreads):.3f} to {max(spreads):.3f}. From "
        f"{enough[0]['citizens']:,} citizens on the means lie between {min(levels):.3f} and {max(levels):.3f}; with "
        f"{few['citizens']:,} citizens the mean is {high:.3f}. The number of communities decides, more than that of "
        f"citizens: {crowded['citizens']:,} citizens in {crowded['communities']} communities give {packed:.3f}."
    )
    return "\n".join([*lines, "", text])


def mean_of(size, name):
    """Return the mean of a metric at one size, 1.96 standard errors of it, and the standard deviation over seeds."""
    values = np.array([one[name] for one in size["runs"]])
    deviation = values.std(ddof=1)
    return values.mean(), 1.96 * deviation / len(values) ** 0.5, deviation


def brief(number):
    """Return a number of citizens in thousands or millions."""
    return f"{number / 1e6:.1f} M" if number >= 1e6 else f"{number / 1e3:.0f} k"


def draw(found, docs):
    """Draw time against citizens, and effectiveness against the size of the sample."""
    figure, axes = plt.subplots(1, 2, figsize=(10.5, 4.2), width_ratios=(3, 2), layout="constrained")
    left, right = axes
    for name, label in LABELS.items():
        points = sorted((int(n), min(times)) for n, times in found["weeks"][name].items() if times)
        if not points:
            continue
        sizes, times = zip(*points, strict=True)
        style = {"linestyle": ":", "color": "black"} if name == "limit" else {"marker": "o", "markersize": 4}
        (line,) = left.plot(sizes, times, label=label, **style)
        if sizes[-1] < FULL:
            left.plot(
                [sizes[-1], FULL], [times[-1], times[-1] * FULL / sizes[-1]], "--", color=line.get_color(), alpha=0.6
            )
    left.set(xscale="log", yscale="log", xlabel="citizens", ylabel="milliseconds per week (fastest)")
    left.set_title("One citizens' week (dashed: scaled)", fontsize=10)
    left.legend(fontsize=8)
    for place, size in enumerate(found["agreement"]):
        values = np.array([one["effectiveness"] for one in size["runs"]])
        spread = (np.arange(len(values)) / max(len(values) - 1, 1) - 0.5) * 0.4
        right.plot(place + spread, values, ".", color="tab:grey", markersize=5)
        mean, error, _ = mean_of(size, "effectiveness")
        right.errorbar(place, mean, error, fmt="o", color="tab:red", capsize=4)
        right.annotate(f"n = {len(values)}", (place, values.max()), ha="center", va="bottom", fontsize=8)
    names = [f"{brief(size['citizens'])}\n{size['communities']:,}" for size in found["agreement"]]
    right.set(
        xticks=range(len(names)), xticklabels=names, xlabel="citizens simulated\ncommunities", ylabel="effectiveness"
    )
    right.margins(0.2)
    right.set_title("Each seed, mean and 95 % interval", fontsize=10)
    figure.savefig(docs / "images" / "performance.png", dpi=150)
    plt.close(figure)


def write(found, docs):
    """Replace the measured part of the page, and its picture."""
    machine, versions = found["machine"], found["machine"]["versions"]
    loads = " → ".join("/".join(f"{one:.1f}" for one in found[when]) for when in ("load_before", "load_after"))
    text = "\n\n".join(
        [
            BEGIN,
            table(found),
            "![A citizens' week, and effectiveness, against the number of citizens](images/performance.png)",
            f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, {machine['system']}; "
            f"Python {machine['python']}, "
            + ", ".join(f"{name} {version}" for name, version in versions.items())
            + ". "
            f"Load average before → after (1/5/15 minutes, of the whole machine with this benchmark): {loads}.",
            raw(found),
            END,
        ]
    )
    file = docs / "performance.md"
    page = file.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    kept, rest = after.split(SAMPLES[0])[0], after.split(SAMPLES[1])[1]
    after = "".join([kept, SAMPLES[0], "\n\n", agreement(found), "\n\n", SAMPLES[1], rest])
    (docs / "images").mkdir(exist_ok=True)
    draw(found, docs)
    file.write_text(before + text + after, encoding="utf-8")
