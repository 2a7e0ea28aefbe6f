// What the visitor reads, in Russian.

export const STATES = {
  connecting: "Соединяемся…",
  online: "На связи",
  offline: "Нет интернета",
  elsewhere: "Чат открыт в другой вкладке",
};

export const REFUSALS = {
  too_long: "Сообщение слишком длинное",
  bad_text: "В сообщении есть недопустимые символы",
  unknown_file: "Файл не найден, приложите его ещё раз",
  too_many_files: "Слишком много файлов в одном сообщении",
};
export const NOT_SENT = "Не отправлено";

export const uploadFault = (reason, maxMb) =>
  ({
    too_large: `Файл больше ${maxMb} МБ`,
    unknown_type: "Такие файлы мы не принимаем",
    too_many: "Слишком много файлов, попробуйте позже",
  })[reason] ?? "Не загрузилось";

const CLOCK = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", year: "numeric" });

export const clock = (date) => CLOCK.format(date);

export function day(date, now = new Date()) {
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return "Сегодня";
  if (days === 1) return "Вчера";
  return (date.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR).format(date);
}

export function size(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} КБ`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(".", ",")} МБ`;
}

/** plural(2, "новое сообщение", "новых сообщения", "новых сообщений") */
export function plural(count, one, few, many) {
  const form = new Intl.PluralRules("ru").select(count);
  return `${count} ${{ one, few }[form] ?? many}`;
}
