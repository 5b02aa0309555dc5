// The program under test: `stoa demo`, started on a free port and stopped at the end.
import { spawn, execFileSync } from "node:child_process";
import { once } from "node:events";

const root = new URL("../../", import.meta.url).pathname;
export const program = process.env.STOA ?? root + "bin/stoa";

export class Demo {
  // start waits for the address that the program prints.
  static async start(...options) {
    const d = new Demo();
    d.child = spawn(program, ["demo", "--addr", "127.0.0.1:0", ...options], { stdio: ["ignore", "pipe", "pipe"] });
    d.out = d.err = "";
    d.child.stdout.on("data", (b) => { d.out += b; });
    d.child.stderr.on("data", (b) => { d.err += b; });
    const ended = once(d.child, "exit").then(([code]) => { d.ended = true; return code; });
    d.exit = ended;
    for (const until = Date.now() + 300_000; ;) {
      const url = /served at\s+(http:\/\/\S+)/.exec(d.out)?.[1];
      if (url && /Mail lands at/.test(d.out)) { d.url = url; return d; }
      if (d.ended || Date.now() > until) {
        d.child.kill();
        throw new Error(`stoa demo did not start:\n${d.out}\n${d.err}`);
      }
      await new Promise((r) => setTimeout(r, 100));
    }
  }
  async stop() {
    this.child.kill("SIGINT");
    const late = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.exit;
    clearTimeout(late);
  }
  // faults are the lines of the log that tell of a fault of ours.
  faults() { return this.err.split("\n").filter((l) => /level=ERROR|panic/.test(l)); }
}

// ofItsOwn runs a journey over a demo of its own: in it time can pass without disturbing the others.
export async function ofItsOwn(world, journey, ...options) {
  const demo = await Demo.start("--cases", "6", ...options);
  try {
    await journey({ ...world, url: demo.url, home: world.url });
    if (demo.faults().length) throw new Error(demo.faults().join("\n"));
  } finally {
    await Promise.all(world.visitors.map((v) => v.leave().catch(() => {})));
    await demo.stop();
  }
}

// stoa runs the program to its end and returns what it printed.
export function stoa(...args) {
  return execFileSync(program, args, { encoding: "utf8", timeout: 60_000, stdio: ["ignore", "pipe", "pipe"] });
}
