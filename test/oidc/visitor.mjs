// Somebody with a browser, without one: cookies for each site, pages and forms over plain HTTP, redirections followed until one
// leads to what `until` names.
import { Person } from "../wallet/person.mjs";

export class Visitor extends Person {
  constructor(url) { super(url); this.jars = new Map(); }

  async ask(path, options = {}) {
    const url = new URL(path, this.url);
    const jar = this.jars.get(url.host) ?? new Map();
    this.jars.set(url.host, jar);
    const cookie = [...jar].map(([k, v]) => `${k}=${v}`).join("; ");
    const answer = await fetch(url, { redirect: "manual", ...options, headers: { ...options.headers, ...(cookie && { cookie }) } });
    for (const c of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(c);
      value && !/expires=Thu, 01 Jan 1970/i.test(c) ? jar.set(name, value) : jar.delete(name);
    }
    return answer;
  }

  // go follows redirections across sites; it stops before an address that stop matches, and leaves it in `next`.
  async go(path, options, stop) {
    let at = new URL(path, this.url);
    for (let n = 0; n < 20; n++) {
      const answer = await this.ask(at.href, options);
      options = undefined;
      this.at = at.href;
      this.status = answer.status;
      this.text = await answer.text();
      const to = answer.headers.get("location");
      if (answer.status < 300 || answer.status >= 400 || !to) { this.next = undefined; return this.text; }
      at = new URL(to, at);
      this.next = at.href;
      if (stop?.test(at.href)) return this.text;
    }
    throw new Error(`no end of redirections at ${this.at}`);
  }

  // press sends the form that leads to an address of the page that is open.
  press(action, more = {}, stop) {
    this.text = this.text.replaceAll("&amp;", "&");
    const body = new URLSearchParams({ ...this.fields(action), ...more });
    return this.go(new URL(action, this.at).href, { method: "POST", body }, stop);
  }

  // byMail signs in by the code that is sent.
  async byMail(email, to) {
    await this.go(to ?? "/sign-in");
    if (!this.text.includes('name="email"')) throw new Error(`no sign-in at ${this.at}`);
    await this.press("/sign-in", { email });
    const action = new URL(this.at).pathname;
    for (let n = 0; n < 50; n++) {
      const box = await (await fetch(this.url + "/demo/mailbox")).text();
      const item = box.split("<li").find((one) => one.includes(email) && one.includes("Your code is"));
      const code = /Your code is\D*(\d{6})/.exec(item ?? "")?.[1];
      if (code) {
        const before = this.text;
        await this.press(action, { code });
        if (!this.text.includes('name="code"')) return this;
        this.text = before;
      }
      await new Promise((r) => setTimeout(r, 100));
    }
    throw new Error("no code came");
  }
}

export function ok(is, what) { if (!is) throw new Error(what); }
