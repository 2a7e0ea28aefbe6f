// The history of the open conversation: loads from a cursor, keeps the order, does not jump while the agent reads.

import { speak } from "./alerts.js";
import { arrange, h, icon } from "./dom.js";
import { draw, drawUnsent } from "./message.js";
import { get, oneAtATime } from "./net.js";
import * as unsent from "./unsent.js";
import { dayOf } from "./words.js";

const NEAR_PX = 80;

export class History {
  #messages = new Map(); // id -> message
  #drawn = new Map(); // id -> { key, element }
  #days = new Map(); // text -> separator
  #list = h("ol", { class: "messages" });
  #earlier = h("button", { class: "button small earlier", hidden: true, onclick: () => this.#loadEarlier() }, "Показать раньше");
  #toEnd = h("button", { class: "button small to-end", hidden: true, onclick: () => this.#scrollToEnd() }, icon("down"), "Новые сообщения");
  #box = h("div", { class: "history", tabindex: "0", role: "log", "aria-live": "off", "aria-label": "История обращения" }, this.#earlier, this.#list);
  #cursor = null;
  #followsEnd = true;
  #begun = 0; // how often the history began anew
  #on;
  element = h("div", { class: "history-frame" }, this.#box, this.#toEnd);

  /** `on` has header(conversation), asked() when the subscriber wrote, edit(text) for a refused reply. */
  constructor(conversationId, on) {
    this.id = conversationId;
    this.#on = on;
    this.refresh = oneAtATime(() => this.#load());
    this.#box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A growing reply or an opening keyboard takes room from below: who was at the end stays there.
    new ResizeObserver(() => this.#followsEnd && this.#scrollToEnd()).observe(this.#box);
  }

  isBehind(cursor) {
    return cursor !== this.#cursor;
  }

  showUnsent() {
    this.#render({ stick: true });
  }

  scrollToEnd() {
    this.#scrollToEnd();
  }

  async #load() {
    let more = true;
    while (more) {
      const first = this.#cursor === null;
      const page = await get(`conversations/${this.id}/messages${first ? "" : `?after=${this.#cursor}`}`);
      more = !page.fresh && page.more;
      this.#cursor = page.cursor;
      this.#on.header(page.conversation);
      if (page.fresh) this.#begin(page, first);
      else this.#merge(page.messages);
    }
  }

  async #loadEarlier() {
    const begun = this.#begun;
    const page = await get(`conversations/${this.id}/messages?before=${this.#oldest}`);
    if (begun !== this.#begun) return;
    const fromEnd = this.#box.scrollHeight - this.#box.scrollTop;
    page.messages.forEach((message) => this.#messages.set(message.id, message));
    this.#earlier.hidden = !page.more;
    this.#render({ stick: false });
    this.#box.scrollTop = this.#box.scrollHeight - fromEnd;
  }

  get #oldest() {
    return this.#messages.size ? Math.min(...this.#messages.keys()) : 0;
  }

  /** At first, and when the subscriber's conversations were linked meanwhile. */
  #begin(page, first) {
    this.#begun++;
    this.#earlier.hidden = !page.more;
    this.#messages.clear();
    page.messages.forEach((message) => this.#messages.set(message.id, message));
    for (const id of this.#drawn.keys()) if (!this.#messages.has(id)) this.#drawn.delete(id);
    unsent.drop(page.messages.map((message) => message.key).filter(Boolean));
    this.#render({ stick: first });
    if (page.messages.some((message) => message.author === "subscriber")) this.#on.asked();
  }

  #merge(messages) {
    // A change of a message from before the loaded part comes with that part when it is loaded.
    const oldest = this.#oldest;
    const known = messages.filter((message) => message.id >= oldest);
    const heard = known.filter((message) => message.author === "subscriber" && !this.#messages.has(message.id));
    known.forEach((message) => this.#messages.set(message.id, message));
    unsent.drop(known.map((message) => message.key).filter(Boolean));
    this.#render({ stick: false });
    if (heard.length) this.#on.asked();
    if (heard.length) speak(heard.map((message) => `${message.name}: ${textOf(message)}`).join(". "));
  }

  #render({ stick }) {
    const atEnd = stick || this.#followsEnd;
    const grew = this.#messages.size > this.#drawn.size;
    arrange(this.#list, this.#elements());
    if (atEnd) this.#scrollToEnd();
    else if (grew) this.#toEnd.hidden = false;
  }

  #elements() {
    const elements = [];
    let previous = null;
    for (const message of [...this.#messages.values()].sort((one, other) => one.id - other.id)) {
      const day = dayOf(message.at);
      const newDay = !previous || dayOf(previous.at) !== day;
      if (newDay) elements.push(this.#day(day));
      elements.push(this.#element(message, newDay || speaker(previous) !== speaker(message)));
      previous = message;
    }
    return [...elements, ...unsent.unsentOf(this.id).map((reply) => this.#unsent(reply))];
  }

  #element(message, leads) {
    const key = JSON.stringify([message, leads]);
    const drawn = this.#drawn.get(message.id);
    if (drawn?.key === key) return drawn.element;
    const element = draw(message, leads);
    drawn?.element.replaceWith(element);
    this.#drawn.set(message.id, { key, element });
    return element;
  }

  #unsent(reply) {
    return drawUnsent(reply, {
      onEdit: () => {
        unsent.drop([reply.key]);
        this.#on.edit(reply.text);
      },
      onDrop: () => unsent.drop([reply.key]),
    });
  }

  #day(text) {
    if (!this.#days.has(text)) this.#days.set(text, h("li", { class: "day" }, h("span", {}, text)));
    return this.#days.get(text);
  }

  #scrolled() {
    this.#followsEnd = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR_PX;
    if (this.#followsEnd) this.#toEnd.hidden = true;
  }

  #scrollToEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#toEnd.hidden = true;
  }
}

const speaker = ({ author, name, channel }) => JSON.stringify([author, name, channel]);

function textOf(message) {
  const holder = h("div");
  holder.append(draw(message, false));
  return holder.querySelector(".text")?.textContent || message.attachments.map((each) => each.title).join(", ");
}
