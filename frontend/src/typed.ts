// What was typed into a long form survives a broken network, an ended session and a closed page of the same tab. A form
// asks for it with the template of components/typed.html inside. Kept in sessionStorage, for one person and one form;
// gone once the server says that the form did its work, when it is discarded, at sign-out, and when another person
// signs in. Passwords, one-time codes, files and hidden fields are never kept.
const PREFIX = "heluo-typed:";
const FIELD = "typed";
const DONE = "typed_done";
const SECRET = /password|one-time-code|cc-/;
const SECRET_NAME = /passw|secret|token|code$/i;

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Record = { id: string; values: [string, string][] };

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((one): one is Field => {
    if (one instanceof HTMLInputElement) {
      if (["password", "file", "hidden", "submit", "button", "image", "reset"].includes(one.type)) return false;
    } else if (!(one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement)) return false;
    return Boolean(one.name) && !SECRET.test(one.autocomplete) && !SECRET_NAME.test(one.name);
  });
}

/** Name and value of every field as the browser would send them; of boxes only the ticked ones. */
function valuesOf(form: HTMLFormElement): [string, string][] {
  return fieldsOf(form).flatMap((field): [string, string][] => {
    if (field instanceof HTMLSelectElement) {
      return [...field.selectedOptions].map((option) => [field.name, option.value]);
    }
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type) && !field.checked) return [];
    return [[field.name, field.value]];
  });
}

function fill(form: HTMLFormElement, values: [string, string][]): void {
  for (const field of fieldsOf(form)) {
    const mine = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLSelectElement) {
      for (const option of field.options) option.selected = mine.includes(option.value);
    } else if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
      field.checked = mine.includes(field.value);
    } else if (mine.length) field.value = mine[0]!;
  }
}

const same = (one: [string, string][], other: [string, string][]) => JSON.stringify(one) === JSON.stringify(other);

class TypedForm {
  private readonly key: string;
  private readonly untouched: [string, string][];
  private readonly id: HTMLInputElement;

  constructor(
    private readonly form: HTMLFormElement,
    account: string,
  ) {
    const address = new URL(form.action || location.href, location.href);
    this.key = `${PREFIX}${account}:${location.pathname}:${address.pathname}`;
    this.untouched = valuesOf(form);
    this.id = Object.assign(document.createElement("input"), { type: "hidden", name: FIELD });
    this.id.value = this.record()?.id ?? crypto.randomUUID();
    form.append(this.id);
    // A page with errors already shows what was sent.
    if (!form.querySelector("[data-error-summary], .field-errors")) this.restore();
    form.addEventListener("input", () => this.keep());
    form.addEventListener("change", () => this.keep());
    // Sent in the background: the answer itself says whether it worked.
    form.addEventListener("htmx:afterRequest", (event) => {
      const { successful, requestConfig } = (event as CustomEvent).detail;
      if (successful && requestConfig?.verb === "post") this.forget();
    });
  }

  private record(): Record | null {
    return JSON.parse(sessionStorage.getItem(this.key) ?? "null") as Record | null;
  }

  private keep(): void {
    const values = valuesOf(this.form);
    if (same(values, this.untouched)) this.forget();
    else sessionStorage.setItem(this.key, JSON.stringify({ id: this.id.value, values } satisfies Record));
  }

  private forget(): void {
    sessionStorage.removeItem(this.key);
  }

  private restore(): void {
    const kept = this.record();
    if (!kept || same(kept.values, this.untouched)) return this.forget();
    fill(this.form, kept.values);
    const template = this.form.querySelector<HTMLTemplateElement>("template[data-typed]")!;
    const notice = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
    notice.querySelector("[data-typed-discard]")!.addEventListener("click", () => {
      fill(this.form, this.untouched);
      this.forget();
      notice.remove();
      fieldsOf(this.form)[0]?.focus();
    });
    this.form.prepend(notice);
  }
}

function forget(which: (key: string, record: Record) => boolean): void {
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    if (which(key, JSON.parse(sessionStorage.getItem(key)!) as Record)) sessionStorage.removeItem(key);
  }
}

const attended = new WeakSet<HTMLFormElement>();

function attend(account: string): void {
  for (const template of document.querySelectorAll<HTMLTemplateElement>("form template[data-typed]")) {
    const form = template.closest("form")!;
    if (attended.has(form)) continue;
    attended.add(form);
    new TypedForm(form, account);
  }
}

/** The server names the form that did its work in a cookie that lives for a minute. */
function done(): string {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${DONE}=`));
  if (!found) return "";
  document.cookie = `${DONE}=;path=/;max-age=0;samesite=lax`;
  return found.slice(DONE.length + 1);
}

export function startTypedForms(): void {
  const account = document.documentElement.dataset.account ?? "";
  document.addEventListener("submit", (event) => {
    if ((event.target as HTMLElement).matches("[data-sign-out]")) forget(() => true);
  });
  const finished = done();
  // Nobody signed in: perhaps the session ended, and the same person comes back.
  forget((key, record) => record.id === finished || (account !== "" && !key.startsWith(`${PREFIX}${account}:`)));
  if (!account) return;
  attend(account);
  document.addEventListener("htmx:afterSettle", () => attend(account));
}
