import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../../src/config/load-config.js';

const root = new URL('../../../', import.meta.url);
const lines = readFileSync(new URL('Dockerfile', root), 'utf8').replaceAll('\\\n', '').split('\n');
const { devDependencies, scripts } = z
  .object({ devDependencies: z.record(z.string(), z.string()), scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')));

interface Stage {
  name: string;
  from: string;
  instructions: string[];
}

const stages: Stage[] = [];
for (const line of lines) {
  const [, from, name] = /^FROM (\S+) AS (\S+)$/.exec(line) ?? [];
  if (from !== undefined && name !== undefined) {
    stages.push({ name, from, instructions: [] });
  } else if (line !== '' && !line.startsWith('#')) {
    stages.at(-1)?.instructions.push(line);
  }
}

/** A stage's instructions after those of the stages it stands on. */
function instructionsOf(name: string): string[] {
  const stage = stages.find((candidate) => candidate.name === name);
  return stage === undefined ? [] : [...instructionsOf(stage.from), ...stage.instructions];
}

describe.each(['marketplace', 'service'])('the image %s', (name) => {
  const instructions = instructionsOf(name);

  it('runs as a user without rights, on the Node that the project is tested with', () => {
    expect(instructions.filter((line) => line.startsWith('USER'))).toEqual(['USER node']);
    expect(stages[0]?.from).toBe(`node:${devDependencies.node}-slim`);
  });

  it('holds production dependencies alone', () => {
    expect(instructions).toContain('COPY --from=dependencies /app/node_modules node_modules');
    expect(instructions.filter((line) => line.startsWith('RUN npm'))).toEqual([]);
    expect(instructionsOf('dependencies')).toContain('RUN npm ci --omit=dev --ignore-scripts');
  });

  it('checks its health with Node itself', () => {
    const check = instructions.filter((line) => line.startsWith('HEALTHCHECK'));

    expect(check).toHaveLength(1);
    expect(check[0]).toMatch(/CMD \["node", "-e", "fetch\(/);
  });
});

describe('the default image', () => {
  it('is the service, started as npm start does, on its default port', () => {
    const last = stages.at(-1);
    const command = last?.instructions.find((line) => line.startsWith('CMD'))?.replace('CMD ', '');

    expect(last?.name).toBe('service');
    expect(
      z
        .array(z.string())
        .parse(JSON.parse(command ?? ''))
        .join(' '),
    ).toBe(scripts.start);
    expect(last?.instructions).toContain(`EXPOSE ${loadConfig({}).config.http.port}`);
  });
});

describe('the build context', () => {
  it('leaves out secrets and history, and keeps what the compiler reads', () => {
    const ignored = readFileSync(new URL('.dockerignore', root), 'utf8').split('\n');
    const { include } = z
      .object({ include: z.array(z.string()) })
      .parse(JSON.parse(readFileSync(new URL('tsconfig.build.json', root), 'utf8')));

    expect(ignored).toEqual(expect.arrayContaining(['.git', '.env', '.env.*', 'node_modules']));
    for (const folder of [...include, 'scripts']) {
      expect(existsSync(new URL(folder, root)), folder).toBe(true);
      expect(ignored).not.toContain(folder);
    }
  });
});
