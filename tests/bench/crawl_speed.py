#!/usr/bin/env python3
"""How fast a whole portal is harvested: gongkai against `wget -r` and Scrapy, on the portal simulator of ../shared.

    python3 tests/bench/crawl_speed.py [--gongkai target/release/gongkai] [--rounds 3] [--only gongkai,wget,scrapy]

Needs `cargo build --release` first, wget, and Scrapy, which it installs into a folder of its own (--venv). What cannot
be had is said to be skipped. The clients take turns, each in a fresh folder, against the same simulator: delay 0, pages
rendered beforehand, no faults. The simulator is pinned to one core; the clients may use all, or with --one-core only
another one. GONGKAI_SHARED names ../shared where it is elsewhere.

A document counts where it was archived and catalogued (gongkai: `crawl`, then `extract`, then what `export` gives),
saved (wget) or written out (Scrapy). Recall is the share of the documents that can be had. gongkai reads its catalogue
and fsyncs its archive within its time; the others do neither. Ends with exit code 1 when gongkai is slower than wget,
less than 8 times as fast as Scrapy, or misses a document.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("GONGKAI_SHARED", ROOT.parent / "shared"))
SIM = SHARED / "portalsim"
CORPUS = SHARED / "corpus" / "docs.jsonl.gz"
CORES = sorted(os.sched_getaffinity(0))
CLIENTS = list(CORES)


def pinned(cores):
    return lambda: os.sched_setaffinity(0, cores)


class Simulator:
    """The simulator, pinned to one core, and the documents that can be had from it."""

    def __init__(self, folder, sites, docs):
        world = ["--corpus", str(CORPUS), "--sites", str(sites), "--docs-per-site", str(docs), "--seed", "1",
                 "--families", "public", "--faults", "none", "--crawl-delay", "0"]
        tool = [sys.executable, str(SIM / "portalsim.py")]
        said = subprocess.run([*tool, "sites", *world], capture_output=True, text=True, check=True).stdout
        self.sites = [json.loads(line) for line in said.splitlines()]
        truth = folder / "truth.jsonl"
        subprocess.run([*tool, "truth", *world, "--out", str(truth)], check=True, capture_output=True)
        self.wanted = {}
        for record in map(json.loads, truth.read_text(encoding="utf-8").splitlines()):
            if record["type"] == "document" and record["status"][0] == "live" and record["robots_allowed"]:
                for url in [record["url"], *record["aliases"]]:
                    self.wanted[key(url)] = record["url"]
        self.process = subprocess.Popen([*tool, "serve", *world, "--prerender", "--port", "0"],
                                        stdout=subprocess.PIPE, text=True, preexec_fn=pinned(CORES[:1]))
        port = re.search(r":(\d+) ", self.process.stdout.readline())[1]
        self.proxy = f"http://127.0.0.1:{port}"

    def documents(self, urls):
        """How many different documents these addresses mean."""
        return len({self.wanted[k] for k in map(key, urls) if k in self.wanted})

    def obtainable(self):
        return len(set(self.wanted.values()))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def key(url):
    parts = urllib.parse.urlsplit(url)
    return parts.netloc + urllib.parse.unquote(parts.path) + ("?" + parts.query if parts.query else "")


def timed(command, **more):
    """Runs a client on its cores: seconds it took, CPU seconds it used, what it said."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=pinned(CLIENTS), **more)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done


def gongkai_command(program, sim, folder):
    """The command line of gongkai with a portal file for each site of the simulator."""
    shutil.copytree(ROOT / "crawler-config", folder / "config")
    for old in (folder / "config" / "portals").glob("*.toml"):
        old.unlink()
    for site in sim.sites:
        name = site["host"].split(".")[1]
        lines = [f'id = "{name}"', f'name = "{site["name"]}"', f'bases = ["http://{site["host"]}/"]',
                 'region = "unknown"', 'verified = "never"', "", "[politeness]", 'delay = "0s"', "delay_factor = 0",
                 "", "[list]", f'style = "{site["family"]}"']
        # Where all columns are parts of one page (gkmlpt), the page itself leads to them.
        lists = {url.split("#")[0]: column for column, url in reversed(site["columns"].items())}
        for url, column in lists.items():
            lines += ["", "[[columns]]", f'name = "{column}"', f'list = "{url}"']
        (folder / "config" / "portals" / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(program), "--data", str(folder / "data"), "--config", str(folder / "config")]


def gongkai(program, sim, folder):
    """crawl and extract; the catalogue is asked afterwards."""
    common = gongkai_command(program, sim, folder)
    parts = [timed([*common, "crawl", "--proxy", sim.proxy]), timed([*common, "extract"])]
    for _, _, done in parts:
        if done.returncode != 0:
            sys.exit(f"gongkai failed: {done.stdout}{done.stderr}")
    export = subprocess.run([*common, "export"], capture_output=True, text=True, check=True).stdout
    urls = [json.loads(line)["url"] for line in export.splitlines()]
    print("          " + ", ".join(f"{what} {part[0]:.2f} s" for what, part in zip(("crawl", "extract"), parts)))
    return sum(p[0] for p in parts), sum(p[1] for p in parts), sim.documents(urls)


