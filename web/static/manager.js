/** The manager's page: three views, the present one kept fresh by the stream. */
import { LostError, get } from "./api.js";
import { HallClock } from "./clock.js";
import { carried, find } from "./dom.js";
import { readHealth, showHealth } from "./health.js";
import { live } from "./live.js";
import { showDeviceTable, showFaultCards, showSlips } from "./manager_devices.js";
import { Lead } from "./manager_lead.js";
import { deviceLamp, showAxis, showCounters, showLamps, showTiles, showToDo } from "./manager_now.js";
import { showOrder } from "./manager_order.js";
import { showNotices } from "./manager_notices.js";
import { showQueue } from "./manager_queue.js";
import { Reports, draw as drawn } from "./manager_reports.js";
import { TestSheet, testLines } from "./manager_test.js";
import { Posts, leadLines, showStaff } from "./manager_staff.js";
import { t } from "./words.js";

/** @typedef {import("./manager_now.js").Overview} Overview */

const VIEWS = ["now", "queue", "staff", "reports", "devices"];
const GATHER_MS = 400; // events of one moment make one reading
const DRAW_MS = 5000; // the server draws today's bars anew at most so often
const services = carried("services");
const clock = new HallClock();
let date = "";
let asTable = false;
/** @type {Overview | null} */
let view = null;
let failed = false;
/** What does not work: "stream", "reading". @type {Set<string>} */
const broken = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let gather;
/** Waits grow between two readings; this is when the last one was made. */
let readAt = 0;
/** Tickets of today when its bars were drawn last, and when that was. */
let [drawnIssued, drawnAt] = [-1, 0];

const reports = new Reports(() => date, () => (clock.known ? clock.time() : ""), showOrder);
const lead = new Lead({ clock, changed: () => void refresh() });
const sheet = new TestSheet(() => void refresh());
const posts = new Posts(() => date, () => void refresh());
/** The queue, the counters, the staff and today's posts. @type {{queues: import("./manager_lead.js").Queues, counters: import("./hall.js").Counter[], staff: import("./manager_staff.js").Clerk[], posts: import("./manager_staff.js").Post[], test: import("./manager_test.js").OpeningTest} | null} */
let floor = null;

async function refresh() {
  clearTimeout(gather);
  gather = undefined;
  try {
    const [overview, queues, state, staff, today, test] = await Promise.all(["overview", "queues", "state", "staff", "posts", "opening-test"].map((name) => get(`/api/v1/${name}`)));
    view = /** @type {Overview} */ (overview);
    floor = { queues, counters: state.counters, staff: staff.items, posts: today.items, test };
    clock.sync(view.at);
    readAt = clock.now();
    date = view.date;
    draw();
    showHealth(find("#bar-health"), view.health);
    warn("");
    failed = false;
    broken.delete("reading");
  } catch (error) {
    failed = true;
    if (error instanceof LostError) broken.add("reading");
    else await whyNot();
  }
  showLink();
}

/** The figures cannot be read: the hall itself may know why. */
async function whyNot() {
  warn(t("manager.not_read"));
  try {
    showHealth(find("#bar-health"), await readHealth());
  } catch (error) {
    // The bar above says that nothing could be read.
  }
}

function soon() {
  if (gather === undefined) gather = setTimeout(() => void refresh(), GATHER_MS);
}

function draw() {
  if (!view) return;
  showTiles(find("#tiles"), view, services);
  showAxis(find("#axis"), view, services, asTable);
  showCounters(find("#counters"), view, clock);
  showLamps(find("#lamps"), view);
  const count = showToDo(find("#to-do"), view, services, floor ? [...leadLines(floor.counters, floor.posts, floor.queues, clock), ...testLines(floor.test, date)] : []);
  find("#to-do-count").textContent = count ? String(count) : "";
  const open = view.counters.filter((counter) => counter.state === "serving" || counter.state === "called").length;
  find("#counters-count").textContent = t("manager.counters_note", { n: view.counters.length, busy: open });
  showDevices(view);
  if (floor) sheet.show(floor.test);
  if (floor) lead.show(floor.queues);
  drawFloor();
  if (view.issued !== drawnIssued && performance.now() - drawnAt > DRAW_MS) void today();
}

