// The page as a whole: what comes from the server goes to who shows it.

import { Conflicts } from "./conflicts.js";
import { Connection } from "./connection.js";
import { byId, element } from "./element.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import { showLag } from "./lag.js";

const STATES = {
  open: "live",
  lost: "connection lost, trying again …",
  refused: "the server refuses, trying again …",
  asleep: "asleep while the page is hidden",
};

const feed = new Feed(byId("feed"));
const conflicts = new Conflicts(byId("conflicts"));
let connected = "waiting";
let unseen = false;

const takers = {
  begin: (counts) => { feed.begin(counts); empty(); },
  facts: (facts) => feed.take(facts),
  conflicts: (news) => feed.conflicts(conflicts.take(news)),
  lag: (lag) => { unseen = lag.kafka === false; showLag(lag); state(); },
  names: (names) => filters.offer(names),
  pulse: () => {},
};

const connection = new Connection(
  (kind, data) => takers[kind](data),
  (known) => { connected = known; state(); },
);
const filters = new Filters(byId("filters"), () => connection.open(filters.query));

function state() {
  const shown = byId("state");
  const blind = connected === "open" && unseen;
  const held = connected === "open" && !blind && feed.paused;
  const words = blind ? "Kafka does not answer" : held ? "paused" : STATES[connected] ?? "connecting …";
  shown.dataset.state = blind ? "lost" : held ? "paused" : connected;
  if (shown.textContent !== words) shown.textContent = words;
}

function empty() {
  const filtered = filters.any;
  byId("empty").replaceChildren(...(filtered
    ? [element("p", "", "No fact that is kept passes the filters."),
       element("p", "hint", "New ones that do will appear here.")]
    : [element("p", "", "No facts yet."),
       element("p", "hint", "They appear here as soon as a worker has read a transcript:"),
       element("pre", "", "callfacts worker &\ncallfacts publish call.txt")]));
}

function pause(paused) {
  byId("pause").setAttribute("aria-pressed", String(paused));
  byId("pause").textContent = paused ? "Resume" : "Pause";
  feed.pause(paused);
  state();
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of byId("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
}

function unfold(open) {
  byId("more").setAttribute("aria-expanded", String(open));
  byId("filters").classList.toggle("folded", !open);
}

unfold(filters.any);
byId("more").addEventListener("click", () => unfold(byId("filters").classList.contains("folded")));
byId("pause").addEventListener("click", () => pause(!feed.paused));
byId("held").addEventListener("click", () => pause(false));
byId("views").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) view(button.dataset.view);
});
byId("feed").addEventListener("click", (event) => {
  const chosen = event.target.closest(".choice");
  if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  filters.only(chosen.dataset.filter, chosen.dataset.value);
});
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "/") { event.preventDefault(); unfold(true); byId("filters").elements.q.focus(); }
  if (event.key === "p") pause(!feed.paused);
});
// What sticks below the head, and what is scrolled to, has to know how high it is.
new ResizeObserver(() => {
  const height = document.querySelector(".head").offsetHeight;
  if (height) document.documentElement.style.setProperty("--head", `${height}px`);
}).observe(document.querySelector(".head"));
connection.open(filters.query);
