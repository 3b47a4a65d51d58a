import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWithPostgres } from '../support/postgres-server';
import { describeWithRedis } from '../support/redis-server';

/** What a stranger runs first: `node deploy/try.mjs`. */
describeWithRedis('deploy/try.mjs', () => {
  describeWithPostgres('from a clone', () => {
    it('has two replicas answer that share Redis and PostgreSQL, and leaves nothing running', async () => {
      const root = join(__dirname, '..', '..');
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [join(root, 'deploy/try.mjs'), '--check'],
        { cwd: root },
      );
      expect(stderr).toBe('');
      const lines = stdout.split('\n').map((line) => line.replace(/^\s*[\d.]+ s {2}/, ''));
      expect(lines).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^replica-a is ready at http:\S+\/graphql; findings: \[\]$/),
          expect.stringMatching(/^replica-b is ready at http:\S+\/graphql; findings: \[\]$/),
          // The second replica found the template in Redis.
          expect.stringMatching(/^both answer for 示例品牌: .+; WeChat Pay was asked 1 time\(s\)$/),
          'the database answers: 0 bulk operations',
          expect.stringMatching(
            /^Prometheus (?:is not installed; its configuration is valid|at http:\S+ sees both)$/,
          ),
          expect.stringMatching(/^dashboard: import deploy\/grafana\.json \(\d+ panels\) into Grafana$/),
          'stopped',
        ]) as string[],
      );
    }, 300_000);
  });
});
