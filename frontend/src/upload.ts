// Resumable upload for the form of files/upload.html: chosen or dropped files go up one after the other by tus; each
// arrived file is told to the form's address as the field `file`, and the answer replaces the element data-target.
import { type DetailedError, Upload } from "tus-js-client";

const PIECE = 16 * 1024 * 1024;
const TELL_AGAIN = 5_000;
const PAUSES = [0, 1_000, 3_000, 5_000, 10_000, 20_000];

type State = "waiting" | "sending" | "retrying" | "broken" | "too-large" | "refused";

/** One file in the list. */
class Item {
  readonly row: HTMLElement;
  private upload: Upload | null = null;
  private isCancelled = false;

  constructor(
    private readonly form: HTMLFormElement,
    readonly file: File,
  ) {
    const template = form.querySelector("template")!;
    this.row = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    this.part("name").textContent = file.name;
    this.part("cancel").addEventListener("click", () => this.cancel());
    this.show("waiting");
  }

  /** Resolves to the file's id once all of it has arrived; to null when it was cancelled or cannot be taken. */
  async send(): Promise<string | null> {
    if (this.isCancelled) return null;
    if (this.file.size > Number(this.form.dataset.limit)) {
      this.show("too-large");
      return null;
    }
    while (!this.isCancelled) {
      const sent = await this.attempt();
      if (sent !== "again") return sent;
    }
    return null;
  }

  remove(): void {
    this.row.remove();
  }

  private async attempt(): Promise<string | null | "again"> {
    return new Promise((resolve) => {
      const upload = new Upload(this.file, {
        endpoint: this.form.dataset.upload!,
        metadata: { filename: this.file.name, filetype: this.file.type },
        headers: { "X-CSRFToken": this.form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value },
        chunkSize: PIECE,
        retryDelays: PAUSES,
        removeFingerprintOnSuccess: true,
        onProgress: (sent, total) => this.progressed(sent, total),
        onShouldRetry: (error) => {
          const status = (error as DetailedError).originalResponse?.getStatus() ?? 0;
          const isPassing = status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
          if (isPassing) this.show("retrying");
          return isPassing;
        },
        onError: (error) => {
          const answer = (error as DetailedError).originalResponse;
          const status = answer?.getStatus() ?? 0;
          if (status >= 400 && status < 500 && answer?.getHeader("Content-Type")?.startsWith("text/plain")) {
            this.show("refused", answer.getBody());
            resolve(null);
          } else {
            this.show("broken");
            this.offerAgain(() => resolve("again"));
          }
        },
        onSuccess: () => resolve(upload.url!.split("/").filter(Boolean).pop()!),
      });
      this.upload = upload;
      this.part("cancel").addEventListener("click", () => resolve(null), { once: true });
      this.show("sending");
      void this.begin(upload);
    });
  }

  /** Go on where an earlier try of the same file stopped, even after the page was closed. */
  private async begin(upload: Upload): Promise<void> {
    const [earlier] = await upload.findPreviousUploads();
    if (earlier) upload.resumeFromPreviousUpload(earlier);
    if (!this.isCancelled) upload.start();
  }

  private cancel(): void {
    this.isCancelled = true;
    // What has arrived is deleted on the server; when that fails it expires there by itself.
    this.upload?.abort(true).catch(() => undefined);
    this.remove();
    this.form.querySelector<HTMLElement>("input[type=file]")!.focus();
  }

  private offerAgain(again: () => void): void {
    const button = this.part("again");
    button.hidden = false;
    button.addEventListener(
      "click",
      () => {
        button.hidden = true;
        again();
      },
      { once: true },
    );
  }

  private progressed(sent: number, total: number): void {
    const share = total ? Math.floor((100 * sent) / total) : 100;
    this.show("sending");
    this.part("share").textContent = `${share}%`;
    this.row.querySelector("progress")!.value = share;
  }

  show(state: State, words = ""): void {
    for (const part of this.row.querySelectorAll<HTMLElement>("[data-upload-when]")) {
      part.hidden = part.dataset.uploadWhen !== state;
      if (words && !part.hidden) part.textContent = words;
    }
    this.row.querySelector("progress")!.hidden = state === "too-large" || state === "refused";
  }

  private part(name: string): HTMLElement {
    return this.row.querySelector<HTMLElement>(`[data-upload-${name}]`)!;
  }
}

/** The form with its list. */
class Uploads {
  private readonly list: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly waiting: Item[] = [];
  private isBusy = false;

  constructor(private readonly form: HTMLFormElement) {
    this.list = form.querySelector<HTMLElement>("[data-upload-list]")!;
    this.input = form.querySelector<HTMLInputElement>("input[type=file]")!;
    this.input.multiple = true;
    form.querySelector<HTMLElement>("[data-upload-plain]")!.hidden = true;
    form.querySelector<HTMLElement>("[data-upload-scripted]")!.hidden = false;
    this.input.addEventListener("change", () => this.take());
    form.addEventListener("dragover", (event) => {
      event.preventDefault();
      form.classList.add("is-over");
    });
    form.addEventListener("dragleave", () => form.classList.remove("is-over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("is-over");
      this.add(event.dataTransfer?.files ?? null);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.isBusy) event.preventDefault();
    });
    this.take();
  }

  /** What was chosen: also what was chosen while this script was still on its way. */
  private take(): void {
    if (!this.input.files?.length) return;
    this.add(this.input.files);
    this.input.value = "";
  }

  private add(files: FileList | null): void {
    for (const file of files ?? []) {
      const item = new Item(this.form, file);
      this.list.append(item.row);
      this.waiting.push(item);
    }
    this.list.hidden = !this.list.childElementCount;
    if (!this.isBusy) void this.work();
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    for (let item = this.waiting.shift(); item; item = this.waiting.shift()) {
      const uuid = await item.send();
      if (uuid) {
        await this.tell(uuid, item);
        item.remove();
      }
    }
    this.isBusy = false;
    this.list.hidden = !this.list.childElementCount;
  }

  /** Until it was heard. The form asks, not the list: that one may be fetching itself anew, and what it is asked to send
   *  meanwhile is lost when it is replaced. */
  private async tell(uuid: string, item: Item): Promise<void> {
    const values = {
      file: uuid,
      csrfmiddlewaretoken: this.form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")!.value,
    };
    const target = `#${this.form.dataset.target}`;
    for (;;) {
      try {
        await window.htmx.ajax("post", this.form.action, { source: this.form, target, swap: "outerHTML", values });
        break;
      } catch {
        item.show("retrying");
        await new Promise((passed) => setTimeout(passed, TELL_AGAIN));
      }
    }
    fillIn();
  }
}

/** What the file told of itself goes into the fields of the page that are still empty; the server has it already. */
function fillIn(): void {
  const told = document.getElementById("told");
  if (!told) return;
  const { note, parts } = JSON.parse(told.textContent ?? "{}") as { note: string; parts: Record<string, string> };
  for (const [name, value] of Object.entries(parts)) {
    const field = document.querySelector<HTMLInputElement>(`form#draft [name="${name}"]`);
    if (!field || field.value) continue;
    field.value = value;
    const help = document.getElementById(`${field.id}_helptext`);
    if (help) help.textContent = `${note} ${help.textContent}`;
  }
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) new Uploads(form);
