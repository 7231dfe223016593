// The filters: in the form, in the page's address, and as the question to the server.

import { byId, element } from "./element.js";

const NAMES = ["entity", "metric", "modality", "confidence", "q"];
const TYPING_MS = 300;

export class Filters {
  constructor(form, changed) {
    this.form = form;
    this.changed = changed;
    this.query = "";
    this.typing = 0;
    form.addEventListener("submit", (event) => { event.preventDefault(); this.apply(); });
    form.addEventListener("change", () => this.apply());
    form.elements.q.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.apply(), TYPING_MS);
    });
    form.addEventListener("reset", () => setTimeout(() => this.apply()));
    addEventListener("popstate", () => { this.read(); this.changed(); });
    this.read();
  }

  // Take the filters of the page's address.
  read() {
    const given = new URLSearchParams(location.search);
    for (const name of ["entity", "metric"])
      this.form.elements[name].value = given.getAll(name).join(", ");
    this.form.elements.q.value = given.getAll("q").join(" ");
    const kinds = given.getAll("modality").join(",").toLowerCase().split(",").map((kind) => kind.trim());
    for (const box of this.form.querySelectorAll("[name=modality]")) box.checked = kinds.includes(box.value);
    this.chooseConfidence(given.get("confidence") ?? "");
    this.query = this.written();
    this.show();
  }

  // An address may ask for a confidence that is not in the list.
  chooseConfidence(value) {
    const list = this.form.elements.confidence;
    const asked = Number(value);
    if (!value || !(asked > 0 && asked <= 1)) { list.value = ""; return; }
    const known = [...list.options].find((option) => option.value && Number(option.value) === asked);
    if (known) { list.value = known.value; return; }
    const added = element("option", "", `≥ ${asked}`);
    added.value = String(asked);
    list.append(added);
    list.value = added.value;
  }

  apply() {
    clearTimeout(this.typing);
    const query = this.written();
    if (query === this.query) return;
    this.query = query;
    history.pushState(null, "", query ? `?${query}` : location.pathname);
    this.show();
    this.changed();
  }

  written() {
    const query = new URLSearchParams();
    for (const name of ["entity", "metric"]) {
      const values = this.form.elements[name].value.split(",").map((value) => value.trim()).filter(Boolean);
      if (values.length) query.set(name, values.join(","));
    }
    const kinds = [...this.form.querySelectorAll("[name=modality]:checked")].map((box) => box.value);
    if (kinds.length) query.set("modality", kinds.join(","));
    for (const name of ["confidence", "q"]) {
      const value = this.form.elements[name].value.trim();
      if (value) query.set(name, value);
    }
    // Commas between values are meant to be read.
    return query.toString().replaceAll("%2C", ",");
  }

  // Narrow down to one company or metric, as when it is clicked in a fact.
  only(name, value) {
    const field = this.form.elements[name];
    field.value = field.value.trim().toLowerCase() === value.toLowerCase() ? "" : value;
    this.apply();
  }

  get any() {
    return this.query !== "";
  }

  show() {
    byId("clear").hidden = !this.any;
    const values = [...new URLSearchParams(this.query).values()].join(" · ");
    document.title = values ? `${values} – callfacts board` : "callfacts board";
    for (const name of NAMES) {
      const field = this.form.elements[name];
      if (field instanceof Element) field.classList.toggle("set", Boolean(field.value));
    }
  }

  offer(names) {
    byId("companies").replaceChildren(...names.companies.map(([id, name, count]) => {
      const option = element("option", "", `${id === name ? "" : `${name}, `}${count}`);
      option.value = id;
      return option;
    }));
    byId("metrics").replaceChildren(...names.metrics.map(([id, count]) => {
      const option = element("option", "", String(count));
      option.value = id;
      return option;
    }));
  }
}
