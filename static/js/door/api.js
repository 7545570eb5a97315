// What this phone asks the server. Two kinds of failure: no answer at all, or a refusal with a code and a sentence.

import { language } from "./words.js";

const PATIENCE = 3000; // milliseconds; a guest stands there, and this phone can decide by itself
const LONG = 30000; // for what is large, and for what nobody waits for

/** The server did not answer; what was asked may or may not have been done. */
export class NoAnswer extends Error {}

/** The server said no. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || "");
    this.status = status;
    this.code = problem.code;
  }
}

export const pair = (code, name) => ask("POST", "pair", null, { code, name });
export const scan = (token, one) => ask("POST", "scans", token, { scans: [one] }).then((answer) => answer.results[0]);
export const scans = (token, many) => ask("POST", "scans", token, { scans: many }, {}, LONG).then((said) => said.results);
export const manifest = (token, since) => ask("GET", "manifest", token, null, { since }, LONG);
export const undo = (token, scanId, ticket) => ask("POST", "undo", token, { scan_id: scanId, ticket });
export const guests = (token, query) => ask("GET", "guests", token, null, { q: query }).then((answer) => answer.guests);
export const admitNamed = (token, one) => ask("POST", "guests", token, one);
export const status = (token) => ask("GET", "status", token);
export const offer = (token) => ask("GET", "sales", token);
export const sell = (token, sale) => ask("POST", "sales", token, sale, {}, LONG);
export const sale = (token, saleId) => ask("GET", `sales/${saleId}`, token, null, {}, LONG);
export const cancelSale = (token, saleId) => ask("POST", `sales/${saleId}/cancellation`, token, {}, {}, LONG);

async function ask(method, name, token, body, query = {}, patience = PATIENCE) {
  const address = `/door/api/${name}?${new URLSearchParams({ ...query, lang: language })}`;
  const response = await answered(address, {
    method,
    cache: "no-store",
    credentials: "omit",
    signal: AbortSignal.timeout(patience),
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body ? { "Content-Type": "application/json" } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (response.status >= 500) throw new NoAnswer(`${response.status}`);
  const said = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, said || {});
  if (said === null) throw new NoAnswer("cut off");
  return said;
}

async function answered(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    throw new NoAnswer(error.message);
  }
}
