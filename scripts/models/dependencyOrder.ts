import { ModelBuildError } from './modelBuildError.ts';

/**
 * The nodes that the targets need, each after those it takes from; nodes nobody needs are left out.
 * Neither tfjs format promises an order.
 * @param inputsOf names of the nodes from which a node takes
 * @throws ModelBuildError `malformed` for a name that does not exist and for a circle
 */
export function dependencyOrder<Node extends { readonly name: string }>(
  targets: readonly string[],
  nodes: readonly Node[],
  inputsOf: (node: Node) => readonly string[],
): readonly Node[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const order: Node[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, user: string): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') throw new ModelBuildError('malformed', `"${name}" depends on itself`);
    const node = byName.get(name);
    if (!node) throw new ModelBuildError('malformed', `${user} takes from "${name}", which does not exist`);
    state.set(name, 'open');
    for (const input of inputsOf(node)) visit(input, `"${name}"`);
    state.set(name, 'done');
    order.push(node);
  };
  for (const target of targets) visit(target, 'the output');
  return order;
}
