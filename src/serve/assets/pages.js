// Comfort for the pages, all of which work without it: suggestions under the box, filters without reload, jumps between
// hits, copying a citation, reading aloud. Asks nobody but this server; keeps nothing.

const live = document.getElementById("live");
const say = (text) => { if (live) { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 60); } };
const make = (name, attributes = {}, text = "") => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches || document.documentElement.dataset.size === "large";
const KINDS = { number: "文号", agency: "机构", word: "词语", title: "标题" };
const SIGNS = ["〔", "〕", "“", "”", "《", "》", "-", "OR", "NEAR/5"];

// Suggestions: a combobox with a list (WAI-ARIA pattern), and a row of signs.
function suggest(form) {
  const input = form.querySelector("input[type=search]");
  if (!input) return;
  const drop = make("div", { class: "drop" });
  const list = make("ul", { role: "listbox", id: input.id + "-list", "aria-label": "建议" });
  const signs = make("div", { class: "signs", role: "group", "aria-label": "常用符号" });
  drop.append(list, signs);
  drop.hidden = true;
  form.append(drop);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
  let entries = [], at = -1, asked = 0, timer = 0, composing = false;
  const open = (yes) => {
    drop.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes && entries.length > 0));
    if (!yes) choose(-1);
  };
  const choose = (to) => {
    at = to;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const go = (entry) => {
    if (entry.id) { location.href = "/document/" + encodeURIComponent(entry.id); return; }
    input.value = entry.text;
    form.requestSubmit ? form.requestSubmit() : form.submit();
  };
  const show = (found) => {
    entries = found;
    list.replaceChildren(...found.map((entry, n) => {
      const item = make("li", { role: "option", id: `${list.id}-${n}`, "aria-selected": "false" });
      item.append(make("span", {}, entry.text), make("span", { class: "kind" }, KINDS[entry.kind] || ""));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); go(entry); });
      return item;
    }));
    list.hidden = found.length === 0;
    choose(-1);
    open(document.activeElement === input);
  };
  const ask = async () => {
    const typed = input.value.trim(), turn = ++asked;
    if (typed === "" || typed.length > 40) { show([]); return; }
    try {
      const answer = await fetch("/api/v1/suggest?size=8&q=" + encodeURIComponent(typed));
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (turn === asked) show(found);
    } catch { if (turn === asked) show([]); }
  };
  const later = () => { clearTimeout(timer); if (!composing) timer = setTimeout(ask, 140); };
  input.addEventListener("compositionstart", () => { composing = true; });
  input.addEventListener("compositionend", () => { composing = false; later(); });
  input.addEventListener("input", later);
  input.addEventListener("blur", () => setTimeout(() => { if (!form.contains(document.activeElement)) open(false); }, 120));
  form.addEventListener("focusout", () => setTimeout(() => { if (!form.contains(document.activeElement)) open(false); }, 120));
  form.addEventListener("keydown", (event) => { if (event.key === "Escape" && !drop.hidden) { open(false); input.focus(); event.preventDefault(); } });
  input.addEventListener("keydown", (event) => {
    if (composing || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (drop.hidden) { if (entries.length) open(true); else ask(); return; }
      const count = entries.length + 1;
      if (entries.length) choose(((at + 1 + step + count) % count) - 1);
    } else if (event.key === "Enter" && at >= 0 && !drop.hidden) {
      event.preventDefault();
      go(entries[at]);
    }
  });
  for (const sign of SIGNS) {
    const button = make("button", { type: "button" }, sign);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      const word = /^[A-Z]/.test(sign) ? ` ${sign} ` : sign;
      input.setRangeText(word, input.selectionStart, input.selectionEnd, "end");
      input.focus();
      later();
    });
    signs.append(button);
  }
}

// Filters: a change asks for the page and shows its list in place of this one.
let turn = 0;
async function replace(address, push, focus) {
  const region = document.getElementById("found"), mine = ++turn;
  region.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("found");
    if (mine !== turn) return;
    if (!next) throw new Error("no list");
    const open = [...region.querySelectorAll("details")].map((one) => one.open);
    const shown = region.querySelector("#show-filters")?.checked;
    region.replaceWith(next);
    const doors = next.querySelectorAll("details");
    if (doors.length === open.length) doors.forEach((one, n) => { one.open = open[n]; });
    const door = next.querySelector("#show-filters");
    if (door) door.checked = shown;
    document.title = page.title;
    if (push) history.pushState({ list: true }, "", address);
    for (const link of document.querySelectorAll(".tools a[href^='/display'], .tones a")) {
      const to = new URL(link.href);
      to.searchParams.set("back", address);
      link.href = to.pathname + to.search;
    }
    enliven(next);
    const again = focus && [...next.querySelectorAll("#filters input[type=checkbox]")].find((box) => box.name === focus.name && box.value === focus.value);
    if (again) { for (let up = again.closest("details"); up; up = up.parentElement.closest("details")) up.open = true; again.focus({ preventScroll: true }); }
    else next.querySelector("#results").focus({ preventScroll: true });
    say(next.querySelector(".total").textContent.trim());
  } catch { location.assign(address); }
}
function enliven(region) {
  const form = region.querySelector("#filters");
  if (form) {
    const button = form.querySelector(".apply");
    if (button) button.hidden = true;
    form.addEventListener("change", (event) => {
      const query = new URLSearchParams(new FormData(form));
      replace("/search?" + query, true, event.target);
    });
  }
  region.querySelectorAll(".years li[data-year]").forEach((bar) => {
    const box = form && [...form.querySelectorAll("input[name=year]")].find((one) => one.value === bar.dataset.year);
    if (!box) return;
    bar.classList.add("live");
    bar.addEventListener("click", () => box.click());
  });
  region.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.classList.contains("why")) { event.preventDefault(); why(link); }
    else if (link.id === "permalink" && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(link.href).then(() => { link.textContent = "已复制链接"; say("已复制链接"); }, () => location.assign(link.href));
    } else if (link.closest(".chosen, .sorts, .regrouped")) { event.preventDefault(); replace(link.getAttribute("href"), true, null); }
  });
}
async function why(link) {
  const card = link.closest("article"), old = card.querySelector(".why-shown");
  if (old) { old.remove(); link.setAttribute("aria-expanded", "false"); return; }
  try {
    const answer = await fetch(link.href);
    const told = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("why");
    if (!told) throw new Error("nothing told");
    const box = make("div", { class: "why-shown" });
    told.removeAttribute("id");
    told.querySelectorAll("h2").forEach((title) => title.replaceWith(make("p", {}, title.textContent)));
    box.append(told);
    card.append(box);
    link.setAttribute("aria-expanded", "true");
  } catch { location.assign(link.href); }
}

