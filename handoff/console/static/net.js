// Calls to the server. A call either succeeds, is refused (with words for the person), or did not get through.

const csrf = document.body.dataset.csrf;
const TIMEOUT_MS = 15000;

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
  if (response.status === 401) location.assign("/desk/login");
  if (response.status >= 500) throw new Unreached("Сервер не отвечает. Попробуйте ещё раз.");
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.error ?? "Не получилось. Обновите страницу.");
  return answer;
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
