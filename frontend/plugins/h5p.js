// Puts the player of H5P beside the bundles, under its version: it loads its frame, styles and fonts by address.
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PARTS = ["frame.bundle.js", "styles", "fonts", "images"];

export function h5p(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const name = `h5p-${version}`;
  return {
    name: "heluo-h5p",
    apply: "build",
    config: () => ({ define: { __H5P__: JSON.stringify(`/static/app/${name}`) } }),
    writeBundle(options) {
      mkdirSync(join(options.dir, name), { recursive: true });
      for (const part of PARTS) cpSync(join(folder, "dist", part), join(options.dir, name, part), { recursive: true });
      cpSync(join(folder, "LICENSE"), join(options.dir, name, "LICENSE"));
    },
  };
}
