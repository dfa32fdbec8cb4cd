/**
 * Device numbers as one Number in the kernel's "new" encoding (linux/kdev_t.h): what stat(2) hands to user space in its low
 * 32 bits. Minor bits 8 and up lie above the major.
 */
export function makeDevice(major: number, minor: number): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12)) >>> 0;
}

export function deviceMajor(device: number): number {
  return (device >>> 8) & 0xfff;
}

export function deviceMinor(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}
