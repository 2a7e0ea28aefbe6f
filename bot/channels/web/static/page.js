// The page at /: the chat alone, over the whole window.
import { Chat } from "./chat.js";
import { followViewport, shadowIn } from "./frame.js";

const place = document.getElementById("chat");
const root = await shadowIn(place, "page");
const chat = new Chat({ title: place.dataset.title });
root.append(chat.element);
followViewport(root);
chat.start();
chat.show();
chat.focus();
