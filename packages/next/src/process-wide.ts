/** Memory of the process: Next.js bundles the proxy, the routes and the pages apart, module scope is not theirs to share. */

/** The value that the process keeps under `name`, made by `make` where there is none yet. */
export function processWide<Value>(name: string, make: () => Value): Value {
  const key = Symbol.for(`footbridge.${name}`);
  if (!Reflect.has(globalThis, key)) Reflect.set(globalThis, key, make());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this function writes under these keys
  return Reflect.get(globalThis, key) as Value;
}
