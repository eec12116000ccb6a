// Builds the sources of CSS, scripts, icons and fonts into the Python package (git-ignored there).
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { compressed } from "./plugins/compressed.js";
import { contexts } from "./plugins/contexts.js";
import { entries } from "./plugins/entries.js";
import { fonts } from "./plugins/fonts.js";
import { h5p } from "./plugins/h5p.js";
import { iconSprite } from "./plugins/icons.js";

const here = import.meta.dirname;
const built = resolve(here, "../src/heluo/site/built");

/** Each entry is loaded by the pages that need it: `{% bundle "charts" %}`. */
const ENTRIES = {
  app: "src/app.ts",
  charts: "src/charts.ts",
  courseware: "src/courseware.ts",
  "courseware-player": "src/courseware-player.ts",
  player: "src/player.ts",
  process: "src/process.ts",
  upload: "src/upload.ts",
  "service-worker": "src/service-worker.ts",
};

export default defineConfig({
  root: here,
  base: "/static/app/",
  publicDir: "public",
  plugins: [iconSprite(resolve(here, "../src/heluo")), entries(), h5p(resolve(here, "node_modules/h5p-standalone")), compressed(), contexts(resolve(built, "contexts")), fonts(resolve(built, "fonts"))],
  css: { preprocessorOptions: { scss: { quietDeps: true, loadPaths: [resolve(here, "node_modules")] } } },
  build: {
    outDir: resolve(built, "frontend"),
    emptyOutDir: true,
    target: ["chrome111", "firefox114", "safari16.4"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, resolve(here, file)])),
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "[name]-[hash].js"),
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
