import { createContext, runInContext } from 'node:vm';
import * as socketIoClient from 'socket.io-client';
import { transformWithOxc } from 'vite';
import type { Replacements } from './documented-scripts.js';

type Props = Readonly<Record<string, unknown>>;
type Component = (props: Props) => Node;

/** What a component shows, as React's `createElement` makes it. */
interface Node {
  type: string;
  props: Props;
  children: unknown[];
}

interface Effect {
  deps: readonly unknown[];
  cleanUp: (() => void) | undefined;
}

/** Turns the documented module into a script that a page understands: plain calls in the place of JSX, and no modules. */
async function toScript(module: string, replacements: Replacements): Promise<string> {
  const replaced = Object.entries(replacements).reduce(
    (code, [text, replacement]) => code.replaceAll(text, replacement),
    module,
  );
  const { code } = await transformWithOxc(replaced, 'component.jsx', { jsx: { runtime: 'classic' } });
  return code.replaceAll(/^import .*$/gm, '').replace(/^export default (\w+);$/m, '$1;');
}

/** A documented React component on a page of its own, with as much of React as it uses. */
export class DocumentedComponent {
  readonly #component: Component;
  readonly #props: Props;
  readonly #states: unknown[] = [];
  readonly #effects: Effect[] = [];
  readonly #sockets: socketIoClient.Socket[] = [];
  #used = 0;
  #usedEffects = 0;
  #tree: Node | null = null;

  private constructor(script: string, props: Props) {
    this.#props = props;
    const createElement = (type: string, given: Props | null, ...children: unknown[]): Node => ({
      type,
      props: given ?? {},
      children,
    });
    const page = createContext({
      React: { createElement },
      useState: (initial: unknown) => this.#useState(initial),
      useRef: (initial: unknown) => this.#useState({ current: initial })[0],
      useEffect: (run: () => (() => void) | undefined, deps: readonly unknown[]) => this.#useEffect(run, deps),
      io: (...args: Parameters<typeof socketIoClient.io>) => {
        const socket = socketIoClient.io(...args);
        this.#sockets.push(socket);
        return socket;
      },
      Audio: class {
        play(): void {}
      },
      console: { log: () => undefined, error: () => undefined },
      setTimeout,
      clearTimeout,
    });
    this.#component = runInContext(script, page) as Component;
    this.#render();
  }

  static async mount(module: string, props: Props, replacements: Replacements): Promise<DocumentedComponent> {
    return new DocumentedComponent(await toScript(module, replacements), props);
  }

  /** The texts of all elements of a class, or of any of several. */
  texts(className: string): string[] {
    return this.#elements()
      .filter(({ props }) => String(props.className ?? '').startsWith(className))
      .map(textOf);
  }

  /** Does to the first element of a type what a user does. */
  act(type: string, handler: string, event: object = {}): void {
    const element = this.#elements().find((node) => node.type === type);
    if (element === undefined) {
      throw new Error(`the component shows no ${type}`);
    }
    (element.props[handler] as (event: object) => void)(event);
  }

  get connected(): boolean {
    return this.#sockets.some((socket) => socket.connected);
  }

  unmount(): void {
    for (const { cleanUp } of this.#effects.splice(0)) {
      cleanUp?.();
    }
  }

  #elements(node: unknown = this.#tree): Node[] {
    if (Array.isArray(node)) {
      return node.flatMap((child) => this.#elements(child));
    }
    const isNode = typeof node === 'object' && node !== null && 'children' in node;
    return isNode ? [node as Node, ...this.#elements((node as Node).children)] : [];
  }

  #useState(initial: unknown): [unknown, (next: unknown) => void] {
    const index = this.#used++;
    if (!(index in this.#states)) {
      this.#states[index] = initial;
    }
    const set = (next: unknown): void => {
      this.#states[index] = typeof next === 'function' ? next(this.#states[index]) : next;
      this.#render();
    };
    return [this.#states[index], set];
  }

  #useEffect(run: () => (() => void) | undefined, deps: readonly unknown[]): void {
    const index = this.#usedEffects++;
    const before = this.#effects[index];
    if (before?.deps.every((dep, at) => Object.is(dep, deps[at]))) {
      return;
    }
    before?.cleanUp?.();
    this.#effects[index] = { deps, cleanUp: run() };
  }

  #render(): void {
    this.#used = 0;
    this.#usedEffects = 0;
    this.#tree = this.#component(this.#props);
  }
}

function textOf(node: unknown): string {
  if (Array.isArray(node)) {
    return node.map(textOf).join(' ').replaceAll(/\s+/g, ' ').trim();
  }
  if (typeof node === 'object' && node !== null && 'children' in node) {
    return textOf(node.children);
  }
  return typeof node === 'string' || typeof node === 'number' ? String(node) : '';
}
