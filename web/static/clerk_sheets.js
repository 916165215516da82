/** What each sheet of the clerk's page asks, and the wish that comes of it. */
import { manyOf, numbered } from "./clerk_sheet.js";
import { parts as numberParts, plate } from "./plate.js";
import { t } from "./words.js";

/**
 * @typedef {import("./clerk_sheet.js").Plan} Plan
 * @typedef {import("./clerk_sheet.js").Choice} Choice
 * @typedef {import("./clerk_sheet.js").Picked} Picked
 * @typedef {import("./clerk_view.js").CounterView} CounterView
 * @typedef {import("./clerk_view.js").Ticket} Ticket
 * @typedef {{id: string, name: string, counter: number | null}} Clerk
 * @typedef {{no: number, services: Record<string, string>, counters: {no: number, name: string}[], staff: Clerk[]}} Known
 * @typedef {(body: Record<string, unknown>, picked: Picked) => void} Send
 */

const PARK = ["documents", "payment", "copy", "other"];
const TRANSFER = ["next_step", "wrong_service", "colleague", "other"];
const PAUSE = ["meal", "rest", "errand", "meeting", "equipment", "other"];
const CALL = ["promised", "documents", "urgent", "mistake", "other"];
const MINUTES = [10, 20, 30, 60, 90];

/** @param {string} kind @param {string[]} codes @returns {import("./clerk_sheet.js").Part} */
const reasons = (kind, codes) => ({
  name: "reason", label: t("clerk.sheet.reason"),
  choices: numbered(codes.map((code) => ({ value: code, label: t(`reasons.${kind}.${code}`) }))),
});

/** @param {Ticket} ticket @param {Send} send @returns {Plan} */
export function parkSheet(ticket, send) {
  return {
    title: t("clerk.sheet.park", { number: ticket.number }), text: t("clerk.sheet.park_text"), verb: t("clerk.key.park"),
    parts: () => [reasons("park", PARK)], picked: { reason: PARK[0] },
    onDone: (picked) => send({ reason: picked.reason }, picked),
  };
}

/** Which materials are missing, for the one-time notice. @param {{code: string, name: string, materials: string[]}} item @param {(body: Record<string, unknown>) => void} send @returns {Plan} */
export function noticeSheet(item, send) {
  const choices = numbered(item.materials.map((name) => ({ value: name, label: name })));
  return {
    title: t("clerk.sheet.notice", { name: item.name }), text: t("clerk.sheet.notice_text"), verb: t("clerk.sheet.notice_verb"),
    parts: () => (choices.length ? [{ name: "missing", label: t("clerk.sheet.notice_missing"), choices, many: true, free: true }] : []),
    onDone: (picked) => send({ item: item.code, missing: manyOf(picked.missing) }),
  };
}

/**
 * To a service, a counter or a clerk. A counter's digit is its own number.
 * @param {Ticket} ticket @param {Known} known @param {Send} send @returns {Plan}
 */
export function transferSheet(ticket, known, send) {
  const kinds = ["service", "counter", "clerk"].filter((kind) => targets(kind, ticket, known).length);
  return {
    title: t("clerk.sheet.transfer", { number: ticket.number }), text: t("clerk.sheet.transfer_text"), verb: t("clerk.key.transfer"),
    parts: (picked) => [
      { name: "kind", label: t("clerk.sheet.to_what"), choices: numbered(kinds.map((kind) => ({ value: kind, label: t(`clerk.sheet.to.${kind}`) }))) },
      { name: picked.kind, label: t(`clerk.sheet.to_which.${picked.kind}`), choices: targets(picked.kind, ticket, known) },
      reasons("transfer", TRANSFER),
    ],
    picked: { kind: kinds[0], reason: TRANSFER[0] },
    onDone: (picked) => send({ [picked.kind]: picked.kind === "counter" ? Number(picked.counter) : picked[picked.kind], reason: picked.reason }, picked),
  };
}

