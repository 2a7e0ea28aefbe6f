// Times and numbers as people read them.

let ahead = 0; // the server's clock minus this browser's

export function setServerTime(now) {
  ahead = Date.parse(now) - Date.now();
}

export const secondsSince = (moment) => Math.max(0, Math.floor((Date.now() + ahead - Date.parse(moment)) / 1000));

/** "0:07", "12:40", "2 ч 05 мин", "3 дн." */
export function waited(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  return hours < 48 ? `${hours} ч ${pad(minutes % 60)} мин` : `${Math.floor(hours / 24)} дн.`;
}

const pad = (number) => String(number).padStart(2, "0");
const clock = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const dayAndMonth = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", weekday: "short" });
const withYear = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", year: "numeric" });

export const timeOf = (moment) => clock.format(new Date(moment));

export function dayOf(moment) {
  const day = new Date(moment);
  const today = new Date(Date.now() + ahead);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (day.toDateString() === today.toDateString()) return "Сегодня";
  if (day.toDateString() === yesterday.toDateString()) return "Вчера";
  return (day.getFullYear() === today.getFullYear() ? dayAndMonth : withYear).format(day);
}

export function sizeOf(bytes) {
  if (!bytes) return "";
  const megabytes = bytes / 1024 / 1024;
  return megabytes >= 1 ? `${megabytes.toFixed(1).replace(".", ",")} МБ` : `${Math.ceil(bytes / 1024)} КБ`;
}
