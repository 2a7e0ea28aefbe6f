// Replies on their way to the server. They survive a reload and go out after a reconnect; the key makes a repeat harmless.

import { toast } from "./alerts.js";
import { Refused, Unreached, post } from "./net.js";
import { load, save } from "./store.js";

let onChange = () => {};
let sending = false;

const RETRY_MS = 3000;

const all = () => load("unsent", []);

/** Local storage is shared by tabs, so every change starts from what is there now. */
function change(edit) {
  save("unsent", edit(all()));
  onChange();
}

export function whenUnsentChanges(listener) {
  onChange = listener;
}

/** A reply is on its way to this conversation: what comes after it waits. */
export const isWaiting = (conversationId) => unsentOf(conversationId).some((reply) => !reply.fault && !reply.stored);

export const unsentOf = (conversationId) => all().filter((reply) => reply.conversation === conversationId);

export function add(conversationId, text) {
  const reply = { conversation: conversationId, key: newKey(), text, at: new Date().toISOString(), fault: "", stored: false };
  change((replies) => [...replies, reply]);
  return flush();
}

/** The history shows these replies, or the agent gave them up. */
export function drop(keys) {
  const gone = new Set(keys);
  if (all().some((reply) => gone.has(reply.key))) change((replies) => replies.filter((reply) => !gone.has(reply.key)));
}

/** Send what waits, in order. Ends at the first that does not get through; a refused one stays, with the reason. */
export async function flush() {
  if (sending) return;
  sending = true;
  try {
    for (let reply = next(); reply; reply = next()) await sendOne(reply);
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
    setTimeout(flush, RETRY_MS);
  } finally {
    sending = false;
  }
}

/** After a start the history shows what was stored before. */
export function forgetStored() {
  drop(all().filter((reply) => reply.stored).map((reply) => reply.key));
}

const next = () => all().find((reply) => !reply.fault && !reply.stored);

async function sendOne({ conversation, key, text }) {
  const mark = (changes) => change((replies) => replies.map((each) => (each.key === key ? { ...each, ...changes } : each)));
  try {
    await post(`conversations/${conversation}/reply`, { text, key });
    mark({ stored: true });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    mark({ fault: error.message });
    toast(`Ответ не отправлен. ${error.message}`, "bad");
  }
}

// crypto.randomUUID needs https; a desk in a local network may have none.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
