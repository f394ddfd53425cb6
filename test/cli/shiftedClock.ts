/** Preloaded into the real command line: its clock goes by `CLOCK_SHIFT_MS` milliseconds wrong. */
const by = Number(process.env['CLOCK_SHIFT_MS'] ?? 0);
const now = (): number => Real.now() + by;
const Real = Date;

globalThis.Date = new Proxy(Real, {
  construct: (_, args: unknown[], target) =>
    Reflect.construct(Real, args.length === 0 ? [now()] : args, target) as object,
  apply: () => new Real(now()).toString(),
  get: (_, name, receiver): unknown => (name === 'now' ? now : Reflect.get(Real, name, receiver)),
});
