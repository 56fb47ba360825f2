/** Header fields as they cross a wire: in their order, repeated ones included. */

/** A name as it was written, and a value. */
export type Field = readonly [name: string, value: string];

/** Pairs of what Node keeps flat. */
export function fieldsOf(raw: readonly string[]): Field[] {
  const fields: Field[] = [];
  for (let index = 0; index < raw.length; index += 2) fields.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return fields;
}

/** Every value of one name, in any case. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);
}

/** The values of each name, joined as a list: what a repeated field means (RFC 9110, section 5.3). */
export function joined(fields: readonly Field[]): Record<string, string> {
  const names = [...new Set(fields.map(([name]) => name.toLowerCase()))].toSorted();
  return Object.fromEntries(names.map((name) => [name, valuesOf(fields, name).join(', ')]));
}
