// A clock that stands still, for examples. Runs before the script.
(function (now) {
  const Real = Date;
  globalThis.Date = new Proxy(Real, {
    construct: (target, args) => (args.length === 0 ? new Real(now) : new Real(...args)),
    apply: () => new Real(now).toString(),
    get: (target, key) => (key === 'now' ? () => now : Reflect.get(target, key)),
  });
  Real.prototype.constructor = globalThis.Date;
})
