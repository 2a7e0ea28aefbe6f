// The page: three phones, the desk in a frame, and what is shown of them at once.

import { listen, tell } from "./net.js";
import { Phone } from "./phone.js";
import { botState, QUESTIONS, TITLES } from "./words.js";

const main = document.getElementById("main");
const tabs = document.getElementById("tabs");
const bot = document.getElementById("bot");
const wide = document.getElementById("wide");
const phones = new Map();
let last = "telegram"; // the phone in which somebody wrote last

listen(take, () => showBot("offline", "Связь с демонстрацией потеряна, соединяемся снова…"));

for (const question of QUESTIONS) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = question;
  button.addEventListener("click", () => ask(question));
  const item = document.createElement("li");
  item.append(button);
  document.getElementById("questions").append(item);
}

wide.addEventListener("click", () => {
  const on = document.body.classList.toggle("wide");
  wide.setAttribute("aria-pressed", String(on));
});

// A menu closes when something else is pressed.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.removeAttribute("open");
});
window.addEventListener("blur", () => document.querySelectorAll("details.menu[open]").forEach((one) => (one.open = false)));

function take(told) {
  if (told.kind === "hello") meet(told);
  if (told.kind === "screen") showScreen(told.phone, told.screen);
  if (told.kind === "health") showHealth(told.health);
}

function meet({ phones: names, login, password, chat }) {
  document.getElementById("chat").href = chat;
  document.getElementById("access").textContent = `${login} / ${password}`;
  for (const name of names) if (!phones.has(name)) add(name);
  if (!tabs.children.length) [...names, "desk"].forEach(addTab);
  choose(document.body.dataset.tab);
  openDesk(login, password).catch(() => tell("Рабочий стол не открылся. Обновите страницу."));
}

function add(name) {
  const phone = new Phone(name, { used: (one) => (last = one) });
  phones.set(name, phone);
  main.insertBefore(phone.root, document.getElementById("desk"));
}

function addTab(name) {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.textContent = TITLES[name];
  tab.dataset.name = name;
  tab.addEventListener("click", () => choose(name));
  tabs.append(tab);
}

function choose(name) {
  document.body.dataset.tab = name;
  if (phones.has(name)) last = name;
  for (const phone of phones.values()) phone.root.classList.toggle("current", phone.name === last);
  for (const tab of tabs.children) {
    const isHere = tab.dataset.name === name;
    tab.setAttribute("aria-pressed", String(isHere));
    if (isHere) tab.classList.remove("news");
  }
  phones.get(name)?.comeToTheFront();
}

function showScreen(name, screen) {
  const phone = phones.get(name);
  const isNews = phone.screen && screen.sent > phone.screen.sent && document.body.dataset.tab !== name;
  phone.show(screen);
  if (isNews) tabs.querySelector(`[data-name="${name}"]`).classList.add("news");
}

function showHealth(health) {
  showBot(health.status === "ok" ? "up" : "down", botState(health));
  for (const [name, phone] of phones) phone.showHealth(health.channels[name]);
}

function showBot(state, words) {
  bot.dataset.state = state;
  bot.querySelector("span").textContent = words;
}

async function ask(question) {
  document.getElementById("ideas").open = false;
  choose(document.body.dataset.tab === "desk" ? last : document.body.dataset.tab);
  await phones.get(last).write(question);
}

/** By the login form's own call, unless the session is still good: who is logged in is sent on from the form. */
async function openDesk(login, password) {
  const frame = document.getElementById("frame");
  const form = await fetch("/desk/login");
  if (!form.redirected) await fetch("/desk/login", { method: "POST", body: new URLSearchParams({ login, password }) });
  if (!form.redirected || !frame.src) frame.src = "/desk";
}
