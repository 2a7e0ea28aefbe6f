// Files chosen for the next message: sent at once, with progress, so that the message itself goes in a moment.

import { el, icon } from "./dom.js";
import { size, uploadFault } from "./words.js";

const MOST = 5;

export class Picks {
  #files;
  #onChange;
  #items = [];
  element = el("ul.picks", { "aria-label": "Файлы к сообщению", hidden: true });
  maxMb = 10;

  constructor(files, onChange) {
    this.#files = files;
    this.#onChange = onChange;
  }

  get busy() {
    return this.#items.some((item) => item.sending);
  }

  get full() {
    return this.#items.length >= MOST;
  }

  get ready() {
    return this.#items.filter((item) => item.kept);
  }

  add(file) {
    if (this.full) return;
    const item = { file, sending: null, kept: null, ...this.#row(file) };
    item.remove.addEventListener("click", () => this.#drop(item));
    item.retry.addEventListener("click", () => this.#send(item));
    this.#items.push(item);
    this.element.append(item.row);
    this.#send(item);
  }

  /** What the server has of the chosen files; the row is empty again. Failed ones stay, so that nobody misses them. */
  take() {
    const taken = this.ready;
    this.#items = this.#items.filter((item) => !item.kept);
    for (const item of taken) item.row.remove();
    this.#changed();
    return taken.map((item) => item.kept);
  }

  async #send(item) {
    item.row.classList.remove("failed");
    if (item.file.size > this.maxMb * 1024 * 1024) return this.#fail(item, "too_large");
    item.sending = this.#files.send(item.file, (part) => item.bar.style.setProperty("--done", part));
    item.note.textContent = size(item.file.size);
    this.#changed();
    try {
      item.kept = await item.sending.done;
    } catch (reason) {
      this.#fail(item, reason);
    }
    item.sending = null;
    item.row.classList.toggle("kept", Boolean(item.kept));
    return this.#changed();
  }

  #fail(item, reason) {
    item.row.classList.add("failed");
    item.note.textContent = uploadFault(reason, this.maxMb);
    item.retry.hidden = ["too_large", "unknown_type"].includes(reason);
    this.#changed();
  }

  #drop(item) {
    item.sending?.stop();
    item.row.remove();
    this.#items = this.#items.filter((each) => each !== item);
    this.#changed();
  }

  #changed() {
    this.element.hidden = !this.#items.length;
    this.#onChange();
  }

  #row(file) {
    const bar = el("span.bar");
    const note = el("span.size", { role: "status" }, size(file.size));
    const retry = el("button.retry", { type: "button" }, "Повторить");
    const remove = el("button.tool.small", { type: "button", "aria-label": `Убрать ${file.name}` }, icon("close"));
    const words = el("span.words", {}, el("span.name", {}, file.name), note, retry);
    return { row: el("li.pick", {}, thumb(file), words, remove, bar), bar, note, retry, remove };
  }
}

function thumb(file) {
  if (!/^image\/(jpeg|png|webp|gif)$/.test(file.type)) return icon("file");
  const image = el("img.thumb", { alt: "" });
  image.src = URL.createObjectURL(file);
  image.onload = image.onerror = () => URL.revokeObjectURL(image.src);
  return image;
}
