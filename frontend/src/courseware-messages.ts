// What the site's page and the player page of a courseware package say to each other, across their origins.
export const MARK = "heluo-courseware";
export const LARGEST_STATE = 512 * 1024;

/** To the player page: what to open. */
export interface Opening {
  courseware: "h5p" | "scorm12" | "scorm2004" | "cartridge";
  inside: string;
  href: string;
  is_tracked: boolean;
  mastery: number | null;
  launch_data: string;
  title: string;
  language: string;
  learner: string;
  state: Record<string, unknown>;
}

/** From the player page: how far the learner is. What a package says of itself; the server checks it again. */
export interface Report {
  completion: "incomplete" | "completed";
  success: "unknown" | "passed" | "failed";
  scaled: number | null;
  raw: number | null;
  min: number | null;
  max: number | null;
  seconds: number;
  state: Record<string, unknown>;
  finished: boolean;
}

export type ToPlayer = { mark: typeof MARK; say: "open"; opening: Opening } | { mark: typeof MARK; say: "save" | "close" };
export type ToSite =
  | { mark: typeof MARK; say: "ready" | "closed" | "failed" }
  | { mark: typeof MARK; say: "height"; height: number }
  | { mark: typeof MARK; say: "report"; report: Report };

export function number(value: unknown): number | null {
  const found = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof found === "number" && Number.isFinite(found) && Math.abs(found) <= 1e9 ? found : null;
}

/** A message of a stranger as one of ours, or null. Every part is looked at: a package can send what it likes. */
export function fromPlayer(data: unknown): ToSite | null {
  if (typeof data !== "object" || data === null) return null;
  const { mark, say, height, report } = data as Record<string, unknown>;
  if (mark !== MARK) return null;
  if (say === "ready" || say === "closed" || say === "failed") return { mark, say };
  if (say === "height") {
    const tall = number(height);
    return tall === null ? null : { mark, say, height: Math.min(Math.max(tall, 0), 20_000) };
  }
  const sound = say === "report" ? soundReport(report) : null;
  return sound && { mark, say: "report", report: sound };
}

function soundReport(data: unknown): Report | null {
  if (typeof data !== "object" || data === null) return null;
  const told = data as Record<string, unknown>;
  const { state } = told;
  if (typeof state !== "object" || state === null || Array.isArray(state)) return null;
  let copy: string;
  try {
    copy = JSON.stringify(state);
  } catch {
    return null;
  }
  if (copy.length > LARGEST_STATE) return null;
  const scaled = number(told.scaled);
  return {
    completion: told.completion === "completed" ? "completed" : "incomplete",
    success: told.success === "passed" || told.success === "failed" ? told.success : "unknown",
    scaled: scaled === null ? null : Math.min(1, Math.max(-1, scaled)),
    raw: number(told.raw),
    min: number(told.min),
    max: number(told.max),
    seconds: Math.min(Math.max(Math.round(number(told.seconds) ?? 0), 0), 24 * 3600),
    state: JSON.parse(copy) as Record<string, unknown>,
    finished: told.finished === true,
  };
}
