// Writes entries.json, which `{% bundle %}` and `{% icon %}` read: which hashed files make up each entry.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export function entries() {
  return {
    name: "heluo-entries",
    apply: "build",
    writeBundle(options, bundle) {
      const known = {};
      const scriptsOf = (chunk, seen = new Set()) => {
        for (const name of chunk.imports) if (!seen.has(name)) scriptsOf(bundle[name], seen.add(name));
        return seen;
      };
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk" || !chunk.isEntry) continue;
        const parts = [chunk, ...[...scriptsOf(chunk)].map((name) => bundle[name])];
        known[chunk.name] = {
          script: chunk.fileName,
          styles: [...new Set(parts.flatMap((part) => [...(part.viteMetadata?.importedCss ?? [])]))],
          preloads: parts.slice(1).map((part) => part.fileName),
        };
      }
      const icons = Object.keys(bundle).find((name) => /^icons-.*\.svg$/.test(name));
      writeFileSync(join(options.dir, "entries.json"), JSON.stringify({ entries: known, icons }, null, 1));
    },
  };
}
