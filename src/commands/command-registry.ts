import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { type CommandName, commands } from '../contract/index.js';
import { COMMAND_METADATA, type CommandContext } from './command.js';

/** A handler whose payload type is the runner's word: it parsed the payload by the command's own schema. */
type AnyHandler = (context: CommandContext, payload: unknown) => Promise<unknown>;

/**
 * One table of all command handlers in the process, instead of bindings per socket. Built at start, when a command
 * without a handler, or with two, is still a start-up error and not a client's surprise.
 */
@Injectable()
export class CommandRegistry implements OnApplicationBootstrap {
  private readonly handlers = new Map<string, AnyHandler>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (typeof instance === 'object' && instance !== null && Object.getPrototypeOf(instance) !== null) {
        this.register(instance);
      }
    }
    const missing = Object.keys(commands).filter((name) => !this.handlers.has(name));
    if (missing.length > 0) {
      throw new Error(`unable to start; no handler for ${missing.join(', ')}`);
    }
  }

  handlerOf(name: CommandName): AnyHandler {
    const handler = this.handlers.get(name);
    if (handler === undefined) {
      throw new Error(`unable to run ${name}; the application has not started`);
    }
    return handler;
  }

  private register(instance: object): void {
    const prototype: object = Object.getPrototypeOf(instance);
    for (const key of this.scanner.getAllMethodNames(prototype)) {
      const method: unknown = Reflect.get(prototype, key);
      if (typeof method !== 'function') {
        continue;
      }
      const name: string | undefined = this.reflector.get(COMMAND_METADATA, method as () => unknown);
      if (name === undefined) {
        continue;
      }
      if (this.handlers.has(name)) {
        throw new Error(`unable to start; ${name} has two handlers`);
      }
      this.handlers.set(name, (context, payload) => method.call(instance, context, payload));
    }
  }
}
