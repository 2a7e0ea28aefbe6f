// The left column: mine, the queue, the colleagues'. Entries are links, so a keyboard and the Back button work by themselves.

import { ring, showWaiting, speak } from "./alerts.js";
import { arrange, byId, h } from "./dom.js";
import { secondsSince, waited } from "./words.js";

const TARGET_S = 40; // a subscriber should not wait longer for a person
const LISTS = ["mine", "queue", "others"];
const EMPTY = {
  mine: "Вы пока никого не ведёте.",
  queue: "Никто не ждёт.",
  others: "Коллеги никого не ведут.",
};

export class List {
  #drawn = new Map(); // id of a conversation -> { key, element }
  #lists = { mine: [], queue: [], others: [] };
  #opened = null;
  #known = null; // ids once seen in the queue; null before the first look

  constructor() {
    setInterval(() => this.#tick(), 1000);
  }

  /** `news` may sound: the agent takes conversations now. */
  show(lists, { mayRing }) {
    this.#lists = lists;
    this.#announce(lists.queue, mayRing);
    for (const name of LISTS) {
      const entries = lists[name].map((entry) => this.#item(entry, name));
      arrange(byId(name), entries.length ? entries : [h("li", { class: "none quiet" }, EMPTY[name])]);
      byId(`${name}-count`).textContent = lists[name].length || "";
    }
    const shown = new Set(this.ids());
    for (const id of this.#drawn.keys()) if (!shown.has(id)) this.#drawn.delete(id);
    byId("next").disabled = !lists.queue.length;
    this.#tick();
    this.#markOpened();
  }

  open(id) {
    this.#opened = id;
    this.#markOpened();
  }

  entry(id) {
    return LISTS.flatMap((name) => this.#lists[name]).find((entry) => entry.id === id);
  }

  get queued() {
    return this.#lists.queue;
  }

  get mine() {
    return this.#lists.mine;
  }

  ids() {
    return LISTS.flatMap((name) => this.#lists[name].map((entry) => entry.id));
  }

  /** The conversation `step` places away from the open one, among those on the screen. */
  neighbour(step) {
    const ids = [...this.#lists.mine, ...this.#lists.queue].map((entry) => entry.id);
    const at = ids.indexOf(this.#opened);
    return at < 0 ? ids[step > 0 ? 0 : ids.length - 1] : ids[at + step];
  }

  #announce(queue, mayRing) {
    const fresh = this.#known ? queue.filter((entry) => !this.#known.has(entry.id)) : [];
    this.#known = new Set(queue.map((entry) => entry.id));
    showWaiting(queue.length);
    if (!fresh.length || !mayRing) return;
    ring();
    speak(`Новое обращение: ${fresh.map((entry) => `${entry.name}, ${entry.reason}`).join("; ")}`);
  }

  #item(entry, list) {
    const key = JSON.stringify([entry, list]);
    const drawn = this.#drawn.get(entry.id);
    if (drawn?.key === key) return drawn.element;
    const element = draw(entry, list);
    if (drawn?.element.contains(document.activeElement)) queueMicrotask(() => element.firstChild.focus());
    this.#drawn.set(entry.id, { key, element });
    return element;
  }

  #markOpened() {
    for (const [id, { element }] of this.#drawn) {
      if (id === this.#opened) element.firstChild.setAttribute("aria-current", "true");
      else element.firstChild.removeAttribute("aria-current");
    }
  }

  #tick() {
    for (const wait of document.querySelectorAll(".list .wait")) {
      const seconds = secondsSince(wait.dataset.since);
      wait.querySelector(".time").textContent = waited(seconds);
      wait.classList.toggle("late", seconds >= TARGET_S);
      wait.style.setProperty("--waited", Math.min(seconds / TARGET_S, 1));
    }
  }
}

function draw(entry, list) {
  const wait = entry.waiting_since && list !== "others";
  return h(
    "li",
    {},
    h(
      "a",
      { class: "entry", href: `#${entry.id}` },
      h(
        "span",
        { class: "line" },
        h("strong", { class: "name" }, entry.name),
        wait && waiting(entry.waiting_since),
      ),
      entry.words && h("span", { class: "words" }, entry.words),
      h(
        "span",
        { class: "chips" },
        list === "queue" && h("span", { class: "chip place" }, `№ ${entry.place}`),
        list === "others" && h("span", { class: "chip holder" }, entry.holder),
        entry.reason && h("span", { class: "chip reason" }, entry.reason),
        h("span", { class: "chip" }, entry.channel),
        !entry.reachable && h("span", { class: "chip bad" }, "заблокировал бота"),
      ),
    ),
  );
}

function waiting(since) {
  return h(
    "span",
    { class: "wait", title: `Ждёт ответа. Цель: ответить за ${TARGET_S} секунд`, data: { since } },
    h("span", { class: "spoken" }, "ждёт "),
    h("span", { class: "time" }),
    h("span", { class: "target" }),
  );
}
