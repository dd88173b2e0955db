#!/usr/bin/env python3
"""How much memory a crawl takes that knows a million pages.

    python3 tests/bench/frontier_memory.py [--gongkai target/release/gongkai] [--pages 1000000] [--hosts 50] [--seconds 20]

Needs `cargo build --release` first, nothing else. A loopback server answers for all hosts as a proxy; delay 0. Three
crawls, each in a fresh folder and stopped as by Ctrl-C after --seconds of asking:

    kept    every page is kept and not due but one in twenty: any day of an installation that has been running
    due     every page was found and none was asked for: the day after a first crawl was interrupted
    lists   nothing is known; list pages lead to all of the pages within the one run

The first two states are made by a small crawl whose rows are then repeated in the database with other addresses.
Ends with exit code 1 when a crawl was ever larger than 200 MB (peak resident set, VmHWM).
"""
import argparse
import asyncio
import json
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST = 200 * 1000 * 1000
LINKS = 500
BODY = "<p>" + "本页是为量度而虚构的，其中没有任何一处真实的信息。" * 12 + "</p>"


class Server:
    """Any host, as a proxy: no rules, lists of LINKS documents with a next page, little documents."""

    def __init__(self, list_pages):
        self.list_pages, self.asked, self.documents, started = list_pages, 0, 0, threading.Event()

        async def main():
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            await server.serve_forever()
        threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
        started.wait()

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                status, body = self.answer(head.split(b" ", 2)[1].decode())
                self.asked += 1
                writer.write(b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
                             % (status, len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, url):
        path = "/" + url.split("/", 3)[3]
        listed = re.fullmatch(r"/tzgg/(?:index_(\d+)\.html)?", path)
        if listed:
            page = int(listed[1] or 0)
            items = "".join(f'<li><a href="d{page * LINKS + n}.html">{title(page * LINKS + n)}</a>'
                            f"<span>2025-01-02</span></li>" for n in range(LINKS if self.list_pages else 3))
            more = f'<a href="index_{page + 1}.html">下一页</a>' if page + 1 < self.list_pages else ""
            return b"200 OK", f"<html><body><ul>{items}</ul>{more}</body></html>".encode()
        if path.startswith("/tzgg/d"):
            self.documents += 1
            return b"200 OK", f"<html><head><title>{path}</title></head><body>{BODY}</body></html>".encode()
        return b"404 Not Found", b""


def title(number):
    return f"关于印发第{number}号虚构工作方案并做好贯彻落实工作的通知"


def write_config(folder, hosts):
    shutil.copytree(ROOT / "crawler-config", folder)
    for old in (folder / "portals").glob("*.toml"):
        old.unlink()
    for host in range(hosts):
        text = f'''id = "p{host}"
name = "虚构{host}县人民政府"
bases = ["http://www.p{host}.example/"]
region = "unknown"
verified = "never"

[politeness]
delay = "0s"
delay_factor = 0

[list]
style = "links"

[[columns]]
name = "通知公告"
list = "http://www.p{host}.example/tzgg/"
'''
        (folder / "portals" / f"p{host}.toml").write_text(text, encoding="utf-8")


def repeat_rows(path, pages, hosts, kept):
    """Fills the table of pages with copies of a document's row of each portal."""
    state = sqlite3.connect(path)
    columns = [row[1] for row in state.execute("PRAGMA table_info(pages)")]
    at = {name: place for place, name in enumerate(columns)}
    marks = ",".join("?" * len(columns))
    for host in range(hosts):
        models = state.execute("SELECT * FROM pages WHERE portal = ? AND kind = 'detail' AND state = 'kept' LIMIT 1",
                               (f"p{host}",)).fetchall()
        model = list(models[0])
        context = json.loads(model[at["context"]])

        def rows():
            for number in range(100, 100 + pages // hosts):
                row = list(model)
                address = f"www.p{host}.example/tzgg/d{number}.html"
                context["listed"] = {"title": title(number), "date": "2025-01-02"}
                row[at["seq"]], row[at["url"]], row[at["url_key"]] = None, "http://" + address, address
                row[at["context"]] = json.dumps(context, ensure_ascii=False)
                if kept:
                    row[at["etag"]], row[at["last_modified"]] = f'"{number:x}"', "Thu, 02 Jan 2025 03:04:05 GMT"
                    row[at["due"]] += 0 if number % 20 else -10 ** 15
                else:
                    row[at["state"]], row[at["kept_at"]] = "found", None
                yield row
        state.executemany(f"INSERT INTO pages VALUES ({marks})", rows())
    state.commit()
    count = state.execute("SELECT count(*) FROM pages").fetchone()[0]
    state.close()
    return count


def resident(pid):
    """Peak and present resident set in bytes; None once the process is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return None
    found = [re.search(rf"{name}:\s+(\d+) kB", text) for name in ("VmHWM", "VmRSS")]
    return tuple(int(one[1]) * 1024 for one in found) if all(found) else None


def measure(command, server, seconds, enough):
    """Runs a crawl until it has asked for that long, or `enough` holds; its peak."""
    start, peak, first = time.time(), 0, None
    before = server.asked
    log = tempfile.TemporaryFile()
    crawl = subprocess.Popen(command, stdout=log, stderr=log)
    stopped = None
    while crawl.poll() is None:
        found = resident(crawl.pid)
        peak = max(peak, found[0]) if found else peak
        if first is None and server.asked > before:
            first = time.time()
        over = first is not None and time.time() - first > seconds and enough()
        if over and stopped is None:
            crawl.send_signal(signal.SIGINT)
            stopped = time.time()
        time.sleep(0.05)
    asked = server.asked - before
    if first is None or asked < 100:
        log.seek(0)
        sys.exit(f"the crawl did not run: {log.read().decode()[-2000:]}")
    rate = asked / max(0.1, (stopped or time.time()) - first)
    print(f"        first request after {first - start:.1f} s, then {asked} requests, {rate:.0f}/s; "
          f"{time.time() - start:.1f} s in all", flush=True)
    return peak


def crawl_of(name, options, folder):
    per_host = options.pages // options.hosts
    server = Server(per_host // LINKS if name == "lists" else 0)
    write_config(folder / "config", options.hosts)
    data = folder / "data"
    crawl = [str(options.gongkai), "--data", str(data), "--config", str(folder / "config"), "crawl", "--proxy",
             f"http://127.0.0.1:{server.port}"]
    if name != "lists":
        subprocess.run(crawl, check=True, capture_output=True)
        known = repeat_rows(data / "state.sqlite", options.pages, options.hosts, name == "kept")
        peak = measure(crawl, server, options.seconds, lambda: True)
    else:
        # Every list is read before the first document of its host.
        documents = lambda: server.documents > options.hosts
        peak = measure(crawl, server, options.seconds, documents)
        state = sqlite3.connect(data / "state.sqlite")
        known = state.execute("SELECT count(*) FROM pages").fetchone()[0]
        state.close()
    holds = peak <= MOST
    print(("ok      " if holds else "BROKEN  ") + f"{name}: {known} pages known, {server.documents} documents asked for, "
          f"peak {peak / 1e6:.0f} MB", flush=True)
    return holds


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gongkai", default=ROOT / "target" / "release" / "gongkai", type=pathlib.Path)
    options.add_argument("--pages", default=1_000_000, type=int)
    options.add_argument("--hosts", default=50, type=int)
    options.add_argument("--seconds", default=20, type=float)
    options.add_argument("--only", default="kept,due,lists")
    options = options.parse_args()
    good = True
    for name in options.only.split(","):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
        try:
            good &= crawl_of(name, options, folder)
        finally:
            shutil.rmtree(folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
