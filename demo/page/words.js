// The words of the page that depend on values.

export const TITLES = { telegram: "Telegram", vk: "ВКонтакте", viber: "Viber", desk: "Стол" };

export const TROUBLES = {
  "": "нет",
  limit: "слишком часто: ждать",
  server_error: "ошибка сервера (502)",
  garbage: "ответ не читается",
  hang: "не отвечает",
  reset: "связь рвётся",
  blocked: "все заблокировали бота",
  dead_token: "ключ отозван",
  duplicate: "события приходят дважды",
  reorder: "события не по порядку",
  late: "события опаздывают",
};

// What to expect of the bot while a trouble lasts.
export const EXPECTED = {
  limit: "Бот ждёт, сколько просит мессенджер, и шлёт снова. Ничего не теряется.",
  server_error: "Бот повторяет с растущими паузами.",
  garbage: "Сообщение дошло, а бот этого не знает. Повторит только там, где мессенджер не покажет его дважды.",
  hang: "Неясно, дошло ли. ВКонтакте бот повторит, в остальных не станет: на столе это «Недоставленное».",
  reset: "Неясно, дошло ли. ВКонтакте бот повторит, в остальных не станет: на столе это «Недоставленное».",
  blocked: "Ответ попадёт в «Недоставленное» на столе.",
  dead_token: "Бот пробует снова, пока ключ не заработает. После починки на это уходит до минуты.",
  duplicate: "Ответ всё равно один.",
  reorder: "Каждый чат всё равно отвечает по порядку.",
  late: "Галочка одна, пока неполадка не кончится. Потом бот ответит на всё.",
};

export const QUESTIONS = [
  "как узнать баланс",
  "куда деть лишние гиги",
  "kak smenit tarif",
  "что со связью в Турции",
  "с меня списали деньги",
  "позовите человека",
  "связать чаты",
];

const STATES = { up: "на связи", down: "нет связи", connecting: "подключается", off: "выключен" };

export function channelState(channel) {
  return channel ? (STATES[channel.state] ?? channel.state) : "…";
}

export function botState(health) {
  const { queued = 0, pending = 0, uncertain = 0, failed = 0 } = health.database;
  const parts = [
    health.status === "ok" ? "Бот работает" : "Бот работает не полностью",
    queued && `в очереди ${queued}`,
    pending && `ждут отправки ${pending}`,
    uncertain && `неясно, дошло ли: ${uncertain}`,
    failed && `не доставлено ${failed}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} Б`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} КБ` : `${(bytes / 1024 / 1024).toFixed(1)} МБ`;
}