/** @param {string} kind @param {Ticket} ticket @param {Known} known @returns {Choice[]} */
function targets(kind, ticket, known) {
  if (kind === "service") {
    return numbered(Object.entries(known.services).filter(([code]) => code !== ticket.service).map(([code, name]) => ({ value: code, label: name })));
  }
  if (kind === "counter") {
    return known.counters.filter((counter) => counter.no !== known.no)
      .map((counter) => ({ value: String(counter.no), label: t("clerk.title", { no: counter.no }), note: counter.name, key: counter.no < 10 ? String(counter.no) : "" }));
  }
  return numbered(known.staff.filter((clerk) => clerk.counter !== known.no).map((clerk) => ({ value: clerk.id, label: clerk.name, note: place(clerk) })));
}

/** @param {Clerk} clerk */
const place = (clerk) => (clerk.counter === null ? clerk.id : `${clerk.id} · ${t("clerk.title", { no: clerk.counter })}`);

/** @param {Ticket[]} parked @param {string | null} wanted @param {Send} send @returns {Plan} */
export function unparkSheet(parked, wanted, send) {
  const list = numbered(parked.map((ticket) => ({ value: ticket.id, label: plate(ticket.number), note: ticket.parked ? t(`reasons.park.${ticket.parked}`) : "" })));
  const how = numbered([
    { value: "call", label: t("clerk.sheet.aloud"), note: t("clerk.sheet.aloud_note") },
    { value: "silent", label: t("clerk.sheet.silent"), note: t("clerk.sheet.silent_note") },
  ]);
  return {
    title: t("clerk.sheet.unpark"), verb: t("clerk.key.unpark"),
    parts: () => [{ name: "ticket", label: t("clerk.parked"), choices: list }, { name: "how", label: t("clerk.sheet.how"), choices: how }],
    picked: { ticket: wanted || parked[0].id, how: "call" },
    onDone: (picked) => send({ ticket: picked.ticket, silent: picked.how === "silent" }, picked),
  };
}

/** @param {(minutes: number) => string} back  the time in so many minutes @param {boolean} busy @param {Send} send @returns {Plan} */
export function pauseSheet(back, busy, send) {
  const minutes = MINUTES.map((n) => ({ value: String(n), label: t("clerk.minutes_long", { n }), note: t("clerk.sheet.back_at", { time: back(n) }) }));
  return {
    title: t("clerk.sheet.pause"), text: t(busy ? "clerk.sheet.pause_after" : "clerk.sheet.pause_text"), verb: t("clerk.key.pause"),
    parts: () => [reasons("pause", PAUSE), { name: "minutes", label: t("clerk.sheet.how_long"), choices: numbered([...minutes, { value: "unknown", label: t("clerk.sheet.unknown"), note: t("clerk.sheet.unknown_note") }]) }],
    picked: { minutes: "10" },
    onDone: (picked) => send({ reason: picked.reason, minutes: picked.minutes === "unknown" ? null : Number(picked.minutes) }, picked),
  };
}

/** @param {CounterView} view @param {string} number  "" or the one that was pointed at @param {Send} send @returns {Plan} */
export function chooseSheet(view, number, send) {
  const shown = view.queue.slice(0, 8).map((ticket) => ({ value: ticket.number, label: plate(ticket.number), note: ticket.service_name }));
  return {
    title: number ? t("clerk.sheet.choose_one", { number }) : t("clerk.sheet.choose"), text: t("clerk.sheet.choose_text"), verb: t("clerk.key.choose"),
    parts: (picked) => [
      ...(number ? [] : [{ name: "typed", label: t("clerk.sheet.number"), field: { placeholder: t("clerk.sheet.number_as") }, free: Boolean(picked.listed) }]),
      ...(number || !shown.length ? [] : [{ name: "listed", label: t("clerk.sheet.or_waiting"), choices: shown, free: true }]),
      reasons("call", CALL),
    ],
    onDone: (picked) => send({ number: number || (picked.typed || "").trim() ? number || wholeNumber(picked.typed, view.queue) : picked.listed, reason: picked.reason }, picked),
  };
}

/**
 * A number as it was typed: "b7", "007" and "7" mean B007 when one such ticket waits.
 * @param {string} typed
 * @param {Ticket[]} queue
 */
export function wholeNumber(typed, queue) {
  const said = typed.trim().toUpperCase();
  const [letter, digits] = numberParts(said);
  const fitting = queue.filter((ticket) => {
    const [own, count] = numberParts(ticket.number);
    return (!letter || own === letter) && Number(count) === Number(digits);
  });
  return digits && fitting.length === 1 ? fitting[0].number : said;
}

