/** The main process decides on light or dark, by the system or against it; the page hears of it as a media query. */
import { bridge } from '../lib/bridge.ts';
import { orToast } from '../lib/toasts.ts';
import type { Theme } from '../../main/ipc/contract/requests.ts';
import { create } from 'zustand';

export const useTheme = create<{ theme: Theme }>()(() => ({ theme: 'system' }));

/** The colour scales come as classes. */
export function followSystemTheme(): void {
  const darkness = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    document.documentElement.classList.toggle('dark', darkness.matches);
  };
  darkness.addEventListener('change', apply);
  apply();
}

export function setTheme(theme: Theme): void {
  useTheme.setState({ theme });
  void orToast('The colours could not be changed.', bridge.request('app.setTheme', { theme }));
}
