import { Alert } from 'tdesign-react/es/alert';
import type { Mutation } from '../api/use-mutation';
import { useTexts } from '../i18n/language';
import { ProblemDetails } from '../states/problem-view';
import { stateTexts } from '../states/texts';

interface RefusalProps {
  readonly mutation: Pick<Mutation<never, unknown>, 'problems' | 'inputErrors'>;
  /** The fields that show their errors themselves. */
  readonly fields?: readonly string[];
}

/** Why a mutation was not done, beyond what stands at the fields. */
export const Refusal = ({ mutation: { problems, inputErrors }, fields = [] }: RefusalProps) => {
  const t = useTexts(stateTexts);
  const others = inputErrors.filter(({ field }) => !fields.includes(field?.at(-1) ?? ''));
  if (problems.length === 0 && others.length === 0) return null;
  return (
    <div role="alert">
      {others.map(({ message, wechatMessage, requestId }) => (
        <Alert
          key={message}
          theme="error"
          message={
            <>
              {message}
              {typeof wechatMessage === 'string' && ` ${t.wechat}：${wechatMessage}`}
              {typeof requestId === 'string' && ` (Request-ID ${requestId})`}
            </>
          }
        />
      ))}
      {problems.map((problem) => (
        <Alert
          key={problem.code + problem.message}
          theme={problem.kind === 'unknownOutcome' ? 'warning' : 'error'}
          title={t[problem.kind]}
          message={
            <>
              {problem.kind === 'offline' ? t.offlineAdvice : problem.message}{' '}
              <ProblemDetails problem={problem} />
            </>
          }
        />
      ))}
    </div>
  );
};
