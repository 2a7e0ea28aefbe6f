// A message as an element. Texts only ever become text nodes.

import { size } from "./words.js";

const TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "q",
  spoiler: "mark",
};
const LINK = /https?:\/\/[^\s)»]+/g;
const MARKS = { sent: "✓", delivered: "✓✓", read: "✓✓" };
const SAID = { sent: "бот ещё не получил", delivered: "доставлено", read: "прочитано" };

/** `press(row, column)` is called for a button under the message. */
export function bubble(phone, message, press) {
  const body = element("div", "bubble");
  if (message.sender) body.append(element("p", "sender", message.sender));
  for (const [place, file] of message.files.entries()) body.append(shownFile(phone, message, file, place));
  if (message.card) body.append(card(message.card));
  if (message.text) body.append(formatted(message));
  body.append(foot(message));
  const item = element("article", `message ${message.mine ? "mine" : "theirs"}`);
  item.classList.toggle("bare", message.card?.kind === "sticker" || message.files.some((file) => file.kind === "sticker"));
  item.append(body);
  if (message.keys.length) item.append(keys(message.keys, press));
  return item;
}

/** Rows of buttons; `press(row, column, button)`. */
export function keys(rows, press) {
  const box = element("div", "keys");
  rows.forEach((row, number) => {
    const line = element("div", "row");
    row.forEach((key, column) => {
      const button = element("button", `key ${key.color}`, key.label);
      button.type = "button";
      button.style.setProperty("--columns", key.columns);
      button.addEventListener("click", () => press(number, column, button));
      line.append(button);
    });
    box.append(line);
  });
  return box;
}

function formatted({ text, entities }) {
  const box = element("p", "text");
  const cuts = new Set([0, text.length, ...entities.flatMap(({ offset, length }) => [offset, offset + length])]);
  const places = [...cuts].sort((a, b) => a - b);
  for (let at = 0; at + 1 < places.length; at += 1) {
    const [from, to] = [places[at], places[at + 1]];
    const over = entities.filter(({ offset, length }) => offset <= from && offset + length >= to);
    box.append(wrapped(text.slice(from, to), over));
  }
  return box;
}

function wrapped(text, entities) {
  const isLink = entities.some(({ type }) => type === "text_link");
  let part = isLink ? document.createTextNode(text) : linked(text);
  for (const entity of [...entities].reverse()) {
    const outer = entity.type === "text_link" ? link(entity.url) : TAGS[entity.type] && element(TAGS[entity.type]);
    if (!outer) continue;
    outer.append(part);
    part = outer;
  }
  return part;
}

function linked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(/[.,;:!?]+$/, "");
    const one = link(address);
    one.textContent = address;
    parts.append(text.slice(end, found.index), one);
    end = found.index + address.length;
  }
  parts.append(text.slice(end));
  return parts;
}

function link(address) {
  const one = element("a");
  if (/^(https?|tel|mailto):/i.test(address)) one.href = address;
  one.target = "_blank";
  one.rel = "noopener noreferrer";
  return one;
}

function shownFile(phone, message, file, place) {
  const address = `/phones/${phone}/files/${message.id}/${place}`;
  if (file.kind === "photo" || file.kind === "sticker") {
    const picture = element("img", file.kind);
    picture.src = address;
    picture.alt = file.kind === "photo" ? "Фотография" : "Стикер";
    return picture;
  }
  if (file.kind === "voice") {
    const player = element("audio");
    player.src = address;
    player.controls = true;
    player.preload = "metadata";
    return player;
  }
  const box = element("a", "file");
  box.href = address;
  box.download = file.name;
  box.append(element("span", "sheet-icon", file.name.split(".").pop().slice(0, 4)));
  const words = element("span", "words");
  words.append(element("b", "", file.name), element("small", "", size(file.size)));
  box.append(words);
  return box;
}

function card({ kind, text, name }) {
  if (kind === "sticker") return element("p", "emoji", text);
  const box = element("div", `card ${kind}`);
  box.append(element("b", "", kind === "place" ? "Место на карте" : (name ?? "Контакт")), element("small", "", text));
  return box;
}

function foot({ at, mark }) {
  const line = element("p", "foot", at);
  if (mark) {
    const sign = element("span", `mark ${mark}`, MARKS[mark]);
    sign.title = SAID[mark];
    line.append(sign);
  }
  return line;
}

export function element(tag, name = "", text = "") {
  const one = document.createElement(tag);
  if (name) one.className = name;
  if (text) one.textContent = text;
  return one;
}
