// What Stoa publishes, held against published standards by validators that are not ours, over a demo of its own:
// `node run.mjs [FOLDER]`, FOLDER with the machine-readable parts of the standards (STANDARDS of the Makefile). What cannot
// be checked is said in a line that begins "could not run:".
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demo } from "../e2e/demo.mjs";
import { differ, jsonld, shapes, turtle, validate } from "./rdf.mjs";
import { contracts } from "./ocds.mjs";
import { packages, settled, tables } from "./tables.mjs";
import { ckan } from "./ckan.mjs";
import { sitemap } from "./sitemap.mjs";
import { proveThemselves } from "./prove.mjs";

const root = new URL("../../", import.meta.url).pathname;
const standards = process.argv[2] ?? join(root, "../shared/data/standards");
let passed = 0, failed = 0;

function tell(name, problems, notes = []) {
  problems.length ? failed++ : passed++;
  console.log(`${problems.length ? "FAIL " : "ok   "} ${name}`);
  for (const n of notes) console.log(`      ${n}`);
  for (const p of problems.slice(0, 20)) console.log(`      ${p}`);
  if (problems.length > 20) console.log(`      and ${problems.length - 20} more`);
}
const cannot = (what) => console.log(`could not run: ${what}`);

// check tells what a check finds, and that it could not be made as a failure.
async function check(name, find) {
  try {
    const found = await find();
    tell(name, found.problems ?? found, found.notes);
  } catch (e) { tell(name, [e.stack.split("\n").slice(0, 4).join("\n      ")]); }
}

async function get(url, accept) {
  const answer = await fetch(url, { headers: accept ? { accept } : {} });
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text(), headers: answer.headers };
}

const shape = (...names) => names.map((n) => join(standards, n));
const cpsv = shape("cpsv-ap/cpsv-ap-SHACL.ttl"), dcat = shape("dcat-ap/dcat-ap-SHACL.ttl", "dcat-ap/ranges.ttl");

// graphs holds a graph in both its forms against the shapes.
async function graphs(name, graph, linked, files) {
  await check(`${name}: both forms make the same statements`, async () => differ(graph, await jsonld(linked), "Turtle", "JSON-LD"));
  if (!files.every(existsSync)) return cannot(`${name}: the shapes are not in ${standards}`);
  await check(`${name}: SHACL`, async () => {
    const found = await validate(graph, shapes(...files));
    const wrong = found.filter((f) => f.severity === "Violation"), other = found.filter((f) => f.severity !== "Violation");
    return { problems: wrong.map((f) => f.line), notes: [`${graph.size} statements, ${wrong.length} violations, ${other.length} warnings`, ...other.map((f) => f.line)] };
  });
}

// catalog holds what the running program answers at one address.
async function catalog(base, name, files) {
  const { text: ttl, status, type } = await get(`${base}.ttl`);
  const linked = await get(`${base}.jsonld`);
  await check(`${name}: answers as Turtle and JSON-LD, and to whoever asks for either`, async () => {
    const problems = [];
    const expect = (is, want, what) => { if (is !== want) problems.push(`${what}: ${is}, want ${want}`); };
    expect(status, 200, ".ttl"); expect(type, "text/turtle; charset=utf-8", ".ttl"); expect(linked.type, "application/ld+json", ".jsonld");
    for (const [accept, want] of [["text/turtle", "text/turtle; charset=utf-8"], ["application/ld+json", "application/ld+json"], ["*/*", "application/ld+json"]]) {
      expect((await get(base, accept)).type, want, `asked for ${accept}`);
    }
    const tag = linked.headers.get("etag");
    const again = await fetch(`${base}.jsonld`, { headers: { "if-none-match": tag } });
    expect(again.status, 304, "asked again with its ETag");
    return { problems };
  });
  await graphs(name, turtle(ttl), linked.text, files);
}

await check("writers: hostile values read alike as N-Triples, Turtle and JSON-LD", async () => {
  const read = (end) => readFileSync(join(root, `internal/catalogue/testdata/hostile.${end}`), "utf8");
  const plain = turtle(read("nt"), "application/n-triples");
  return [...differ(plain, turtle(read("ttl")), "N-Triples", "Turtle"), ...differ(plain, await jsonld(read("jsonld")), "N-Triples", "JSON-LD")];
});

// A catalogue with everything that one can hold, more than the sample district has.
for (const [name, files] of [["data", dcat], ["services", cpsv]]) {
  const read = (end) => readFileSync(join(root, `internal/catalogue/testdata/${name}.${end}`), "utf8");
  await graphs(`a made-up catalogue of ${name}`, turtle(read("ttl")), read("jsonld"), files);
}

const data = mkdtempSync(join(tmpdir(), "stoa-standards-"));
const demo = await Demo.start("--cases", "60", "--data", data);
try {
  await settled(demo.url);
  await catalog(`${demo.url}/services/catalog`, "services, CPSV-AP 3.2", cpsv);
  await catalog(`${demo.url}/data/catalog`, "data, DCAT-AP 3.0.1", dcat);
  await contracts(demo.url, join(standards, "ocds"), check, cannot);
  await tables(demo.url, check);
  await packages(demo.url, check, cannot);
  await ckan(demo.url, check, cannot);
  await sitemap(demo.url, check);
  await proveThemselves(demo.url, standards, check);
  tell("the program wrote no fault into its log", demo.faults());
} finally {
  await demo.stop();
  rmSync(data, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
