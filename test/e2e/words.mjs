// What stands on the pages, in both languages: the interface's own words come from its PO files, the
// questions from the jurisdiction's files. Journeys find everything by these, as a reader does.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = new URL("../../", import.meta.url).pathname;

// readPO reads the plain entries of a PO file; plural forms are not needed here.
function readPO(file) {
  const words = new Map();
  let id = null, text = null, at = null;
  const keep = () => { if (id && text) words.set(id, text); id = text = at = null; };
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const m = /^(msgid|msgstr|msgctxt|msgid_plural|msgstr\[\d+\])?\s*(".*")$/.exec(line);
    if (!m) { if (!line.trim()) keep(); continue; }
    if (m[1]) at = m[1];
    if (at === "msgid") { if (m[1]) { keep(); id = ""; at = "msgid"; } id += JSON.parse(m[2]); }
    if (at === "msgstr") text = (m[1] ? "" : text) + JSON.parse(m[2]);
  }
  keep();
  return words;
}

const po = { ar: readPO(join(root, "internal/i18n/locale/ar.po")) };

// What the interface puts around a value so that its direction does not spill over.
const marks = "[\\u2066-\\u2069\\u200e\\u200f]*";
const escape = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// say is a word of the interface in a language; English where it is not translated.
export function say(lang, english, values = {}) {
  const text = po[lang]?.get(english) ?? english;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

// saying matches a word of the interface with any values where it has none here.
export function saying(lang, english, values = {}) {
  const text = po[lang]?.get(english) ?? english;
  const parts = text.split(/(\{\w+\})/).map((p) => {
    const name = /^\{(\w+)\}$/.exec(p)?.[1];
    if (!name) return escape(p);
    return marks + (name in values ? escape(values[name]) : ".+?") + marks;
  });
  return new RegExp("^\\s*" + parts.join("") + "\\s*$", "s");
}

// Place is a jurisdiction's folder as its files say it.
export class Place {
  constructor(folder) {
    this.folder = folder;
    this.file = this.read("jurisdiction.yaml");
    this.demo = this.read("demo.yaml");
    this.services = {};
    for (const name of readdirSync(join(folder, "services"))) {
      const s = new Service(this.read(join("services", name)));
      this.services[s.file.service] = s;
    }
  }
  read(name) { return parse(readFileSync(join(this.folder, name), "utf8"), { merge: true, maxAliasCount: 1000 }); }
}

export class Service {
  constructor(file) {
    this.file = file;
    this.questions = {};
    const walk = (list) => list?.forEach((q) => { this.questions[q.id] = q; walk(q.questions); });
    file.pages.forEach((p) => walk(p.questions));
  }
  get id() { return this.file.service; }
  question(id) {
    const q = this.questions[id];
    if (!q) throw new Error(`${this.id} has no question ${id}`);
    return q;
  }
  page(id) { return this.file.pages.find((p) => p.page === id); }
  state(id) { return this.file.case.states.find((s) => s.id === id); }
  action(id) { return this.file.case.actions.find((a) => a.id === id) ?? this.file.issues?.actions?.find((a) => a.id === id); }
  variant(id) { return this.file.variants?.find((v) => v.id === id); }
}

// of is a text of a file in a language: a plain text stands for all.
export const of = (text, lang) => (text !== null && typeof text === "object" ? text[lang] ?? text.en : String(text));

export const greenvale = new Place(join(root, "jurisdictions/greenvale"));
