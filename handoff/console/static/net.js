// Calls to the server. A call either succeeds, is refused (with words for the person), or did not get through.

const csrf = document.body.dataset.csrf;
const TIMEOUT_MS = 15000;
const UPLOAD_TIMEOUT_MS = 180000;

/** The server understood and said no; repeating would not help. */
export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** Nobody answered, or the server is in trouble; repeating may help. */
export class Unreached extends Error {}

export const get = (path) => call(path, {});

export const post = (path, body = null) =>
  call(path, {
    method: "POST",
    headers: { "X-CSRF-Token": csrf, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });

async function call(path, options) {
  let response;
  try {
    response = await fetch(`/desk/api/${path}`, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new Unreached("Нет связи с сервером.");
  }
  const answer = await response.json().catch(() => ({}));
  const fault = faultOf(response.status, answer);
  if (fault) throw fault;
  return answer;
}

function faultOf(status, answer) {
  if (status === 401) location.assign("/desk/login");
  if (status >= 500) return new Unreached("Сервер не отвечает. Попробуйте ещё раз.");
  return status >= 400 ? new Refused(status, answer.error ?? "Не получилось. Обновите страницу.") : null;
}

/** Send a file. `fetch` tells no progress, so this is the older way; `stop` gives it up. */
export function upload(path, file, onProgress) {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", file, file.name || "file");
  request.open("POST", `/desk/api/${path}`);
  request.setRequestHeader("X-CSRF-Token", csrf);
  request.responseType = "json";
  request.timeout = UPLOAD_TIMEOUT_MS;
  request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
  const done = new Promise((resolve, reject) => {
    request.onload = () => {
      const fault = faultOf(request.status, request.response ?? {});
      if (fault) reject(fault);
      else resolve();
    };
    request.onabort = () => resolve();
    request.onerror = request.ontimeout = () => reject(new Unreached("Нет связи с сервером."));
  });
  request.send(form);
  return { done, stop: () => request.abort() };
}

/** Calls of `work` that come while it runs become one more run after it. */
export function oneAtATime(work) {
  let running = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    if (running) again = true;
    else running = run().finally(() => (running = null));
    return running;
  };
}
