// The facts, newest first; as many as can be looked through, older ones go.

import { byId, element, number } from "./element.js";
import { factRow, note } from "./fact.js";

const MOST = 400;
const ANNOUNCE_MS = 4_000;
const FRESH_MS = 2_500;

export class Feed {
  constructor(list) {
    this.list = list;
    this.rows = [];
    this.held = [];
    this.paused = false;
    this.conflicting = new Set();
    this.unspoken = [];
    this.began = false;
    setInterval(() => this.announce(), ANNOUNCE_MS);
    list.addEventListener("keydown", (event) => this.walk(event));
  }

  begin(counts) {
    this.rows = [];
    this.held = [];
    this.list.replaceChildren();
    this.earlier = Math.min(counts.matching, MOST);
    this.began = true;
    this.list.setAttribute("aria-busy", "false");
    this.show();
  }

  // Take facts, oldest first.
  take(facts) {
    const earlier = this.earlier > 0;
    this.earlier -= facts.length;
    if (this.paused && !earlier) {
      this.held.push(...facts);
      this.held.splice(0, this.held.length - MOST);
      this.show();
    } else this.add(facts, !earlier);
  }

  add(facts, fresh) {
    const made = element("div");
    for (const fact of facts.slice(-MOST)) {
      const row = factRow(fact);
      this.rows.push({ fact, row });
      this.relate(fact, row);
      if (this.conflicting.has(fact.claim)) this.markConflict(row, true);
      if (fresh) this.freshen(row);
      made.prepend(row);
    }
    this.list.prepend(...made.childNodes);
    for (const { row } of this.rows.splice(0, this.rows.length - MOST)) row.remove();
    if (fresh) this.unspoken.push(...facts);
    this.show();
  }

  freshen(row) {
    row.classList.add("fresh");
    setTimeout(() => row.classList.remove("fresh"), FRESH_MS);
  }

  // A retraction strikes out what it retracts. Where one document's claim had one amount and has
  // another one now, that is said: of several of each, nobody knows which became which.
  relate(fact, row) {
    if (fact.status === "retracted")
      for (const other of this.rows)
        if (other.fact.id === fact.id && other.fact.status === "asserted") {
          other.row.classList.add("gone");
          note(other.row, "retracted", "retracted");
        }
    const same = this.rows.filter((other) => other.fact.claim === fact.claim && other.fact.transcript === fact.transcript);
    const retracted = same.filter((other) => other.fact.status === "retracted");
    if (!retracted.length) return;
    const standing = same.filter((other) => other.fact.status === "asserted" && !other.row.classList.contains("gone"));
    const before = new Set(retracted.map((other) => other.fact.amount));
    const now = new Set(standing.map((other) => other.fact.amount));
    const was = [...before].filter((amount) => !now.has(amount));
    const is = [...now].filter((amount) => !before.has(amount));
    const one = was.length === 1 && is.length === 1;
    for (const other of standing)
      note(other.row, "revised", one && other.fact.amount === is[0] ? `revised, was ${was[0]}` : "");
  }

  conflicts(claims) {
    this.conflicting = claims;
    for (const { fact, row } of this.rows) this.markConflict(row, claims.has(fact.claim));
  }

  markConflict(row, is) {
    if (row.classList.toggle("disputed", is)) note(row, "dispute", "documents disagree");
    else note(row, "dispute", "");
  }

  pause(paused) {
    this.paused = paused;
    if (paused) return this.show();
    const held = this.held;
    this.held = [];
    this.add(held, true);
  }

  show() {
    const shown = this.rows.length;
    byId("count").textContent = this.began ? `${shown === MOST ? "the last " : ""}${number(shown)}` : "";
    byId("held").hidden = !this.held.length;
    byId("held").textContent = `${number(this.held.length)} new, show`;
    this.list.hidden = !shown;
    byId("empty").hidden = !this.began || shown > 0;
  }

  // A screen reader is told how many there are and the last, not every one as it comes.
  announce() {
    const facts = this.unspoken.splice(0);
    if (!facts.length) return;
    const last = facts.at(-1);
    const said = `${last.status === "retracted" ? "retracted: " : ""}${last.statement}`;
    byId("announcer").textContent = facts.length === 1 ? said : `${facts.length} new facts, the last: ${said}`;
  }

  walk(event) {
    const step = { j: 1, PageDown: 1, k: -1, PageUp: -1 }[event.key];
    const row = event.target.closest(".fact");
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = row ? (step > 0 ? row.nextElementSibling : row.previousElementSibling) : this.list.firstElementChild;
    if (!next) return;
    event.preventDefault();
    for (const link of next.querySelectorAll(".choice")) link.tabIndex = 0;
    next.focus();
  }
}
