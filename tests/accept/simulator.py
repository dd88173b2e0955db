"""What the acceptance runs share: the portal simulator of ../shared, portal files for its hosts, the program."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("GONGKAI_SHARED", ROOT.parent / "shared"))
SIM = SHARED / "portalsim"
CORPUS = SHARED / "corpus" / "docs.jsonl.gz"
CATEGORIES = {"政策文件": "policy", "规范性文件": "policy", "财政信息": "finance", "规划计划": "plan"}
FAULTS = []


def check(holds, promise):
    print(("ok      " if holds else "BROKEN  ") + promise)
    if not holds:
        FAULTS.append(promise)


class Simulator:
    """The simulator on a free loopback port, with its log and its truth; `more` are further options of its own."""

    def __init__(self, folder, faults="none", families="trs", sites=8, docs=100, latency=20, more=()):
        self.folder = folder
        self.world = ["--corpus", str(CORPUS), "--sites", str(sites), "--docs-per-site", str(docs), "--seed", "1",
                      "--families", families, "--faults", faults, *more]
        self.log = folder / "access.jsonl"
        self.process = subprocess.Popen(
            [sys.executable, str(SIM / "portalsim.py"), "serve", *self.world, "--latency", str(latency),
             "--port", "0", "--log", str(self.log)], stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+) ", self.process.stdout.readline())[1])
        self.proxy = f"http://127.0.0.1:{self.port}"

    def sites(self):
        out = subprocess.run([sys.executable, str(SIM / "portalsim.py"), "sites", *self.world],
                             capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in out.splitlines()]

    def truth(self):
        path = self.folder / "truth.jsonl"
        subprocess.run([sys.executable, str(SIM / "portalsim.py"), "truth", *self.world, "--out", str(path)], check=True)
        return path

    def admin(self, what):
        return json.load(urllib.request.urlopen(f"{self.proxy}/__sim__/{what}"))

    def flush(self):
        self.admin("flush")

    def score(self, truth, export=None):
        self.flush()
        call = [sys.executable, str(SIM / "check_crawl.py"), "--truth", str(truth), "--log", str(self.log)]
        call += ["--export", str(export)] if export else []
        print(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
        return json.loads(subprocess.run(call + ["--json"], capture_output=True, text=True, check=True).stdout)

    def requests(self):
        self.flush()
        return [r for r in map(json.loads, self.log.read_text().splitlines()) if "admin" not in r]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def write_portals(folder, sites, delay, more="", ceiling=None):
    """A portal file for each host, as a curator would write it: what differs, nothing else. `delay` and the `ceiling` of
    delays in seconds; `more` are further lines of TOML."""
    shutil.copytree(ROOT / "crawler-config", folder)
    for old in (folder / "portals").glob("*.toml"):
        old.unlink()
    for site in sites:
        name = site["host"].split(".")[1]
        lines = [f'id = "{name}"', f'name = "{site["name"]}"', f'bases = ["http://{site["host"]}/"]',
                 'region = "unknown"', 'verified = "never"', "", "[list]", f'style = "{site["family"]}"', more,
                 "[politeness]", f'delay = "{int(delay * 1000)}ms"']
        if ceiling is not None:
            lines.append(f'delay_ceiling = "{int(ceiling * 1000)}ms"')
        # The lists of this platform are named by the tree on its first page.
        one_list = {"政府信息公开": site["disclosure_root"]}
        for column, url in (one_list if site["family"] == "gkmlpt" else site["columns"]).items():
            lines += ["", "[[columns]]", f'name = "{column}"', f'list = "{url}"']
            if column in CATEGORIES:
                lines.append(f'category = "{CATEGORIES[column]}"')
        (folder / "portals" / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


class Gongkai:
    def __init__(self, program, data, config):
        self.common = [str(program), "--data", str(data), "--config", str(config)]

    def run(self, *words, quiet=False):
        start = time.time()
        done = subprocess.run(self.common + list(words), capture_output=True, text=True)
        print(f"$ gongkai {' '.join(words)}  → {done.returncode}, {time.time() - start:.1f} s")
        if quiet:
            return done
        print("".join("    " + line + "\n" for line in (done.stdout + done.stderr).splitlines()[-6:]), end="")
        return done

    def start(self, *words):
        return subprocess.Popen(self.common + list(words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def ratio(text):
    a, b = re.match(r"(\d+)/(\d+)", text).groups()
    return int(a) / max(1, int(b))


def options(doc):
    """The command line that the acceptance runs have in common."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gongkai", default=ROOT / "target" / "release" / "gongkai", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="folder to work in and leave behind")
    return parser


def accept(chosen, parts):
    """Runs each part (name → function of program and folder) in a folder of its own; the exit code of the whole."""
    if not SIM.is_dir():
        print("skipped: ../shared is not here")
        return 0
    folder = chosen.keep or pathlib.Path(tempfile.mkdtemp(prefix="gongkai-accept-"))
    for name, part in parts.items():
        print(f"\n=== {name}")
        (folder / name).mkdir(parents=True)
        part(chosen.gongkai, folder / name)
    if not chosen.keep:
        shutil.rmtree(folder)
    print(f"\n{len(FAULTS)} promises broken" + "".join("\n  " + fault for fault in FAULTS))
    return 1 if FAULTS else 0
