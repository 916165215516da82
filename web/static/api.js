/** Calls of the hall's HTTP interface. A repeat carries the key of its first try. */

/** A refusal (problem+json): a stable `code`, a sentence in both languages, what to do next. */
export class ProblemError extends Error {
  /** @param {number} status @param {any} problem */
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = "ProblemError";
    this.status = status;
    /** @type {string} */
    this.code = problem.code || "unknown";
    /** @type {string} */
    this.zh = problem.detail || "没有办成，请再试一次";
    /** @type {string} */
    this.en = problem.detail_en || "That did not work. Please try again.";
    /** @type {string} */
    this.action = problem.action || "";
    /** @type {string} */
    this.actionEn = problem.action_en || "";
    /** @type {number | null} */
    this.retryAfterS = typeof problem.retry_after_s === "number" ? problem.retry_after_s : null;
    this.problem = problem;
  }

  /** The sentence and what to do. @param {"zh" | "en"} lang */
  sentence(lang) {
    const [said, next] = lang === "en" ? [this.en, this.actionEn] : [this.zh, this.action];
    if (!next || next === said) return said;
    const stop = /[。！？.!?]$/.test(said) ? "" : lang === "en" ? "." : "。";
    return `${said}${stop}${lang === "en" ? " " : ""}${next}`;
  }
}

/** The service cannot be reached: nobody knows whether the wish was carried out. */
export class LostError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "LostError";
  }
}

/**
 * A key for one intention: 128 random bits. (`crypto.randomUUID` is absent on plain http.)
 * @returns {string}
 */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One exchange. Resolves to the decoded body, null for 204.
 * @param {string} path
 * @param {RequestInit} init
 * @param {number} timeoutMs
 */
async function exchange(path, init, timeoutMs) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  try {
    const reply = await fetch(path, { ...init, signal: stop.signal, cache: "no-store", credentials: "same-origin" });
    if (reply.status === 204) return null;
    const text = await reply.text();
    const body = text && (reply.headers.get("Content-Type") || "").includes("json") ? JSON.parse(text) : {};
    if (reply.ok) return body;
    throw new ProblemError(reply.status, body);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new LostError(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Send a file whole, once. Throws ProblemError or LostError.
 * @param {string} path
 * @param {Blob} data
 * @param {string} type
 */
export function sendFile(path, data, type) {
  return exchange(path, { method: "POST", body: data, headers: { "Content-Type": type } }, 20000);
}

/**
 * Read something. Throws ProblemError or LostError.
 * @param {string} path
 * @param {{timeoutMs?: number}} [options]
 * @returns {Promise<any>}
 */
export function get(path, { timeoutMs = 8000 } = {}) {
  return exchange(path, { headers: { Accept: "application/json" } }, timeoutMs);
}

/**
 * Send a wish. Repeated under the same key while the service is away or says 503, so that
 * it is carried out once. Resolves to the answer, null for 204.
 * @param {string} path
 * @param {unknown} [body]
 * @param {{key?: string, tries?: number, timeoutMs?: number, onRetry?: (attempt: number) => void}} [options]
 *   `key`: pass one key for repeats of the same intention by the person
 * @returns {Promise<any>}
 */
export async function post(path, body, { key = newKey(), tries = 4, timeoutMs = 8000, onRetry } = {}) {
  /** @type {RequestInit} */
  const init = {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body === undefined ? {} : body),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await exchange(path, init, timeoutMs);
    } catch (error) {
      const again = error instanceof LostError || (error instanceof ProblemError && error.status === 503);
      if (!again || attempt >= tries) throw error;
      const asked = error instanceof ProblemError && error.retryAfterS !== null ? error.retryAfterS * 1000 : 400 * 2 ** (attempt - 1);
      if (onRetry) onRetry(attempt);
      await pause(Math.min(asked, 4000) * (0.75 + Math.random() / 2));
    }
  }
}
