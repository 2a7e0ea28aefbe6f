// The field for the reply. What is typed stays with its conversation, whatever happens to the page.

import { h, icon } from "./dom.js";
import { forget, load, save } from "./store.js";

const ACCEPT =
  "image/jpeg,image/png,image/webp,image/gif,.heic,.pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.zip,.txt," +
  ".mp3,.ogg,.m4a,.mp4,.webm";
const LONGEST = 4000;
const WARN_FROM = 3500;
// On a phone Enter is the only way to a new line, and there is a button to send.
const enterSends = !matchMedia("(pointer: coarse)").matches;

export class Composer {
  #draft;
  #onSend;
  #picks;
  #input = h("input", { type: "file", accept: ACCEPT, multiple: true, hidden: true, tabindex: "-1" });
  #attach = h("button", { class: "tool attach", type: "button", "aria-label": "Приложить файл", title: "Приложить файл", onclick: () => this.#picks.mayAdd() && this.#input.click() }, icon("clip"));
  #field = h("textarea", { id: "reply", rows: "1", maxlength: String(LONGEST), placeholder: "Ваш ответ", "aria-label": "Ответ абоненту", enterkeyhint: "enter" });
  #left = h("span", { class: "left", role: "status" });
  #button = h("button", { class: "button primary send", type: "submit", "aria-label": "Отправить", title: "Отправить (Enter)" }, icon("send"));
  element;

  /** `onSend(text)`; `picks` are the files of this conversation; `extra` stands below the field. */
  constructor(conversationId, { onSend, picks, extra }) {
    this.#draft = `draft.${conversationId}`;
    this.#onSend = onSend;
    this.#picks = picks;
    picks.onChange = () => this.#changed();
    this.#input.addEventListener("change", () => this.#chosen());
    this.#field.addEventListener("paste", (event) => this.#paste(event));
    this.#field.value = load(this.#draft, "");
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      picks.element,
      h("div", { class: "field" }, this.#attach, this.#field, this.#button),
      this.#input,
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

  /** The text first: the files explain themselves by it. */
  #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (!text && !this.#picks.ready) return;
    this.#field.value = "";
    this.#changed();
    if (text) this.#onSend(text);
    this.#picks.send();
    this.focus();
  }

  #chosen() {
    this.#picks.add(this.#input.files);
    this.#input.value = "";
    this.focus();
  }

  /** A picture from the clipboard; a text that an office program copies as a picture too is still a text. */
  #paste(event) {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.#picks.add(files);
  }

  #changed() {
    const { value } = this.#field;
    if (value) save(this.#draft, value);
    else forget(this.#draft);
    this.#button.disabled = !value.trim() && !this.#picks.ready;
    this.#left.textContent = value.length > WARN_FROM ? `осталось ${LONGEST - value.length}` : "";
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }
}
