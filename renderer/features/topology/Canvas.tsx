import '@xyflow/react/dist/style.css';
import './Canvas.css';
import { useCallback, useRef, useState, type CSSProperties, type DragEvent, type FocusEvent } from 'react';
import {
  Background,
  BackgroundVariant,
  ConnectionMode,
  ReactFlow,
  SelectionMode,
  ViewportPortal,
  useReactFlow,
  useStore,
  type Connection,
  type EdgeChange,
  type EdgeTypes,
  type IsValidConnection,
  type NodeChange,
  type NodeTypes,
} from '@xyflow/react';
import type { CanvasPosition } from '../../../engine/api/lab/model.ts';
import { classNames } from '../../lib/classNames.ts';
import { runCommand } from '../../lib/commands.ts';
import { ContextMenu } from '../../ui/Menu.tsx';
import { openConsole } from '../console/consoleStore.ts';
import { refusesLink } from '../lab/document/links.ts';
import { moveNodes } from '../lab/document/nodes.ts';
import { edit, useDocument } from '../lab/documentStore.ts';
import { stateOf, useRunning } from '../lab/runningStore.ts';
import { align, type Alignment } from './alignment.ts';
import { useCards, useLinks } from './canvasElements.ts';
import { menuFor, type MenuTarget } from './canvasMenu.tsx';
import { FIT, setCanvasView } from './canvasView.ts';
import { CanvasHint } from './CanvasHint.tsx';
import { farScaleAt } from './geometry.ts';
import { endAt } from './handles.ts';
import { LinkLine, type LinkEdge } from './LinkLine.tsx';
import { useSteadyView } from './steadyView.ts';
import { NodeCard, type CardNode } from './NodeCard.tsx';
import { Overview } from './Overview.tsx';
import { paletteDrop } from './paletteDrag.ts';
import { PendingLink } from './PendingLink.tsx';
import { changeSelection, select, useSelection } from './selectionStore.ts';
import { addNode, link } from './topologyActions.ts';
import { ZoomBar } from './ZoomBar.tsx';

const nodeTypes: NodeTypes = { card: NodeCard };
const edgeTypes: EdgeTypes = { link: LinkLine };
/** From here on it pays to leave out of the page what is not in sight. */
const MANY_CARDS = 300;
const NOT_DRAGGED: ReadonlyMap<string, CanvasPosition> = new Map();

