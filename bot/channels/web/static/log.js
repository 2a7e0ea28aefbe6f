// The conversation: what the server has, then what is on its way, then the dots. Never jumps while someone reads above.

import { bubble, pending, tick } from "./bubble.js";
import { el, icon } from "./dom.js";
import { day, plural } from "./words.js";

const TOGETHER_MS = 5 * 60_000;
const NEAR_PX = 90;
const DOTS_MS = 7_000;

export class Log {
  #actions;
  #rows = el("div.rows", { role: "log", "aria-live": "polite", "aria-label": "Переписка", "aria-busy": "true" });
  #waiting = el("div.rows.waiting", { "aria-label": "Отправляется" });
  #dots = el("div.dots", { role: "status", hidden: true }, el("span.hidden", {}, "Вам пишут"), ...dots(3));
  #newer = el("button.newer", { type: "button", hidden: true, onclick: () => this.#descend(true) });
  #content = el("div.content", {}, this.#rows, this.#waiting, this.#dots);
  #scroller = el("div.scroller", { tabindex: "0", role: "region", "aria-label": "Сообщения" }, this.#content);
  element = el("div.log", {}, this.#scroller, this.#newer);
  #pending = new Map();
  #last = null;
  #atEnd = true;
  #lastTop = 0;
  #unseen = 0;
  #dotsTimer = 0;

  /** `actions`: files(ref), press(button), again(key), discard(key). */
  constructor(actions) {
    this.#actions = actions;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const settle = new ResizeObserver(() => this.#atEnd && this.#descend(false));
    settle.observe(this.#content);
    settle.observe(this.#scroller);
  }

  clear() {
    this.#rows.replaceChildren();
    this.#last = null;
    this.#rows.setAttribute("aria-busy", "true");
  }

  /** A message of the server. Its own copy on the way, if there is one, gives place to it. */
  add(message) {
    const own = message.author === "subscriber";
    if (message.key) this.#forget(message.key);
    if (!own) this.#settleTurn(message);
    const element = bubble(message, this.#actions);
    if (own) element.querySelector(".meta").append(tick());
    this.#place(element, message);
    this.#arrived(own);
  }

  /** A message on its way. */
  pend(item) {
    const { files, again, discard } = this.#actions;
    const drop = () => {
      discard(item.key);
      this.#forget(item.key);
    };
    const shown = pending(item, { files, again: () => again(item.key), discard: drop });
    this.#forget(item.key);
    this.#pending.set(item.key, shown);
    this.#waiting.append(shown.element);
    this.#descend(true);
  }

  sent(key) {
    this.#pending.get(key)?.sent();
  }

  failed(key, fault) {
    this.#pending.get(key)?.failed(fault);
  }

  /** Everything up to now has been shown: from here on new messages are read aloud. */
  ready() {
    this.#rows.setAttribute("aria-busy", "false");
  }

  typing() {
    this.#dots.hidden = false;
    clearTimeout(this.#dotsTimer);
    this.#dotsTimer = setTimeout(() => this.#quiet(), DOTS_MS);
  }

  /** After the log was hidden it has no height: go where the reader was, the end. */
  shown() {
    this.#descend(false);
  }

  #forget(key) {
    this.#pending.get(key)?.element.remove();
    this.#pending.delete(key);
  }

  /** A newer message of the bot: the choices above it are past. They would do no harm, but they mislead. */
  #settleTurn(message) {
    this.#quiet();
    if (message.author !== "bot") return;
    for (const chip of this.#rows.querySelectorAll(".chip:enabled")) chip.disabled = true;
  }

  #place(element, message) {
    const at = new Date(message.sent_at);
    const last = this.#last;
    const sameDay = last && day(last.at) === day(at);
    const follows = sameDay && speaker(last.message) === speaker(message) && at - last.at < TOGETHER_MS;
    if (!sameDay) this.#rows.append(el("p.day", {}, day(at)));
    if (follows) {
      element.classList.add("follows");
      last.element.classList.add("followed");
    }
    this.#rows.append(element);
    this.#last = { message, element, at };
  }

  #arrived(own) {
    if (this.#atEnd) return this.#descend(this.#rows.getAttribute("aria-busy") === "false");
    if (own) return undefined;
    this.#unseen += 1;
    const words = plural(this.#unseen, "новое сообщение", "новых сообщения", "новых сообщений");
    this.#newer.replaceChildren(words, icon("down"));
    this.#newer.hidden = false;
    return undefined;
  }

  #descend(smoothly) {
    this.#atEnd = true;
    this.#caughtUp();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: smoothly && !calm ? "smooth" : "instant" });
  }

  /** Only moving up leaves the end: growing content and smooth scrolling do not. */
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (near) this.#atEnd = true;
    else if (scrollTop < this.#lastTop) this.#atEnd = false;
    this.#lastTop = scrollTop;
    if (near) this.#caughtUp();
  }

  #caughtUp() {
    this.#unseen = 0;
    this.#newer.hidden = true;
  }

  #quiet() {
    clearTimeout(this.#dotsTimer);
    this.#dots.hidden = true;
  }
}

const dots = (count) => Array.from({ length: count }, () => el("i"));
const speaker = (message) => `${message.author} ${message.agent_name ?? ""}`;
