// What this browser keeps for this agent: drafts, replies not yet sent, settings. Gone at logout.

const prefix = `otklik.${document.body.dataset.agent}.`;
const memory = new Map(); // where the browser denies storage, for as long as the page lives

export function load(name, fallback = null) {
  try {
    const text = localStorage.getItem(prefix + name) ?? memory.get(name);
    return text ? JSON.parse(text) : fallback;
  } catch {
    return memory.has(name) ? JSON.parse(memory.get(name)) : fallback;
  }
}

export function save(name, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(prefix + name, text);
  } catch {
    memory.set(name, text);
  }
}

export function forget(name) {
  memory.delete(name);
  try {
    localStorage.removeItem(prefix + name);
  } catch {
    // nothing was kept
  }
}

export function forgetAll() {
  memory.clear();
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith("otklik."))
      .forEach((key) => localStorage.removeItem(key));
  } catch {
    // nothing was kept
  }
}
