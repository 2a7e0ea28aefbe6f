// The widget on somebody's site: a button in the corner and a panel over the page. Nothing of it touches the site.

import { Chat } from "./chat.js";
import { el, icon } from "./dom.js";
import { followViewport, shadowIn } from "./frame.js";
import { lasting, passing } from "./keep.js";
import { plural } from "./words.js";

const WHOLE_SCREEN = "(max-width: 520px), (max-height: 460px)";
const FOCUSABLE = "button:not(:disabled), textarea, a[href], audio, video, [tabindex='0']";
const KEYS = ["keydown", "keyup", "keypress"]; // a site's hotkeys must not answer to what is written here
const HOST_STYLE = { all: "initial", position: "fixed", right: "0", bottom: "0", "z-index": "2147483000" };

/** Beside <body>: what the site does to its body (transforms, filters, overflow) does not reach us. */
export async function embed({ name }) {
  const host = document.createElement("otklik-chat");
  for (const [key, value] of Object.entries(HOST_STYLE)) host.style.setProperty(key, value, "important");
  document.documentElement.append(host);
  const root = await shadowIn(host, "widget");
  new Widget(root, name);
}

class Widget {
  #root;
  #badge = el("span.badge", { "aria-hidden": "true", hidden: true });
  #launcher = el("button.launcher", { type: "button", "aria-haspopup": "dialog" }, icon("chat"), this.#badge);
  #panel = el("div.panel", { role: "dialog", "aria-label": "Чат поддержки", tabindex: "-1", hidden: true });
  #chat;
  #isStarted = false;

  constructor(root, name) {
    this.#root = root;
    this.#chat = new Chat({ name, onClose: () => this.close(), onUnread: (count) => this.#count(count) });
    this.#panel.append(this.#chat.element);
    root.append(this.#launcher, this.#panel);
    this.#launcher.addEventListener("click", () => this.open());
    this.#panel.addEventListener("keydown", (event) => this.#key(event));
    for (const type of KEYS) root.addEventListener(type, (event) => event.stopPropagation());
    this.#count(0);
    followViewport(root);
    if (lasting.get("token")) this.#start();
    if (passing.get("open") === "yes" && !matchMedia(WHOLE_SCREEN).matches) this.#unfold();
  }

  open() {
    this.#unfold();
    this.#panel.focus({ preventScroll: true });
    this.#chat.focus();
  }

  /** Without taking the focus: after a change of page the panel is simply still there. */
  #unfold() {
    this.#start();
    this.#root.classList.add("open");
    this.#panel.hidden = false;
    this.#panel.setAttribute("aria-modal", String(matchMedia(WHOLE_SCREEN).matches));
    passing.set("open", "yes");
    this.#chat.show();
  }

  close() {
    this.#root.classList.remove("open");
    this.#panel.hidden = true;
    passing.set("open", "no");
    this.#chat.hide();
    this.#launcher.focus({ preventScroll: true });
  }

  /** A visitor who never wrote costs the server nothing until the panel is opened. */
  #start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#chat.start();
  }

  #count(unread) {
    this.#badge.hidden = !unread;
    this.#badge.textContent = unread > 9 ? "9+" : String(unread);
    const news = plural(unread, "новое сообщение", "новых сообщения", "новых сообщений");
    this.#launcher.setAttribute("aria-label", unread ? `Открыть чат, ${news}` : "Открыть чат поддержки");
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing) this.close();
    if (event.key === "Tab") this.#trap(event);
  }

  /** Tab goes round inside the panel. */
  #trap(event) {
    const stops = [...this.#panel.querySelectorAll(FOCUSABLE)].filter((each) => each.checkVisibility());
    const active = this.#root.getRootNode().activeElement;
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey ? active === first || active === this.#panel : active === last) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }
}
