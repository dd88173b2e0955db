#!/usr/bin/env python3
"""How fast an archive is read again: `gongkai extract --all` over pages of the portal simulator of ../shared.

    python3 tests/bench/extract_speed.py [--gongkai target/release/gongkai] [--before OTHER] [--rounds 3]

Needs `cargo build --release` first. The simulator's portals are crawled once; then the whole archive is read again
--rounds times, on all cores. Attachments were read by the first `extract` and are not read again, as in any rerun
whose rules for files did not change. With --before, another build of gongkai takes turns and must export the same.

What counts is a document a second. Ends with exit code 1 when that is less than 300 in the median, when a document
is missing, or when one of the readings (the first, each rerun, one into a fresh catalogue) exports another byte.
GONGKAI_SHARED names ../shared where it is elsewhere.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from crawl_speed import ROOT, SIM, Simulator, gongkai_command, timed

LEAST = 300


def run(command, *what):
    """Seconds and CPU seconds of a command that must succeed."""
    seconds, cpu, done = timed([*command, *what])
    if done.returncode != 0:
        sys.exit(f"gongkai failed: {done.stdout}{done.stderr}")
    return seconds, cpu


def exported(command):
    """Digest of what the catalogue exports, and the addresses in it."""
    lines = subprocess.run([*command, "export"], capture_output=True, check=True).stdout
    urls = [json.loads(line)["url"] for line in lines.splitlines()]
    return hashlib.sha256(lines).hexdigest(), urls


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gongkai", default=ROOT / "target" / "release" / "gongkai", type=pathlib.Path)
    options.add_argument("--before", type=pathlib.Path)
    options.add_argument("--rounds", default=3, type=int)
    options.add_argument("--sites", default=8, type=int)
    options.add_argument("--docs-per-site", default=200, type=int)
    options = options.parse_args()
    if not SIM.is_dir():
        print("skipped: ../shared is not here")
        return 0
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        return measure(options, pathlib.Path(folder))


def measure(options, folder):
    sim = Simulator(folder, options.sites, options.docs_per_site)
    try:
        command = gongkai_command(options.gongkai, sim, folder)
        run(command, "crawl", "--proxy", sim.proxy)
    finally:
        sim.stop()
    programs = {"now": options.gongkai, **({"before": options.before} if options.before else {})}
    commands, readings, rates = {}, set(), {}
    for name, program in programs.items():
        shutil.copytree(folder / "data", folder / name)
        commands[name] = [str(program), "--data", str(folder / name), *command[3:]]
        seconds, cpu = run(commands[name], "extract")
        digest, urls = exported(commands[name])
        readings.add(digest)
        documents = sim.documents(urls)
        print(f"first    {name:7} {documents} documents {seconds:6.2f} s {cpu:6.2f} CPU s, attachments read too")
    for turn in range(options.rounds):
        for name, command in commands.items():
            seconds, cpu = run(command, "extract", "--all")
            readings.add(exported(command)[0])
            rates.setdefault(name, []).append((len(urls) / seconds, len(urls) / cpu))
            print(f"round {turn + 1}  {name:7} {len(urls) / seconds:7.1f}/s {seconds:6.2f} s {cpu:6.2f} CPU s"
                  f"  load {os.getloadavg()[0]:.1f}", flush=True)
    for left in (folder / "now").glob("catalogue.sqlite*"):
        left.unlink()
    run(commands["now"], "extract")
    readings.add(exported(commands["now"])[0])
    return judge(rates, readings, documents == sim.obtainable())


def judge(rates, readings, is_whole):
    """Medians and the three promises."""
    medians = {name: [statistics.median(values) for values in zip(*rounds)] for name, rounds in rates.items()}
    for name, (rate, of_core) in medians.items():
        print(f"  {name:7} {rate:7.1f} documents/s, {of_core:7.1f} a CPU second")
    promises = [(f"{medians['now'][0]:.0f} documents a second, promised {LEAST}", medians["now"][0] >= LEAST),
                ("every document", is_whole),
                ("every reading exports the same bytes", len(readings) == 1)]
    for text, holds in promises:
        print(("ok      " if holds else "BROKEN  ") + text)
    return 0 if all(holds for _, holds in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
