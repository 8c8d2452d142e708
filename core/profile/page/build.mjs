// SPDX-License-Identifier: Apache-2.0
// Makes page.bundle.html of page.html, page.css, the modules behind main.js, and uPlot.
//   npm ci && npm run build     writes it
//   npm run check               fails where the committed one differs
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const bundlePath = join(here, "page.bundle.html");
const read = (name) => readFileSync(join(here, name), "utf8");

function bundled(entry) {
  const built = buildSync({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2020",
    charset: "ascii",
    legalComments: "none",
  });
  return built.outputFiles[0].text.trim();
}

// Every mark stands in page.html once. A function as replacement: "$" in the text means nothing.
function fill(html, mark, text) {
  if (html.split(mark).length !== 2) {
    throw new Error(`page.html must hold ${mark} once`);
  }
  return html.replace(mark, () => text);
}

function bundle() {
  const licence = read("node_modules/uplot/LICENSE").trim();
  const script = bundled("main.js");
  if (/<\/script|<!--/i.test(script)) {
    throw new Error("the bundled script would end its element");
  }
  const marks = {
    "/* styles */": bundled("page.css"),
    "/* uPlot's licence */": `uPlot is part of this page:\n\n${licence}`,
    "/* script */": script,
  };
  return Object.entries(marks).reduce((html, [mark, text]) => fill(html, mark, text),
                                      read("page.html"));
}

const fresh = bundle();
if (!process.argv.includes("--check")) {
  writeFileSync(bundlePath, fresh);
} else if (fresh !== readFileSync(bundlePath, "utf8")) {
  console.error("page.bundle.html is not what its sources make: npm run build");
  process.exit(1);
}
