/** Preloaded into one process to make its clock wrong, by CLOCK_SHIFT_MS milliseconds: another machine, in one file. */
const shift = Number(process.env['CLOCK_SHIFT_MS'] ?? 0);
const RealDate = Date;
const shiftedNow = () => RealDate.now() + shift;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(
      target,
      given.length === 0 ? [shiftedNow()] : given,
      newTarget === globalThis.Date ? target : newTarget,
    ),
  get: (target, key) => (key === 'now' ? shiftedNow : Reflect.get(target, key)),
});