export function Canvas() {
  const lab = useDocument((state) => state.lab);
  const selection = useSelection();
  const [dragged, setDragged] = useState(NOT_DRAGGED);
  const [helpers, setHelpers] = useState<Alignment>();
  const [menuTarget, setMenuTarget] = useState<MenuTarget>({ on: 'canvas' });
  // Fitting an empty lab would wait for the first machine, and jump when it is dropped.
  const hadNodes = useRef(lab.machines.length + lab.switches.length > 0);
  const element = useRef<HTMLDivElement>(null);
  const flow = useReactFlow<CardNode, LinkEdge>();
  useSteadyView(element);
  const farScale = useStore(({ transform: [, , zoom] }) => farScaleAt(zoom));
  const cards = useCards(lab, selection.nodes, dragged);
  const links = useLinks(lab, selection.links);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const selected = new Map(
        changes.flatMap((change) => (change.type === 'select' ? [[change.id, change.selected]] : [])),
      );
      if (selected.size > 0) changeSelection('nodes', selected);
      const moves = changes.flatMap((change) =>
        change.type === 'position' && change.position !== undefined ? [{ ...change, position: change.position }] : [],
      );
      if (moves.length === 0) return;
      const { positions, alignment } = followPointer(moves, cards);
      if (moves.some((move) => move.dragging)) {
        setDragged(positions);
        setHelpers(alignment);
      } else {
        setDragged(NOT_DRAGGED);
        setHelpers(undefined);
        edit((current) => moveNodes(current, positions));
      }
    },
    [cards],
  );

  const onEdgesChange = useCallback((changes: EdgeChange<LinkEdge>[]) => {
    const selected = new Map(
      changes.flatMap((change) => (change.type === 'select' ? [[change.id, change.selected]] : [])),
    );
    if (selected.size > 0) changeSelection('links', selected);
  }, []);

  const onConnect = useCallback(({ source, sourceHandle, target, targetHandle }: Connection) => {
    link(endAt(source, sourceHandle), endAt(target, targetHandle));
  }, []);

  const canLink = useCallback<IsValidConnection<LinkEdge>>(({ source, sourceHandle, target, targetHandle }) => {
    const from = endAt(source, sourceHandle ?? null);
    const to = endAt(target, targetHandle ?? null);
    return refusesLink(useDocument.getState().lab, from, to) === undefined;
  }, []);

  const onDrop = (event: DragEvent) => {
    const kind = paletteDrop(event);
    if (kind === undefined) return;
    event.preventDefault();
    addNode(kind, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
  };

  // Walking with Tab selects what it reaches, so that every command works on it.
  const onFocusCapture = ({ target }: FocusEvent) => {
    if (!target.matches(':focus-visible')) return;
    const node = target.classList.contains('react-flow__node') ? target.getAttribute('data-id') : null;
    if (node !== null) select([node]);
  };

  return (
    <ContextMenu items={menuFor(menuTarget)}>
      <div
        ref={element}
        className={classNames('canvas', farScale !== undefined && 'canvas--far')}
        style={{ '--far-scale': farScale } as CSSProperties}
        data-testid="canvas"
        role="application"
        aria-label="Canvas"
        tabIndex={-1}
        onFocusCapture={onFocusCapture}
      >
        <ReactFlow<CardNode, LinkEdge>
          nodes={cards}
          edges={links}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onInit={() => {
            if (element.current !== null) setCanvasView({ flow, element: element.current });
          }}
          connectionMode={ConnectionMode.Loose}
          connectionRadius={12}
          connectionLineComponent={PendingLink}
          isValidConnection={canLink}
          onConnect={onConnect}
          onNodeClick={(event, node) => {
            const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
            const isRunning = stateOf(useRunning.getState(), node.id).state === 'running';
            if (isPlain && isRunning && node.data.kind !== 'switch') openConsole(node.id);
          }}
          onNodeDoubleClick={() => {
            runCommand('machine.openConsole');
          }}
          onNodeContextMenu={(_event, node) => {
            if (!selection.nodes.has(node.id)) select([node.id]);
            setMenuTarget({ on: 'nodes' });
          }}
          onSelectionContextMenu={() => {
            setMenuTarget({ on: 'nodes' });
          }}
          onEdgeContextMenu={(_event, edge) => {
            select([], [edge.id]);
            setMenuTarget({ on: 'link' });
          }}
          onPaneContextMenu={(event) => {
            setMenuTarget({ on: 'canvas', at: flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }) });
          }}
          onDragOver={(event) => {
            event.preventDefault();
            event.dataTransfer.dropEffect = 'copy';
          }}
          onDrop={onDrop}
          selectionMode={SelectionMode.Partial}
          selectionOnDrag
          panOnDrag={[1]}
          panOnScroll
          zoomOnDoubleClick={false}
          selectNodesOnDrag
          deleteKeyCode={null}
          multiSelectionKeyCode={['Shift', 'Control', 'Meta']}
          selectionKeyCode={null}
          disableKeyboardA11y
          edgesFocusable={false}
          onlyRenderVisibleElements={cards.length > MANY_CARDS}
          minZoom={0.1}
          maxZoom={2.5}
          fitView={hadNodes.current}
          fitViewOptions={FIT}
          proOptions={{ hideAttribution: true }}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} color="var(--canvas-dot)" />
          {helpers !== undefined && <HelperLines {...helpers} />}
          <Overview />
          <ZoomBar />
        </ReactFlow>
        <CanvasHint />
      </div>
    </ContextMenu>
  );
}

type Move = { id: string; position: CanvasPosition };

/** Aligns the first of the moved cards, and takes the others along at the distance that they had. */
function followPointer(moves: readonly Move[], cards: readonly CardNode[]) {
  const moved = new Set(moves.map((move) => move.id));
  const others = cards.filter((card) => !moved.has(card.id)).map((card) => card.position);
  const [first] = moves;
  const alignment = first && align(first.position, others);
  const shift = {
    x: (alignment?.position.x ?? 0) - (first?.position.x ?? 0),
    y: (alignment?.position.y ?? 0) - (first?.position.y ?? 0),
  };
  const positions = new Map(
    moves.map(({ id, position }) => [id, { x: position.x + shift.x, y: position.y + shift.y }]),
  );
  return { positions, alignment };
}

function HelperLines({ vertical, horizontal }: Alignment) {
  return (
    <ViewportPortal>
      <svg className="canvas__helpers" aria-hidden>
        {vertical !== undefined && <line x1={vertical} x2={vertical} y1={-1e5} y2={1e5} />}
        {horizontal !== undefined && <line y1={horizontal} y2={horizontal} x1={-1e5} x2={1e5} />}
      </svg>
    </ViewportPortal>
  );
}
