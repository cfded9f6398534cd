"""Make scenarios/structures/zhaoqing.csv and guangdong.csv from two national lists of divisions.

Needs pypinyin, which nothing else here uses. Both lists have the columns code, name, tier, parent.
scenarios/structures/README.md states the sources.

    python data/make_structures.py DIVISIONS.csv GUANGDONG_TOWNSHIPS.csv
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin

FOLDER = Path(__file__).resolve().parents[1] / "scenarios" / "structures"
COLUMNS = [
    "unit", "parent", "tier", "zh", "code", "population", "urban_share",
    "residential", "villages", "kind", "pilot", "source",
]  # fmt: skip

#: Registered residents of Zhaoqing, October 2019, and its villages and residents' communities (P).
REGISTERED, RESIDENTIAL, VILLAGES = 4_501_500, 296, 1_255
#: Residents of Guangdong (S).
GUANGDONG = 126_010_000
#: Zhaoqing's counties: population in 2020 in 10⁴, and urban share in 2023 (S).
ZHAOQING = {
    "441202": (60.24, 1.0),
    "441203": (20.91, 0.7598),
    "441204": (74.16, 0.4112),
    "441284": (52.65, 0.6588),
    "441223": (40.81, 0.4138),
    "441224": (80.52, 0.3011),
    "441225": (37.48, 0.3439),
    "441226": (33.14, 0.3181),
}
#: Pilot communities: zh, township's code, kind, domain, source of the place.
PILOTS = {
    "Chutou": ("出头社区", "441202003", "resident", "village-to-community", "P"),
    "Xinghu": ("星湖社区", "441202001", "resident", "grid", "P; A: its subdistrict"),
    "First Community": ("第一社区", "441203002", "resident", "urban-fringe", "P; A: its subdistrict"),
    "Luogang": ("螺岗社区", "螺岗镇", "resident", "land", "P; A: its town, by name"),
    "Dazhou": ("大洲社区", "大洲镇", "resident", "corridor", "P; A: its town, by name"),
    "Taiyuan Village": ("太原村", "岗坪镇", "village", "corridor", "P; A: its town"),
}
PILOT_TOWNS = {"乐城镇": "nimby", "官圩镇": "rural-revitalisation", "石狗镇": "rural-revitalisation"}
#: Readings that a general dictionary gets wrong: of whole names, and of characters in Cantonese place names.
READINGS = {"大埔": "dabu", "番禺": "panyu"}
CHARACTERS = {"圩": "xu", "长": "chang", "都": "du", "咀": "zui"}
KINDS = (("街道", "Subdistrict", "subdistrict"), ("镇", "Town", "town"), ("乡", "Township", "town"))
ETHNIC = re.compile(r"(壮族|瑶族|畲族)+(自治县|乡)$")


def english(zh: str) -> str:
    """Return the pinyin of a name as one word: 高要 to Gaoyao, 南澳 to Nan'ao."""
    if zh in READINGS:
        return READINGS[zh].capitalize()
    word = ""
    for character, syllable in zip(zh, lazy_pinyin(zh), strict=True):
        plain = CHARACTERS.get(character, syllable).replace("ü", "yu")
        word += ("'" if word and plain[0] in "aeo" else "") + plain
    return word.capitalize()


def county_name(zh: str) -> str:
    """Return a county's short name: 怀集县 to Huaiji; 城区, which has no other name, to Urban District."""
    if zh == "城区":
        return "Urban District"
    short = ETHNIC.sub("", zh)
    return english(short if short != zh else re.sub("[市县区]$", "", zh))


def township_name(zh: str) -> tuple[str, str] | None:
    """Return the name and kind of a subdistrict, town or township; None for zones, farms and prisons."""
    for ending, noun, kind in KINDS:
        if zh.endswith(ending):
            short = ETHNIC.sub("", zh)
            return f"{english(short if short != zh else zh.removesuffix(ending))} {noun}", kind
    return None


def largest_remainder(total: int, weights: list[float]) -> list[int]:
    """Divide ``total`` whole items in proportion to ``weights``."""
    quota = [total * weight / sum(weights) for weight in weights]
    given = [int(part) for part in quota]
    order = sorted(range(len(quota)), key=lambda place: given[place] - quota[place])
    for place in order[: total - sum(given)]:
        given[place] += 1
    return given