/** The view of the queue or of the staff, whichever is looked at. */
function drawFloor() {
  if (!floor) return;
  if (!find("#queue").hidden) {
    showQueue(floor.queues, lead, clock);
    void showNotices();
  }
  if (find("#staff").hidden) return;
  showStaff(floor.counters, floor.staff, clock);
  posts.show(floor.staff).catch(() => undefined); // the next reading tries again; the bar above says that nothing can be read
}

/** @param {Overview} overview */
function showDevices(overview) {
  const devices = overview.devices;
  const good = devices.filter((device) => deviceLamp(device)[0] === "ok").length;
  const note = t("manager.devices_note", { n: devices.length, good });
  find("#devices-count").textContent = note;
  find("#all-devices-count").textContent = note;
  showFaultCards(find("#fault-cards"), devices);
  showDeviceTable(find("#all-devices"), devices);
}

async function today() {
  if (!date || find("#now").hidden) return;
  [drawnIssued, drawnAt] = [view ? view.issued : -1, performance.now()];
  try {
    await drawn(find("#today"), `/manager/today?date=${date}`);
  } catch (error) {
    // The next minute tries again; the rest of the page does not depend on this drawing.
  }
}

/** Show the view that the address names. */
function route() {
  const name = VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "now";
  for (const each of VIEWS) find(`#${each}`).hidden = each !== name;
  for (const link of Array.from(document.querySelectorAll("#tabs a"))) {
    if (link.getAttribute("href") === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name === "reports") reports.open();
  if (name === "now") void today();
  drawFloor();
}

/** @param {string} sentence */
function warn(sentence) {
  find("#bar-warn").hidden = !sentence;
  find("#bar-warn span").textContent = sentence;
}

/** @param {import("./live.js").LiveState} state */
function linked(state) {
  if (state === "lost") broken.add("stream");
  else broken.delete("stream");
  if (state === "live") void refresh();
  showLink();
}

/** Lost is: no stream, or no answer to a reading. */
function showLink() {
  const lost = broken.size > 0;
  const mark = find("#link");
  mark.className = `link ${lost ? "lost" : "live"}`;
  find("span", mark).textContent = t(lost ? "manager.link_lost" : "manager.link_live");
  find("#bar-lost").hidden = !lost;
  for (const name of VIEWS) find(`#${name}`).classList.toggle("stale", lost && name !== "reports");
}

function tick() {
  if (!clock.known) return;
  const now = clock.date();
  find("#clock").textContent = `${clock.time()}:${String(now.getUTCSeconds()).padStart(2, "0")}`;
  if (view && !find("#now").hidden) showCounters(find("#counters"), view, clock);
  if (floor && !find("#staff").hidden) showStaff(floor.counters, floor.staff, clock);
  lead.tick();
}

/** Between two readings the waiting people wait on. */
function age() {
  if (!view || failed) return;
  const passed = (clock.now() - readAt) / 1000;
  if (passed < 5) return;
  readAt = clock.now();
  for (const one of view.waiting_tickets) one.waited_s += passed;
  if (view.longest_wait_s !== null) view.longest_wait_s += passed;
  showTiles(find("#tiles"), view, services);
  showAxis(find("#axis"), view, services, asTable);
}

async function start() {
  let state;
  try {
    state = await get("/api/v1/state");
  } catch (error) {
    linked("lost");
    setTimeout(() => void start(), 2000);
    return;
  }
  clock.sync(state.at);
  date = state.date;
  await refresh();
  route();
  live({
    after: state.seq,
    onState: linked,
    onReset: async () => {
      await refresh();
      return (await get("/api/v1/state")).seq;
    },
    onEvent: (_type, data) => {
      if (data.at) clock.sync(data.at);
      soon();
    },
  });
  setInterval(() => void refresh(), 15000);
  setInterval(() => void today(), 60000);
}

find("#axis-switch").addEventListener("click", () => {
  asTable = !asTable;
  const button = find("#axis-switch");
  button.setAttribute("aria-pressed", String(asTable));
  button.textContent = t(asTable ? "manager.as_chart" : "common.as_table");
  if (view) showAxis(find("#axis"), view, services, asTable);
});
find("#cards").addEventListener("click", () => lead.askCards());
window.addEventListener("hashchange", route);
setInterval(tick, 1000);
setInterval(age, 5000);
void start();
showSlips(Array.from(document.querySelectorAll(".slips")));
