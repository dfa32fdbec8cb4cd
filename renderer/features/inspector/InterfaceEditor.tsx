import { Trash2, Unplug } from 'lucide-react';
import type { Lab, LinkEnd, Machine, NetworkInterface } from '../../../engine/api/lab/model.ts';
import { linkAt, linkKey } from '../../../engine/api/lab/topology.ts';
import { IconButton } from '../../ui/Button.tsx';
import { DraftInput } from '../../ui/DraftInput.tsx';
import { removeInterface, renameInterface, updateMachine } from '../lab/document/nodes.ts';
import { edit, endEditGroup } from '../lab/documentStore.ts';
import { select } from '../topology/selectionStore.ts';
import {
  parseAddresses,
  validateAddresses,
  validateGateway,
  validateInterfaceName,
  validateMac,
} from './fieldRules.ts';

type InterfaceEditorProps = { machine: Machine; own: NetworkInterface; lab: Lab };

export function InterfaceEditor({ machine, own, lab }: InterfaceEditorProps) {
  const update = (field: string, change: (one: NetworkInterface) => NetworkInterface) => {
    edit(
      (current) =>
        updateMachine(current, machine.name, (one) => ({
          ...one,
          interfaces: one.interfaces.map((candidate) => (candidate.name === own.name ? change(candidate) : candidate)),
        })),
      `${machine.name} ${own.name} ${field}`,
    );
  };
  /** An empty text takes the field away. */
  const updateOptional = (field: 'gateway' | 'mac', text: string) => {
    update(field, ({ [field]: _former, ...rest }) => (text === '' ? rest : { ...rest, [field]: text }));
  };

  return (
    <div className="interface" data-testid={`interface-${own.name}`}>
      <div className="interface__head">
        <DraftInput
          label={`Name of ${own.name}`}
          labelHidden
          mono
          commitOn="leaving"
          value={own.name}
          validate={validateInterfaceName(machine, own.name)}
          onCommit={(name) => {
            edit((current) => renameInterface(current, machine.name, own.name, name));
          }}
        />
        <Peer lab={lab} end={{ node: machine.name, port: own.name }} />
        <IconButton
          label={`Remove ${own.name}`}
          size="small"
          side="left"
          icon={<Trash2 size={13} />}
          data-testid={`remove-interface-${own.name}`}
          onClick={() => {
            edit((current) => removeInterface(current, machine.name, own.name));
          }}
        />
      </div>
      <DraftInput
        label="Address"
        layout="before"
        mono
        value={own.addresses.join(', ')}
        placeholder="none"
        validate={validateAddresses}
        testId={`addresses-${own.name}`}
        onCommit={(text) => {
          update('addresses', (one) => ({ ...one, addresses: parseAddresses(text) }));
        }}
        onLeave={endEditGroup}
      />
      <DraftInput
        label="Gateway"
        layout="before"
        mono
        value={own.gateway ?? ''}
        placeholder="none"
        validate={validateGateway}
        testId={`gateway-${own.name}`}
        onCommit={(text) => {
          updateOptional('gateway', text.trim());
        }}
        onLeave={endEditGroup}
      />
      <DraftInput
        label="MAC"
        layout="before"
        mono
        value={own.mac ?? ''}
        placeholder="automatic"
        validate={validateMac}
        testId={`mac-${own.name}`}
        onCommit={(text) => {
          updateOptional('mac', text.trim());
        }}
        onLeave={endEditGroup}
      />
    </div>
  );
}

/** What the interface is linked to: a click goes there. */
function Peer({ lab, end }: { lab: Lab; end: LinkEnd }) {
  const link = linkAt(lab, end);
  if (link === undefined) {
    return (
      <span className="interface__peer">
        <Unplug size={12} aria-hidden />
        not linked
      </span>
    );
  }
  const isNear = link.a.node === end.node && link.a.port === end.port;
  const far = isNear ? link.b : link.a;
  return (
    <span className="interface__peer">
      to
      <button
        type="button"
        className="mono"
        onClick={() => {
          select([], [linkKey(link)]);
        }}
      >
        {far.node} {far.port}
      </button>
    </span>
  );
}
