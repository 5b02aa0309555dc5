// People sign in to a running `stoa demo` with identity schemes of others, each a process of its own: npm's oidc-provider, and
// the example server of zitadel/oidc, built in a module of its own. `node run.mjs`.
import { spawn, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demo } from "../e2e/demo.mjs";
import { oidcProvider } from "./oidc_provider.mjs";
import { zitadel } from "./zitadel.mjs";

const here = new URL("./", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "stoa-oidc-"));
const children = [];
let passed = 0, failed = 0;

// check runs one check and tells how it went.
async function check(name, run) {
  try {
    await run();
    passed++;
    console.log(`ok   ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAIL ${name}\n      ${(process.env.DEBUG ? e.stack : e.message).split("\n").slice(0, 8).join("\n      ")}`);
  }
}

const free = () => new Promise((done) => {
  const s = createServer().listen(0, "127.0.0.1", () => { const { port } = s.address(); s.close(() => done(port)); });
});

// start runs a provider until the end, and waits until it answers.
async function start(name, command, args, env, answers) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let said = "";
  child.stderr.on("data", (b) => { said += b; if (process.env.DEBUG) process.stderr.write(b); });
  for (const until = Date.now() + 60_000; ;) {
    if (await fetch(answers).then((r) => r.ok, () => false)) return;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${name} did not start:\n${said}`);
    await new Promise((r) => setTimeout(r, 100));
  }
}

const [site, first, second] = await Promise.all([free(), free(), free()]);
const url = `http://127.0.0.1:${site}`;
// An address of the sample's people: a scheme that names it is not taken at its word.
const email = "noor@example.com";
let demo;
try {
  writeFileSync(join(folder, "secret-first"), "a secret of at least some length\n");
  writeFileSync(join(folder, "secret-second"), "secret\n");
  const users = Object.fromEntries(["rana", "omar"].map((id) => [id, { ID: id, Username: id, Password: "verysecure", FirstName: id, LastName: "Test", Email: email, EmailVerified: true }]));
  writeFileSync(join(folder, "users.json"), JSON.stringify(users));
  await start("oidc-provider", process.execPath, ["provider.mjs"].map((f) => here + f), { PORT: String(first), BACK: `${url}/sign-in/with/first`, SITE: url, EMAIL: email },
    `http://localhost:${first}/.well-known/openid-configuration`);
  const program = join(folder, "zitadel");
  execFileSync("go", ["build", "-o", program, "github.com/zitadel/oidc/v3/example/server"], { cwd: here + "zitadel", stdio: "inherit" });
  await start("zitadel/oidc", program, [], { PORT: String(second), REDIRECT_URI: `${url}/sign-in/with/second`, USERS_FILE: join(folder, "users.json") },
    `http://localhost:${second}/.well-known/openid-configuration`);
  process.env.STOA_IDENTITY = JSON.stringify({ schemes: [
    { name: "first", title: "First identity", issuer: `http://localhost:${first}`, client_id: "stoa", secret: join(folder, "secret-first"),
      levels: { "urn:example:substantial": "substantial", "urn:example:high": "high" } },
    { name: "second", title: "Second identity", issuer: `http://localhost:${second}/`, client_id: "web", secret: join(folder, "secret-second") },
  ] });
  // The sample, with one service that asks for more than a code by mail.
  const sample = join(folder, "greenvale");
  cpSync(here + "../../jurisdictions/greenvale", sample, { recursive: true });
  const file = join(sample, "services/food-business-registration.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^applicant:/m, "assurance: substantial\napplicant:"));
  demo = await Demo.start("--cases", "20", "--jurisdiction", sample, "--addr", `127.0.0.1:${site}`);
  const world = { url, first: `http://localhost:${first}`, second: `http://localhost:${second}` };
  for (const part of [oidcProvider, zitadel]) await part(world, check).catch((e) => check(`${part.name} could begin`, () => { throw e; }));
  if (process.env.DEBUG) process.stderr.write(demo.err);
  await check("the program wrote no fault into its log", () => { if (demo.faults().length) throw new Error(demo.faults().join("\n")); });
} catch (e) {
  await check("everything could be started", () => { throw e; });
} finally {
  await demo?.stop();
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
