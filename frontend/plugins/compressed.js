// Writes .br and .gz beside each text file (WhiteNoise serves them) and holds the public page to its weight limit.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LIMIT = 140 * 1024;
const TEXT = /\.(js|css|svg|json|webmanifest)$/;

export function compressed() {
  return {
    name: "heluo-compressed",
    apply: "build",
    enforce: "post",
    closeBundle() {
      const folder = this.environment.config.build.outDir;
      const size = {};
      for (const name of readdirSync(folder, { recursive: true })) {
        if (!TEXT.test(name) || name === "entries.json") continue;
        const source = readFileSync(join(folder, name));
        const brotli = brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        const gzip = gzipSync(source, { level: 9 });
        writeFileSync(join(folder, `${name}.br`), brotli);
        writeFileSync(join(folder, `${name}.gz`), gzip);
        size[name] = { brotli: brotli.length, gzip: gzip.length };
      }
      const { entries, icons } = JSON.parse(readFileSync(join(folder, "entries.json"), "utf8"));
      const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
      const sum = (names, way) => names.reduce((total, name) => total + size[name][way], 0);
      for (const [name, entry] of Object.entries(entries)) {
        const files = [entry.script, ...entry.preloads, ...entry.styles];
        this.info(`${name}: ${kib(sum(files, "gzip"))} gzip, ${kib(sum(files, "brotli"))} brotli`);
      }
      const page = [entries.app.script, ...entries.app.preloads, ...entries.app.styles, icons];
      const weight = sum(page, "gzip");
      this.info(`a public page (css, js, icons): ${kib(weight)} gzip of ${kib(LIMIT)} allowed`);
      if (weight > LIMIT) throw new Error(`a public page weighs ${kib(weight)}, more than ${kib(LIMIT)}`);
    },
  };
}
