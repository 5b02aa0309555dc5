// Writes what Node's Intl (ICU, CLDR) makes of the values below: an oracle that
// shares no code with this package. Regenerate: node golden.mjs > golden.json
const written = { en: "en-GB-u-nu-latn", ar: "ar-u-nu-latn", "ar+arab": "ar-u-nu-arab" };
const dates = [
  "1969-07-20T20:17", "1999-12-31T23:59", "2000-02-29T00:00", "2024-01-01T09:05",
  ...Array.from({ length: 12 }, (_, m) => `2026-${String(m + 1).padStart(2, "0")}-${String(m + 9).padStart(2, "0")}T${String(m * 2).padStart(2, "0")}:07`),
];
const numbers = ["0", "1", "-1", "12", "999", "1000", "-12.25", "1234.50", "1234567.5", "9007199254740993", "0.001"];
const amounts = [0, 1, -1, 99, 100, 12345, 123450, -123450, 100000000];
const counts = [...Array(131).keys(), 199, 200, 201, 202, 203, 210, 211, 1000, 1003, 1011, 1000000];
const lists = [[], ["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]];

const out = {};
for (const [key, locale] of Object.entries(written)) {
  const date = (options) => (d) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(new Date(d + ":00Z"));
  const number = (s) => new Intl.NumberFormat(locale, { minimumFractionDigits: (s.split(".")[1] ?? "").length, maximumFractionDigits: 20 }).format(s);
  const money = (code) => (minor) => {
    const f = new Intl.NumberFormat(locale, { style: "currency", currency: code });
    return f.format(minor / 10 ** f.resolvedOptions().maximumFractionDigits);
  };
  const each = (values, f) => Object.fromEntries(values.map((v) => [v, f(v)]));
  out[key] = {
    date: each(dates, date({ dateStyle: "long" })),
    short: each(dates, date({ day: "numeric", month: "short", year: "numeric" })),
    long: each(dates, date({ dateStyle: "full" })),
    month: each(dates, date({ month: "long", year: "numeric" })),
    time: each(dates, date({ timeStyle: "short", hourCycle: "h23" })),
    dateTime: each(dates, date({ dateStyle: "long", timeStyle: "short", hourCycle: "h23" })),
    number: each(numbers, number),
    money: each(["GBP", "EUR", "USD", "JPY", "KWD", "AED"], (code) => each(amounts, money(code))),
    plural: each(counts, (n) => new Intl.PluralRules(locale).select(n)),
    list: lists.map((l) => new Intl.ListFormat(locale).format(l)),
    size: each([1, 2, 5, 11, 999], (n) => ["kilobyte", "megabyte", "gigabyte"].map((unit) =>
      new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: locale.startsWith("en") ? "short" : "long" }).format(n))),
  };
}
console.log(JSON.stringify(out, null, 1));
