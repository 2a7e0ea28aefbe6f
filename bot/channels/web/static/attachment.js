// A file in the conversation: a picture, a player, or a row to download. Bytes are fetched when they come into view.

import { el, icon } from "./dom.js";
import { size } from "./words.js";

export function attachment(file, files) {
  if (file.kind === "photo") return picture(file, files);
  const [kind] = (file.mime ?? "").split("/");
  if (kind === "audio" || kind === "video") return player(kind, file, files);
  return download(file, files);
}

/** The frame has its size before the picture comes, so the conversation does not jump. */
function picture(file, files) {
  const image = el("img", { alt: file.name, decoding: "async" });
  const frame = el("a.picture", { target: "_blank", rel: "noopener", "aria-label": `Открыть ${file.name}` }, image);
  image.onerror = () => frame.replaceWith(download(file, files));
  whenSeen(frame, async () => {
    const url = await files(file.ref);
    frame.href = image.src = url;
  }, () => frame.replaceWith(download(file, files)));
  return frame;
}

function player(kind, file, files) {
  const element = el(kind, { controls: true, "aria-label": file.name });
  whenSeen(element, async () => {
    element.src = await files(file.ref);
  }, () => element.replaceWith(download(file, files)));
  return element;
}

function download(file, files) {
  const name = el("span.name", {}, file.name);
  const row = el("button.file", { type: "button" }, icon("file"), name, el("span.size", {}, size(file.size)));
  row.addEventListener("click", async () => {
    try {
      el("a", { href: await files(file.ref), download: file.name }).click();
    } catch {
      name.textContent = `${file.name}: не удалось открыть`;
    }
  });
  return row;
}

function whenSeen(element, load, fail) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    load().catch(fail);
  });
  watch.observe(element);
}
