// One socket to the server that comes back by itself. Knows when to connect, not what the frames mean.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const WELCOME_WITHIN_MS = 10_000;
const PING_EVERY_MS = 25_000;
const ANSWER_WITHIN_MS = 8_000;
const STEADY_MS = 10_000; // a connection that lived so long was a good one: start over with short waits
const SURPLUS = 4001; // the server lets a chat have only so many tabs

export class Link {
  #url;
  #hello;
  #onFrame;
  #onState;
  #socket = null;
  #attempts = 0;
  #openedAt = 0;
  #waiting = 0;
  #silence = 0;
  state = "connecting";

  /** `hello()` makes the first frame; `onFrame(frame)` hears every one; `onState(state)` every change. */
  constructor({ url, hello, onFrame, onState }) {
    this.#url = url;
    this.#hello = hello;
    this.#onFrame = onFrame;
    this.#onState = onState;
  }

  start() {
    window.addEventListener("online", () => this.nudge());
    window.addEventListener("offline", () => this.#lost());
    window.addEventListener("pageshow", (event) => event.persisted && this.nudge());
    document.addEventListener("visibilitychange", () => !document.hidden && this.nudge());
    setInterval(() => this.#ping(), PING_EVERY_MS);
    this.#connect();
  }

  /** Something suggests that the network is back, or the visitor is: do not wait for the timer. */
  nudge() {
    if (this.state === "online") this.#ping();
    else if (!this.#socket) this.#connect();
  }

  /** False when it could not go out; then the caller keeps it. */
  send(frame) {
    if (this.state !== "online") return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The server owes an answer: when none comes the connection is dead, whatever the browser believes. */
  expectAnswer() {
    this.#silence ||= setTimeout(() => this.#lost(), ANSWER_WITHIN_MS);
  }

  #connect() {
    clearTimeout(this.#waiting);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#openedAt = Date.now();
    this.#silence = setTimeout(() => this.#lost(), WELCOME_WITHIN_MS);
    socket.onopen = () => socket.send(JSON.stringify(this.#hello()));
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lost(code);
  }

  #hear(frame) {
    clearTimeout(this.#silence);
    this.#silence = 0;
    if (frame.type === "welcome") this.#move("online");
    this.#onFrame(frame);
  }

  #ping() {
    if (this.send({ type: "ping" })) this.expectAnswer();
  }

  #lost(code) {
    clearTimeout(this.#silence);
    this.#silence = 0;
    this.#release();
    if (code === SURPLUS) return this.#move("elsewhere");
    if (Date.now() - this.#openedAt > STEADY_MS) this.#attempts = 0;
    this.#move(navigator.onLine ? "connecting" : "offline");
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts++);
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#connect(), wait * (0.5 + Math.random()));
  }

  /** A dead socket may take minutes to say so: we no longer listen to it. */
  #release() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #move(state) {
    if (state === this.state) return;
    this.state = state;
    this.#onState(state);
  }
}
