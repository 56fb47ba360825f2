/** SHA-256 where the runtime has it synchronously: WebCrypto's detour through a thread costs more than the hash. */

interface NodeCrypto {
  hash(algorithm: 'sha256', text: string, encoding: 'base64url'): string;
}

interface NodeProcess {
  getBuiltinModule(name: string): unknown;
}

/**
 * Node's own digest in base64url; `undefined` on a runtime that is not Node, where core uses WebCrypto. The module is
 * asked for at run time: an import of `node:crypto` would keep bundles for other runtimes from being built.
 */
export function nodeDigest(): ((text: string) => string) | undefined {
  const process: unknown = Reflect.get(globalThis, 'process');
  const crypto = isNodeProcess(process) ? process.getBuiltinModule('node:crypto') : undefined;
  return isNodeCrypto(crypto) ? (text) => crypto.hash('sha256', text, 'base64url') : undefined;
}

function isNodeProcess(value: unknown): value is NodeProcess {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'getBuiltinModule' in value && typeof value.getBuiltinModule === 'function';
}

function isNodeCrypto(value: unknown): value is NodeCrypto {
  return typeof value === 'object' && value !== null && 'hash' in value && typeof value.hash === 'function';
}
