/** What `--cpu-prof` writes. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** Node ids, one for each sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Of the time in which the process was not idle, 0 … 1. */
  readonly share: number;
}

/** The share of time by package, by folder of the product, or by V8's own name; largest first. */
export const sharesOf = ({ nodes, samples, timeDeltas }: CpuProfile): readonly Share[] => {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '(unknown)';
    if (name === '(idle)') return;
    const time = timeDeltas[index] ?? 0;
    total += time;
    times.set(name, (times.get(name) ?? 0) + time);
  });
  return [...times].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
};

const ownerOf = ({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string => {
  if (functionName.startsWith('(') && url === '') return functionName;
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  const ours = /\/dist\/([^/]+)/.exec(url)?.[1];
  if (ours !== undefined) return `dist/${ours}`;
  return url === '' ? `native: ${functionName}` : url.slice(url.lastIndexOf('/') + 1);
};
