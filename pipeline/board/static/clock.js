// When something came, in the reader's own time; the day as well where it is another than today.

import { element } from "./element.js";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export function published(at) {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  const made = element("time", "", today ? "" : element("small", "", day.format(moment)), clock.format(moment));
  made.dateTime = at;
  made.title = `published ${at}`;
  return made;
}
