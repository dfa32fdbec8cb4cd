/** `docs/lab-format.md`, from the table that the reader works with. */
import { interfaceMembers, labMembers, machineMembers, routeMembers, switchMembers } from './format.ts';
import { LIMITS } from './model.ts';
import type { Members } from './reader.ts';
import { formatSize } from './rules.ts';

/** A lab that shows the whole format. The tests hold it to be valid. */
export const EXAMPLE_LAB = `# A client reaches a server through a router.
name: Through a router
notes: |
  Try on the client: ping 10.0.2.1

machines:
  client:
    interfaces:
      eth0:
        addresses: [10.0.1.1/24]
        gateway: 10.0.1.254
  r1:
    kind: router
    memory: 64M
    interfaces:
      eth0:
        addresses: [10.0.1.254/24]
      eth1:
        addresses: [10.0.2.254/24, "fd00:2::fe/64"]
        mac: 02:00:00:00:02:fe
    routes:
      - to: 10.3.0.0/16
        via: 10.0.2.3
  server:
    memory: 256M
    cpus: 2
    interfaces:
      eth0:
        addresses: [10.0.2.1/24]
        gateway: 10.0.2.254
    startup: |
      echo hello > /tmp/greeting
    environment:
      LANG: C.UTF-8

switches:
  s1:
    ports: 4

links:
  - [client:eth0, s1:1]
  - [s1:2, r1:eth0]
  - [r1:eth1, server:eth0]

positions:
  client: [0, 0]
  s1: [200, 0]
  r1: [400, 0]
  server: [600, 0]
`;

function table(members: Members): string {
  const rows = Object.entries(members).map(([key, member]) => {
    const otherwise = member.otherwise === undefined ? '*must be there*' : member.otherwise;
    return `| \`${key}\` | ${member.field.expected} | ${member.description} | ${otherwise} |`;
  });
  return ['| key | expected | meaning | when absent |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

export function describeFormat(): string {
  return `# The lab file

<!-- Made from engine/api/lab/format.ts; \`UPDATE_DOCS=1 npx vitest run engine/api/lab\` writes it anew. -->

A lab is a folder with a file \`lab.yaml\`, and a directory for each machine, which bears the machine's name and holds its
files: what the machine changed in its file system, and start-up scripts. The file is YAML 1.2, made to be read,
compared and written by hand. The application keeps comments, order and spelling of what it does not change.

\`\`\`yaml
${EXAMPLE_LAB}\`\`\`

An error names file, line, column and field, and says what was expected:

\`\`\`
lab.yaml:12:5: machines.h1.memory: expected a size such as 128M, between 8M and 64G, found 'lots'
\`\`\`

Unknown keys are errors, and so are names given twice, links to what is not there, and ports used twice.

## The lab

${table(labMembers)}

## A machine

${table(machineMembers)}

## An interface

${table(interfaceMembers)}

## A route

One of \`via\` and \`interface\` must be there.

${table(routeMembers)}

## A switch

${table(switchMembers)}

## Limits

A file has at most ${formatSize(LIMITS.fileBytes)}B, ${LIMITS.machines} machines, ${LIMITS.switches} switches and ${LIMITS.links} links; a machine at most
${LIMITS.interfacesPerMachine} interfaces with ${LIMITS.addressesPerInterface} addresses each, and ${LIMITS.routesPerMachine} routes. YAML's anchors and aliases are refused.
Paths in the file cannot leave the lab folder, so that opening a stranger's lab gives away nothing.
`;
}
