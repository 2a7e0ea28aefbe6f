// Elements without innerHTML: text is always text, and HTML of the server passes through a short list of what may be.

const icons = document.body.dataset.icons;

/** Make an element. Keys of `props`: on* are listeners, data is a dataset, false and null are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false && child !== ""));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

const ALLOWED = new Set(["P", "BR", "OL", "UL", "LI", "STRONG", "CODE", "A"]);

/** The server's HTML as nodes; anything that is not in ALLOWED becomes its text. */
export function safe(html) {
  const source = new DOMParser().parseFromString(html, "text/html").body;
  const fragment = document.createDocumentFragment();
  fragment.append(...copies(source));
  return fragment;
}

function copies(parent) {
  return [...parent.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    return ALLOWED.has(node.tagName) ? [copy(node)] : copies(node);
  });
}

function copy(node) {
  const element = document.createElement(node.tagName);
  if (node.tagName === "A" && /^(https?:|tel:)/.test(node.getAttribute("href") ?? "")) {
    element.href = node.getAttribute("href");
    element.target = "_blank";
    element.rel = "noopener noreferrer";
  }
  if (node.tagName === "OL" && node.start !== 1) element.start = node.start;
  element.append(...copies(node));
  return element;
}

/** Make `nodes` the children without touching those that stand where they should: a playing voice message plays on. */
export function arrange(parent, nodes) {
  let place = parent.firstChild;
  for (const node of nodes) {
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

export const byId = (id) => document.getElementById(id);
