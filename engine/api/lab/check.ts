/** What is wrong between the parts of a lab whose parts are each in order: names used twice, links to nowhere. */
import type { Lab, Link, LinkEnd, ModelPath, ModelProblem } from './model.ts';
import { formatLinkEnd } from './model.ts';
import { suggestion } from './suggest.ts';
import { portsOfMachine, portsOfSwitch } from './topology.ts';

type Report = (path: ModelPath, message: string) => void;

/** Every such problem of the lab, in the order of the file. A lab without any may be saved and started. */
export function checkLab(lab: Lab): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  checkNames(lab, report);
  for (const [index, machine] of lab.machines.entries()) {
    const interfaces = new Set<string>();
    for (const [place, one] of machine.interfaces.entries()) {
      if (interfaces.has(one.name)) {
        report(['machines', index, 'interfaces', place], `${machine.name} has two interfaces named '${one.name}'`);
      }
      interfaces.add(one.name);
    }
    for (const [place, route] of machine.routes.entries()) {
      if (route.via === undefined && route.interface === undefined) {
        report(['machines', index, 'routes', place], `the route to ${route.to} needs 'via' or 'interface'`);
      }
      if (route.interface === undefined || interfaces.has(route.interface)) continue;
      const message = `${machine.name} has no interface '${route.interface}'${suggestion(route.interface, interfaces)}`;
      report(['machines', index, 'routes', place, 'interface'], message);
    }
  }
  checkLinks(lab, report);
  return problems;
}

function checkNames(lab: Lab, report: Report): void {
  const seen = new Set<string>();
  const visit = (kind: 'machines' | 'switches', names: readonly string[]): void => {
    for (const [index, name] of names.entries()) {
      if (seen.has(name)) report([kind, index], `the name '${name}' is given twice; machines and switches share names`);
      seen.add(name);
    }
  };
  visit(
    'machines',
    lab.machines.map((machine) => machine.name),
  );
  visit(
    'switches',
    lab.switches.map((one) => one.name),
  );
}

function checkLinks(lab: Lab, report: Report): void {
  const ports = new Map<string, { noun: string; names: Set<string> }>();
  for (const one of lab.switches) ports.set(one.name, { noun: 'port', names: new Set(portsOfSwitch(one)) });
  for (const one of lab.machines) ports.set(one.name, { noun: 'interface', names: new Set(portsOfMachine(one)) });
  const linkOf = new Map<string, Link>();

  const checkEnd = (end: LinkEnd, path: ModelPath, link: Link): void => {
    const node = ports.get(end.node);
    if (node === undefined) {
      report(path, `there is no machine or switch '${end.node}'${suggestion(end.node, ports.keys())}`);
      return;
    }
    if (!node.names.has(end.port)) {
      report(path, `${end.node} has no ${node.noun} '${end.port}'${suggestion(end.port, node.names)}`);
      return;
    }
    const port = formatLinkEnd(end);
    const other = linkOf.get(port);
    if (other === undefined) linkOf.set(port, link);
    else if (other === link) report(path, `both ends of the link are ${port}`);
    else report(path, `${port} is already in use by the link ${describeLink(other)}`);
  };

  for (const [index, link] of lab.links.entries()) {
    checkEnd(link.a, ['links', index, 'a'], link);
    checkEnd(link.b, ['links', index, 'b'], link);
  }
}

function describeLink(link: Link): string {
  return `${formatLinkEnd(link.a)} to ${formatLinkEnd(link.b)}`;
}
