// Making elements. What a transcript says is only ever put in as text.

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

// "revenue growth yoy, vs consensus" from the ids that a fact or claim has.
export function measured(said) {
  const measure = said.measure === "level" ? "" : said.measure;
  const named = said.metric.replaceAll("_", " ");
  return [named, named.includes(measure) ? "" : measure].filter(Boolean).join(" ");
}

export function compared(said) {
  return (said.comparison ?? "").replace("vs:", "vs ");
}

// 0.25 -> "0.2 s", 192 -> "3 min 12 s", as `callfacts lag` writes it.
export function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(minutes / 1440)} d ${String(Math.floor(minutes / 60) % 24).padStart(2, "0")} h`;
}

export function number(count) {
  return count.toLocaleString("en");
}
