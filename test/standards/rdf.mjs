// Graphs as others read them: n3 for Turtle and N-Triples, jsonld-streaming-parser for JSON-LD, and SHACL shapes over
// both.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { DataFactory, Parser, Store } from "n3";
import { JsonLdParser } from "jsonld-streaming-parser";
import Validator from "rdf-validate-shacl";

// The JSON-LD parser gives null where n3 wants nothing.
const forJsonld = { ...DataFactory, literal: (value, kind) => DataFactory.literal(value, kind ?? undefined) };

export const turtle = (text, format = "text/turtle") => new Store(new Parser({ format, blankNodePrefix: "_:" }).parse(text));

export async function jsonld(text) {
  const parser = new JsonLdParser({
    dataFactory: forJsonld,
    // A context that has to be fetched would make us depend on whoever serves it.
    documentLoader: { load: (url) => { throw new Error(`the context ${url} is not in the document`); } },
  });
  const store = new Store();
  await new Promise((yes, no) => parser.on("data", (q) => store.addQuad(q)).on("end", yes).on("error", no) && Readable.from([text]).pipe(parser));
  return store;
}

export function shapes(...files) {
  const store = new Store();
  for (const f of files) store.addQuads(new Parser().parse(readFileSync(f, "utf8")));
  return store;
}

// validate gives what SHACL finds, by severity: [{ severity, line }].
export async function validate(data, shapesGraph) {
  const report = await new Validator(shapesGraph).validate(data);
  return report.results.map((r) => ({
    severity: r.severity.value.split("#")[1],
    line: `${r.severity.value.split("#")[1]}: ${show(r.focusNode)} ${show(r.path)} ${r.value ? show(r.value) + " " : ""}(${show(r.sourceConstraintComponent)}): ${r.message.map((m) => m.value).join("; ")}`,
  }));
}

const show = (term) => term?.value?.replace(/^.*[#/](?=[^#/]+$)/, "") ?? "";

// canonical names blank nodes by what is said of them, so that two graphs can be compared whatever their labels are. It
// refines until nothing changes: enough for graphs whose blank nodes differ in what is said, as ours do.
export function canonical(store) {
  const hash = (s) => createHash("sha256").update(s).digest("hex").slice(0, 16);
  const all = [...store];
  let names = new Map();
  for (const q of all) for (const t of [q.subject, q.object]) if (t.termType === "BlankNode") names.set(t.value, "b");
  const name = (t) => t.termType === "BlankNode" ? `_:${names.get(t.value)}` :
    t.termType === "Literal" ? `${JSON.stringify(t.value)}@${t.language.toLowerCase()}^^${t.datatype.value}` : `<${t.value}>`;
  for (let round = 0; round < names.size + 1; round++) {
    const said = new Map([...names.keys()].map((k) => [k, []]));
    for (const q of all) {
      if (q.subject.termType === "BlankNode") said.get(q.subject.value).push(`out ${q.predicate.value} ${name(q.object)}`);
      if (q.object.termType === "BlankNode") said.get(q.object.value).push(`in ${q.predicate.value} ${name(q.subject)}`);
    }
    const next = new Map([...said].map(([k, lines]) => [k, hash(names.get(k) + lines.sort().join("\n"))]));
    const kinds = (m) => new Set(m.values()).size;
    const same = kinds(next) === kinds(names);
    names = next;
    if (same && round > 0) break;
  }
  return all.map((q) => `${name(q.subject)} <${q.predicate.value}> ${name(q.object)}`).sort();
}

// differ lists statements that only one of two graphs makes.
export function differ(a, b, nameA, nameB) {
  const left = canonical(a), right = canonical(b);
  const inLeft = new Set(left), inRight = new Set(right);
  return [...left.filter((l) => !inRight.has(l)).map((l) => `only ${nameA} says ${l}`), ...right.filter((l) => !inLeft.has(l)).map((l) => `only ${nameB} says ${l}`),
    ...(left.length === right.length ? [] : [`${nameA} makes ${left.length} statements, ${nameB} ${right.length}`])];
}
