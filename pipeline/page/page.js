
"use strict";
const { labels, cards } = JSON.parse(document.getElementById("cards").textContent);
const card = document.getElementById("card");
const narrow = matchMedia("(max-width: 60rem)");
let anchor = null;
let pinned = false;
const changed = { lit: [], chosen: [] };
document.documentElement.classList.add("scripted");

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drawn(number) {
  const [headline, ...fields] = cards[number];
  const list = element("dl");
  fields.forEach((text, at) => {
    if (!text) return;
    const kind = { "translation says": "warns", id: "id" }[labels[at]];
    list.append(element("dt", labels[at], kind), element("dd", text, kind));
  });
  return [element("p", headline), list];
}

function clear(name) {
  for (const old of changed[name]) old.classList.remove(name);
  changed[name] = [];
}

function set(found, name) {
  found.classList.add(name);
  changed[name].push(found);
}

function light(from) {
  clear("lit");
  for (const number of numbersOf(from))
    for (const found of from.closest(".document").querySelectorAll(`[data-f~="${number}"]`)) set(found, "lit");
}

function numbersOf(found) {
  return found.dataset.f.split(" ");
}

function place() {
  if (!anchor || narrow.matches) return;
  const box = anchor.getClientRects()[0] ?? anchor.getBoundingClientRect();
  const below = box.bottom + 8;
  const fits = below + card.offsetHeight < innerHeight;
  card.style.left = Math.max(8, Math.min(box.left, innerWidth - card.offsetWidth - 24)) + "px";
  card.style.top = (fits ? below : Math.max(8, box.top - card.offsetHeight - 8)) + "px";
}

function follow(row) {
  const list = row.closest(".facts");
  const inside = row.getBoundingClientRect(), frame = list.getBoundingClientRect();
  if (inside.top < frame.top + 60 || inside.bottom > frame.bottom)
    list.scrollTop += inside.top - frame.top - frame.height / 3;
}

function show(mark, keep) {
  anchor = mark;
  pinned = Boolean(keep);
  card.replaceChildren(...numbersOf(mark).flatMap(drawn));
  card.classList.toggle("pinned", pinned);
  card.hidden = false;
  card.scrollTop = 0;
  light(mark);
  clear("chosen");
  if (pinned) {
    set(mark, "chosen");
    const row = mark.closest(".document").querySelector(`.facts [data-f~="${numbersOf(mark)[0]}"]`);
    if (row && !narrow.matches) {
      set(row, "chosen");
      follow(row);
      requestAnimationFrame(() => follow(row));
    }
  }
  if (!narrow.matches) return place();
  const hidden = mark.getBoundingClientRect().bottom + 24 - card.getBoundingClientRect().top;
  if (hidden > 0) scrollBy(0, hidden);
}

function hide() {
  anchor = null;
  pinned = false;
  card.hidden = true;
  clear("lit");
  clear("chosen");
}

function reach(mark) {
  mark.scrollIntoView({ block: narrow.matches ? "start" : "center" });
  mark.focus({ preventScroll: true });
  show(mark, true);
  // What comes into view is laid out only now, and moves the mark once more.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (anchor === mark) { mark.scrollIntoView({ block: narrow.matches ? "start" : "center" }); place(); }
  }));
}

function inView() {
  const all = [...document.querySelectorAll(".document")];
  return anchor?.closest(".document") ?? all.find(one => one.getBoundingClientRect().bottom > innerHeight / 3) ?? all[0];
}

function step(by) {
  const shown = inView();
  const only = shown.dataset.only ? "." + shown.dataset.only : "";
  const marks = [...shown.querySelectorAll(`.text mark[id]${only}`)];
  const at = anchor ? marks.indexOf(anchor) : -1;
  let next = marks[at + by];
  if (at < 0) {
    const from = anchor ?? [...shown.querySelectorAll(".text mark[id]")].find(m => m.getBoundingClientRect().top > 60);
    const follows = m => from && from.compareDocumentPosition(m) & Node.DOCUMENT_POSITION_FOLLOWING;
    next = by > 0 ? marks.find(m => m === from || follows(m)) : marks.findLast(m => m !== from && !follows(m));
  }
  if (next) reach(next);
}

function listing(shown, open) {
  shown.classList.toggle("listing", open);
  shown.querySelector(".open").setAttribute("aria-expanded", String(open));
}

function filter(shown) {
  const only = shown.dataset.only;
  const words = shown.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of shown.querySelectorAll(".company")) {
    let any = false;
    for (const metric of group.querySelectorAll(".metric")) {
      const heading = group.firstElementChild.textContent + " " + (metric.querySelector("h3")?.textContent ?? "");
      let some = false;
      for (const row of metric.querySelectorAll("a")) {
        const said = `${heading} ${row.textContent} ${cards[row.dataset.f][0]}`.toLowerCase();
        row.hidden = Boolean(only && !row.classList.contains(only)) || !words.every(word => said.includes(word));
        some ||= !row.hidden;
      }
      metric.hidden = !some;
      any ||= some;
    }
    group.hidden = !any;
  }
}

document.addEventListener("mouseover", event => {
  if (pinned) return;
  const found = event.target.closest("[data-f]");
  if (found?.localName === "mark") show(found);
  else if (found) { hide(); light(found); }
  else if (anchor || changed.lit.length) hide();
});
document.addEventListener("focusin", event => {
  if (!pinned && event.target.matches("mark[data-f]") && event.target.matches(":focus-visible")) show(event.target);
});
document.addEventListener("focusout", event => {
  if (!pinned && event.target === anchor) hide();
});
document.addEventListener("click", event => {
  const found = event.target.closest("[data-f], [data-kind], .open, .close, #card");
  if (!found) return hide();
  const shown = found.closest(".document");
  if (found.localName === "mark") {
    if (pinned && anchor === found) hide(); else show(found, true);
  } else if (found.dataset.f) {
    event.preventDefault();
    listing(shown, false);
    const mark = document.getElementById(found.hash.slice(1));
    if (mark) reach(mark);
  } else if (found.dataset.kind) {
    const chosen = shown.dataset.only === found.dataset.kind ? "" : found.dataset.kind;
    if (chosen) shown.dataset.only = chosen; else delete shown.dataset.only;
    for (const button of shown.querySelectorAll("[data-kind]"))
      button.setAttribute("aria-pressed", String(button.dataset.kind === chosen));
    filter(shown);
  } else if (found.matches(".open")) {
    hide();
    listing(shown, !shown.classList.contains("listing"));
  } else if (found.matches(".close")) {
    listing(shown, false);
  }
});
document.addEventListener("input", event => {
  const shown = event.target.closest(".document");
  if (shown) filter(shown);
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape") {
    hide();
    for (const shown of document.querySelectorAll(".listing")) listing(shown, false);
    return event.target.blur?.();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  if (event.target.matches("mark") && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    show(event.target, true);
  } else if (event.key === "j" || event.key === "k") {
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "/") {
    event.preventDefault();
    const shown = inView();
    if (narrow.matches) listing(shown, true);
    shown.querySelector("input").focus();
  }
});
addEventListener("scroll", place, { passive: true });
addEventListener("resize", place);
