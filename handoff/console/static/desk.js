// Joins the parts of the page: the address says what is open, the socket says what changed.

import { bindSound, toast } from "./alerts.js";
import { byId } from "./dom.js";
import { Hints } from "./hints.js";
import { List } from "./list.js";
import { Live } from "./live.js";
import { Refused, get, oneAtATime, post } from "./net.js";
import { bindKeys } from "./shortcuts.js";
import { forgetAll } from "./store.js";
import { Talk } from "./talk.js";
import { flush, forgetStored } from "./unsent.js";
import { setServerTime } from "./words.js";

const MOST_TRIES = 5;
const STATES = { up: "На связи", connecting: "Соединяемся…", offline: "Нет сети" };
const isWide = () => matchMedia("(min-width: 760px)").matches;

const list = new List();
const hints = new Hints({
  insert: (text) => {
    leaveHints();
    talk.insert(text);
  },
  send: (text) => {
    leaveHints();
    talk.send(text);
  },
});
const talk = new Talk(byId("talk"), hints, { changed: () => loadQueue(), left: () => openNextOfMine() });

const loadQueue = oneAtATime(async () => {
  try {
    showQueue(await get("queue"));
  } catch (error) {
    if (error instanceof Refused) toast(error.message, "bad");
  }
});

function showQueue({ now, on_duty: onDuty, people, lists }) {
  setServerTime(now);
  byId("duty").setAttribute("aria-checked", String(onDuty));
  byId("people").textContent = `На линии: ${people}`;
  list.show(lists, { mayRing: onDuty });
  const entry = list.entry(talk.id);
  const stale = entry && talk.header && (entry.status !== talk.header.status || entry.reachable !== talk.header.reachable);
  if (stale) talk.refresh();
}

function showAddress() {
  const [, id, hintsToo] = location.hash.match(/^#(\d+)(\/hints)?$/) ?? [];
  document.body.dataset.pane = hintsToo ? "hints" : id ? "talk" : "list";
  const wanted = id ? Number(id) : null;
  list.open(wanted);
  live.watch(wanted);
  if (wanted) return talk.open(wanted);
  if (talk.id) talk.close();
  return null;
}

const open = (id) => {
  location.hash = id ? `#${id}` : "";
};

function leaveHints() {
  if (document.body.dataset.pane === "hints") history.back();
}

async function openNextOfMine() {
  await loadQueue();
  const waiting = list.mine.find((entry) => entry.waiting_since) ?? list.mine[0];
  open(isWide() && waiting ? waiting.id : null);
}

/** The one who waits longest; when a colleague is quicker, the one after. */
async function takeNext() {
  for (let tries = 0; tries < MOST_TRIES && list.queued.length; tries++) {
    const { id } = list.queued[0];
    try {
      await post(`conversations/${id}/take`);
      await loadQueue();
      open(id);
      await showAddress(); // the event of the new address comes later
      await talk.refresh();
      return talk.focus();
    } catch (error) {
      if (!(error instanceof Refused)) return toast(error.message, "bad");
      await loadQueue();
    }
  }
  toast("Очередь пуста.");
}

async function switchDuty() {
  const on = byId("duty").getAttribute("aria-checked") !== "true";
  try {
    await post("duty", { on });
    if (!on && list.mine.length) toast(`Новых обращений не будет. За вами осталось: ${list.mine.length}.`);
  } catch (error) {
    toast(error.message, "bad");
  }
  loadQueue();
}

function step(by) {
  const id = list.neighbour(by);
  if (id) open(id);
}

const live = new Live({
  state: (name) => {
    byId("connection").dataset.state = name;
    byId("connection").lastElementChild.textContent = STATES[name];
  },
  connected: () => {
    loadQueue();
    talk.refresh();
    flush();
  },
  queue: () => loadQueue(),
  conversation: (id, cursor) => id === talk.id && talk.isBehind(cursor) && talk.refresh(),
});

bindSound();
bindKeys({
  "Alt+KeyN": takeNext,
  "Alt+KeyB": () => talk.act("return"),
  "Alt+KeyW": () => talk.act("close"),
  "Alt+ArrowUp": () => step(-1),
  "Alt+ArrowDown": () => step(1),
  "Alt+Digit1": () => hints.insert(0),
  "Alt+Digit2": () => hints.insert(1),
  "Alt+Digit3": () => hints.insert(2),
  Escape: () => {
    byId("menu").open = false;
    if (document.body.dataset.pane === "hints") return history.back();
    const entry = document.querySelector(".entry[aria-current]") ?? document.querySelector(".entry");
    if (!isWide()) open(null);
    return (entry ?? byId("next")).focus();
  },
});
byId("next").addEventListener("click", takeNext);
byId("duty").addEventListener("click", switchDuty);
byId("hints-close").addEventListener("click", leaveHints);
byId("logout").addEventListener("submit", forgetAll);
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault();
  talk.focus();
});
document.addEventListener("click", (event) => {
  if (!byId("menu").contains(event.target)) byId("menu").open = false;
});
addEventListener("hashchange", showAddress);
forgetStored();
showAddress();
