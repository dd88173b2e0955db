#!/usr/bin/env python3
"""Shows the whole path on the portal simulator of ../shared: crawl, crawl again, kill -9 in the middle.

    python3 tests/accept/whole_path.py [--gongkai target/release/gongkai] [--kills 10] [--keep DIR]

Needs `cargo build --release` first. Says that it was skipped where ../shared is not there. Prints what
`check_crawl.py` prints and ends with exit code 1 if a promise was broken.
"""
import random
import re
import signal
import sys
import time

from simulator import Gongkai, Simulator, accept, check, options, ratio, write_portals

DELAY = 0.1


def full_fetches(requests):
    """How often each page was delivered whole, by address."""
    counts = {}
    for r in requests:
        if r["s"] == 200 and r["k"] in ("doc", "attachment") and r["f"] not in ("cut", "cut_forever"):
            counts[r["h"] + r["p"]] = counts.get(r["h"] + r["p"], 0) + 1
    return counts


def crawl_twice(program, folder):
    sim = Simulator(folder)
    try:
        write_portals(folder / "config", sim.sites(), DELAY)
        gongkai = Gongkai(program, folder / "data", folder / "config")
        check(gongkai.run("check").returncode == 0, "check finds no mistake")
        check(gongkai.run("update", "--proxy", sim.proxy).returncode == 0, "update ends well")
        export = folder / "export.jsonl"
        export.write_text(gongkai.run("export", "--format", "jsonl").stdout, encoding="utf-8")
        truth = sim.truth()
        first = sim.score(truth, export)
        check(ratio(first["export_recall"]) == 1.0, "export_recall 100 %")
        check(first["robots"]["forbidden_requests"] == 0, "0 robots violations")
        check(not first["robots"]["hosts_where_robots_was_not_first"], "robots.txt first on every host")
        gaps = min(host["min_gap_s"] for host in first["politeness"].values())
        check(gaps >= DELAY, f"min_gap_s {gaps} not under the delay {DELAY}")
        for field in ("title", "published_date", "issuer", "doc_no"):
            shown = first["fields"][field]
            check(ratio(shown["correct_of_given"]) >= 0.97 and ratio(shown["given_of_shown"]) >= 0.97,
                  f"{field}: correct of given {shown['correct_of_given']}, given of shown {shown['given_of_shown']}")
        check(first["text"]["mean_recall_5gram"] >= 0.97 and first["text"]["mean_precision_5gram"] >= 0.97,
              f"text recall {first['text']['mean_recall_5gram']}, precision {first['text']['mean_precision_5gram']}")
        news_only(sim, gongkai)
        before = len(sim.requests())
        static = {s["host"] for s in sim.sites() if s["cache"] in ("static", "lastmod")}
        check(gongkai.run("crawl", "--all-due", "--proxy", sim.proxy).returncode == 0, "second crawl ends well")
        again = sim.requests()[before:]
        whole = [r for r in again if r["h"] in static and r["s"] == 200 and r["k"] in ("doc", "list", "attachment")]
        check(len(again) > 100 and not whole, f"second crawl: {len(again)} requests, {len(whole)} static pages in full")
        check(gongkai.run("verify").returncode == 0, "verify finds no damage")
    finally:
        sim.stop()


def news_only(sim, gongkai):
    """A second crawl while nothing is due looks for news on the lists, and costs little."""
    first = sim.requests()
    check(gongkai.run("crawl", "--proxy", sim.proxy).returncode == 0, "a crawl while nothing is due ends well")
    again = sim.requests()[len(first):]
    lists = [r for r in again if r["k"] in ("list", "list_api", "channel")]
    others = [r["p"] for r in again if r not in lists and r["k"] != "robots"]
    check(lists and not others, f"it asks for lists only: {len(lists)} of them, others {others[:3]}")
    share = sum(r["b"] for r in again) / sum(r["b"] for r in first)
    check(share <= 0.05, f"{share:.2%} of the bytes of the first crawl")


def kill_and_go_on(program, folder, kills):
    sim = Simulator(folder)
    rng = random.Random(20261122)
    try:
        write_portals(folder / "config", sim.sites(), DELAY)
        gongkai = Gongkai(program, folder / "data", folder / "config")
        for _ in range(kills):
            crawl = gongkai.start("crawl", "--proxy", sim.proxy)
            time.sleep(rng.uniform(0.4, 2.0))
            crawl.send_signal(signal.SIGKILL)
            crawl.wait()
        check(gongkai.run("update", "--proxy", sim.proxy).returncode == 0, "the crawl goes on after the kills")
        export = folder / "export.jsonl"
        export.write_text(gongkai.run("export", "--format", "jsonl").stdout, encoding="utf-8")
        score = sim.score(sim.truth(), export)
        check(ratio(score["export_recall"]) == 1.0, f"export_recall 100 % after {kills} kills")
        again = sum(n - 1 for n in full_fetches(sim.requests()).values())
        # A page in flight at the kill was delivered but not kept: at most one a host and kill, and what had
        # not been committed in the last second.
        print(f"        documents delivered again: {again} (in flight or not yet committed at {kills} kills)")
        kept_twice = twice_in_archive(folder / "data" / "archive")
        check(kept_twice == 0, f"pages kept twice: {kept_twice}")
        check(gongkai.run("verify").returncode == 0, "verify finds no damage")
    finally:
        sim.stop()


def twice_in_archive(folder):
    """Response records of one address with status 200, beyond the first."""
    import gzip
    seen = {}
    for path in sorted(folder.glob("*.warc.gz")):
        text = gzip.open(path).read()
        for record in re.finditer(rb"WARC/1\.1\r\n((?:[^\r\n]+\r\n)+)\r\nHTTP/1\.[01] 200", text):
            head = record[1].decode("utf-8", "replace")
            if "WARC-Type: response" in head:
                url = re.search(r"WARC-Target-URI: (\S+)", head)[1]
                if re.search(r"/t\d{8}_\d+\.|/P\d+\.", url):
                    seen[url] = seen.get(url, 0) + 1
    return sum(n - 1 for n in seen.values())


def main():
    parser = options(__doc__)
    parser.add_argument("--kills", default=10, type=int)
    chosen = parser.parse_args()
    killed = lambda program, folder: kill_and_go_on(program, folder, chosen.kills)
    return accept(chosen, {"twice": crawl_twice, "killed": killed})


if __name__ == "__main__":
    sys.exit(main())
