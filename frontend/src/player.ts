// Films and recordings with data-place=<address>: tell it how far they were played, so that one can go on there later.
// Where to begin stands in the address of the medium itself (#t=…), so that going on needs no script.
const EVERY = 15_000;

class Player {
  private told = -1;
  private toldAt = 0;

  constructor(private readonly medium: HTMLMediaElement) {
    medium.addEventListener("play", () => (this.toldAt = Date.now()));
    medium.addEventListener("timeupdate", () => {
      if (!medium.paused && Date.now() - this.toldAt >= EVERY) this.tell();
    });
    medium.addEventListener("pause", () => this.tell());
    medium.addEventListener("ended", () => this.tell());
    window.addEventListener("pagehide", () => this.tell());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.tell();
    });
    const button = medium.parentElement?.querySelector<HTMLButtonElement>("[data-from-start]");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => {
        medium.currentTime = 0;
        void medium.play();
      });
    }
  }

  /** Only what was really played counts: opening the page changes nothing. */
  private tell(): void {
    const second = this.medium.currentTime;
    if (!this.medium.played.length || second === this.told) return;
    this.told = second;
    this.toldAt = Date.now();
    const body = new FormData();
    body.set("second", String(second));
    body.set("csrfmiddlewaretoken", this.medium.dataset.csrf!);
    // A place that could not be told is no trouble: the next one will be.
    fetch(this.medium.dataset.place!, { method: "POST", body, keepalive: true }).catch(() => undefined);
  }
}

for (const medium of document.querySelectorAll<HTMLMediaElement>("[data-place]")) new Player(medium);
