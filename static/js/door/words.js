// What the page says, in its language; the server wrote the sentences into #words.

const said = document.getElementById("words").dataset;
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const relative = new Intl.RelativeTimeFormat(language);

export { language };

let isBeside = false;

/** At a coat check nobody is "let in": where there are other words for a list beside the entrance, they are used. */
export function speakOf(entrance) {
  isBeside = !entrance;
}

/** A sentence, its {names} replaced. */
export function word(name, values = {}) {
  const other = isBeside ? said[`beside${name[0].toUpperCase()}${name.slice(1)}`] : undefined;
  return (other ?? said[name]).replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** A sentence that has another form for one. */
export function counted(name, count, values = {}) {
  return word(plural.select(count) === "one" ? `${name}One` : name, values);
}

/** One text of {"fr", "en", "th"}. */
export function local(texts) {
  return texts[language] || texts.en || Object.values(texts)[0] || "";
}

/** The hour at the event, as people write it: 19 h 42, 7:42 pm, 19.42 น. */
export function timeOfDay(iso, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  const [hour, minute] = parts.format(new Date(iso)).split(":");
  if (language === "fr") return `${Number(hour)}\u00a0h\u00a0${minute}`;
  if (language === "th") return `${hour.padStart(2, "0")}.${minute}\u00a0น.`;
  return `${Number(hour) % 12 || 12}:${minute}\u00a0${hour < 12 ? "am" : "pm"}`;
}

/** "6 minutes ago". */
export function ago(iso, now) {
  const seconds = Math.max(0, Math.round((new Date(now) - new Date(iso)) / 1000));
  if (seconds < 60) return relative.format(-seconds, "second");
  if (seconds < 3600) return relative.format(-Math.round(seconds / 60), "minute");
  return relative.format(-Math.round(seconds / 3600), "hour");
}
