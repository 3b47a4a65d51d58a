export const faultKinds = [
  'delay',
  'refused',
  'rateLimited',
  'systemError',
  'badGateway',
  'reset',
  'blackHole',
  'badSignature',
  'noSignature',
  'probeSignature',
  'unknownSerial',
  'expiredCertificate',
  'staleTimestamp',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Faults that can be injected. `delayMs` also applies to calls that then succeed. */
export interface Fault {
  readonly kind: FaultKind;
  /** `after`: the request takes effect first, then the response fails. */
  readonly when?: 'before' | 'after';
  readonly interface?: string;
  /** For `refused`: the sentence of a refusal that the documents list for `interface`. */
  readonly message?: string;
  /** brand_id or mchid. */
  readonly dimension?: string;
  /** How many calls are hit. Default: all until the fault is removed. */
  readonly times?: number;
  /** Probability, 0 … 1. Default: 1. */
  readonly probability?: number;
  /** For `delay`: minimum, ms. */
  readonly delayMs?: number;
  /** For `delay`: maximum added at random, evenly distributed, ms. */
  readonly jitterMs?: number;
}

export interface Faults {
  set(faults: readonly Fault[]): void;
  list(): readonly Fault[];
  /** Returns and counts the faults that hit this call. */
  hit(call: { readonly interface: string; readonly dimension: string }): readonly Fault[];
}

export const createFaults = (random: () => number): Faults => {
  let script: { readonly fault: Fault; left: number }[] = [];
  return {
    set(faults) {
      script = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
    },
    list: () =>
      script
        .filter(({ left }) => left > 0)
        .map(({ fault, left }) => ({ ...fault, ...(left === Infinity ? {} : { times: left }) })),
    hit(call) {
      const hits = script.filter(
        ({ fault, left }) =>
          left > 0 &&
          (fault.interface === undefined || fault.interface === call.interface) &&
          (fault.dimension === undefined || fault.dimension === call.dimension) &&
          (fault.probability === undefined || random() < fault.probability),
      );
      for (const hit of hits) hit.left -= 1;
      return hits.map(({ fault }) => fault);
    },
  };
};
