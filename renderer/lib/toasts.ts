/** Short messages that come and go. Sparse by intent: for what failed or was refused, never for what went as asked. */
import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly title: string;
  /** Folds open. */
  readonly details?: string | undefined;
}

export const useToasts = create<{ toasts: readonly Toast[] }>()(() => ({ toasts: [] }));

let lastId = 0;

export function showToast(title: string, details?: string): void {
  lastId += 1;
  const toast = { id: lastId, title, details };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.filter((one) => one.title !== title), toast] }));
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** Runs a request to the main process whose refusal is shown as it is: main words its errors for people. */
export async function orToast(what: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    showToast(what, error instanceof Error ? error.message : String(error));
  }
}
