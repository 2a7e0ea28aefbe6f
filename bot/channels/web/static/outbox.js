// What the visitor wrote and the server has not yet taken. Survives a reload; each message keeps its key, so that
// sending it again is harmless.

export class Outbox {
  #keep;
  #items;

  constructor(keep) {
    this.#keep = keep;
    this.#items = restored(keep.get("outbox"));
  }

  get items() {
    return this.#items;
  }

  /** The one to send now: strictly in order, and nothing that was refused. */
  next() {
    return this.#items.find((item) => !item.fault);
  }

  add(item) {
    this.#items.push(item);
    this.#save();
  }

  taken(key) {
    this.#items = this.#items.filter((item) => item.key !== key);
    this.#save();
  }

  refused(key, fault) {
    this.#change(key, { fault });
  }

  /** A refused message goes to the end of the line. */
  again(key) {
    const item = this.#items.find((each) => each.key === key);
    if (!item) return;
    this.#items = [...this.#items.filter((each) => each !== item), { ...item, fault: undefined }];
    this.#save();
  }

  #change(key, values) {
    this.#items = this.#items.map((item) => (item.key === key ? { ...item, ...values } : item));
    this.#save();
  }

  #save() {
    this.#keep.set("outbox", JSON.stringify(this.#items));
  }
}

function restored(text) {
  try {
    const items = JSON.parse(text ?? "[]");
    return Array.isArray(items) ? items.filter((item) => typeof item?.key === "string") : [];
  } catch {
    return [];
  }
}
