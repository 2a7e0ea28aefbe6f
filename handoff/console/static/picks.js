// Files chosen for the subscriber: shown before they go, sent one by one after the text that was typed with them.

import { h, icon } from "./dom.js";
import { Refused, Unreached, upload } from "./net.js";
import { isWaiting, newKey } from "./unsent.js";
import { sizeOf } from "./words.js";

const MOST = 10;
const RETRY_MS = 3000;
const PICTURES = /^image\/(jpeg|png|webp|gif)$/;
const TAKES_NO_FILES = "Файл сюда не отправить: мессенджер файлы не принимает. Напишите текстом.";

export class Picks {
  #conversation;
  #items = [];
  #sending = false;
  #rows = h("ul", { class: "picks", "aria-label": "Файлы к ответу", hidden: true });
  #fault = h("p", { class: "fault", role: "alert", hidden: true });
  element = h("div", { class: "enclosed" }, this.#rows, this.#fault);
  /** Bytes that the subscriber's messenger takes; 0: no files at all. */
  largest = 0;
  onChange = () => {};

  constructor(conversationId) {
    this.#conversation = conversationId;
  }

  /** Chosen and not sent yet. */
  get ready() {
    return this.#items.some((item) => item.state === "chosen");
  }

  /** On their way: leaving the page now would lose them. */
  get busy() {
    return this.#items.some((item) => item.state === "waiting");
  }

  /** False, and the agent is told, when the messenger takes no files. */
  mayAdd() {
    this.#complain(this.largest ? "" : TAKES_NO_FILES);
    return this.largest > 0;
  }

  add(files) {
    if (!this.mayAdd()) return;
    for (const file of files) {
      if (this.#items.length >= MOST) return this.#complain(`За один раз — не больше ${MOST} файлов.`);
      this.#add(file);
    }
  }

  send() {
    for (const item of this.#items.filter((each) => each.state === "chosen")) {
      item.state = "waiting";
      this.#note(item, "ждёт отправки");
    }
    this.#changed();
    this.pump();
  }

  /** Send the next, unless a text is still before it. */
  async pump() {
    const item = this.#items.find((each) => each.state === "waiting");
    if (!item || this.#sending || isWaiting(this.#conversation)) return;
    this.#sending = true;
    try {
      await this.#sendOne(item);
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      this.#note(item, "ждёт связи с сервером");
      setTimeout(() => this.pump(), RETRY_MS);
      return;
    } finally {
      this.#sending = false;
    }
    this.pump();
  }

  async #sendOne(item) {
    item.bar.hidden = false;
    this.#note(item, sizeOf(item.file.size));
    const path = `conversations/${this.#conversation}/files?key=${item.key}`;
    item.call = upload(path, item.file, (share) => (item.bar.value = share));
    try {
      await item.call.done;
      this.#drop(item);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#fail(item, error.message);
    } finally {
      item.bar.hidden = true;
    }
  }

  #add(file) {
    const item = { file, key: newKey(), state: "chosen", ...row(file) };
    item.remove.addEventListener("click", () => {
      this.#drop(item);
      item.call?.stop();
    });
    this.#items.push(item);
    this.#rows.append(item.row);
    if (file.size > this.largest) this.#fail(item, `Больше ${Math.floor(this.largest / 1024 / 1024)} МБ: не отправить`);
    else if (!file.size) this.#fail(item, "Файл пустой");
    this.#changed();
  }

  #fail(item, words) {
    item.state = "failed";
    item.row.classList.add("refused");
    this.#note(item, words);
    this.#changed();
  }

  #drop(item) {
    this.#items = this.#items.filter((each) => each !== item);
    item.row.remove();
    this.#complain("");
    this.#changed();
  }

  #note(item, words) {
    item.note.textContent = words;
  }

  #complain(words) {
    this.#fault.textContent = words;
    this.#fault.hidden = !words;
  }

  #changed() {
    this.#rows.hidden = !this.#items.length;
    this.onChange();
  }
}

function row(file) {
  const note = h("span", { class: "size", role: "status" }, sizeOf(file.size));
  const bar = h("progress", { max: "1", value: "0", "aria-label": `Отправка ${file.name}`, hidden: true });
  const remove = h("button", { class: "tool", type: "button", "aria-label": `Убрать ${file.name}` }, icon("close"));
  const words = h("span", { class: "words" }, h("span", { class: "name" }, file.name), note, bar);
  return { row: h("li", { class: "pick" }, thumb(file), words, remove), note, bar, remove };
}

function thumb(file) {
  if (!PICTURES.test(file.type)) return h("span", { class: "thumb" }, icon("file"));
  const address = URL.createObjectURL(file);
  const forget = () => URL.revokeObjectURL(address);
  return h("img", { class: "thumb", src: address, alt: "", onload: forget, onerror: forget });
}
