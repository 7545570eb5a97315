// What is said while one sells; the server wrote the sentences into #sale.

import { language } from "./words.js";

const said = document.getElementById("sale").dataset;

/** A sentence, its {names} replaced. */
export const word = (name, values = {}) => said[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

/** Minor units as people write them; whole amounts without decimals. */
export function money(amount, { currency, decimals }) {
  const places = amount % 10 ** decimals ? decimals : 0;
  if (language === "th" && currency === "THB") return `${plain(amount / 10 ** decimals, places)}\u00a0บาท`; // as on every page
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: places, maximumFractionDigits: places };
  return new Intl.NumberFormat(language, style).format(amount / 10 ** decimals).replace(/\u202f/g, "\u00a0");
}

function plain(value, places) {
  return new Intl.NumberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: places }).format(value);
}

/** Minor units of what was typed ("1,500", "1 500.50"), 0 for nothing, null when it is no amount. */
export function minor(text, { decimals }) {
  const typed = text.replace(/[\s\u00a0\u202f’']/g, "");
  if (!typed) return 0;
  const whole = /^\d{1,3}([.,]\d{3})+$/.test(typed) && decimals < 3 ? typed.replace(/[.,]/g, "") : typed.replace(",", ".");
  if (!/^\d{1,9}(\.\d+)?$/.test(whole) || (whole.split(".")[1] || "").length > decimals) return null;
  return Math.round(Number(whole) * 10 ** decimals);
}
