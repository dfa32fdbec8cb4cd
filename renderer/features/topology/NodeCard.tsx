import './NodeCard.css';
import { memo, type MouseEvent } from 'react';
import { Handle, Position, useConnection, type Node, type NodeProps } from '@xyflow/react';
import { Play, SquareTerminal } from 'lucide-react';
import type { Machine, Switch } from '../../../engine/api/lab/model.ts';
import { classNames } from '../../lib/classNames.ts';
import { runCommand } from '../../lib/commands.ts';
import { IconButton } from '../../ui/Button.tsx';
import type { NodeKind } from '../lab/document/naming.ts';
import { startMachines } from '../lab/engineActions.ts';
import { useMachineState } from '../lab/runningStore.ts';
import { describeState } from '../lab/stateWords.ts';
import { NameEditor } from './NameEditor.tsx';
import { cardHandleId, nextPortHandleId, portHandleId } from './handles.ts';
import { select, startRenaming, useSelection } from './selectionStore.ts';
import { StateRing } from './StateRing.tsx';

export type CardData = {
  kind: NodeKind;
  node: Machine | Switch;
  freePorts: readonly string[];
  isLinked: boolean;
};

export type CardNode = Node<CardData, 'card'>;

/** How many free ports a card shows; links to further ones start at the card's edge. */
const PORTS_SHOWN = 8;

const SIDES = [
  { side: 'left', position: Position.Left },
  { side: 'top', position: Position.Top },
  { side: 'right', position: Position.Right },
] as const;

export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { kind, node, freePorts, isLinked } = data;
  const state = useMachineState(node.name);
  const ringState = kind === 'switch' ? 'none' : state.state;
  const isRenaming = useSelection((selection) => selection.renaming === node.name);
  const landing = useConnection((connection): 'none' | 'possible' | 'here' => {
    if (!connection.inProgress || connection.fromNode.id === node.name) return 'none';
    return connection.toNode?.id === node.name && connection.isValid === true ? 'here' : 'possible';
  });

  return (
    <div
      className={classNames('node-card', selected && 'node-card--selected', `node-card--landing-${landing}`)}
      data-testid={`node-${node.name}`}
      data-state={kind === 'switch' ? undefined : state.state}
      title={state.state === 'crashed' ? state.reason : undefined}
    >
      <StateRing kind={kind} state={ringState} />
      <div className="node-card__words">
        {isRenaming ? (
          <NameEditor name={node.name} />
        ) : (
          <span
            className="node-card__name"
            title={node.name}
            onDoubleClick={(event) => {
              event.stopPropagation();
              startRenaming(node.name);
            }}
          >
            {node.name}
          </span>
        )}
        <span className="node-card__address mono">{subtitleOf(data)}</span>
        {kind !== 'switch' && <span className="visually-hidden">{describeState(state)}</span>}
      </div>
      {kind !== 'switch' && !isRenaming && <QuickAction machine={node.name} state={state.state} />}

      <Handle
        id={cardHandleId}
        type="target"
        position={Position.Top}
        className={classNames('node-card__landing', landing !== 'none' && 'node-card__landing--open')}
        isConnectableStart={false}
      />
      {SIDES.map(({ side, position }) => (
        <Handle
          key={side}
          id={nextPortHandleId(side)}
          type="source"
          position={position}
          className="node-card__next-port"
          data-testid={`next-port-${node.name}-${side}`}
          title="Drag to link the next free port"
        />
      ))}
      {freePorts.slice(0, PORTS_SHOWN).map((port, index, shown) => (
        <Handle
          key={port}
          id={portHandleId(port)}
          type="source"
          position={Position.Bottom}
          className={classNames('node-card__port', isLinked && 'node-card__port--resting')}
          style={{ left: `calc(50% + ${(index - (shown.length - 1) / 2) * 12}px)` }}
          data-testid={`port-${node.name}-${port}`}
          title={kind === 'switch' ? `Port ${port}, free` : `${port}, free`}
        />
      ))}
    </div>
  );
});

function QuickAction({ machine, state }: { machine: string; state: string }) {
  const act = (action: () => void) => (event: MouseEvent) => {
    event.stopPropagation();
    select([machine]);
    action();
  };
  const isStartable = state === 'stopped' || state === 'crashed';
  return (
    <div className="node-card__action nodrag">
      {isStartable ? (
        <IconButton
          label={`Start ${machine}`}
          size="small"
          icon={<Play size={13} />}
          data-testid={`start-${machine}`}
          tabIndex={-1}
          onClick={act(() => {
            startMachines([machine]);
          })}
        />
      ) : (
        <IconButton
          label={`Open the console of ${machine}`}
          size="small"
          icon={<SquareTerminal size={14} />}
          data-testid={`open-console-${machine}`}
          tabIndex={-1}
          onClick={act(() => {
            runCommand('machine.openConsole');
          })}
        />
      )}
    </div>
  );
}

function subtitleOf({ node }: CardData): string {
  if ('ports' in node) return `${String(node.ports)} ports`;
  const [first, ...more] = node.interfaces.flatMap((one) => one.addresses);
  if (first === undefined) return 'no address';
  const address = first.replace(/\/\d+$/, '');
  return more.length === 0 ? address : `${address} +${String(more.length)}`;
}
