// Where a chat is put: a shadow root with our own style, untouched by the site around it.

const HERE = new URL(".", import.meta.url);

/** The element inside the shadow root that holds everything; `mode` is "page" or "widget". */
export async function shadowIn(host, mode) {
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [await style()];
  const root = document.createElement("div");
  root.className = `root ${mode}`;
  root.lang = "ru";
  shadow.append(root);
  return root;
}

/** A constructed sheet needs no style-src from the site that embeds us. */
async function style() {
  const sheet = new CSSStyleSheet();
  const answer = await fetch(new URL("chat.css", HERE), { credentials: "omit" });
  await sheet.replace(await answer.text());
  return sheet;
}

/** A phone's keyboard covers the bottom of the window: keep to the part that is seen. */
export function followViewport(root) {
  const view = window.visualViewport;
  if (!view) return;
  const follow = () => {
    const zoomed = view.scale > 1.01;
    root.style.setProperty("--height", zoomed ? "100dvh" : `${view.height}px`);
    root.style.setProperty("--top", zoomed ? "0px" : `${view.offsetTop}px`);
  };
  view.addEventListener("resize", follow);
  view.addEventListener("scroll", follow);
  follow();
}
