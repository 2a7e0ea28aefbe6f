// Where the visitor writes. Grows with the text; Enter sends where there is a real keyboard.

import { el, icon } from "./dom.js";
import { Picks } from "./picks.js";
import { passing } from "./keep.js";

const MAX_TEXT = 4000;
const ACCEPT =
  "image/jpeg,image/png,image/webp,image/gif,.heic,audio/mpeg,audio/ogg,video/mp4,video/webm," +
  ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.zip,text/plain";

export class Composer {
  #onSend;
  #onTyping;
  #text = el("textarea", {
    rows: "1",
    maxlength: MAX_TEXT,
    placeholder: "Напишите сообщение",
    "aria-label": "Сообщение",
    enterkeyhint: "enter",
    autocomplete: "off",
  });
  #input = el("input", { type: "file", multiple: true, accept: ACCEPT, hidden: true, tabindex: "-1" });
  #attach = el("button.tool", { type: "button", "aria-label": "Приложить файл" }, icon("attach"));
  #submit = el("button.send", { type: "submit", "aria-label": "Отправить" }, icon("send"));
  #left = el("span.left", { role: "status" });
  #picks;
  element;

  /** `onSend({ text, files })`; `onTyping()` while writing; `files` sends them to the server. */
  constructor({ files, onSend, onTyping }) {
    this.#onSend = onSend;
    this.#onTyping = onTyping;
    this.#picks = new Picks(files, () => this.#changed());
    const field = el("div.field", {}, this.#attach, this.#text, this.#submit);
    this.element = el("form.composer", { autocomplete: "off" }, this.#picks.element, field, this.#left, this.#input);
    this.#listen();
    this.#text.value = passing.get("draft") ?? "";
  }

  set maxUploadMb(value) {
    this.#picks.maxMb = value;
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  /** While it was hidden it had no height to grow to. */
  shown() {
    this.#changed();
  }

  addFiles(list) {
    for (const file of list) this.#picks.add(file);
  }

  #listen() {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener("input", () => {
      this.#changed();
      if (this.#text.value) this.#onTyping();
    });
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("paste", (event) => this.#paste(event));
    this.#attach.addEventListener("click", () => this.#input.click());
    this.#input.addEventListener("change", () => {
      this.addFiles(this.#input.files);
      this.#input.value = "";
      this.focus();
    });
  }

  /** On a phone Enter is a new line, as everywhere on a phone. */
  #key(event) {
    const keyboard = matchMedia("(hover: hover) and (pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !keyboard) return;
    event.preventDefault();
    this.#send();
  }

  #paste(event) {
    const files = event.clipboardData?.files ?? [];
    if (!files.length) return;
    event.preventDefault();
    this.addFiles(files);
  }

  #send() {
    const text = this.#text.value.trim();
    if (this.#picks.busy || (!text && !this.#picks.ready.length)) return;
    this.#onSend({ text, files: this.#picks.take() });
    this.#text.value = "";
    this.#changed();
    this.focus();
  }

  #changed() {
    const text = this.#text.value;
    passing.set("draft", text);
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
    const idle = !text.trim() && !this.#picks.ready.length;
    this.#submit.disabled = idle || this.#picks.busy;
    this.#attach.disabled = this.#picks.full;
    this.#left.textContent = text.length > MAX_TEXT - 400 ? `Осталось знаков: ${MAX_TEXT - text.length}` : "";
  }
}