// A document: from hit to hit, its citation to the clipboard, its text read aloud by a voice of this machine.
function jumps(bar) {
  const marks = [...document.querySelectorAll("mark[id^=hit-]")];
  if (!marks.length) return;
  let at = -1;
  const place = make("span", { class: "number" });
  const to = (n) => {
    marks[at]?.classList.remove("here");
    at = (n + marks.length) % marks.length;
    const mark = marks[at];
    for (let up = mark.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    mark.classList.add("here");
    mark.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    place.textContent = `${at + 1} / ${marks.length}`;
    say(`第 ${at + 1} 处，共 ${marks.length} 处`);
  };
  const back = make("button", { type: "button", class: "button", "aria-keyshortcuts": "Shift+N" }, "上一处");
  const next = make("button", { type: "button", class: "button", "aria-keyshortcuts": "N" }, "下一处");
  back.addEventListener("click", () => to(at < 0 ? -1 : at - 1));
  next.addEventListener("click", () => to(at + 1));
  bar.querySelector(".jumps").replaceChildren(back, next, place);
  bar.classList.add("live");
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey || event.altKey || /^(input|textarea|select)$/i.test(event.target.tagName)) return;
    to(event.shiftKey ? (at < 0 ? -1 : at - 1) : at + 1);
  });
}
function copying(citation) {
  if (!navigator.clipboard) return;
  const button = make("button", { type: "button", class: "button" }, "复制引用");
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(citation.textContent.trim()); say("已复制引用"); button.textContent = "已复制"; setTimeout(() => { button.textContent = "复制引用"; }, 2000); }
    catch { getSelection().selectAllChildren(citation); }
  });
  document.querySelector(".forms").prepend(button);
}
function actions(text) {
  const row = make("div", { class: "actions" });
  const print = make("button", { type: "button", class: "button" }, "打印");
  print.addEventListener("click", () => window.print());
  row.append(print);
  document.querySelector(".origin").after(row);
  const speech = window.speechSynthesis;
  if (!speech) return;
  // Only voices of this machine: others would send the text away.
  const voice = () => speech.getVoices().find((one) => one.localService && /^(zh|cmn)/i.test(one.lang));
  const button = make("button", { type: "button", class: "button", "aria-pressed": "false" }, "朗读");
  const offer = () => { if (voice() && !button.isConnected) row.append(button); };
  let queue = [], speaking = null;
  const stop = () => { queue = []; speech.cancel(); speaking?.classList.remove("spoken"); speaking = null; button.textContent = "朗读"; button.setAttribute("aria-pressed", "false"); };
  const next = () => {
    speaking?.classList.remove("spoken");
    speaking = queue.shift();
    if (!speaking) { stop(); return; }
    const words = new SpeechSynthesisUtterance(speaking.textContent);
    const chosen = voice();
    words.voice = chosen; words.lang = chosen.lang; words.rate = 0.95;
    words.onend = () => { if (speaking) next(); };
    words.onerror = () => { if (speaking) next(); };
    speaking.classList.add("spoken");
    speaking.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    speech.speak(words);
  };
  button.addEventListener("click", () => {
    if (speaking) { stop(); return; }
    queue = [...text.querySelectorAll("p, tr")].filter((one) => one.textContent.trim());
    button.textContent = "停止朗读";
    button.setAttribute("aria-pressed", "true");
    next();
  });
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", stop);
}

document.querySelectorAll("form.box").forEach(suggest);
const found = document.getElementById("found");
if (found) {
  enliven(found);
  addEventListener("popstate", () => replace(location.pathname + location.search, false, null));
}
const marks = document.getElementById("marks");
if (marks) jumps(marks);
const citation = document.getElementById("citation");
if (citation) copying(citation);
const text = document.getElementById("text");
if (text) actions(text);
