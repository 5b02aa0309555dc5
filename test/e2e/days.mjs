// Days counted from today, where the sample lies.
export function day(from) {
  const d = new Date(Date.now() + from * 86_400_000);
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" }).format(d); // ISO
}
