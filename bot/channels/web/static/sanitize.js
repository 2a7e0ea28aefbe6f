// The server's HTML, rebuilt from an allow-list. The server escapes already; this is the second lock on the door.

const ALLOWED = new Set(["P", "BR", "OL", "UL", "LI", "STRONG", "CODE", "A"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "NOSCRIPT", "TITLE"]);
const SCHEMES = new Set(["http:", "https:", "tel:"]);

export function sanitize(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html"); // inert: nothing in it runs or loads
  const clean = document.createDocumentFragment();
  copy(parsed.body, clean);
  return clean;
}

function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.tagName.toUpperCase())) copyElement(node, to);
  }
}

/** An element that is not on the list leaves its text behind. */
function copyElement(node, to) {
  if (!ALLOWED.has(node.tagName)) return copy(node, to);
  const element = node.tagName === "A" ? link(node) : document.createElement(node.tagName);
  if (node.tagName === "OL" && node.hasAttribute("start")) element.start = node.start;
  copy(node, element);
  to.append(element);
}

function link(node) {
  const address = URL.parse?.(node.getAttribute("href")) ?? parse(node.getAttribute("href"));
  if (!address || !SCHEMES.has(address.protocol)) return document.createElement("span");
  const element = document.createElement("a");
  element.href = address.href;
  element.rel = "noopener noreferrer";
  if (address.protocol !== "tel:") element.target = "_blank";
  return element;
}

function parse(href) {
  try {
    return new URL(href);
  } catch {
    return null;
  }
}