def read(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def townships_of(counties: dict[str, str], rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the townships as rows, each name unique: a county's name is added where two would be alike."""
    found = []
    for row in rows:
        zh = row["name"].strip()
        for prefix in ("端州区",):
            zh = zh.removeprefix(prefix)
        named = township_name(zh)
        if named and row["parent"] in counties:
            found.append({"code": row["code"], "zh": zh, "county": row["parent"], "unit": named[0], "kind": named[1]})
    home = Counter(place["unit"] for place in found if place["county"] in ZHAOQING)
    everywhere = Counter(place["unit"] for place in found)
    for place in found:
        # Zhaoqing's names must be the same in both files, whatever the rest of Guangdong is called.
        alike = home if place["county"] in ZHAOQING else everywhere
        if alike[place["unit"]] > 1:
            place["unit"] += f" ({counties[place['county']]})"
    taken: Counter[str] = Counter()
    for place in found:
        taken[place["unit"]] += 1
        if taken[place["unit"]] > 1:
            place["unit"] += f" {taken[place['unit']]}"
    return found


def zhaoqing_counties() -> dict[str, dict[str, Any]]:
    """Return population, urban share and communities to generate, beside the six named pilots."""
    codes = list(ZHAOQING)
    people = largest_remainder(REGISTERED, [ZHAOQING[code][0] for code in codes])
    urban = [count * ZHAOQING[code][1] for code, count in zip(codes, people, strict=True)]
    rural = [count - part for count, part in zip(people, urban, strict=True)]
    residential, villages = largest_remainder(RESIDENTIAL, urban), largest_remainder(VILLAGES, rural)
    return {
        code: {
            "population": people[place],
            "urban_share": ZHAOQING[code][1],
            "residential": residential[place],
            "villages": villages[place],
            "source": "S: 2020 shares and urban share; P: totals; A: spread",
        }
        for place, code in enumerate(codes)
    }


def other_counties(codes: list[str], townships: list[dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Return the same for the rest of Guangdong, from the numbers of subdistricts and towns (A)."""
    kinds = {code: Counter(place["kind"] for place in townships if place["county"] == code) for code in codes}
    people = largest_remainder(GUANGDONG - REGISTERED, [float(kinds[code].total()) for code in codes])
    each = (RESIDENTIAL + VILLAGES) / sum(place["county"] in ZHAOQING for place in townships)
    made: dict[str, dict[str, Any]] = {}
    for code, population in zip(codes, people, strict=True):
        count = kinds[code].total()
        # A subdistrict counts as urban, a town as one third urban.
        urban = round((kinds[code]["subdistrict"] + kinds[code]["town"] / 3) / count, 4)
        communities = round(each * count)
        residential = round(communities * urban)
        made[code] = {
            "population": population,
            "urban_share": urban,
            "residential": residential,
            "villages": communities - residential,
            "source": "A: by number of townships",
        }
    return made


def structure(
    divisions: list[dict[str, str]], townships: list[dict[str, str]], only: str | None
) -> list[dict[str, Any]]:
    cities = [row for row in divisions if row["parent"] == "44" and only in (None, row["code"])]
    all_counties = [row for row in divisions if row["tier"] == "county" and row["parent"].startswith("44")]
    city_names = {row["code"]: county_name(row["name"]) for row in divisions if row["parent"] == "44"}
    names = {row["code"]: county_name(row["name"]) for row in all_counties}
    for code, name in names.items():
        if list(names.values()).count(name) > 1 or name in ("Urban District",):
            names[code] = f"{name} ({city_names[code[:4]]})"
        elif name in city_names.values():
            names[code] = f"{name} City"
    counties = [row for row in all_counties if only in (None, row["parent"])]
    # In the order of the paper, which lists Sihui before the counties.
    rank = {code: place for place, code in enumerate(ZHAOQING)}
    counties.sort(key=lambda row: (row["parent"], rank.get(row["code"], 0), row["code"]))
    places = townships_of(names, townships)
    figures = zhaoqing_counties() | other_counties([code for code in names if code not in ZHAOQING], places)
    rows = [row("Guangdong", "", "province", "广东省", "S", code="44")]
    for city in cities:
        name = city_names[city["code"]]
        rows.append(row(name, "Guangdong", "city", city["name"], "S", code=city["code"]))
        for county in (entry for entry in counties if entry["parent"] == city["code"]):
            code = county["code"]
            own = [place for place in places if place["county"] == code]
            pilots = pilots_of(own)
            figure: dict[str, Any] = dict(figures[code])
            for pilot in pilots:
                figure["villages" if pilot["kind"] == "village" else "residential"] -= 1
            rows.append(row(names[code], name, "county", county["name"], code=code, **figure))
            for place in own:
                domain = PILOT_TOWNS.get(place["zh"], "") if code in ZHAOQING else ""
                source = "S; P: pilot" if domain else "S"
                more = {"code": place["code"], "kind": place["kind"], "pilot": domain}
                rows.append(row(place["unit"], names[code], "town", place["zh"], source, **more))
            rows += pilots
        if city["code"] == "4412":
            rows.append(row("City Procuratorate", name, "department", "市人民检察院", "P"))
    return rows


def row(unit: str, parent: str, tier: str, zh: str, source: str, **more: Any) -> dict[str, Any]:
    return {"unit": unit, "parent": parent, "tier": tier, "zh": zh, "source": source, **more}


def pilots_of(townships: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the named pilot communities of these townships."""
    return [
        row(unit, place["unit"], "community", zh, source, kind=kind, pilot=domain)
        for unit, (zh, where, kind, domain, source) in PILOTS.items()
        for place in townships
        if place["county"] in ZHAOQING and where in (place["code"][:9], place["zh"])
    ]


def write(rows: list[dict[str, Any]], path: Path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    part = path.with_suffix(".part")
    part.write_text(text.getvalue(), encoding="utf-8")
    part.replace(path)


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    divisions, townships = read(sys.argv[1]), read(sys.argv[2])
    write(structure(divisions, townships, "4412"), FOLDER / "zhaoqing.csv")
    write(structure(divisions, townships, None), FOLDER / "guangdong.csv")


if __name__ == "__main__":
    main()
