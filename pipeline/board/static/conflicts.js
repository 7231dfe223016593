// Claims that documents disagree on: the value to use, and what each of them says.

import { published } from "./clock.js";
import { byId, compared, element, measured, number } from "./element.js";

const SIGNS = new Map([[true, "="], [false, "≠"], [null, "·"]]);
const WORDS = new Map([[true, "agrees"], [false, "differs"], [null, "not comparable"]]);

export class Conflicts {
  constructor(list) {
    this.list = list;
    this.claims = new Map();
  }

  take(news) {
    if (news.begin) this.claims.clear();
    for (const id of news.gone) this.claims.delete(id);
    for (const claim of news.changed) {
      this.claims.delete(claim.id);
      this.claims.set(claim.id, claim);
    }
    const claims = [...this.claims.values()].reverse();
    this.list.replaceChildren(...(claims.length ? claims.map(drawn) : [element("p", "hint", "No claim in conflict. It is one when two documents state amounts for the same thing that cannot both be right.")]));
    byId("conflict-count").textContent = claims.length ? number(claims.length) : "";
    byId("conflicts-note").textContent = claims.length ? number(claims.length) : "";
    return new Set(this.claims.keys());
  }
}

function drawn(claim) {
  const about = [claim.entity?.id ?? "no company", claim.scope].filter(Boolean).join(" · ");
  const period = claim.period ? element("span", "period", claim.period.label) : null;
  return element("article", "claim",
    element("h3", "", published(claim.at), element("b", "", about), " ", measured(claim), " ", compared(claim)),
    element("p", "use", element("span", `tag ${claim.modality}`, claim.modality), period,
      element("span", "to-use", "use ", element("b", "", claim.use))),
    element("ul", "", ...claim.statements.map(stated)),
  );
}

function stated(said) {
  const sign = element("span", "sign", SIGNS.get(said.agrees));
  sign.setAttribute("role", "img");
  sign.setAttribute("aria-label", WORDS.get(said.agrees));
  const times = said.times > 1 ? ` ×${number(said.times)}` : "";
  const revision = said.revision > 1 ? ` r${number(said.revision)}` : "";
  return element("li", said.agrees === false ? "differs" : "",
    sign, element("span", "amount", said.amount), element("span", "words", element("q", "", said.text)),
    element("span", "from", element("span", "transcript", `${said.transcript}${revision}${times}`),
      said.who ? ` · ${said.who}` : "", ...(said.published ? [" · ", element("time", "", said.published)] : [])),
  );
}
