// Live parts: <div data-live="/events/ticket/" data-topics="resource:…" hx-get="…" hx-trigger="live">
// `data-live` is the address that answers {"stream": "<address with a short ticket>"}; messages carry ids only,
// and the part fetches itself again, so that what is shown is always what this person may see.
import htmx from "htmx.org";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

class LivePart {
  private source: EventSource | null = null;
  private pause = FIRST_PAUSE;

  constructor(private readonly part: HTMLElement) {}

  async connect(): Promise<void> {
    if (!this.part.isConnected) return;
    try {
      const url = new URL(this.part.dataset.live!, location.href);
      for (const topic of (this.part.dataset.topics ?? "").split(/\s+/).filter(Boolean)) {
        url.searchParams.append("topic", topic);
      }
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 403 || answer.status === 404) return;
      const { stream } = (await answer.json()) as { stream: string };
      this.listen(new EventSource(stream));
    } catch {
      this.later();
    }
  }

  private listen(source: EventSource): void {
    this.source = source;
    source.addEventListener("open", () => (this.pause = FIRST_PAUSE));
    source.addEventListener("message", () => this.refresh());
    source.addEventListener("change", () => this.refresh());
    // A ticket is short-lived: after a break we ask for a new one instead of letting the browser retry the old.
    source.addEventListener("error", () => {
      this.close();
      this.later();
    });
  }

  private refresh(): void {
    if (!this.part.isConnected) this.close();
    else htmx.trigger(this.part, "live", {});
  }

  private later(): void {
    const spread = this.pause * (0.5 + Math.random());
    setTimeout(() => {
      this.refresh();
      void this.connect();
    }, spread);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  close(): void {
    this.source?.close();
    this.source = null;
  }
}

const parts = new Map<HTMLElement, LivePart>();

function attend(): void {
  for (const [element, part] of parts) {
    if (!element.isConnected) {
      part.close();
      parts.delete(element);
    }
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-live]")) {
    if (parts.has(element)) continue;
    const part = new LivePart(element);
    parts.set(element, part);
    void part.connect();
  }
}

export function startLiveParts(): void {
  attend();
  document.addEventListener("htmx:afterSettle", attend);
  window.addEventListener("pagehide", () => parts.forEach((part) => part.close()));
}
