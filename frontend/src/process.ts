// Processes as people drew them: <div class="process-diagram" data-diagram="<address of a BPMN file>" …>, see
// pages/components/process.html. Only looked at: a viewer that caught the wheel or keys would stop the page around it.
import Viewer from "bpmn-js/lib/Viewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";

const SMALLEST = 0.85;
const AROUND = 12;
/** Where the tick covers no name: names of events stand below them, those of gateways above to the left. */
const TICKS: [string, Record<string, number>][] = [
  ["Task", { bottom: 10, right: 10 }],
  ["Event", { top: -10, right: 10 }],
];

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Shape extends Box {
  type: string;
}

interface Canvas {
  addMarker(id: string, name: string): void;
  resized(): void;
  viewbox(): { inner: Box };
  viewbox(box: Box): void;
}

interface Overlays {
  add(id: string, overlay: { position: Record<string, number>; html: HTMLElement }): void;
}

class ProcessDiagram {
  private readonly scroller = document.createElement("div");
  private readonly drawing = document.createElement("div");
  private readonly viewer: Viewer;

  constructor(private readonly place: HTMLElement) {
    this.scroller.className = "process-scroll";
    this.scroller.append(this.drawing);
    const { fontFamily } = getComputedStyle(document.body);
    this.viewer = new Viewer({
      container: this.drawing,
      textRenderer: { defaultStyle: { fontFamily, fontSize: 14 }, externalStyle: { fontSize: 13 } },
      bpmnRenderer: {
        defaultFillColor: "var(--surface)",
        defaultStrokeColor: "var(--line-strong)",
        defaultLabelColor: "var(--ink)",
      },
    });
  }

  async show(): Promise<void> {
    try {
      const answer = await fetch(this.place.dataset.diagram!);
      if (!answer.ok) throw new Error(answer.statusText);
      const xml = await answer.text();
      this.place.replaceChildren(this.scroller);
      await this.viewer.importXML(xml);
    } catch {
      this.place.removeAttribute("role");
      this.place.replaceChildren(this.place.dataset.unreadable ?? "");
      return;
    }
    this.name();
    this.mark();
    const { inner } = this.canvas.viewbox();
    this.fit(inner);
    this.goToCurrent(inner);
    new ResizeObserver(() => this.fit(inner)).observe(this.scroller);
  }

  private get canvas(): Canvas {
    return this.viewer.get<Canvas>("canvas");
  }

  private shape(id: string): Shape | undefined {
    return this.viewer.get<{ get(id: string): Shape | undefined }>("elementRegistry").get(id);
  }

  /** The drawing is the image; the box around it is scrolled by keys too, and holds the link of the viewer's makers. */
  private name(): void {
    const label = this.place.getAttribute("aria-label") ?? "";
    const svg = this.drawing.querySelector("svg")!;
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    svg.removeAttribute("tabindex");
    this.place.removeAttribute("role");
    this.place.removeAttribute("aria-label");
    this.scroller.setAttribute("role", "region");
    this.scroller.setAttribute("aria-label", label);
  }

  private get current(): string[] {
    return this.listed("current");
  }

  private listed(name: "current" | "passed"): string[] {
    return (JSON.parse(this.place.dataset[name] || "[]") as string[]).filter((id) => this.shape(id));
  }

  private mark(): void {
    const { current } = this;
    for (const id of current) this.canvas.addMarker(id, "process-current");
    for (const id of this.listed("passed")) {
      if (current.includes(id)) continue;
      this.canvas.addMarker(id, "process-passed");
      const corner = TICKS.find(([kind]) => this.shape(id)!.type.endsWith(kind))?.[1];
      if (!corner) continue;
      const html = document.createElement("span");
      html.className = "process-tick";
      html.ariaHidden = "true";
      html.textContent = "✓";
      this.viewer.get<Overlays>("overlays").add(id, { position: corner, html });
    }
  }

  private scale(inner: Box): number {
    return Math.min(1, Math.max(SMALLEST, this.scroller.clientWidth / (inner.width + 2 * AROUND)));
  }

  private fit(inner: Box): void {
    const scale = this.scale(inner);
    const width = Math.max(inner.width + 2 * AROUND, this.scroller.clientWidth / scale);
    const height = inner.height + 2 * AROUND;
    this.drawing.style.width = `${Math.floor(width * scale)}px`;
    this.drawing.style.height = `${Math.ceil(height * scale)}px`;
    this.scroller.tabIndex = this.scroller.scrollWidth > this.scroller.clientWidth ? 0 : -1;
    this.canvas.resized();
    this.canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - AROUND, width, height });
  }

  private goToCurrent(inner: Box): void {
    const shape = this.current.map((id) => this.shape(id)!)[0];
    if (!shape) return;
    const middle = (shape.x + shape.width / 2 - inner.x + AROUND) * this.scale(inner);
    this.scroller.scrollLeft = middle - this.scroller.clientWidth / 2;
  }
}

// The window that names the viewer's makers knows the mouse alone.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector<HTMLElement>(".bjs-powered-by-lightbox .backdrop")?.click();
});

for (const place of document.querySelectorAll<HTMLElement>(".process-diagram")) void new ProcessDiagram(place).show();
