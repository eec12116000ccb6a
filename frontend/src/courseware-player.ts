// The player page of a courseware package, on the content host: it loads the package, is the interface the package looks
// for (SCORM) or listens to it (H5P), and tells the page of the site around it how far the learner is.
import "./styles/courseware-player.scss";
import { MARK, number, type Opening, type Report, type ToPlayer, type ToSite } from "./courseware-messages";

declare const __H5P__: string;
const SAVE_EVERY = 10;
/** Seconds. */

const site = document.body.dataset.site!;
const stage = document.getElementById("stage")!;
let played: Played | null = null;

interface Played {
  save(): void;
  close(): void;
}

function tell(message: ToSite): void {
  window.parent.postMessage(message, site);
}

/** Seconds in which the page was looked at, since the last time somebody asked. */
class Watch {
  private since = performance.now();
  private sum = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.sum += performance.now() - this.since;
      this.since = performance.now();
    });
  }

  take(): number {
    const passed = this.sum + (document.hidden ? 0 : performance.now() - this.since);
    const seconds = Math.floor(passed / 1000);
    this.sum = passed - seconds * 1000;
    this.since = performance.now();
    return seconds;
  }
}

const watch = new Watch();

function report(part: Partial<Report>): void {
  const nothing = { completion: "incomplete", success: "unknown", scaled: null, raw: null, min: null, max: null } as const;
  tell({ mark: MARK, say: "report", report: { ...nothing, state: {}, finished: false, ...part, seconds: watch.take() } });
}

/** The frame of a lesson, put on the stage. */
function framed(opening: Opening): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.className = "lesson";
  frame.title = opening.title;
  frame.allowFullscreen = true;
  frame.src = new URL(opening.href, opening.inside).href;
  stage.append(frame);
  return frame;
}

/** Browsers that keep no storage for frames of other sites throw where H5P looks for it: it gets one that forgets. */
function lendStorage(): void {
  for (const name of ["localStorage", "sessionStorage"] as const) {
    try {
      void window[name].length;
    } catch {
      Object.defineProperty(window, name, { value: new Forgetful(), configurable: true });
    }
  }
}

class Forgetful {
  private readonly kept = new Map<string, string>();

  get length(): number {
    return this.kept.size;
  }
  key(place: number): string | null {
    return [...this.kept.keys()][place] ?? null;
  }
  getItem(name: string): string | null {
    return this.kept.get(String(name)) ?? null;
  }
  setItem(name: string, value: string): void {
    this.kept.set(String(name), String(value));
  }
  removeItem(name: string): void {
    this.kept.delete(String(name));
  }
  clear(): void {
    this.kept.clear();
  }
}

/** Something to look at that reports nothing: done once it was opened. */
function page(opening: Opening): Played {
  const frame = framed(opening);
  frame.addEventListener("load", () => report({ completion: "completed", state: opening.state }));
  return { save: () => undefined, close: () => frame.remove() };
}

// -- SCORM ------------------------------------------------------------------------------------------------------------

interface Commit {
  completionStatus?: string;
  successStatus?: string;
  score?: Record<string, unknown>;
  runtimeData?: { cmi?: Record<string, unknown> };
}
type Api = {
  loadFromJSON(data: Record<string, unknown>): void;
  isInitialized(): boolean;
  commit(name: string): string;
};

type Maker = new (settings: ReturnType<typeof scormSettings>) => Api;

const SET = { result: "true", errorCode: 0 };

function scormSettings() {
  return {
    lmsCommitUrl: "/",
    renderCommonCommitFields: true,
    autocommit: true,
    autocommitSeconds: SAVE_EVERY,
    logLevel: 5,
    httpService: {
      processHttpRequest(_address: string, commit: unknown, _now: boolean, _log: unknown, _hear: unknown, about?: unknown) {
        committed(commit as Commit, (about as { isTerminateCommit?: boolean } | undefined)?.isTerminateCommit === true);
        return SET;
      },
      updateSettings: () => undefined,
    },
  };
}

/** What a lesson has said so far goes to the site; the name of the learner and what only this visit knows stay here. */
function committed(commit: Commit, isEnd: boolean): void {
  const cmi = structuredClone(commit.runtimeData?.cmi ?? {});
  const core = (cmi.core ?? cmi) as Record<string, unknown>;
  const isSuspended = core.exit === "suspend" || core.exit === "logout";
  for (const name of ["student_id", "student_name", "learner_id", "learner_name", "exit", "entry", "session_time"])
    delete core[name];
  const success = commit.successStatus === "passed" || commit.successStatus === "failed" ? commit.successStatus : "unknown";
  const completion = commit.completionStatus === "completed" ? "completed" : "incomplete";
  const score = commit.score ?? {};
  const raw = number(score.raw);
  report({
    completion,
    success,
    scaled: number(score.scaled),
    raw,
    min: raw === null ? null : number(score.min),
    max: raw === null ? null : number(score.max),
    state: cmi,
    finished: isEnd && !isSuspended && (completion === "completed" || success !== "unknown"),
  });
}

