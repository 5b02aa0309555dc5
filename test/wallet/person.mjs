// Somebody with a browser, without one: cookies, pages and forms over plain HTTP.
export class Person {
  constructor(url) { this.url = url; this.cookies = new Map(); }

  async ask(path, options = {}) {
    const url = path.startsWith("http") ? path : this.url + path;
    const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join("; ");
    const answer = await fetch(url, { redirect: "manual", ...options, headers: { ...options.headers, ...(cookie && { cookie }) } });
    for (const c of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(c);
      value ? this.cookies.set(name, value) : this.cookies.delete(name);
    }
    return answer;
  }

  // page follows redirections within the site and gives the page's text.
  async page(path, options) {
    let answer = await this.ask(path, options);
    while (answer.status === 303 && answer.headers.get("location").startsWith("/")) {
      this.at = answer.headers.get("location");
      answer = await this.ask(this.at);
    }
    this.status = answer.status;
    this.to = answer.headers.get("location");
    return (this.text = plain(await answer.text()));
  }

  // fields are those of the form that leads to an address.
  fields(action) {
    for (const [form] of this.text.matchAll(/<form[\s\S]*?<\/form>/g)) {
      if (plain(/action="([^"]*)"/.exec(form)?.[1] ?? "") !== action) continue;
      const all = {};
      for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
        const name = /name="([^"]*)"/.exec(tag)?.[1];
        if (name && /type="hidden"/.test(tag)) all[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? "";
      }
      return all;
    }
    throw new Error(`there is no form that leads to ${action} on the page`);
  }

  // send sends that form.
  send(action, more = {}) {
    const body = new URLSearchParams({ ...this.fields(action), ...more });
    return this.page(action, { method: "POST", body });
  }

  // demo signs in as one of the demo's people.
  async demo(email) {
    await this.page("/demo");
    await this.send("/demo/sign-in", { email });
    return this;
  }
}

function plain(html) {
  return html.replaceAll("&#39;", "'").replaceAll("&#34;", '"').replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
