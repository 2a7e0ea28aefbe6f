// A visitor's files: sent with progress, fetched back with the token, and remembered as blob addresses.

export class Files {
  #url;
  #token;
  #known = new Map();

  /** `token()` is the visitor's secret at this moment. */
  constructor(url, token) {
    this.#url = url;
    this.#token = token;
  }

  /** Sends a file; rejects with the server's reason. `fetch` tells no progress, so this is the older way. */
  send(file, onProgress) {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name || "file");
    request.open("POST", this.#url);
    request.setRequestHeader("Authorization", `Bearer ${this.#token()}`);
    request.timeout = 120_000;
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
    const done = new Promise((resolve, reject) => {
      request.onload = () => (request.status === 201 ? resolve(this.#kept(request, file)) : reject(reason(request)));
      request.onerror = request.ontimeout = request.onabort = () => reject("");
    });
    request.send(form);
    return { done, stop: () => request.abort() };
  }

  /** The address of a file's bytes; what was just sent is not fetched again. */
  address(ref) {
    if (!this.#known.has(ref)) {
      const address = this.#fetch(ref);
      address.catch(() => this.#known.delete(ref));
      this.#known.set(ref, address);
    }
    return this.#known.get(ref);
  }

  async #fetch(ref) {
    const answer = await fetch(`${this.#url}/${ref}`, {
      headers: { Authorization: `Bearer ${this.#token()}` },
      credentials: "omit",
    });
    if (!answer.ok) throw new Error(`file: HTTP ${answer.status}`);
    return URL.createObjectURL(await answer.blob());
  }

  #kept(request, file) {
    const kept = JSON.parse(request.responseText);
    const typed = new Blob([file], { type: kept.mime });
    this.#known.set(kept.ref, Promise.resolve(URL.createObjectURL(typed)));
    return kept;
  }
}

function reason(request) {
  try {
    return JSON.parse(request.responseText).reason;
  } catch {
    return "";
  }
}
