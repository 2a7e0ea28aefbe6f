// One phone: shows the screen that the server tells of, and does what is done with it.

import { bubble, keys } from "./bubble.js";
import { act, sendFile } from "./net.js";
import { screenshot } from "./picture.js";
import { channelState, EXPECTED, TITLES, TROUBLES } from "./words.js";

const TYPING_MS = 5000; // how long a messenger shows that somebody types
const NEAR_THE_END = 80;
const NOTICE_MS = 4000;

export class Phone {
  constructor(name, { used }) {
    this.name = name;
    this.used = used;
    this.root = document.getElementById("phone").content.cloneNode(true).firstElementChild;
    this.root.dataset.messenger = name;
    this.root.setAttribute("aria-label", TITLES[name]);
    this.shown = new Map(); // message id -> its JSON and element
    this.screen = null;
    this.atEnd = true; // of the feed, until somebody scrolls up
    this.find(".state b").textContent = TITLES[name];
    this.find("textarea").setAttribute("aria-label", `Сообщение в ${TITLES[name]}`);
    this.fillTroubles();
    this.listen();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  show(screen) {
    const before = this.screen;
    this.screen = screen;
    this.root.dataset.state = screen.state;
    this.root.classList.toggle("spinning", screen.spinning);
    this.find(".subscriber").textContent = `Абонент: ${screen.subscriber}`;
    this.find(".reads").hidden = screen.reads === null;
    this.find(".reads input").checked = screen.reads ?? false;
    this.find(".block").hidden = screen.state !== "open";
    this.find(".trouble select").value = screen.trouble;
    this.find(".expected").textContent = EXPECTED[screen.trouble] ?? "";
    this.find(".counts").textContent = `от бота ${screen.sent}`;
    this.showMessages(screen, before);
    this.showKeyboard(screen, before);
    this.showTyping(screen, before);
    if (before && screen.notice !== before.notice) this.note(screen.notice);
  }

  showHealth(channel) {
    this.find(".state").dataset.state = channel?.state ?? "";
    this.find(".state span").textContent = channelState(channel);
    this.find(".state").title = channel?.note ?? "";
  }

  async write(text) {
    this.used(this.name);
    return act(this.name, "write", { text });
  }

  showMessages(screen, before) {
    const feed = this.find(".feed");
    if (before && before.subscriber !== screen.subscriber) this.forget(feed);
    const known = new Set(screen.messages.map(({ id }) => id));
    for (const [id, { item }] of this.shown) if (!known.has(id)) (item.remove(), this.shown.delete(id));
    const isNew = screen.messages.filter((message) => this.put(feed, message));
    this.atEnd ||= isNew.some(({ mine }) => mine);
    if (isNew.length) this.stayAtEnd();
  }

  forget(feed) {
    feed.replaceChildren();
    this.shown.clear();
  }

  /** True for a message that was not there. */
  put(feed, message) {
    const json = JSON.stringify(message);
    const old = this.shown.get(message.id);
    if (old?.json === json) return false;
    const item = bubble(this.name, message, (row, column, button) => this.press(message.id, row, column, button));
    item.querySelectorAll("img").forEach((picture) => picture.addEventListener("load", () => this.stayAtEnd()));
    if (old) old.item.replaceWith(item);
    else feed.append(item);
    this.shown.set(message.id, { json, item });
    return !old;
  }

  stayAtEnd() {
    const feed = this.find(".feed");
    if (this.atEnd) feed.scrollTop = feed.scrollHeight;
  }

  comeToTheFront() {
    // A feed that was hidden could not scroll.
    this.atEnd = true;
    this.stayAtEnd();
  }

  showKeyboard(screen, before) {
    const same = JSON.stringify(screen.keyboard) === JSON.stringify(before?.keyboard ?? []);
    if (same) return;
    const box = this.find(".keyboard");
    box.replaceChildren(keys(screen.keyboard, (row, column, button) => this.press("", row, column, button)));
    box.hidden = !screen.keyboard.length;
  }

  showTyping(screen, before) {
    const isAnswered = !before || screen.sent !== before.sent;
    if (isAnswered) return this.rest();
    if (screen.typing <= before.typing) return;
    clearTimeout(this.typing);
    this.find(".status").textContent = "печатает…";
    this.typing = setTimeout(() => this.rest(), TYPING_MS);
  }

  rest() {
    clearTimeout(this.typing);
    this.find(".status").textContent = { telegram: "бот", vk: "сообщество", viber: "чат-бот" }[this.name];
  }

  note(words) {
    const notice = this.find(".notice");
    notice.textContent = words;
    notice.hidden = !words;
    setTimeout(() => (notice.hidden = true), NOTICE_MS);
  }

  async press(message, row, column, button) {
    this.used(this.name);
    button.classList.add("pressed");
    await act(this.name, "press", { message, row, column });
    setTimeout(() => button.classList.remove("pressed"), 400);
  }

  fillTroubles() {
    const options = Object.entries(TROUBLES).map(([value, words]) => new Option(words, value));
    this.find(".trouble select").append(...options);
  }

  listen() {
    const on = (selector, event, take) => this.find(selector).addEventListener(event, take);
    on(".start", "click", () => (this.used(this.name), act(this.name, "start")));
    on(".block", "click", () => act(this.name, "block"));
    on(".unblock", "click", () => act(this.name, "unblock"));
    on(".renew", "click", () => act(this.name, "renew"));
    on(".reads input", "change", (event) => act(this.name, "read", { on: event.target.checked }));
    on(".trouble select", "change", (event) => act(this.name, "trouble", { trouble: event.target.value || null }));
    on(".composer", "submit", (event) => (event.preventDefault(), this.submit()));
    const feed = this.find(".feed");
    on(".feed", "scroll", () => {
      this.atEnd = feed.scrollHeight - feed.scrollTop - feed.clientHeight < NEAR_THE_END;
    });
    new ResizeObserver(() => this.stayAtEnd()).observe(feed);
    on("textarea", "focus", () => this.used(this.name));
    on("textarea", "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    on("input[type=file]", "change", (event) => this.attach(event.target));
    for (const button of this.root.querySelectorAll("[data-send]"))
      button.addEventListener("click", () => this.send(button.dataset.send));
    for (const button of this.root.querySelectorAll(".acts button"))
      button.addEventListener("click", () => button.closest("details").removeAttribute("open"));
  }

  async submit() {
    const field = this.find("textarea");
    const text = field.value.trim();
    if (text && (await this.write(text))) field.value = "";
  }

  async send(what) {
    this.used(this.name);
    if (what === "picture") await sendFile(this.name, await screenshot());
    else await act(this.name, what);
  }

  async attach(input) {
    this.used(this.name);
    this.find(".attach").removeAttribute("open");
    for (const file of input.files) await sendFile(this.name, file);
    input.value = "";
  }
}
