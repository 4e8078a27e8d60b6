import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ChatError } from '../contract/index.js';
import { CANONICAL, dialectName, dialectOf } from '../dialects/catalogue.js';
import type { Dialect } from '../dialects/dialect.js';

/** The dialects that this deployment speaks. */
@Injectable()
export class EnabledDialects {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  get all(): readonly Dialect[] {
    return this.config.dialects.enabled.map(dialectOf);
  }

  /**
   * What a connection is to speak; `null` for the canonical contract.
   *
   * @param choice what came in its handshake, a name or a number; `undefined` where nothing did
   * @param wire what it can carry
   * @throws ChatError `VALIDATION_FAILED`
   */
  choose(choice: unknown, wire: Dialect['wire']): Dialect | null {
    const { enabled, default: byDefault } = this.config.dialects;
    const name = choice === undefined ? byDefault : typeof choice === 'string' ? dialectName(choice) : null;
    if (choice === CANONICAL || (choice === undefined && name === null)) {
      return null;
    }
    const dialect = name !== null && enabled.includes(name) ? dialectOf(name) : null;
    if (dialect?.wire === wire) {
      return dialect;
    }
    if (choice === undefined) {
      // A default for another wire is none for this one.
      return null;
    }
    const others = enabled.filter((other) => dialectOf(other).wire === wire);
    throw new ChatError(
      'VALIDATION_FAILED',
      'connect',
      `this connection can speak ${[CANONICAL, ...others].join(', ')}; pass one of them as auth.dialect, or none`,
    );
  }
}
