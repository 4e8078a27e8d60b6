import { vi } from 'vitest';
import { SessionCut } from '../../../src/socket/session-cut.js';

/** The services that cut sessions, one for each instance in the order of their start. Call before the instances start. */
export function watchSessionCuts(): (instance?: number) => SessionCut {
  const seen: SessionCut[] = [];
  const begin = SessionCut.prototype.begin;
  vi.spyOn(SessionCut.prototype, 'begin').mockImplementation(function (this: SessionCut) {
    seen.push(this);
    begin.call(this);
  });
  return (instance = 0) => {
    const found = seen[instance];
    if (found === undefined) {
      throw new Error(`unable to cut sessions; there is no instance ${instance}`);
    }
    return found;
  };
}