/** @param {Ticket} ticket @param {Send} send @returns {Plan} */
export function splitSheet(ticket, send) {
  const most = ticket.clients - 1;
  const few = numbered(Array.from({ length: Math.min(9, most) }, (_, n) => ({ value: String(n + 1), label: t("clerk.sheet.people", { n: n + 1 }), note: t("clerk.sheet.others", { n: most - n }) })));
  const field = { name: "typed", label: t("clerk.sheet.more_people", { most }), field: { placeholder: `10～${most}`, numeric: true }, free: true };
  return {
    title: t("clerk.sheet.split", { number: ticket.number, n: ticket.clients }), text: t("clerk.sheet.split_text"), verb: t("clerk.key.split"),
    parts: (picked) => [{ name: "after", label: t("clerk.sheet.stay"), choices: few, free: Boolean(picked.typed) }, ...(most > 9 ? [field] : [])],
    picked: { after: "1" },
    onDone: (picked) => send({ after: Number(picked.typed || picked.after) }, picked),
  };
}

/** Back to its own place: marked by mistake, or as the hall's rule for missed calls allows. @param {Ticket} ticket @param {string} policy @param {Send} send @returns {Plan} */
export function backSheet(ticket, policy, send) {
  const causes = policy === "within" || policy === "keep" ? ["mistake", policy] : ["mistake"];
  return {
    title: t("clerk.sheet.back", { number: ticket.number }), text: t("clerk.sheet.back_text"), verb: t("clerk.key.back"),
    parts: () => [{ name: "cause", label: t("clerk.sheet.reason"), choices: numbered(causes.map((cause) => ({ value: cause, label: t(`clerk.sheet.cause.${cause}`) }))) }],
    picked: { cause: "mistake" },
    onDone: (picked) => send({ cause: picked.cause }, picked),
  };
}

/** @param {CounterView} view @param {Known} known @param {{remembered: string, sign: Send, close: () => void, reopen: () => void, must: boolean}} ways @returns {Plan} */
export function seatSheet(view, known, ways) {
  const choices = numbered(known.staff.map((clerk) => {
    const elsewhere = clerk.counter !== null && clerk.counter !== known.no;
    return { value: clerk.id, label: clerk.name, note: elsewhere ? t("clerk.sheet.at_counter", { no: clerk.counter || 0 }) : clerk.id, off: elsewhere };
  }));
  const shut = view.state === "closed";
  const close = { label: t("clerk.sheet.close_counter"), run: ways.close };
  const reopen = { label: t("clerk.sheet.reopen"), run: ways.reopen };
  if (!known.staff.length) {
    return { title: t("clerk.sheet.seat_alone", { no: known.no }), verb: shut ? reopen.label : close.label, onDone: shut ? reopen.run : close.run };
  }
  const other = shut ? (ways.must ? undefined : reopen) : view.clerk || !ways.must ? close : undefined;
  return {
    title: t("clerk.sheet.seat", { no: known.no }), text: t(view.clerk ? "clerk.sheet.seat_change" : "clerk.sheet.seat_text"), verb: t("clerk.sheet.sign_in"),
    parts: () => [{ name: "clerk", label: t("clerk.sheet.who"), choices }],
    picked: { clerk: view.clerk || ways.remembered },
    other,
    onDone: (picked) => ways.sign({ clerk: picked.clerk }, picked),
  };
}

/**
 * The counter closes although people wait: the one thing here that sends people elsewhere.
 * @param {{waiting: number, lines: string[]}} stranded  from the refusal @param {Known} known @param {() => void} close @returns {Plan}
 */
export function closeSheet({ waiting, lines }, known, close) {
  const names = lines.map((line) => (line.startsWith("counter:") ? t("clerk.sheet.line_counter") : line.startsWith("clerk:") ? t("clerk.sheet.line_clerk") : known.services[line] || line));
  return {
    title: t("clerk.sheet.close_title", { no: known.no, n: waiting }), text: t("clerk.sheet.close_text", { names: names.join(t("clerk.list_comma")) }),
    verb: t("clerk.sheet.close_verb"), leave: t("clerk.sheet.keep_open"), danger: true, onDone: close,
  };
}
