import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { startCommands } from './commands/startCommands.ts';
import { startSession } from './session.ts';
import { followSystemTheme } from './theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element');

followSystemTheme();
startCommands();
void startSession();
// Terminals measure their font when they open: it has to be there by then.
void document.fonts.load("13px 'JetBrains Mono Variable'");

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