def wget(_, sim, folder):
    proxy = ["-e", "use_proxy=yes", "-e", f"http_proxy={sim.proxy}"]
    hosts = ",".join(site["host"] for site in sim.sites)
    seeds = [site["seed"] for site in sim.sites]
    seconds, cpu, _ = timed(["wget", "-q", "-r", "-l", "inf", *proxy, "-D", hosts, "-P", str(folder), *seeds])
    saved = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return seconds, cpu, sim.documents("http://" + urllib.parse.quote(str(path), safe="/?=&%") for path in saved)


def scrapy(python, sim, folder):
    seeds, pages = folder / "seeds.txt", folder / "pages.jsonl"
    seeds.write_text("\n".join(site["seed"] for site in sim.sites))
    command = [python, "-m", "scrapy", "runspider", str(SIM / "examples" / "scrapy_reference.py"), "-a",
               f"seeds={seeds}", "-s", "LOG_LEVEL=ERROR", "-s",
               "TWISTED_REACTOR=twisted.internet.epollreactor.EPollReactor", "-O", str(pages)]
    seconds, cpu, done = timed(command, env=dict(os.environ, http_proxy=sim.proxy, no_proxy=""), cwd=folder)
    if not pages.is_file():
        sys.exit(f"Scrapy failed: {done.stderr[-2000:]}")
    written = [json.loads(line)["url"] for line in pages.read_text(encoding="utf-8").splitlines()]
    return seconds, cpu, sim.documents(written)


def scrapy_of(venv):
    """The Python that has Scrapy, made if need be; None where it cannot be installed."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False, capture_output=True)
    has = lambda: subprocess.run([python, "-m", "scrapy", "version"], capture_output=True).returncode == 0
    if python.exists() and not has():
        subprocess.run([python, "-m", "pip", "install", "-q", "scrapy"], check=False, capture_output=True)
    return python if python.exists() and has() else None


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gongkai", default=ROOT / "target" / "release" / "gongkai", type=pathlib.Path)
    options.add_argument("--rounds", default=3, type=int)
    options.add_argument("--sites", default=8, type=int)
    options.add_argument("--docs-per-site", default=200, type=int)
    options.add_argument("--only", default="gongkai,wget,scrapy")
    options.add_argument("--venv", default=pathlib.Path(tempfile.gettempdir()) / "gongkai-bench-scrapy", type=pathlib.Path)
    options.add_argument("--one-core", action="store_true")
    options = options.parse_args()
    if options.one_core:
        CLIENTS[:] = CORES[1:2] or CORES
    if not SIM.is_dir():
        print("skipped: ../shared is not here")
        return 0
    wanted = options.only.split(",")
    clients = {"gongkai": (gongkai, options.gongkai)}
    if "wget" in wanted and shutil.which("wget"):
        clients["wget"] = (wget, None)
    if "scrapy" in wanted and (python := scrapy_of(options.venv)):
        clients["scrapy"] = (scrapy, python)
    for name in wanted:
        if name not in clients:
            print(f"skipped: {name} cannot be had here")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
    sim = Simulator(folder, options.sites, options.docs_per_site)
    results = {}
    try:
        for turn in range(options.rounds):
            for name, (run, program) in clients.items():
                work = folder / name
                work.mkdir()
                seconds, cpu, documents = run(program, sim, work)
                results.setdefault(name, []).append((documents / seconds, documents, seconds, cpu))
                print(f"round {turn + 1}  {name:8} {documents:5} documents  {seconds:6.2f} s  {documents / seconds:7.1f}/s"
                      f"  {cpu:6.2f} CPU s  load {os.getloadavg()[0]:.1f}", flush=True)
                shutil.rmtree(work)
    finally:
        sim.stop()
        shutil.rmtree(folder)
    return judge(results, sim.obtainable())


def judge(results, obtainable):
    """Medians, ratios within each round, and the three promises."""
    print(f"\n{obtainable} documents can be had; medians of {len(results['gongkai'])} rounds")
    for name, rounds in results.items():
        rate, documents, seconds, cpu = (statistics.median(values) for values in zip(*rounds))
        print(f"  {name:8} {rate:7.1f} documents/s  recall {100 * documents / obtainable:5.1f} %"
              f"  {seconds:6.2f} s  {cpu:6.2f} CPU s")
    promises = [("recall 100 %", all(one[1] == obtainable for one in results["gongkai"]))]
    for name, least in (("wget", 1), ("scrapy", 8)):
        if name in results:
            ratio = statistics.median(a[0] / b[0] for a, b in zip(results["gongkai"], results[name]))
            promises.append((f"{ratio:.2f} times as fast as {name}, promised {least}", ratio >= least))
    for text, holds in promises:
        print(("ok      " if holds else "BROKEN  ") + text)
    return 0 if all(holds for _, holds in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
