import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../values/scalars';

const statuses = { READY: 'READY', FAILING: 'FAILING', DRAINING: 'DRAINING' } as const;
export const ServerStatus = statuses;
export type ServerStatus = keyof typeof statuses;
registerEnumType(statuses, {
  name: 'ServerStatus',
  description: 'Whether a process should get traffic.',
  valuesConfig: {
    READY: { description: 'It serves.' },
    FAILING: { description: 'It should get no traffic: `/readyz` returns 503.' },
    DRAINING: { description: 'It is stopping: requests under way end, and `/readyz` returns 503.' },
  },
});

const levels = { WARNING: 'WARNING', FAILING: 'FAILING' } as const;
export const FindingLevel = levels;
export type FindingLevel = keyof typeof levels;
registerEnumType(levels, {
  name: 'FindingLevel',
  description: 'How bad a finding is.',
  valuesConfig: {
    WARNING: { description: 'The process still serves.' },
    FAILING: { description: 'The process should get no traffic.' },
  },
});

const kinds = {
  API_CERTIFICATE: 'API_CERTIFICATE',
  PUBLIC_KEY: 'PUBLIC_KEY',
  PLATFORM_CERTIFICATE: 'PLATFORM_CERTIFICATE',
} as const;
export const KeyKind = kinds;
export type KeyKind = keyof typeof kinds;
registerEnumType(kinds, {
  name: 'KeyKind',
  description: 'What a key is for.',
  valuesConfig: {
    API_CERTIFICATE: { description: 'The certificate of the key with which requests are signed.' },
    PUBLIC_KEY: { description: "WeChat Pay's public key, with which its responses are verified." },
    PLATFORM_CERTIFICATE: {
      description: "WeChat Pay's certificate, with which its responses are verified.",
    },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A problem that an operator should look at.' })
export class HealthFinding {
  @Field(() => String, { description: 'Its kind, e.g. key.ending. The README lists all kinds.' })
  readonly code!: string;
  @Field(() => FindingLevel, { description: 'Whether the process still serves.' })
  readonly level!: FindingLevel;
  @Field(() => String, { description: "What is wrong, in the caller's language." })
  readonly meaning!: string;
  @Field(() => String, { description: "What to do, in the caller's language." })
  readonly action!: string;
  @Field(() => String, {
    description: 'The case at hand, in English. Holds no secret and no personal data.',
  })
  readonly detail!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A certificate or public key whose end is known.' })
export class KeyEnd {
  @Field(() => KeyKind, { description: 'What the key is for.' })
  readonly kind!: KeyKind;
  @Field(() => String, { description: 'Serial number, or public-key id. No global id.' })
  readonly keyId!: string;
  @Field(() => DateTime, { description: 'When it ends.' })
  readonly endTime!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What a process says of itself, as /readyz of the operators’ port does. Ask every process for the whole fleet.',
})
export class ServerHealth {
  @Field(() => ServerStatus, { description: 'Whether the process should get traffic.' })
  readonly status!: ServerStatus;
  @Field(() => [HealthFinding], { description: 'What is wrong now: hosts, store, database, keys, budget.' })
  readonly findings!: readonly HealthFinding[];
  @Field(() => [KeyEnd], { description: 'Known ends of keys; the one that ends first is the first.' })
  readonly keys!: readonly KeyEnd[];
}
