// One message of the history as elements.

import { h, icon, safe } from "./dom.js";
import { sizeOf, timeOf } from "./words.js";

const TICKS = { pending: "clock", sending: "clock", sent: "tick", delivered: "ticks", read: "ticks", uncertain: "alert", failed: "alert" };
const FAILED = new Set(["uncertain", "failed"]);

/** `leads`: the first of several by the same author, so it says whose they are. */
export function draw(message, leads) {
  if (message.author === "subscriber" && !message.html && !message.attachments.length) {
    return h("li", { class: "event quiet" }, message.note || "Пустое сообщение", via(message), h("time", {}, timeOf(message.at)));
  }
  return h(
    "li",
    { class: `message ${message.author} ${leads ? "leads" : ""}`, data: { id: message.id } },
    leads && h("p", { class: "author" }, message.author === "bot" && icon("bot"), message.name, via(message)),
    bubble(message),
    message.buttons.length > 0 && offered(message.buttons),
    message.decision && h("p", { class: "decision" }, icon("bot"), message.decision),
  );
}

/** A reply that the server does not have yet, or refused. */
export function drawUnsent(reply, { onEdit, onDrop }) {
  const text = h("div", { class: "text" });
  text.textContent = reply.text;
  const state = reply.fault
    ? h("p", { class: "fault" }, icon("alert"), `Не отправлено. ${reply.fault}`)
    : h("p", { class: "meta" }, timeOf(reply.at), h("span", { class: "state", title: "Ждёт связи с сервером" }, icon("clock"), h("span", { class: "spoken" }, "ещё не отправлено")));
  return h(
    "li",
    { class: `message agent leads unsent ${reply.fault ? "refused" : ""}`, data: { key: reply.key } },
    h("div", { class: "bubble" }, text, state),
    reply.fault &&
      h(
        "p",
        { class: "mend" },
        h("button", { class: "button small", onclick: () => onEdit(reply) }, "Вернуть в поле ответа"),
        h("button", { class: "button small", onclick: () => onDrop(reply) }, "Удалить"),
      ),
  );
}

/** Where it was written, when that is another conversation of the same person. */
const via = ({ channel }) => channel && h("span", { class: "chip via", title: "Написано в другом канале" }, channel);

function bubble(message) {
  const text = h("div", { class: "text" });
  text.append(safe(message.html));
  return h(
    "div",
    { class: "bubble" },
    message.author === "subscriber" && message.note && h("p", { class: "note quiet" }, message.note),
    message.html && text,
    message.attachments.map(attachment),
    meta(message),
  );
}

function meta(message) {
  const state =
    message.delivery &&
    h(
      "span",
      { class: `state ${message.delivery}`, title: message.delivery_text },
      icon(TICKS[message.delivery]),
      FAILED.has(message.delivery) ? message.delivery_text : h("span", { class: "spoken" }, message.delivery_text),
    );
  return h("p", { class: "meta" }, h("time", { datetime: message.at }, timeOf(message.at)), state);
}

function offered(buttons) {
  return h("ul", { class: "offered", "aria-label": "Кнопки, которые видит абонент" }, buttons.map((text) => h("li", {}, text)));
}

function attachment({ kind, title, text, url, size_bytes: size, fault }) {
  if (fault) return h("p", { class: "file lost" }, icon("file"), h("span", {}, h("span", { class: "quiet" }, `${fault}: `), title));
  if (!url) return h("p", { class: "file" }, h("strong", {}, title), text && ` ${text}`);
  switch (kind) {
    case "photo":
    case "sticker":
      return h("a", { class: "picture", href: url, target: "_blank", rel: "noopener" }, h("img", { src: url, alt: text || title, loading: "lazy", onerror: (event) => event.target.replaceWith(title) }));
    case "voice":
    case "audio":
      return h("figure", {}, h("figcaption", { class: "quiet" }, title), h("audio", { src: url, controls: true, preload: "none" }));
    case "video":
      return h("figure", {}, h("figcaption", { class: "quiet" }, title), h("video", { src: url, controls: true, preload: "none" }));
    default:
      return h("a", { class: "file", href: url, download: true }, icon("file"), h("span", {}, title), size > 0 && h("span", { class: "quiet" }, sizeOf(size)));
  }
}
