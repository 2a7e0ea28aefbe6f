// The centre: the open conversation with its header, its history and what the agent may do with it.

import { confirmed, toast } from "./alerts.js";
import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { History } from "./history.js";
import { Refused, post } from "./net.js";
import { Picks } from "./picks.js";
import * as unsent from "./unsent.js";

const GONE = 404;
const DONE = {
  return: "Обращение вернулось боту.",
  release: "Обращение снова в очереди.",
  close: "Обращение закрыто.",
};

export class Talk {
  #root;
  #hints;
  #on;
  #history = null;
  #composer = null;
  #header = null;
  #picks = new Map(); // id of a conversation -> files chosen for it, as long as the page lives
  #head = h("header", { class: "talk-head" });
  #foot = h("footer", { class: "talk-foot" });

  /** `on` has changed() after an act and left() when the conversation is not the agent's any more. */
  constructor(root, hints, on) {
    this.#root = root;
    this.#hints = hints;
    this.#on = on;
    this.close();
    unsent.whenUnsentChanges(() => {
      this.#history?.showUnsent();
      for (const picks of this.#picks.values()) picks.pump();
    });
    this.#acceptDrops();
    addEventListener("beforeunload", (event) => [...this.#picks.values()].some((picks) => picks.busy) && event.preventDefault());
  }

  get id() {
    return this.#history?.id ?? null;
  }

  get header() {
    return this.#header;
  }

  async open(id) {
    if (id === this.id) return;
    this.#composer = null;
    this.#header = null;
    const history = new History(id, {
      header: (header) => history === this.#history && this.#showHeader(header),
      asked: () => history === this.#history && this.#hints.load(id),
      edit: (text) => this.insert(text),
    });
    this.#history = history;
    this.#head.replaceChildren();
    this.#foot.replaceChildren();
    this.#root.replaceChildren(this.#head, history.element, this.#foot);
    this.#hints.clear();
    this.#hints.allow(false);
    await this.refresh();
    history.scrollToEnd();
  }

  close(words = "") {
    this.#history = this.#composer = this.#header = null;
    this.#hints.clear();
    const empty = words || "Выберите обращение слева или возьмите следующее из очереди.";
    this.#root.replaceChildren(h("div", { class: "nothing" }, icon("mark"), h("p", {}, empty), h("p", { class: "quiet" }, h("kbd", {}, "Alt"), "+", h("kbd", {}, "N"), " — взять следующее, ", h("kbd", {}, "?"), " — все клавиши")));
  }

  async refresh() {
    const history = this.#history;
    try {
      await history?.refresh();
    } catch (error) {
      if (!(error instanceof Refused) || history !== this.#history) return;
      this.close(error.status === GONE && this.#header ? "Обращение закрыли или вернули боту." : error.message);
    }
  }

  isBehind(cursor) {
    return this.#history?.isBehind(cursor);
  }

  focus() {
    if (this.#composer) this.#composer.focus();
    else this.#root.focus();
  }

  insert(text) {
    this.#composer?.insert(text);
  }

  send(text) {
    if (!this.#mayWrite) return;
    unsent.add(this.id, text);
    this.#history.scrollToEnd();
  }

  async take() {
    if (await this.#act("take")) this.focus();
  }

  async act(name) {
    const allowed = this.#header && actions(this.#header).some((action) => action.name === name);
    if (!allowed || (name === "close" && !(await this.#agreesToClose()))) return;
    if (await this.#act(name)) {
      toast(DONE[name]);
      this.#on.left();
    }
  }

  async #act(name) {
    const id = this.id;
    this.#head.querySelectorAll(".acts button").forEach((button) => (button.disabled = true));
    let done = true;
    try {
      await post(`conversations/${id}/${name}`);
    } catch (error) {
      done = false;
      toast(error.message, "bad");
    }
    this.#on.changed();
    if (id === this.id && (!done || name === "take")) {
      this.#header = null;
      await this.refresh();
    }
    return done;
  }

  #agreesToClose() {
    const queued = this.#header.status === "queued";
    return confirmed({
      title: "Закрыть обращение?",
      words: `${queued ? "Его ещё никто не взял. " : ""}Абонента спросят, решён ли вопрос. Если нет, он вернётся в очередь.`,
      yes: "Закрыть",
    });
  }

  #showHeader(header) {
    if (JSON.stringify(header) === JSON.stringify(this.#header)) return;
    this.#header = header;
    this.#hints.allow(this.#mayWrite);
    const acts = actions(header).map(({ name, words, primary }) =>
      h("button", { class: `button ${primary ? "primary" : ""} act-${name}`, onclick: () => (name === "take" ? this.take() : this.act(name)) }, words),
    );
    this.#head.replaceChildren(
      h("a", { class: "tool back", href: "#", "aria-label": "К списку обращений" }, icon("back")),
      h(
        "div",
        { class: "who" },
        h("h1", {}, header.name),
        h(
          "p",
          { class: "chips" },
          h("span", { class: `chip status ${header.status}` }, header.status_text),
          header.reason && h("span", { class: "chip reason" }, header.reason),
          h("span", { class: "chip" }, header.channel),
          [...new Set(header.also_in)].map((channel) => h("span", { class: "chip also", title: "Тот же абонент пишет и здесь" }, icon("link"), h("span", { class: "spoken" }, "Пишет и здесь: "), channel)),
          !header.reachable && h("span", { class: "chip bad" }, "заблокировал бота"),
        ),
      ),
      h("div", { class: "acts" }, acts),
    );
    this.#showFoot(header);
  }

  get #mayWrite() {
    return Boolean(this.#header?.mine && !this.#header.barred);
  }

  /** The files chosen for the open conversation: they stay while the agent looks at another one. */
  #picksHere() {
    if (!this.#picks.has(this.id)) this.#picks.set(this.id, new Picks(this.id));
    return this.#picks.get(this.id);
  }

  /** A file dropped anywhere else must not replace the page. */
  #acceptDrops() {
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      const here = this.#mayWrite && this.#root.contains(event.target);
      event.dataTransfer.dropEffect = here ? "copy" : "none";
      this.#root.classList.toggle("dropping", here);
    });
    const over = (event) => {
      if (event.type === "drop" || !event.relatedTarget) this.#root.classList.remove("dropping");
    };
    addEventListener("dragleave", over);
    addEventListener("drop", (event) => {
      over(event);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (this.#mayWrite && this.#root.contains(event.target)) this.#picksHere().add(event.dataTransfer.files);
    });
  }

  #showFoot(header) {
    if (!this.#mayWrite) {
      this.#composer = null;
      this.#foot.replaceChildren(h("p", { class: "readonly quiet" }, readOnly(header)));
      return;
    }
    const picks = this.#picksHere();
    picks.largest = header.largest_file;
    if (this.#composer) return;
    const hints = h("a", { class: "to-hints", href: `#${header.id}/hints` }, icon("bulb"), "Подсказки");
    this.#composer = new Composer(header.id, { onSend: (text) => this.send(text), picks, extra: hints });
    this.#foot.replaceChildren(this.#composer.element);
    this.#composer.resize();
  }
}

function actions(header) {
  const admin = document.body.dataset.admin === "yes";
  const close = { name: "close", words: "Закрыть" };
  if (header.status === "queued") return [close, { name: "take", words: "Взять", primary: true }];
  if (header.mine) return [{ name: "release", words: "В очередь" }, { name: "return", words: "Вернуть боту" }, close];
  if (header.status === "agent" && admin) return [{ name: "release", words: "В очередь" }];
  return [];
}

function readOnly(header) {
  if (header.barred) return header.barred;
  if (header.status === "queued") return "Чтобы ответить, возьмите обращение.";
  if (header.status === "agent") return `${header.status_text}. Только просмотр.`;
  return header.status === "closed" ? "Обращение закрыто. Только просмотр." : "Сейчас отвечает бот. Только просмотр.";
}
