/** Header fields as they come off the wire, repeated ones included (RFC 9110, section 5). */

/** One header field: its name in any case, and its value. A repeated field is repeated entries. */
export type HeaderField = readonly [name: string, value: string];

/** Looks fields up as `Headers` does, at a fraction of the price: every relayed call runs through here. */
export interface FieldValues {
  /** All values of a name in lower case, joined; `null` when there is none. */
  get(name: string): string | null;
}

/** Reads a message's fields. Cookies join as pairs do, everything else as a list does (RFC 9110, section 5.3). */
export function fieldValues(fields: readonly HeaderField[]): FieldValues {
  const values = new Map<string, string>();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const before = values.get(key);
    values.set(key, before === undefined ? value : `${before}${key === 'cookie' ? '; ' : ', '}${value}`);
  }
  return { get: (name) => values.get(name) ?? null };
}

/** The fields of a message that `passes` names, without those that concern one connection only; names in lower case. */
export function passingFields(fields: readonly HeaderField[], passes: (name: string) => boolean): HeaderField[] {
  const passing: HeaderField[] = [];
  let options: Set<string> | undefined; // hardly any message names one
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    if (key === 'connection' && value !== 'keep-alive') options = withOptions(value, options);
    if (passes(key)) passing.push([key, value]);
  }
  return options === undefined ? passing : passing.filter(([name]) => !options.has(name));
}

/** What `Connection` names is for the next hop alone, whatever it is (RFC 9110, section 7.6.1). */
function withOptions(value: string, options: Set<string> = new Set()): Set<string> {
  for (const option of value.split(',')) options.add(option.trim().toLowerCase());
  return options;
}

/** RFC 9110, section 5.5: what could end a line early never gets onto one. */
const soundValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a value can stand on a line of its own. Transports have seen to it; this is the second look. */
export function isSound(value: string): boolean {
  return soundValue.test(value);
}
