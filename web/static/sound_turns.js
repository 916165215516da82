import { newKey, post, ProblemError } from "./api.js";

const READY_MS = 15000;
const NAME = "sound-page";

/**
 * The sound of areas that this page makes: it tells the hall so again and again, and asks before
 * each call where it is the only source. One page at a time has the sound of an area.
 */
export class SoundTurns {
  /** @param {string | null} board @param {string[]} areas */
  constructor(board, areas) {
    this.board = board;
    this.areas = areas;
    // A page that was loaded again is the same page.
    this.page = sessionStorage.getItem(NAME) || newKey();
    sessionStorage.setItem(NAME, this.page);
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.telling = undefined;
  }

  /** Take the sound. @returns {Promise<boolean>} whether somebody else has it */
  async take() {
    clearInterval(this.telling);
    const told = await Promise.all(this.areas.map((area) => this._tell(area, "ready")));
    if (told.includes(null)) return true;
    this.telling = setInterval(() => this.areas.forEach((area) => void this._tell(area, "ready")), READY_MS);
    return false;
  }

  /**
   * Ask for a call, or tell how it went.
   * @param {{announcement: string, area: string}} call
   * @param {"started" | "ended" | "failed"} step
   * @returns {Promise<boolean>} whether the page may go on
   */
  async tell(call, step) {
    return (await this._tell(call.area, step, call.announcement)) === true;
  }

  /**
   * @param {string} area @param {string} step @param {string} announcement
   * @returns {Promise<boolean | null>} null: the sound belongs to somebody else
   */
  async _tell(area, step, announcement = "") {
    try {
      const path = `/api/v1/areas/${encodeURIComponent(area)}/sound`;
      const answer = await post(path, { page: this.page, board: this.board, step, announcement }, { tries: 2, timeoutMs: 3000 });
      return answer.go;
    } catch (error) {
      return error instanceof ProblemError ? null : false;
    }
  }
}
