// Writes app/static and templates/components/icon.html from the sources beside this file.
// One command: `npm ci && npm run build`. The result is committed, so running needs no Node.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { transformSync } from "esbuild";
import { Features, transform } from "lightningcss";

const here = dirname(fileURLToPath(import.meta.url));
const WORKER = "sw.js";
const root = join(here, "..", "..", "..");
const target = join(root, "app", "static");

const release = (major, minor = 0) => (major << 16) | (minor << 8);
const targets = { chrome: release(69), ios_saf: release(12), safari: release(12), firefox: release(68) };

// Chrome 69 knows `margin-inline-start` but not `margin-inline`: expand the pairs and keep every side
// logical. Lowering to left and right would choose sides by language list instead of by `dir`.
function expandPairs(css) {
  return css.replace(/(margin|padding)-(inline|block):\s*([^;]+);/g, (_, box, axis, value) => {
    const [start, end = start] = value.trim().match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g);
    return `${box}-${axis}-start: ${start}; ${box}-${axis}-end: ${end};`;
  });
}

function stylesheet() {
  const folder = join(here, "css");
  const sources = readdirSync(folder).filter((name) => name.endsWith(".css")).sort();
  const source = Buffer.concat(sources.map((name) => readFileSync(join(folder, name))));
  const code = Buffer.from(expandPairs(source.toString("utf8")));
  const exclude = Features.LogicalProperties;
  return { source, built: transform({ filename: "site.css", code, minify: true, targets, exclude }).code };
}

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

function publish(name, bytes, manifest) {
  const { name: stem, ext } = parse(name);
  const hashed = `${stem}-${digest(bytes).slice(0, 12)}${ext}`;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(join(target, hashed), bytes);
  writeFileSync(join(target, `${hashed}.br`), brotliCompressSync(bytes, quality));
  writeFileSync(join(target, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
  manifest.files[name] = hashed;
}

// What runs in the browser, for the same old phones as the stylesheet. A library comes minified by
// its makers, smaller than we could.
const LIBRARIES = { "list.js": "htmx.org/dist/htmx.min.js" };

function script(name, names = {}) {
  const define = Object.fromEntries(Object.entries(names).map(([key, value]) => [key, JSON.stringify(value)]));
  const library = LIBRARIES[name] ? readFileSync(join(here, "node_modules", LIBRARIES[name]), "utf8") : "";
  const code = `${library};\n${readFileSync(join(here, "js", name), "utf8")}`;
  const options = { minify: true, format: "iife", target: "es2018", legalComments: "none", define };
  return Buffer.from(transformSync(code, options).code);
}

function iconShapes(name) {
  const svg = readFileSync(join(here, "node_modules", "lucide-static", "icons", `${name}.svg`), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return shapes.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
}

function iconMacro() {
  const { categories, interface: marks, mirrored } = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
  const names = [...new Set([...categories, ...marks])].sort();
  const lines = names.map((name) => `  "${name}": '${iconShapes(name)}',`);
  return `{# Written by app/web/assets/build.mjs from icons.json. Shapes: Lucide, ISC licence. #}
{%- set shapes = {
${lines.join("\n")}
} -%}
{%- set mirrored = ${JSON.stringify(mirrored)} -%}
{% macro icon(name, large=false) -%}
<svg class="icon{{ " icon-large" if large }}{{ " icon-mirrored" if name in mirrored }}" aria-hidden="true" focusable="false" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{{ shapes[name] | safe }}</svg>
{%- endmacro %}
`;
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const { source, built } = stylesheet();
const manifest = { source: digest(source), files: {} };
publish("site.css", built, manifest);
for (const name of readdirSync(join(here, "sheets")).sort()) {
  const code = readFileSync(join(here, "sheets", name));
  publish(name, transform({ filename: name, code, minify: true, targets }).code, manifest);
}
for (const name of readdirSync(join(here, "images")).sort()) {
  publish(name, readFileSync(join(here, "images", name)), manifest);
}
for (const name of readdirSync(join(here, "js")).filter((one) => one !== WORKER).sort()) {
  publish(name, script(name), manifest);
}
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
  const text = readFileSync(join(here, "node_modules", "swagger-ui-dist", name), "utf8");
  publish(name, Buffer.from(text.replace(/(\/\/|\/\*)# sourceMappingURL=\S+( \*\/)?\s*$/, "")), manifest);
}
// Last: it names what it keeps, so it changes whenever one of these files does.
const kept = ["site.css", "site.js", "mark.svg"].map((name) => `/static/${manifest.files[name]}`);
const version = digest(Buffer.from(kept.join())).slice(0, 8);
publish(WORKER, script(WORKER, { VERSION: version, FILES: kept }), manifest);
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(root, "templates", "components", "icon.html"), iconMacro());
console.log(`site.css: ${built.length} bytes, ${brotliCompressSync(built).length} as br, ${gzipSync(built).length} as gz`);
