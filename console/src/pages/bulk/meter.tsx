import { countOf, doneOf, type Operation } from './operation-state';

/** How far an operation is, in the colours of what became of the rows. The numbers beside it say the same. */
export const Meter = ({ operation }: { readonly operation: Operation }) => {
  const { total } = operation;
  const good = countOf(operation, 'SUCCEEDED');
  const bad = countOf(operation, 'FAILED');
  const doubtful = countOf(operation, 'UNKNOWN');
  const widthOf = (count: number) => ({ width: `${total === 0 ? 0 : (count / total) * 100}%` });
  return (
    <span className="meter" aria-hidden>
      <span className="meter__part meter__part--good" style={widthOf(good)} />
      <span className="meter__part meter__part--bad" style={widthOf(bad)} />
      <span className="meter__part meter__part--doubt" style={widthOf(doubtful)} />
      <span
        className="meter__part meter__part--rest"
        style={widthOf(Math.max(0, doneOf(operation) - good - bad - doubtful))}
      />
    </span>
  );
};
