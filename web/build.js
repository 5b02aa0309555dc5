// Builds src into internal/web/asset/dist: style sheets in both directions,
// the script, icons and notices; each under a name with its hash, beside its compressed forms,
// and a manifest from plain to hashed names.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import postcss from "postcss";
import rtlcss from "rtlcss";
import { compile } from "sass";

const source = new URL("src/", import.meta.url);
const target = new URL("../internal/web/asset/dist/", import.meta.url);
const made = new URL("made/", import.meta.url);
const browsers = ["chrome80", "firefox78", "safari13"];

const manifest = {};
const report = [];

async function emit(name, text) {
  const bytes = Buffer.from(text);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
  const gzip = gzipSync(bytes, { level: 9 });
  await writeFile(new URL(hashed, target), bytes);
  await writeFile(new URL(hashed + ".br", target), brotli);
  await writeFile(new URL(hashed + ".gz", target), gzip);
  manifest[name] = hashed;
  report.push({ name, bytes: bytes.length, gzip: gzip.length, brotli: brotli.length });
}

// Rules of the design system for what we do not offer (the drop zone) and for
// browsers that are gone.
const unusedSelector = /govuk-file-upload-(button|dropzone|announcements)|govuk-frontend-supported .*file-upload/;

function withoutUnused(css) {
  css.walkAtRules("media", (rule) => {
    if (rule.params.includes("screen\\0")) rule.remove();
  });
  css.walkRules((rule) => {
    rule.selectors = rule.selectors.filter((s) => !unusedSelector.test(s));
    if (rule.selector === "") rule.remove();
  });
  return css;
}

// What is only printed moves to a sheet of its own, which no first paint waits
// for.
function printedPart(css) {
  const printed = postcss.root();
  css.walkAtRules("media", (rule) => {
    if (rule.params === "print" && rule.parent.type === "root") {
      rule.remove();
      printed.append(rule.nodes);
    }
  });
  return printed.toString();
}

async function small(text) {
  const { code } = await transform(text, { loader: "css", minify: true, target: browsers, legalComments: "none" });
  return code;
}

async function styles(name, printName) {
  const { css } = compile(new URL(`styles/${name}.scss`, source).pathname, {
    loadPaths: [new URL("node_modules/", import.meta.url).pathname],
    quietDeps: true,
  });
  if (/url\(|@font-face|GDS Transport/.test(css)) {
    throw new Error(`${name}.scss: a picture, a font or a name that is not ours came along`);
  }
  const sheet = withoutUnused(postcss.parse(css));
  if (printName) {
    const printed = printedPart(sheet);
    await emit(`${printName}.css`, await small(printed));
    await emit(`${printName}.rtl.css`, await small(rtlcss.process(printed)));
  }
  const shown = sheet.toString();
  await emit(`${name}.css`, await small(shown));
  await emit(`${name}.rtl.css`, await small(rtlcss.process(shown)));
}

async function script(name, alias) {
  const result = await build({
    entryPoints: [new URL(`scripts/${name}.js`, source).pathname],
    bundle: true, minify: true, write: false, format: "esm", target: "es2019",
    legalComments: "none", charset: "utf8", alias,
  });
  await emit(`${name}.js`, result.outputFiles[0].text);
}

await mkdir(target, { recursive: true });
for (const old of await readdir(target)) {
  if (old !== ".placeholder") await rm(new URL(old, target));
}
await styles("stoa", "print");
await styles("desk");
await styles("paper");
await styles("chart");
await script("stoa");
await script("passkey");
await script("talk");
await script("shield");
// What verifies in the visitor's own browser: made by the Makefile, with Go's own script beside it.
await script("verify", { wasm_exec: new URL("wasm_exec.js", made).pathname });
await script("scan");
await emit("verifier.wasm", await readFile(new URL("verifier.wasm", made)));
for (const folder of ["icons/", "notices/"]) {
  for (const name of await readdir(new URL(folder, source))) {
    await emit(name, (await readFile(new URL(folder + name, source), "utf8")).trim() + "\n");
  }
}
// Written last: a build that breaks off leaves no manifest and so no assets.
await writeFile(new URL("manifest.json", target), JSON.stringify(manifest, null, 2) + "\n");
console.table(report);
