/** What no log of an app may tell, whatever was done to it. */

const alarm = /unhandled|uncaught|"internal_error"|"level":60|FATAL ERROR/i;
const mostShown = 5;

/** The lines that tell of a fault of our own: the first few, and not whole. */
export function alarmsIn(output: string): string[] {
  const lines = output.split('\n').filter((line) => alarm.test(line));
  return lines.slice(0, mostShown).map((line) => line.slice(0, 500));
}
