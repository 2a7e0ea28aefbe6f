// How the page draws attention: toasts, the window's title, a sound, words for a screen reader, a question.

import { byId, h } from "./dom.js";
import { load, save } from "./store.js";

const TOAST_MS = 6000;
let audio = null;

export function toast(words, kind = "") {
  const note = h("p", { class: `toast ${kind}` }, words);
  byId("toasts").append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

export function speak(words) {
  byId("spoken").textContent = words;
}

export function showWaiting(count) {
  document.title = count ? `(${count}) Отклик` : "Отклик";
}

/** Two soft notes, when the sound is on and the browser lets a page sound. */
export function ring() {
  if (!load("sound", true)) return;
  try {
    audio ??= new AudioContext();
    note(659, 0);
    note(880, 0.16);
  } catch {
    // a browser without sound
  }
}

function note(frequency, after_s) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const start = audio.currentTime + after_s;
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.12, start + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + 0.32);
}

export function bindSound() {
  const button = byId("sound");
  const show = () => button.setAttribute("aria-pressed", String(load("sound", true)));
  button.addEventListener("click", () => {
    save("sound", !load("sound", true));
    show();
    ring();
  });
  show();
}

/** Ask before something that cannot be undone. */
export function confirmed({ title, words, yes }) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-words").textContent = words;
  byId("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
