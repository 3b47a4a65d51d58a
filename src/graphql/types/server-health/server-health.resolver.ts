import { Ctx, Query, Resolver } from 'type-graphql';
import { textIn } from '../../../shared/language';
import { Access } from '../../access/access';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toDateTime } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { FindingLevel, ServerHealth, ServerStatus } from './server-health.type';

const statuses = {
  ready: ServerStatus.READY,
  failing: ServerStatus.FAILING,
  draining: ServerStatus.DRAINING,
} as const;
const levels = { warning: FindingLevel.WARNING, failing: FindingLevel.FAILING } as const;

@Resolver(() => ServerHealth)
export class ServerHealthResolver {
  @Upstream()
  @Access('admin')
  @SemanticNonNull()
  @Query(() => ServerHealth, {
    nullable: true,
    description:
      'Whether this process is ready, and what an operator should look at. Calls nothing upstream. For callers with the scope admin.',
  })
  serverHealth(@Ctx() { health, language }: Context): ServerHealth {
    const { status, findings, keys } = health();
    return {
      status: statuses[status],
      findings: findings.map(({ code, level, meaning, action, detail }) => ({
        code,
        level: levels[level],
        meaning: textIn(language, meaning),
        action: textIn(language, action),
        detail,
      })),
      keys: keys.map(({ kind, keyId, notAfter }) => ({ kind, keyId, endTime: toDateTime(notAfter) })),
    };
  }
}
