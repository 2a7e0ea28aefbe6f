// One message as elements. Knows its look, not where it stands.

import { attachment } from "./attachment.js";
import { el, icon } from "./dom.js";
import { sanitize } from "./sanitize.js";
import { NOT_SENT, clock } from "./words.js";

/** `message` is a frame of the server; `files(ref)` fetches a blob; `press(button)` is called for a pressed chip. */
export function bubble(message, { files, press }) {
  const own = message.author === "subscriber";
  const body = el("div.bubble");
  if (own && message.text) body.append(el("p.plain", {}, message.text));
  if (!own) body.append(sanitize(message.html));
  const parts = [el("p.author", {}, author(message))];
  if (body.childNodes.length) parts.push(body);
  parts.push(...message.attachments.map((file) => attachment(file, files)));
  parts.push(el("div.meta", {}, el("time", { datetime: message.sent_at }, clock(new Date(message.sent_at)))));
  if (message.buttons?.length) parts.push(chips(message.buttons, press));
  return el(`article.message.${message.author}`, {}, ...parts);
}

/** A message on its way to the server: a clock, a tick when it is taken, or what went wrong and a way to try again. */
export function pending(item, { files, again, discard }) {
  const message = {
    author: "subscriber",
    text: item.label ?? item.text,
    attachments: item.files ?? [],
    sent_at: new Date(item.at).toISOString(),
  };
  const element = bubble(message, { files });
  const state = el("span.state");
  element.querySelector(".meta").append(state);
  const show = (name, label) => state.replaceChildren(icon(name), el("span.hidden", {}, label));
  show("clock", "Отправляется");
  return {
    element,
    sent() {
      show("check", "Отправлено");
    },
    failed(fault) {
      element.classList.add("failed");
      const retry = el("button.retry", { type: "button", onclick: again }, "Повторить");
      const drop = el("button.retry", { type: "button", onclick: discard }, "Удалить");
      state.replaceChildren(icon("alert"), `${fault ?? NOT_SENT}.`, retry, drop);
    },
  };
}

/** The tick under a message of the visitor that the server has. */
export function tick() {
  return el("span.state", {}, icon("check"), el("span.hidden", {}, "Отправлено"));
}

function author(message) {
  if (message.author === "subscriber") return "Вы";
  if (message.author === "agent") return message.agent_name ? `${message.agent_name}, оператор` : "Оператор";
  return "Бот-помощник";
}

function chips(buttons, press) {
  const row = el("div.chips", { role: "group", "aria-label": "Варианты ответа" });
  for (const button of buttons) {
    const onclick = ({ currentTarget }) => {
      currentTarget.classList.add("chosen");
      press(button);
    };
    row.append(el("button.chip", { type: "button", onclick }, button.text));
  }
  return row;
}
