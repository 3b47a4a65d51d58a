import type { Config } from '../config/config';
import { exposedFiles } from '../config/file-rights';
import { finding, type Finding } from '../operating/finding';
import type { Clock } from '../shared/clock';
import { certificateFindings } from './certificate-findings';

/** The readiness findings that `observability.ts` does not collect itself. */
export interface Findings {
  readonly all: () => readonly Finding[];
  /** Called after a reload: with the problems for which it was refused, or `undefined`. */
  readonly reloaded: (problems: readonly string[] | undefined) => void;
  /** Wraps `load` so that the files of the configuration are remembered. */
  readonly noting: (load: () => Promise<Config>) => () => Promise<Config>;
}

export interface FindingsDeps {
  readonly config: Pick<Config, 'files' | 'wechatPay'>;
  readonly clock: Clock;
  readonly ofGate: () => readonly Finding[];
  /** Log lines that could not be written since the start. */
  readonly droppedLines: () => number;
  /** The partners that can verify nothing, by mchid, and why. */
  readonly certificates: () => ReadonlyMap<string, string>;
}

const shownProblems = 5;

export const createFindings = ({
  config,
  clock,
  ofGate,
  droppedLines,
  certificates,
}: FindingsDeps): Findings => {
  let { files, wechatPay } = config;
  let refused: readonly string[] = [];
  return {
    all: () => [
      ...ofGate(),
      ...(refused.length === 0
        ? []
        : [
            finding(
              'config.refused',
              `the changed configuration was refused and the previous one is in use: ${refused.slice(0, shownProblems).join('; ')}`,
            ),
          ]),
      ...certificateFindings(wechatPay, { missing: certificates(), now: clock.wallNow() }),
      ...exposedFiles(files).map((detail) => finding('file.exposed', detail)),
      ...(droppedLines() === 0
        ? []
        : [finding('log.dropped', `${droppedLines()} log lines could not be written since the start`)]),
    ],
    reloaded(problems) {
      refused = problems ?? [];
    },
    noting: (load) => async () => {
      const loaded = await load();
      ({ files, wechatPay } = loaded);
      return loaded;
    },
  };
};
