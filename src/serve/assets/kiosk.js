"use strict";
// The kiosk's comfort: an on-screen keyboard, no history, and a page that forgets its visitor.
// Nothing that is typed is stored; what is asked for goes to this host only.
(() => {
  const root = document.documentElement;
  const body = document.body;
  root.classList.add("scripted");

  // --- No way back to the last visitor, no way out -------------------------------------------------------------------
  const home = "/kiosk";
  let leaving = false;
  const go = (address) => {
    leaving = true;
    location.replace(address);
  };
  const isOurs = (url) => url.origin === location.origin && (url.pathname === home || url.pathname.startsWith(home + "/"));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link) return;
    event.preventDefault();
    const url = new URL(link.href, location.href);
    if (isOurs(url)) go(url.href);
  });
  for (const kind of ["contextmenu", "dragstart", "drop", "auxclick"]) {
    document.addEventListener(kind, (event) => event.preventDefault());
  }
  // A page that the browser kept for its back button is never shown again.
  addEventListener("pageshow", (event) => { if (event.persisted) go(home); });

  document.querySelector('[data-do="print"]')?.addEventListener("click", () => print());

  // --- Nobody there: ask, then begin again ---------------------------------------------------------------------------
  const warning = Number(body.dataset.warning) * 1000;
  const reset = Number(body.dataset.reset) * 1000;
  const idle = document.getElementById("idle");
  const seconds = document.getElementById("idle-seconds");
  const others = [...body.children].filter((part) => part !== idle);
  let touched = Date.now();
  let before = null;

  const isFresh = () => "home" in body.dataset;
  const ask = (left) => {
    seconds.textContent = String(left);
    if (!idle.hidden) return;
    before = document.activeElement;
    idle.hidden = false;
    others.forEach((part) => { part.inert = true; });
    document.getElementById("idle-stay").focus();
  };
  const stay = () => {
    touched = Date.now();
    if (idle.hidden) return;
    idle.hidden = true;
    others.forEach((part) => { part.inert = false; });
    before?.focus();
  };
  for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    addEventListener(kind, () => { if (idle.hidden) touched = Date.now(); }, { passive: true });
  }
  // Whoever touches anything is there.
  idle.addEventListener("click", stay);
  setInterval(() => {
    if (isFresh() || leaving) return;
    const rested = Date.now() - touched;
    if (rested >= reset) go(home);
    else if (rested >= warning) ask(Math.ceil((reset - rested) / 1000));
  }, 500);

  // --- The question and its keyboard ---------------------------------------------------------------------------------
  const form = document.querySelector("form.ask");
  if (!form) return;
  const input = form.elements.q;
  const board = document.getElementById("board");
  const results = document.getElementById("results");
  const list = document.getElementById("candidates");
  const shown = document.getElementById("letters");
  const turns = [...board.querySelectorAll("[data-turn]")];
  // The keyboard of the system stays away.
  input.inputMode = "none";
  input.autocomplete = "off";

  let letters = "";
  let asked = 0;
  // All candidates that were fetched, and where each page of the bar begins.
  let found = [];
  let starts = [0];

  const open = () => {
    board.hidden = false;
    if (results) results.hidden = true;
  };
  const send = () => {
    const question = (input.value + letters).trim();
    if (question) go("/kiosk/search?q=" + encodeURIComponent(question));
  };
  const forget = () => {
    letters = "";
    asked += 1;
    show([]);
  };
  const type = (text) => {
    const room = input.maxLength - input.value.length;
    input.value += text.slice(0, Math.max(0, room));
    input.scrollLeft = input.scrollWidth;
  };
  const choose = (candidate) => {
    type(candidate.text);
    letters = letters.slice(candidate.taken);
    look();
  };
  const entry = (candidate) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "candidate";
    button.textContent = candidate.text;
    button.addEventListener("click", () => choose(candidate));
    const item = document.createElement("li");
    item.append(button);
    return item;
  };
  // Fills the bar from a candidate on with as many as fit.
  const fill = () => {
    list.replaceChildren();
    const start = starts[starts.length - 1];
    let next = start;
    while (next < found.length) {
      const item = entry(found[next]);
      list.append(item);
      const overflows = item.offsetLeft + item.offsetWidth > list.offsetLeft + list.clientWidth || item.offsetTop > list.firstChild.offsetTop;
      if (next > start && overflows) { item.remove(); break; }
      next += 1;
    }
    turns[0].disabled = starts.length === 1;
    turns[1].disabled = next >= found.length;
    turns[1].dataset.next = String(next);
  };
  const show = (candidates) => {
    shown.textContent = letters;
    found = candidates;
    starts = [0];
    list.dataset.letters = letters;
    fill();
  };
  const look = async () => {
    const turn = ++asked;
    shown.textContent = letters;
    if (!letters) { show([]); return; }
    const query = new URLSearchParams({ q: letters, size: "50" });
    let candidates = [];
    try {
      const answer = await fetch("/api/v1/pinyin?" + query, { cache: "no-store" });
      if (answer.ok) candidates = (await answer.json()).candidates;
    } catch {
      // The letters stay and can be searched as they are.
    }
    if (turn === asked) show(candidates);
  };
  const press = (key) => {
    if (/^[a-z']$/.test(key) && letters.length < 40) {
      letters += key;
      look();
    } else {
      type(letters + key);
      forget();
    }
  };

  board.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { key, turn } = button.dataset;
    if (key !== undefined) press(key);
    else if (turn === "1") { starts.push(Number(button.dataset.next)); fill(); }
    else if (turn === "-1") { starts.pop(); fill(); }
    else if (button.dataset.do === "search") send();
    else if (button.dataset.do === "clear") { input.value = ""; forget(); }
    else if (button.dataset.do === "back") {
      if (letters) { letters = letters.slice(0, -1); look(); }
      else { input.value = [...input.value].slice(0, -1).join(""); }
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  input.addEventListener("pointerdown", open);
  input.addEventListener("focus", open);
  if (form.dataset.open === "yes") open();
})();
