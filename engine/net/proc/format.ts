/** Number formats of /proc/net. */

export function hex(value: number, width: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(width, '0');
}

/** An address as the tables show it: the bytes in memory read as a little-endian number. */
export function hexAddress(address: number): string {
  const swapped = ((address & 0xff) << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24);
  return hex(swapped, 8);
}

export function decimal(value: number, width: number): string {
  return String(value).padStart(width);
}
