// Keys. Letters are told by their place on the keyboard, so they work in the Russian layout too.

import { byId } from "./dom.js";

const isTyping = (target) => target.closest("input, textarea, select");

/** `acts` maps "Alt+KeyN" and the like to what to do. */
export function bindKeys(acts) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?" && !isTyping(event.target)) return run(event, showKeys);
    if (event.key === "Escape") return acts.Escape?.();
    if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) run(event, acts[`Alt+${event.code}`]);
  });
  byId("help").addEventListener("click", showKeys);
}

export const showKeys = () => byId("keys").showModal();

function run(event, act) {
  if (!act) return;
  event.preventDefault();
  act();
}
