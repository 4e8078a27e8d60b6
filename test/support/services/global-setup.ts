import type { TestProject } from 'vitest/node';
import { acquireServers, type ProvidedServices, releaseServers } from './shared-servers.js';

declare module 'vitest' {
  export interface ProvidedContext {
    services: ProvidedServices;
  }
}

/** One PostgreSQL and one Redis for all test files of a run. Files get their own room in them: see `test-services.ts`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('services', await acquireServers());
  return releaseServers;
}
