// The socket that tells that something changed. After every connect the page asks for what it missed.

const SILENCE_MS = 50000; // the server says something every 20 s; more silence than this is a dead connection
const LONGEST_WAIT_MS = 10000;
const LOGGED_OUT = 4401;

export class Live {
  #socket = null;
  #watched = null;
  #failures = 0;
  #timer = 0;
  #heardAt = 0;
  #on;

  /** `on` has connected(), state(name), queue(), conversation(id, cursor). */
  constructor(on) {
    this.#on = on;
    addEventListener("online", () => this.#connectNow());
    addEventListener("offline", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => document.hidden || this.#connectNow());
    setInterval(() => this.#closeIfSilent(), 5000);
    this.#connect();
  }

  watch(conversationId) {
    this.#watched = conversationId;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ watch: conversationId }));
  }

  get connected() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  #connect() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/desk/live`);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code);
  }

  #hear(news) {
    this.#heardAt = Date.now();
    if (news.type === "welcome") this.#welcome();
    if (news.type === "queue") this.#on.queue();
    if (news.type === "conversation") this.#on.conversation(news.id, news.cursor);
  }

  #welcome() {
    this.#failures = 0;
    this.watch(this.#watched);
    this.#on.state("up");
    this.#on.connected();
  }

  #lost(code) {
    this.#socket = null;
    if (code === LOGGED_OUT) return location.assign("/desk/login");
    this.#on.state(navigator.onLine ? "connecting" : "offline");
    const wait = Math.min(500 * 2 ** this.#failures++, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #connectNow() {
    if (!this.#socket) this.#connect();
    else this.#closeIfSilent();
  }

  #closeIfSilent() {
    if (!this.#socket || Date.now() - this.#heardAt < SILENCE_MS) return;
    const silent = this.#socket;
    silent.close();
    // A dead connection may take minutes to notice its own close.
    if (silent === this.#socket) this.#lost(0);
  }
}
