// One SVG sprite of only the icons that the templates and manifests name.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const library = resolve(import.meta.dirname, "../node_modules/@tabler/icons");
// {% icon "name" %}, icon="name" (include … with, keyword arguments), "icon": "name", the third word of a
// NavigationEntry, the icon of a tone.
const MENTIONS = [
  /\{%\s*icon\s+["']([a-z0-9-]+)["']/g,
  /\bicon\s*=\s*["']([a-z0-9-]+)["']/g,
  /["']icon["']\s*:\s*["']([a-z0-9-]+)["']/g,
  /\bNavigationEntry\(\s*_\([^)]*\),\s*["'][^"']*["'],\s*["']([a-z0-9-]+)["']/g,
  /\bTone\.[A-Z]+: ["']([a-z0-9-]+)["']/g,
];

/** Names of all icons mentioned below a folder, with the first file that mentions each. */
function mentionedIn(folder) {
  const found = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(html|py|svg)$/.test(entry.name) || entry.parentPath.includes("/built")) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8");
    for (const mention of MENTIONS) {
      for (const [, name] of text.matchAll(mention)) if (!found.has(name)) found.set(name, path);
    }
  }
  return found;
}

function symbol(name, mentionedBy) {
  const filled = name.endsWith("-filled");
  const file = resolve(library, "icons", filled ? "filled" : "outline", `${filled ? name.slice(0, -7) : name}.svg`);
  let source;
  try {
    source = readFileSync(file, "utf8");
  } catch {
    throw new Error(`Tabler has no icon “${name}” (named in ${mentionedBy}); see https://tabler.io/icons`);
  }
  const body = source.replace(/<!--[\s\S]*?-->/g, "").replace(/<svg[\s\S]*?>/, "").replace("</svg>", "");
  const paint = filled ? 'fill="currentColor" stroke="none"' : "";
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${body.replace(/\s+/g, " ").trim()}</symbol>`;
}

export function iconSprite(sources) {
  let file = "";
  return {
    name: "heluo-icons",
    apply: "build",
    generateBundle() {
      const mentioned = [...mentionedIn(sources)].sort(([a], [b]) => a.localeCompare(b));
      const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${mentioned.map((one) => symbol(...one)).join("")}</svg>`;
      file = `icons-${createHash("sha256").update(sprite).digest("hex").slice(0, 8)}.svg`;
      this.emitFile({ type: "asset", fileName: file, source: sprite });
      this.info(`${mentioned.length} icons`);
    },
  };
}
