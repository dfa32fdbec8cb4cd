import './App.css';
import { ReactFlowProvider } from '@xyflow/react';
import { Dock } from '../features/console/Dock.tsx';
import { Inspector } from '../features/inspector/Inspector.tsx';
import { useDocument } from '../features/lab/documentStore.ts';
import { Canvas } from '../features/topology/Canvas.tsx';
import { Palette } from '../features/topology/Palette.tsx';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { CommandPalette } from './commands/CommandPalette.tsx';
import { Dialogs } from './Dialogs.tsx';
import { EngineBanner } from './EngineBanner.tsx';
import { Frame } from './layout/Frame.tsx';
import { useLayout } from './layout/layoutStore.ts';
import { Notice } from './Notice.tsx';
import { StartPage } from './start/StartPage.tsx';
import { StatusBar } from './StatusBar.tsx';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';

export function App() {
  const documentId = useDocument((state) => state.document?.id);
  return (
    <TooltipProvider>
      <div className="app">
        {documentId === undefined ? <StartPage /> : <Workbench key={documentId} />}
        <CommandPalette />
        <Dialogs />
        <Toasts />
      </div>
    </TooltipProvider>
  );
}

function Workbench() {
  const canvasOnly = useLayout((layout) => layout.canvasOnly);
  return (
    <ReactFlowProvider>
      {!canvasOnly && <TopBar />}
      <EngineBanner />
      <Notice />
      <Frame
        palette={<Palette />}
        canvas={
          <main className="app__main">
            <Canvas />
          </main>
        }
        dock={<Dock />}
        inspector={<Inspector />}
      />
      {!canvasOnly && <StatusBar />}
    </ReactFlowProvider>
  );
}
