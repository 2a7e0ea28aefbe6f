// The one line a site embeds. Loads the chat from the server this file came from; leaves nothing behind on the page.
(() => {
  const script = document.currentScript;
  if (document.querySelector("otklik-chat")) return;
  const origin = new URL(script.src).origin;
  import(`${origin}/chat/static/{{version}}/embed.js`).then(({ embed }) => embed({ name: script.dataset.name }));
})();
