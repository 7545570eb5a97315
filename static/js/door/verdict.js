// The full-screen answer: colour, shape, word; then who, where, and what to know.

import { drawing, line, make, part, show } from "./page.js";
import { ago, counted, local, timeOfDay, word } from "./words.js";

const COLOURS = ["is-go", "is-wait", "is-stop", "is-off", "is-plain"];

/** Which of the three an answer of the server is: go, wait or stop. */
export function kindOf(answer) {
  if (answer.verdict === "admitted") return "go";
  if (answer.verdict === "needs") return "wait";
  return answer.reason === "already_admitted" ? "wait" : "stop";
}

/** Show the server's answer to a scan. `zone` is the event's time zone. */
export function showAnswer(answer, zone) {
  const kind = kindOf(answer);
  const heading = word({ go: "admitted", wait: "already", stop: "invalid" }[kind]);
  paint(kind, [make("h2", heading), ...why(answer, kind, zone), ...who(answer), notes(answer)]);
  const left = answer.party && kind !== "stop" ? answer.party.expected - answer.party.arrived : 0;
  part("party").textContent = counted("letInOthers", left, { n: left });
  const earlier = kind === "wait" && answer.previous?.scan_id;
  part("undo").textContent = word(earlier ? "undoEarlier" : "undo");
  offer({ undo: kind === "go" || earlier, party: left > 0, "search-instead": kind !== "go" && !answer.offline && !answer.practice });
}

/** One of the questions that a guest must answer first; `onChoice` hears the place of what was chosen. */
export function showQuestion(question, place, count, onChoice) {
  const whose = question.name || (question.ticket ? word("ticket", { number: question.ticket }) : "");
  const step = count > 1 ? `${place} / ${count}` : "";
  const about = [whose, step].filter(Boolean).join(" · ");
  paint("wait", [make("h2", word("ask")), make("p", about, "where"), make("p", local(question.text), "guest")], "sign-ask");
  offer({});
  const buttons = question.choices.map((choice, chosen) => {
    const button = make("button", local(choice), "button plain choice");
    button.type = "button";
    button.addEventListener("click", () => onChoice(chosen));
    return button;
  });
  part("choices").replaceChildren(...buttons);
  part("next").textContent = word("notNow");
}

/** The server could not be asked. */
export function showNoAnswer() {
  paint("off", [make("h2", word("noAnswer")), make("p", word("noAnswerWhy"), "why")]);
  offer({ retry: true });
}

/** The server refused to look at it, or an admission was undone: of `name`, where it is known. */
export function showPlain(heading, sentence, name = "") {
  paint(null, [make("h2", heading), make("p", sentence, "why"), name && make("p", name, "guest")]);
  offer({});
}

/** Back to the camera. */
export function clearVerdict() {
  part("verdict").replaceChildren();
  part("choices").replaceChildren();
  document.body.classList.remove(...COLOURS, "has-verdict");
  show(part("after"), false);
  part("scanner").inert = false;
}

function paint(kind, parts, drawn = kind === "off" ? "icon-off" : `sign-${kind}`) {
  const sign = kind ? [drawing(drawn)] : [];
  part("choices").replaceChildren();
  part("next").textContent = word("next");
  document.body.classList.remove(...COLOURS);
  document.body.classList.add("has-verdict", `is-${kind || "plain"}`);
  part("verdict").replaceChildren(...sign, ...parts.filter(Boolean));
  part("scanner").inert = true;
  show(part("after"), true);
  window.scrollTo(0, 0);
}

function why(answer, kind, zone) {
  const missing = answer.offline && answer.reason === "unknown";
  if (kind === "stop") {
    const sentence = make("p", word(missing ? "whyNotListed" : `why${camel(answer.reason)}`), "why");
    return [sentence, answer.hours && make("p", hours(answer, zone), "why")];
  }
  if (kind === "go" || !answer.previous) return [];
  const { at, gate } = answer.previous;
  const sentence = make("p", word("previous", { time: timeOfDay(at, zone), gate }), "why");
  sentence.append(make("br", ""), ago(at, answer.at));
  return [sentence];
}

/** When the door opens, for who is early; when it closed, for who is late. */
function hours({ at, hours: { opens_at, closes_at } }, zone) {
  const early = opens_at && Date.parse(at) < Date.parse(opens_at);
  return early ? word("opensAt", { time: timeOfDay(opens_at, zone) }) : word("closedAt", { time: timeOfDay(closes_at, zone) });
}

function who({ guest }) {
  if (!guest) return [];
  if (!guest.booked_by) return [make("p", word("ticket", { number: guest.ticket }), "where")];
  const name = guest.name || word("guestOf", { name: guest.booked_by });
  return [make("p", name, "guest"), make("p", place(guest), "where")];
}

function place(guest) {
  const table = guest.table ? [word("table", { table: guest.table })] : [];
  return [...table, local(guest.type)].join(" · ");
}

function notes({ verdict, guest, party, table, admitted, offline }) {
  const list = make("ul", "");
  if (table && table.arrived === table.expected && guest?.table) list.append(complete(guest.table));
  if (guest?.note) list.append(line("dish", guest.note));
  if (admitted > 1) list.append(line("check", word("letIn", { n: admitted })));
  if (offline) list.append(line("off", word("checkedHere")));
  if (party?.expected > 1 && verdict === "admitted") list.append(line("people", counted("party", party.arrived, party)));
  return list.childElementCount ? list : null;
}

function complete(table) {
  const item = line("check", word("tableComplete", { table }));
  item.className = "complete";
  return item;
}

function offer(buttons) {
  for (const id of ["undo", "party", "retry", "search-instead"]) show(part(id), Boolean(buttons[id]));
}

const camel = (name) => name.split("_").map((piece) => piece[0].toUpperCase() + piece.slice(1)).join("");
