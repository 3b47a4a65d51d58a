import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Answer } from '../test-app';

export interface SubgraphToCompose {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** The supergraph in SDL. Throws with the reasons if the subgraphs do not compose. */
export const supergraphOf = (subgraphs: readonly SubgraphToCompose[]): string => {
  const { supergraphSdl, errors = [] } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl === undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  return supergraphSdl;
};

export interface Gateway {
  readonly url: string;
  ask<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Pick<Answer<T>, 'data' | 'errors'>>;
  close(): Promise<void>;
}

/** A gateway in a process of its own, before the subgraphs of the supergraph. */
export const startGateway = async (program: 'apollo' | 'hive', supergraph: string): Promise<Gateway> => {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-'));
  const file = join(directory, 'supergraph.graphql');
  writeFileSync(file, supergraph);
  const child = spawn(process.execPath, [join(__dirname, `${program}.mjs`), file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const failed = exited.then(() => {
    throw new Error(`the gateway ended: ${complaints}`);
  });
  failed.catch(() => undefined);
  const [url] = (await Promise.race([once(createInterface(child.stdout), 'line'), failed])) as [string];
  return {
    url,
    async ask<T>(query: string, variables: object, headers = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as Partial<Answer<T>>;
      return { data: body.data ?? null, errors: body.errors ?? [] };
    },
    async close() {
      // On SIGTERM, Hive Gateway waits for its clients' connections.
      child.kill('SIGKILL');
      await exited;
      rmSync(directory, { recursive: true });
    },
  };
};
