#!/usr/bin/env python3
"""Eight weeks of eight portals of every public family on the simulator of ../shared: what became of each page.

    python3 tests/accept/harvest.py [--gongkai target/release/gongkai] [--faults none,mild,hostile] [--keep DIR]

One visit a simulated week, by `--now`. Says that it was skipped where ../shared is not there. Prints what
`check_crawl.py` prints and ends with exit code 1 if a promise was broken.
"""
import datetime
import json
import sys

from simulator import Gongkai, SIM, Simulator, accept, check, options, ratio, write_portals

STEPS = 8
DELAY = 0.03
# What a run waits for is real time, so the pauses after slow answers and between tries are short.
CEILING = 1
LIMITS = """
[limits]
body_timeout = "12s"
retry_base = "50ms"
retry_ceiling = "3s"
"""
LIVE = ("live", "new", "changed")


def canon():
    sys.path.insert(0, str(SIM))
    import check_crawl
    return check_crawl.canon


def visits(sim, gongkai):
    """A visit a week, all pages looked at; fills the archive."""
    for step in range(STEPS):
        day = datetime.date.fromisoformat(sim.admin("state")["simulated_date"])
        done = gongkai.run("update", "--all-due", "--proxy", sim.proxy, "--now", f"{day}T01:00:00Z")
        check(done.returncode == 0, f"week {step}: update ends well")
        if step + 1 < STEPS:
            sim.admin("advance")


def exported(gongkai, path, *words):
    path.write_text(gongkai.run("export", "--format", "jsonl", *words, quiet=True).stdout, encoding="utf-8")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def removed_at(document):
    """The step from which a document is gone; None while it is there."""
    steps = document["status"]
    return steps.index("removed") if "removed" in steps else None


def fates(held, truth):
    """Compares what the export says became of each document with the truth."""
    key = canon()
    by_page = {}
    for document in truth:
        for url in [document["url"], *document["aliases"]]:
            by_page.setdefault(key(url), document)
    seen, wrong = {}, {"false": [], "late": [], "missed": [], "changed": [], "not changed": []}
    for record in held:
        if key(record["url"]) in by_page:
            seen[by_page[key(record["url"])]["url"]] = record
    counts = {"removed": 0, "suspected": 0, "changed": 0, "new": 0}
    for document in truth:
        record, gone = seen.get(document["url"]), removed_at(document)
        if record is None:
            continue
        status = record["status"]
        if gone is None:
            if status not in ("live", "changed"):
                wrong["false"].append((document["url"], status))
            has_changed = len(document.get("versions", [])) > 1
            if has_changed != (status == "changed"):
                wrong["changed" if has_changed else "not changed"].append((document["url"], status))
            counts["changed"] += has_changed
        else:
            expected = "removed" if gone <= STEPS - 3 else "suspected"
            counts[expected] += 1
            if status != expected:
                wrong["missed" if status in ("live", "changed") else "late"].append((document["url"], gone, status))
    for document in truth:
        is_new = "new" in document["status"][1:] and document["status"][-1] in LIVE
        if is_new and document["robots_allowed"] and document["expect"].startswith("ok"):
            counts["new"] += 1
            if document["url"] not in seen:
                wrong["missed"].append((document["url"], "new"))
    return counts, wrong


def harvest(program, folder, faults):
    more = ["--steps", str(STEPS), "--crawl-delay", "0.2", "--down-seconds", "5"]
    sim = Simulator(folder, faults=faults, families="public", docs=60, latency=3, more=more)
    try:
        write_portals(folder / "config", sim.sites(), DELAY, LIMITS, CEILING)
        gongkai = Gongkai(program, folder / "data", folder / "config")
        check(gongkai.run("check").returncode == 0, "check finds no mistake")
        visits(sim, gongkai)
        truth = sim.truth()
        exported(gongkai, folder / "live.jsonl")
        score = sim.score(truth, folder / "live.jsonl")
        wanted = 1.0 if faults == "none" else 0.99
        check(ratio(score["export_recall"]) >= wanted, f"export_recall {score['export_recall']}, wanted {wanted:.0%}")
        check(score["robots"]["forbidden_requests"] == 0, "0 robots violations")
        check(not score["robots"]["hosts_where_robots_was_not_first"], "robots.txt first on every host")
        check(not score["traps_entered"], f"traps entered: {score['traps_entered']}")
        gaps = [host["min_gap_s"] for host in score["politeness"].values() if host["min_gap_s"] is not None]
        check(min(gaps) >= DELAY, f"min_gap_s {min(gaps)} not under the delay {DELAY}")
        held = exported(gongkai, folder / "all.jsonl", "--status", "all")
        documents = [r for r in map(json.loads, truth.read_text(encoding="utf-8").splitlines()) if r["type"] == "document"]
        counts, wrong = fates(held, documents)
        promises = {"false": "none suspected, removed or moved falsely", "late": "removed in three weeks, suspected before",
                    "missed": "every removed and every new document recognised", "changed": "every changed document recognised",
                    "not changed": "none changed falsely"}
        for name, promise in promises.items():
            examples = f"; {len(wrong[name])} not, such as {wrong[name][:3]}" if wrong[name] else ""
            check(not wrong[name], promise + examples)
        print(f"        documents: {counts}")
        print(gongkai.run("pages", quiet=True).stdout)
        check(gongkai.run("crawl", "--audit").returncode == 0, "the log of requests shows that every rule was kept")
        check(gongkai.run("verify").returncode == 0, "verify finds no damage")
    finally:
        sim.stop()


def main():
    parser = options(__doc__)
    parser.add_argument("--faults", default="none,mild,hostile")
    chosen = parser.parse_args()
    part = lambda faults: lambda program, folder: harvest(program, folder, faults)
    return accept(chosen, {faults: part(faults) for faults in chosen.faults.split(",")})


if __name__ == "__main__":
    sys.exit(main())
