// How far each stage is behind, and the oldest transcript that is not completed.

import { byId, duration, element, number } from "./element.js";

const HEADS = ["stage", "verdict", "unread", "waits"];

export function showLag(lag) {
  const failed = Boolean(lag.problem);
  const verdict = failed ? "unseen" : lag.verdict;
  byId("lag-sign").className = `dot ${verdict}`;
  const words = byId("lag-verdict");
  words.className = `verdict ${verdict}`;
  words.textContent = failed ? "cannot be seen" : plain(verdict);
  byId("lag").replaceChildren(...(failed ? [element("p", "hint bad", lag.problem)] : [table(lag.readers), oldest(lag)]));
}

function table(readers) {
  const head = element("tr", "", ...HEADS.map((name) => {
    const cell = element("th", "", name);
    cell.scope = "col";
    return cell;
  }));
  return element("table", "", element("thead", "", head), element("tbody", "", ...readers.map((reader) => line(reader, readers))));
}

function line(reader, readers) {
  const several = readers.filter((other) => other.stage === reader.stage && other.role === reader.role).length > 1;
  const stage = element("th", "", reader.role === "replay" ? `${reader.stage} (replay)` : reader.stage,
    several ? element("small", "", ` ${reader.topic.split(".").at(-1)}`) : null);
  stage.scope = "row";
  stage.title = `reads ${reader.topic}, ${reader.members} members`;
  const behind = reader.unread > 0;
  return element("tr", reader.role,
    stage,
    element("td", `verdict ${reader.verdict}`, plain(reader.verdict)),
    element("td", "number", number(reader.unread)),
    element("td", "number", behind ? duration(reader.waits) : "–",
      behind && reader.catch_up !== null ? element("small", "", `caught up in ${duration(reader.catch_up)}`) : null),
  );
}

function oldest(lag) {
  if (!lag.oldest) return element("p", "oldest", "Every transcript that landed is completed.");
  const { transcript, revision, stage, age } = lag.oldest;
  const named = revision === null ? transcript : `${transcript} r${revision}`;
  const place = stage ? `at ${stage}` : "read by every stage and never completed";
  return element("p", `oldest${stage ? "" : " bad"}`,
    "Oldest not completed: ", element("b", "transcript", named), `, landed ${duration(age)} ago, ${place} (${number(lag.open)} open)`);
}

function plain(verdict) {
  return verdict.replaceAll("_", " ");
}
