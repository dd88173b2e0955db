#!/usr/bin/env python3
"""The figures of the annual reports of eight simulated portals, against the truth of the simulator of ../shared.

    python3 tests/accept/figures.py [--gongkai target/release/gongkai] [--keep DIR]

Says that it was skipped where ../shared is not there. Ends with exit code 1 if a promise was broken.
"""
import collections
import json
import sys

from simulator import Gongkai, Simulator, accept, check, options, write_portals

SCORED = ("art20_", "req_", "rev_", "lit_", "n14_", "zj13_")


def harvest(program, folder):
    sim = Simulator(folder, families="public", sites=8, docs=5, latency=0,
                    more=["--report-agencies", "6", "--crawl-delay", "0"])
    try:
        write_portals(folder / "config", sim.sites(), 0)
        gongkai = Gongkai(program, folder / "data", folder / "config")
        gongkai.run("crawl", "--proxy", sim.proxy, "--now", "2023-06-01T01:00:00Z")
        gongkai.run("extract")
        truth = [json.loads(line) for line in sim.truth().read_text(encoding="utf-8").splitlines()]
    finally:
        sim.stop()
    return gongkai, truth


def key(url):
    return url.split("://", 1)[1]


def compare(gongkai, truth):
    """Counts of cells by what became of them, and of broken rules by whether they are flagged."""
    held = {}
    for line in gongkai.run("export", "--format", "jsonl", quiet=True).stdout.splitlines():
        record = json.loads(line)
        held[key(record["url"])] = record
    cells, rules, examples = collections.Counter(), collections.Counter(), []
    for document in truth:
        report = document.get("report")
        if document["type"] != "document" or not report or report["report_year"] < 2014:
            continue
        record = held.get(key(document["url"]))
        if record is None:
            cells["reports not held"] += 1
            continue
        cells["reports"] += 1
        read, wrong = record["figures"] or {}, []
        for metric, value in report["figures"].items():
            if not metric.startswith(SCORED):
                continue
            got = read.get(metric)
            what = "right" if got == value else "missing" if got is None else "false" if value is None else "wrong"
            kind = "null" if value is None else "zero" if value == 0 else "number"
            cells[f"{kind} {what}"] += 1
            if what != "right":
                wrong.append(f"{metric}: {got} for {value}")
        if wrong:
            examples.append((record["id"], document["url"], report["format"], report["attachment_only"],
                             report["table_style"], len(wrong), wrong[:4]))
        broken = json.loads(gongkai.run("figures", record["id"], "--json", quiet=True).stdout)["report"].get("checks", [])
        broken = {f"{c['rule']}:{c['scope']}" for c in broken if c["verdict"] == "broken" and c["rule"] not in ("P1", "P2")}
        rules["told" if broken else "silent", "broken" if report["broken"] else "whole"] += 1
        if bool(broken) != bool(report["broken"]):
            examples.append((record["id"], document["url"], report["format"], report["broken"], sorted(broken)))
    return cells, rules, examples


def figures(program, folder):
    gongkai, truth = harvest(program, folder)
    cells, rules, examples = compare(gongkai, truth)
    for name, count in sorted(cells.items()):
        print(f"    {name:20} {count}")
    print("    rules:", {" / ".join(k): n for k, n in rules.items()})
    for example in examples:
        print("   ", *example)
    numbers = sum(n for name, n in cells.items() if name.startswith("number"))
    check(cells["reports"] > 0, "reports are held")
    check(cells["number right"] >= 0.99 * numbers, "at least 99 % of the cells with a number are right")
    check(cells["null false"] == 0, "no value where the report gives none")
    check(rules["silent", "broken"] == 0 and rules["told", "whole"] == 0, "exactly the broken rules are told")


if __name__ == "__main__":
    sys.exit(accept(options(__doc__).parse_args(), {"figures": figures}))
