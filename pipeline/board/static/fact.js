// One fact event as a row: what it says, and its evidence with the quantity marked.

import { published } from "./clock.js";
import { compared, element, measured } from "./element.js";

const SECTIONS = { prepared: "prepared remarks", qa: "Q&A", summary: "summary" };
const MARKS = ["", "mark", "mark unsure"];

export function factRow(fact) {
  const gone = fact.status === "retracted";
  const row = element("article", `fact ${fact.modality}${gone ? " retraction" : ""}`,
    element("div", "when", published(fact.at), gone ? element("b", "flag", "retracted") : null),
    element("div", "who",
      element("p", "about", company(fact), element("span", "scope", fact.scope)),
      element("p", "what", choice("metric", fact.metric, measured(fact)), element("span", "compared", compared(fact)))),
    element("div", "much", element("p", "amount", fact.amount), element("p", "period", period(fact))),
    element("div", "said",
      element("p", "statement", fact.statement),
      element("div", "evidence", ...fact.evidence.map(quoted)),
      source(fact), element("p", "notes")),
    element("div", "how", element("span", `tag ${fact.modality}`, fact.modality), confidence(fact.confidence)),
  );
  row.tabIndex = -1;
  row.setAttribute("aria-label", `${gone ? "Retracted: " : ""}${fact.statement}`);
  return row;
}

// Say something more of a fact, once, in its row.
export function note(row, kind, text) {
  const notes = row.querySelector(".notes");
  notes.querySelector(`.${kind}`)?.remove();
  if (text) notes.append(element("span", `note ${kind}`, text));
}

function company(fact) {
  if (!fact.entity) return element("span", "nobody", "no company");
  const { id, name } = fact.entity;
  const made = choice("entity", id, id);
  if (name !== id) made.title = name;
  return made;
}

function choice(filter, value, text) {
  const made = element("a", "choice", text);
  made.href = `?${filter}=${encodeURIComponent(value)}`;
  // Reached from its row: hundreds of links would stand between the facts and what is behind them.
  made.tabIndex = -1;
  made.dataset.filter = filter;
  made.dataset.value = value;
  return made;
}

function period(fact) {
  if (!fact.period) return "";
  const made = element("span", "", fact.period.label);
  made.title = fact.period.days;
  return made;
}

function confidence(value) {
  const meter = element("meter");
  meter.value = value;
  meter.low = 0.5;
  meter.high = 0.8;
  meter.optimum = 1;
  meter.setAttribute("aria-hidden", "true");
  const made = element("span", `sure${value < 0.8 ? " doubtful" : ""}`, meter, value.toFixed(2));
  made.title = `confidence ${value.toFixed(2)}`;
  return made;
}

function quoted(evidence) {
  const made = element("blockquote", evidence.agrees ? "" : "differs");
  made.lang = evidence.language;
  if (!evidence.agrees) made.title = "the translation says something else";
  for (const [text, kind] of evidence.pieces) {
    const piece = kind ? element("mark", MARKS[kind], text) : text;
    if (kind === 2) piece.title = "one of the places that are marked so is meant";
    made.append(piece);
  }
  return made;
}

function source(fact) {
  const name = element("span", "transcript", fact.transcript);
  const revision = fact.revision > 1 ? `revision ${fact.revision}` : "";
  const parts = [fact.speaker, name, revision, SECTIONS[fact.section], fact.published && element("time", "", fact.published)];
  const made = element("p", "source");
  for (const part of parts.filter(Boolean)) {
    if (made.childNodes.length) made.append(" · ");
    made.append(part);
  }
  made.title = made.textContent;
  return made;
}
