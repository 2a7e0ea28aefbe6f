// One visitor's chat: joins the link, the outbox, the log and the composer. The same in the page and in the widget.

import { Composer } from "./composer.js";
import { el, icon, uuid } from "./dom.js";
import { Files } from "./files.js";
import { lasting, passing } from "./keep.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { REFUSALS, STATES } from "./words.js";

const ORIGIN = new URL(import.meta.url).origin;
const SLOW_DOWN_MS = 3_000;
const TYPING_EVERY_MS = 4_000;

export class Chat {
  #options;
  #token = () => lasting.get("token") ?? "";
  #files = new Files(`${ORIGIN}/chat/files`, this.#token);
  #outbox = new Outbox(passing);
  #cursor = 0;
  #flying = null; // the key of the message that waits for its ack
  #typedAt = 0;
  #isShown = false;
  #unread = [];
  #title = el("p.title");
  #state = el("p.state", { role: "status" });
  #log = new Log({
    files: (ref) => this.#files.address(ref),
    press: (button) => this.#say({ type: "press", button: button.key, label: button.text }),
    again: (key) => this.#again(key),
    discard: (key) => this.#outbox.taken(key),
  });
  #composer = new Composer({
    files: this.#files,
    onSend: ({ text, files }) => this.#say({ type: "message", text, files }),
    onTyping: () => this.#typing(),
  });
  #link = new Link({
    url: `${ORIGIN.replace(/^http/, "ws")}/chat/socket`,
    hello: () => ({ type: "hello", token: this.#token(), cursor: this.#cursor, name: this.#options.name }),
    onFrame: (frame) => this.#hear(frame),
    onState: (state) => this.#moved(state),
  });
  element;

  /** `onClose` adds a close button; `onUnread(count)` hears how many messages wait while the chat is not seen. */
  constructor(options) {
    this.#options = options;
    const fold = { type: "button", "aria-label": "Свернуть чат", onclick: options.onClose };
    const close = el("button.tool", fold, icon("close"));
    const names = el("div.names", {}, this.#title, this.#state);
    const header = el("header", {}, el("span.mark", {}, icon("chat")), names, options.onClose ? close : null);
    this.element = el("section.chat", { "aria-label": "Чат" }, header, this.#log.element, this.#composer.element);
    this.#title.textContent = options.title ?? "Чат поддержки";
    this.#moved("connecting");
    this.#acceptDrops();
    for (const item of this.#outbox.items) this.#pend(item);
    document.addEventListener("visibilitychange", () => this.#look());
  }

  start() {
    this.#link.start();
  }

  /** The visitor has the chat before their eyes. */
  show() {
    this.#isShown = true;
    this.#log.shown();
    this.#composer.shown();
    this.#link.nudge();
    this.#look();
  }

  /** On a phone this would bring up the keyboard over half of the conversation. */
  focus() {
    if (matchMedia("(hover: hover) and (pointer: fine)").matches) this.#composer.focus();
  }

  hide() {
    this.#isShown = false;
  }

  #hear(frame) {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "message":
        return this.#show(frame);
      case "ack":
        this.#log.sent(frame.key);
        return this.#landed(frame.key);
      case "refused":
        return this.#refused(frame);
      case "typing":
        return this.#log.typing();
      case "replayed":
        this.#log.ready();
        return this.#look();
      default:
        return undefined; // a newer server may say more
    }
  }

  /** Another token than ours means another chat: ours was erased, or another tab was first. */
  #welcome({ token, title, max_upload_mb: maxUploadMb }) {
    if (token !== this.#token()) {
      this.#cursor = 0;
      this.#log.clear();
      lasting.set("token", token);
      lasting.set("seen", "0");
    }
    this.#title.textContent = title;
    this.#composer.maxUploadMb = maxUploadMb;
    this.#pump();
  }

  #show(message) {
    if (message.id <= this.#cursor) return;
    this.#cursor = message.id;
    this.#log.add(message);
    if (message.key) this.#landed(message.key);
    if (message.author !== "subscriber") this.#unread.push(message.id);
    this.#look();
  }

  #say(fields) {
    const item = { key: uuid(), at: Date.now(), ...fields };
    this.#outbox.add(item);
    this.#pend(item);
    this.#pump();
    this.#link.nudge();
  }

  #pend(item) {
    this.#log.pend(item);
    if (item.fault) this.#log.failed(item.key, REFUSALS[item.fault]);
  }

  /** One at a time, the next when this one is taken: the order is kept whatever happens on the way. */
  #pump() {
    const item = this.#outbox.next();
    if (this.#flying || !item || !this.#link.send(frameOf(item))) return;
    this.#flying = item.key;
    this.#link.expectAnswer();
  }

  #landed(key) {
    this.#outbox.taken(key);
    if (this.#flying === key) this.#flying = null;
    this.#pump();
  }

  #refused({ key = this.#flying, reason }) {
    if (!key) return;
    this.#flying = null;
    if (reason === "too_fast") {
      setTimeout(() => this.#pump(), SLOW_DOWN_MS);
      return;
    }
    this.#outbox.refused(key, reason);
    this.#log.failed(key, REFUSALS[reason]);
    this.#pump();
  }

  #again(key) {
    this.#outbox.again(key);
    const item = this.#outbox.items.find((each) => each.key === key);
    if (item) this.#log.pend(item);
    this.#pump();
  }

  #typing() {
    if (Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.#link.send({ type: "typing" });
  }

  #moved(state) {
    this.#flying = null;
    this.#state.textContent = STATES[state];
    this.element.dataset.state = state;
  }

  /** Count what waits to be seen, or note that it has been seen. */
  #look() {
    const seen = Number(lasting.get("seen") ?? 0);
    if (this.#isShown && !document.hidden) {
      this.#unread = [];
      if (this.#cursor > seen) lasting.set("seen", String(this.#cursor));
    }
    this.#options.onUnread?.(this.#unread.filter((id) => id > seen).length);
  }

  #acceptDrops() {
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#composer.addFiles(event.dataTransfer.files);
    });
  }
}

function frameOf({ type, key, text, files, button }) {
  if (type === "press") return { type, key, button };
  return { type, key, text, files: (files ?? []).map((file) => file.ref) };
}
