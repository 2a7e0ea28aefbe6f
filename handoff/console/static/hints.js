// The right column: what the bot would answer.

import { byId, h, safe } from "./dom.js";
import { Unreached, get } from "./net.js";

export class Hints {
  #list = byId("hints-list");
  #suggestions = [];
  #conversation = null;
  #mayReply = false;
  #on;

  /** `on` has insert(text) and send(text). */
  constructor(on) {
    this.#on = on;
    this.clear();
  }

  clear() {
    this.#conversation = null;
    this.#show([]);
  }

  async load(conversationId) {
    this.#conversation = conversationId;
    try {
      const suggestions = await get(`conversations/${conversationId}/suggestions`);
      if (this.#conversation === conversationId) this.#show(suggestions);
    } catch (error) {
      if (!(error instanceof Unreached)) this.#show([]);
    }
  }

  allow(mayReply) {
    if (this.#mayReply === mayReply) return;
    this.#mayReply = mayReply;
    this.#show(this.#suggestions);
  }

  insert(position) {
    const suggestion = this.#suggestions[position];
    if (suggestion && this.#mayReply) this.#on.insert(suggestion.text);
  }

  #show(suggestions) {
    this.#suggestions = suggestions;
    const none = this.#conversation
      ? "Похожих ответов нет. Подсказки появятся, когда абонент задаст вопрос."
      : "Откройте обращение: здесь появятся ответы бота на последний вопрос.";
    this.#list.replaceChildren(
      ...(suggestions.length ? suggestions.map((each, position) => this.#card(each, position)) : [h("p", { class: "none quiet" }, none)]),
    );
  }

  #card(suggestion, position) {
    const answer = h("div", { class: "text" });
    answer.append(safe(suggestion.html));
    return h(
      "article",
      { class: "hint" },
      h("h3", {}, suggestion.title),
      h("p", { class: "sure quiet" }, `подходит на ${Math.round(suggestion.probability * 100)} %`),
      answer,
      this.#mayReply &&
        h(
          "p",
          { class: "acts" },
          h("button", { class: "button small", title: `Alt+${position + 1}`, onclick: () => this.#on.insert(suggestion.text) }, "Вставить"),
          h("button", { class: "button small", onclick: () => this.#on.send(suggestion.text) }, "Отправить"),
        ),
    );
  }
}
