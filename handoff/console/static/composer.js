// The field for the reply. What is typed stays with its conversation, whatever happens to the page.

import { h, icon } from "./dom.js";
import { forget, load, save } from "./store.js";

const LONGEST = 4000;
const WARN_FROM = 3500;
// On a phone Enter is the only way to a new line, and there is a button to send.
const enterSends = !matchMedia("(pointer: coarse)").matches;

export class Composer {
  #draft;
  #onSend;
  #field = h("textarea", { id: "reply", rows: "1", maxlength: String(LONGEST), placeholder: "Ваш ответ", "aria-label": "Ответ абоненту", enterkeyhint: "enter" });
  #left = h("span", { class: "left", role: "status" });
  #button = h("button", { class: "button primary send", type: "submit", "aria-label": "Отправить", title: "Отправить (Enter)" }, icon("send"));
  element;

  constructor(conversationId, { onSend, extra }) {
    this.#draft = `draft.${conversationId}`;
    this.#onSend = onSend;
    this.#field.value = load(this.#draft, "");
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      h("div", { class: "field" }, this.#field, this.#button),
      h("p", { class: "below quiet" }, extra, enterSends && h("span", { class: "how" }, "Enter — отправить, Shift+Enter — новая строка"), this.#left),
    );
    this.#changed();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  resize() {
    this.#changed();
  }

  /** Text of a suggestion or of a refused reply, where the caret stands. */
  insert(text) {
    const { value, selectionStart: start, selectionEnd: end } = this.#field;
    const before = value.slice(0, start);
    const gap = before.trim() && !before.endsWith("\n") ? "\n" : "";
    this.#field.setRangeText(gap + text, start, end, "end");
    this.#changed();
    this.focus();
  }

  #key(event) {
    if (event.key !== "Enter" || event.isComposing || event.altKey) return;
    if (event.shiftKey || !enterSends) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      this.#field.setRangeText("\n", this.#field.selectionStart, this.#field.selectionEnd, "end");
      this.#changed();
    } else this.element.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (!text) return;
    this.#field.value = "";
    this.#changed();
    this.#onSend(text);
    this.focus();
  }

  #changed() {
    const { value } = this.#field;
    if (value) save(this.#draft, value);
    else forget(this.#draft);
    this.#button.disabled = !value.trim();
    this.#left.textContent = value.length > WARN_FROM ? `осталось ${LONGEST - value.length}` : "";
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }
}
