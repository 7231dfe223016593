// The stream of events, opened anew with the place where it broke off, and what is known of it.

const SILENT_MS = 20_000;
const AGAIN_MS = 2_000;
const HIDDEN_MS = 60_000;
const KINDS = ["begin", "facts", "conflicts", "lag", "names", "pulse"];

export class Connection {
  // `take` is called with the kind and the data of each event, `tell` with a state and words for it.
  constructor(take, tell) {
    this.take = take;
    this.tell = tell;
    this.source = null;
    this.query = "";
    this.last = "";
    this.heard = 0;
    this.again = 0;
    setInterval(() => this.watch(), 1_000);
    document.addEventListener("visibilitychange", () => this.seen());
  }

  // Ask anew, from the beginning: with other filters, or for the first time.
  open(query) {
    this.query = query;
    this.last = "";
    this.connect();
  }

  connect() {
    this.close();
    const after = this.last ? `${this.query ? "&" : ""}after=${encodeURIComponent(this.last)}` : "";
    const asked = this.query + after;
    const source = new EventSource(asked ? `events?${asked}` : "events");
    this.source = source;
    this.heard = Date.now();
    source.onopen = () => { this.heard = Date.now(); this.tell("open"); };
    source.onerror = () => this.broken(source);
    for (const kind of KINDS)
      source.addEventListener(kind, (event) => {
        if (source !== this.source) return;
        this.heard = Date.now();
        if (event.lastEventId) this.last = event.lastEventId;
        this.take(kind, JSON.parse(event.data));
      });
  }

  // A browser goes on by itself after a broken connection, but not after an answer that refuses.
  broken(source) {
    if (source !== this.source) return;
    if (source.readyState === EventSource.CLOSED) {
      this.close();
      this.tell("refused");
      this.again = setTimeout(() => this.connect(), AGAIN_MS * 5);
    } else this.tell("lost");
  }

  close() {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }

  // A connection can be gone without a word: something comes every few seconds, if only a pulse.
  watch() {
    if (!this.source || Date.now() - this.heard < SILENT_MS) return;
    this.tell("lost");
    this.connect();
  }

  // Browsers hold few connections to one server: a page that nobody sees gives its own away.
  seen() {
    clearTimeout(this.hiding);
    if (!document.hidden) {
      if (!this.source) this.connect();
    } else this.hiding = setTimeout(() => { this.close(); this.tell("asleep"); }, HIDDEN_MS);
  }
}
