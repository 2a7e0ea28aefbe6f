// Calls of the demo's server. A refusal is shown; nobody else needs to know of it.

const toast = document.getElementById("toast");
let hiding;

export function tell(words) {
  toast.textContent = words;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.hidden = true), 5000);
}

/** Do something with a phone; true when it was done. */
export function act(phone, name, content = {}) {
  const body = JSON.stringify(content);
  return call(`/phones/${phone}/${name}`, { body, headers: { "Content-Type": "application/json" } });
}

export function sendFile(phone, file) {
  const title = encodeURIComponent(file.name);
  return call(`/phones/${phone}/file?title=${title}`, { body: file, headers: { "Content-Type": file.type } });
}

async function call(path, options) {
  try {
    const answer = await fetch(path, { method: "POST", ...options });
    if (answer.ok) return true;
    const told = await answer.json().catch(() => ({}));
    tell(told.error ?? "Не получилось. Обновите страницу и попробуйте снова.");
  } catch {
    tell("Демонстрация не отвечает: возможно, её остановили.");
  }
  return false;
}

/** What the server tells, for as long as the page is open; after a break it tells everything again. */
export function listen(take, lost) {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = (event) => take(JSON.parse(event.data));
  socket.onclose = () => {
    lost();
    setTimeout(() => listen(take, lost), 1000);
  };
}