async function scorm(opening: Opening): Promise<Played> {
  const is2004 = opening.courseware === "scorm2004";
  const Interface = is2004
    ? ((await import("scorm-again/scorm2004/min")) as unknown as { Scorm2004API: Maker }).Scorm2004API
    : ((await import("scorm-again/scorm12/min")) as unknown as { Scorm12API: Maker }).Scorm12API;
  const api = new Interface(scormSettings());
  const { state } = opening;
  const isBegun = Object.keys(state).length > 0;
  if (isBegun) api.loadFromJSON(state);
  const entry = isBegun ? "resume" : "ab-initio";
  const mastery = opening.mastery === null ? "" : String(opening.mastery);
  if (is2004) {
    api.loadFromJSON({ learner_id: "me", learner_name: opening.learner, entry, launch_data: opening.launch_data });
    if (mastery) api.loadFromJSON({ scaled_passing_score: mastery });
  } else {
    api.loadFromJSON({
      core: { student_id: "me", student_name: opening.learner, entry, credit: "credit" },
      launch_data: opening.launch_data,
      ...(mastery ? { student_data: { mastery_score: mastery } } : {}),
    });
  }
  Object.assign(window, is2004 ? { API_1484_11: api } : { API: api });
  const frame = framed(opening);
  return {
    save: () => {
      if (api.isInitialized()) api.commit(is2004 ? "Commit" : "LMSCommit");
    },
    // A lesson that is taken away says its last word in its own unload; one that does not is asked for what it has.
    close: () => {
      frame.remove();
      if (api.isInitialized()) api.commit(is2004 ? "Commit" : "LMSCommit");
    },
  };
}

// -- H5P --------------------------------------------------------------------------------------------------------------

interface Statement {
  verb?: { id?: string };
  context?: { contextActivities?: { parent?: unknown[] } };
  result?: { completion?: boolean; success?: boolean; score?: Record<string, unknown> };
}
interface H5PWindow {
  H5P?: {
    instances?: { getCurrentState?: () => unknown }[];
    externalDispatcher?: { on(name: string, heard: (event: { data?: { statement?: Statement } }) => void): void };
  };
  H5PIntegration?: { contents: Record<string, { contentUserData?: Record<string, { state?: string }> }> };
}

const CONTENT = "package";

async function h5p(opening: Opening): Promise<Played> {
  lendStorage();
  const { default: standalone } = await import("h5p-standalone");
  const before = typeof opening.state.h5p === "string" ? opening.state.h5p : "";
  let last: Partial<Report> = {};
  const host = document.createElement("div");
  host.className = "content";
  stage.append(host);
  const here = window as unknown as H5PWindow;

  const state = (): Record<string, unknown> => {
    try {
      const current = here.H5P?.instances?.[0]?.getCurrentState?.();
      if (current !== undefined) return { h5p: JSON.stringify(current) };
    } catch {
      // A content type that cannot say where it stands: what it said last counts.
    }
    const kept = here.H5PIntegration?.contents[`cid-${CONTENT}`]?.contentUserData?.["0"]?.state;
    return kept ? { h5p: kept } : before ? { h5p: before } : {};
  };
  let told = JSON.stringify([last, state()]);
  const save = () => {
    const now = state();
    const saying = JSON.stringify([last, now]);
    if (saying === told) return;
    told = saying;
    report({ ...last, state: now });
  };

  await new standalone.H5P(host, {
    id: CONTENT,
    embedType: "div",
    h5pJsonPath: opening.inside.replace(/\/$/, ""),
    frameJs: `${__H5P__}/frame.bundle.js`,
    frameCss: `${__H5P__}/styles/h5p.css`,
    saveFreq: SAVE_EVERY,
    contentUserData: before ? [{ state: before }] : [],
    title: opening.title,
    fullScreen: false,
    icon: false,
  });
  here.H5P?.externalDispatcher?.on("xAPI", (event) => {
    const statement = event.data?.statement;
    // Parts of a content tell of themselves too; only the whole is the whole.
    if (!statement || statement.context?.contextActivities?.parent?.length) return;
    const { result, verb } = statement;
    const score = result?.score;
    const isScored = number(score?.raw) !== null;
    const isDone = result?.completion === true || /\/(completed|passed|mastered)$/.test(verb?.id ?? "");
    if (!isScored && !isDone) return;
    const passed = result?.success === true ? "passed" : result?.success === false ? "failed" : "unknown";
    last = {
      completion: isDone ? "completed" : "incomplete",
      success: passed,
      scaled: number(score?.scaled),
      raw: number(score?.raw),
      min: number(score?.min),
      max: number(score?.max),
    };
    // Its state follows its statement: content types change it after they have told.
    setTimeout(save, 300);
  });
  const timer = setInterval(save, SAVE_EVERY * 1000);
  new ResizeObserver(() => tell({ mark: MARK, say: "height", height: Math.ceil(host.scrollHeight) + 16 })).observe(host);
  return {
    save,
    close: () => {
      save();
      clearInterval(timer);
      host.remove();
    },
  };
}

// -- messages ---------------------------------------------------------------------------------------------------------

async function open(opening: Opening): Promise<void> {
  document.documentElement.lang = opening.language;
  document.title = opening.title;
  try {
    if (opening.courseware === "h5p") played = await h5p(opening);
    else played = opening.is_tracked ? await scorm(opening) : page(opening);
  } catch (error) {
    console.warn(error);
    tell({ mark: MARK, say: "failed" });
  }
}

window.addEventListener("message", (event: MessageEvent<ToPlayer>) => {
  if (event.origin !== site || event.source !== window.parent || event.data?.mark !== MARK) return;
  if (event.data.say === "open" && !played) void open(event.data.opening);
  else if (event.data.say === "save") played?.save();
  else if (event.data.say === "close") {
    played?.close();
    tell({ mark: MARK, say: "closed" });
  }
});

if (window.parent !== window) tell({ mark: MARK, say: "ready" });
