/** Sizes of files in words. */

const units = ['KiB', 'MiB', 'GiB'] as const;

/** Such as "1 byte", "1.5 KiB" or "25 MiB": exact below a kibibyte, else to a tenth. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  let amount = bytes / 1024;
  let step = 0;
  while (roundToTenth(amount) >= 1024 && step < units.length - 1) {
    amount /= 1024;
    step += 1;
  }
  return `${roundToTenth(amount)} ${units[step]}`;
}

function roundToTenth(amount: number): number {
  return Math.round(amount * 10) / 10;
}
