// The page that plays a courseware package: opens the player page on the content host in a frame, hands it what to open,
// and keeps what it reports. The frame holds a stranger's program: only messages of its origin and its window count.
import { fromPlayer, MARK, type Opening, type Report, type ToPlayer } from "./courseware-messages";

const PATIENCE = 1_500;
/** Milliseconds that leaving waits for the last report. */
const AGAIN = 10_000;
const KEEPALIVE_LIMIT = 60_000;
/** Characters a request may have that outlives its page. */

type Told = Opening & { player: string; origin: string; keep: string; is_link: boolean };

const told = JSON.parse(document.getElementById("courseware-opening")?.textContent ?? "null") as Told | null;
const said = document.querySelector<HTMLElement>("[data-courseware-said]");

function word(name: string): string {
  return document.querySelector<HTMLTemplateElement>(`template[data-word="${name}"]`)?.innerHTML.trim() ?? "";
}

class Keeper {
  private readonly waiting: Report[] = [];
  private isSending = false;

  constructor(
    private readonly address: string,
    private readonly csrf: string,
  ) {}

  /** Kept one after the other; one that waits is overtaken by the next of its attempt, and its seconds are added. */
  keep(report: Report): void {
    if (!this.address) return;
    const last = this.waiting.at(-1);
    if (last && !last.finished) {
      this.waiting.pop();
      report = { ...report, seconds: report.seconds + last.seconds };
    }
    this.waiting.push(report);
    void this.send();
  }

  private async send(): Promise<void> {
    const report = this.isSending ? undefined : this.waiting.shift();
    if (!report) return;
    this.isSending = true;
    const body = JSON.stringify(report);
    let isAway = false;
    try {
      const answer = await fetch(this.address, {
        method: "PUT",
        body,
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
        keepalive: body.length < KEEPALIVE_LIMIT,
      });
      isAway = answer.status >= 500 || answer.status === 429;
      if (answer.ok) this.show(report, (await answer.json()) as Kept);
      else if (!isAway) this.say(word("refused"));
    } catch {
      isAway = true;
    }
    this.isSending = false;
    if (isAway) {
      if (report.finished || !this.waiting.length) this.waiting.unshift(report);
      else this.waiting[0] = { ...this.waiting[0]!, seconds: this.waiting[0]!.seconds + report.seconds };
      this.say(word("unsaved"));
      setTimeout(() => void this.send(), AGAIN);
    } else void this.send();
  }

  private show(report: Report, kept: Kept): void {
    const words = [word(report.completion === "completed" ? "completed" : "saved")];
    if (kept.raw !== null) words.push(`${word("score")} ${kept.raw}${kept.max === null ? "" : ` / ${kept.max}`}`);
    else if (kept.scaled !== null) words.push(`${word("score")} ${Math.round(kept.scaled * 100)}%`);
    this.say(words.join(" "));
  }

  private say(text: string): void {
    if (said && text !== said.textContent) said.textContent = text;
  }
}

interface Kept {
  raw: number | null;
  max: number | null;
  scaled: number | null;
}

class Stage {
  private closed: (() => void) | null = null;

  constructor(
    private readonly frame: HTMLIFrameElement,
    private readonly told: Told,
    private readonly keeper: Keeper,
  ) {
    window.addEventListener("message", (event) => {
      if (event.origin === told.origin && event.source === frame.contentWindow) this.heard(event.data);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.tell({ mark: MARK, say: "save" });
    });
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-leave]"))
      link.addEventListener("click", (event) => void this.leave(event, link));
    const button = document.querySelector<HTMLButtonElement>("[data-fullscreen]");
    if (button && document.fullscreenEnabled) {
      button.hidden = false;
      button.addEventListener("click", () => void frame.requestFullscreen());
    }
    frame.src = told.player;
  }

  private heard(data: unknown): void {
    const message = fromPlayer(data);
    if (message?.say === "ready") {
      const { courseware, inside, href, is_tracked, mastery, launch_data, title, language, learner, state } = this.told;
      const opening = { courseware, inside, href, is_tracked, mastery, launch_data, title, language, learner, state };
      this.tell({ mark: MARK, say: "open", opening });
    } else if (message?.say === "report") this.keeper.keep(message.report);
    else if (message?.say === "height") this.frame.style.height = `${message.height}px`;
    else if (message?.say === "closed") this.closed?.();
    else if (message?.say === "failed" && said) said.textContent = word("failed");
  }

  private tell(message: ToPlayer): void {
    this.frame.contentWindow?.postMessage(message, this.told.origin);
  }

  /** A package says its last word when it is closed; a link out of here waits for it, but not for long. */
  private async leave(event: MouseEvent, link: HTMLAnchorElement): Promise<void> {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    await new Promise<void>((resolve) => {
      this.closed = resolve;
      this.tell({ mark: MARK, say: "close" });
      setTimeout(resolve, PATIENCE);
    });
    location.assign(link.href);
  }
}

if (told) {
  const frame = document.querySelector<HTMLIFrameElement>("iframe[data-courseware]");
  const link = document.querySelector<HTMLAnchorElement>("a[data-visited]");
  const keeper = new Keeper(told.keep, (frame ?? link)?.dataset.csrf ?? "");
  if (frame) new Stage(frame, told, keeper);
  link?.addEventListener("click", () =>
    keeper.keep({
      ...{ completion: "completed", success: "unknown", scaled: null, raw: null, min: null, max: null },
      ...{ seconds: 0, state: {}, finished: false },
    }),
  );
}
