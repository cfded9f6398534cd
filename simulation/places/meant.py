"""The word that a cell of a user's table must mean, where it says it in another way: 区 for county."""

from __future__ import annotations

from collections.abc import Collection

from simulation.files.names import nearest

#: Words for columns, tiers and kinds of place in other languages and systems, and the word that the table takes.
_WORDS = {
    "column": {
        "名称": "unit",
        "单位": "unit",
        "地名": "unit",
        "name": "unit",
        "上级": "parent",
        "所属": "parent",
        "层级": "tier",
        "级别": "tier",
        "level": "tier",
        "类型": "kind",
        "type": "kind",
        "中文名": "zh",
        "中文名称": "zh",
        "人口": "population",
        "常住人口": "population",
        "城镇化率": "urban_share",
        "城镇人口比例": "urban_share",
        "urbanisation": "urban_share",
        "urbanization": "urban_share",
        "社区数": "residential",
        "居委会数": "residential",
        "村数": "villages",
        "村委会数": "villages",
        "试点": "pilot",
        "代码": "code",
        "来源": "source",
        "备注": "note",
    },
    "tier": {
        "省": "province",
        "自治区": "province",
        "市": "city",
        "地级市": "city",
        "prefecture": "city",
        "municipality": "city",
        "县": "county",
        "区": "county",
        "县级市": "county",
        "district": "county",
        "部门": "department",
        "局": "department",
        "bureau": "department",
        "agency": "department",
        "镇": "town",
        "乡": "town",
        "街道": "town",
        "township": "town",
        "subdistrict": "town",
        "社区": "community",
        "村": "community",
        "居委会": "community",
        "村委会": "community",
        "village": "community",
        "resident": "community",
        "neighbourhood": "community",
        "neighborhood": "community",
    },
    "kind": {
        "社区": "resident",
        "居委会": "resident",
        "neighbourhood": "resident",
        "neighborhood": "resident",
        "community": "resident",
        "urban": "resident",
        "村": "village",
        "村委会": "village",
        "rural": "village",
        "街道": "subdistrict",
        "street": "subdistrict",
        "镇": "town",
        "乡": "town",
        "township": "town",
    },
}


def meant_word(column: str, given: str, valid: Collection[str]) -> str | None:
    """Return the word of a column that ``given`` must mean: by its sense, else by its letters; None if neither."""
    return _WORDS.get(column, {}).get(given.strip().casefold()) or nearest(given, [word for word in valid if word])
