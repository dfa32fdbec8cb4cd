/** What uname(2) and /proc/version say of this kernel. */
export const KERNEL_NAME = 'Linux';
export const KERNEL_RELEASE = '6.1.0-umlaut';
export const KERNEL_VERSION = '#1 SMP PREEMPT_DYNAMIC Umlaut';
